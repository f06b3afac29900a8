"""Stations after each other, and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study import measures, theory
from sim.study.known.case import PER_DAY, TIME, WAIT, Figures, flow_of, rate_of, servers_at
from sim.study.measures import at_stage, journeys, mean

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario


def _places_after(scenario: Scenario) -> int:
    """Places after the first station of the tandem: on the line, and tracks of the second."""
    line, second = scenario.tables.lines["between"], scenario.tables.stations["second"]
    assert line.places is not None and second.tracks is not None
    return int(line.places.at(0.0)) + int(second.tracks.at(0.0))


def tandem_blocking(scenario: Scenario) -> Figures:
    """Two exponential stations, blocking after service: a Markov chain (Perros 1994, ch. 3)."""
    first = servers_at(scenario, "first/papers").time.mean
    second = servers_at(scenario, "second/inspection").time.mean
    known = theory.blocking_tandem(rate_of(scenario), first, second, _places_after(scenario))
    return {TIME: known.time, "share blocked": known.blocked_share}


def tandem_blocking_measure(results: Results) -> Figures:
    trains, blocked = journeys(results), at_stage(results, "between", "enter")
    return {TIME: mean(trains, "time"), "share blocked": blocked.height / trains.height}


def tandem_saturated(scenario: Scenario) -> Figures:
    """The same, never starved: a birth-death process (Hunt 1956; Perros 1994, ch. 3)."""
    first = servers_at(scenario, "first/papers").time.mean
    second = servers_at(scenario, "second/inspection").time.mean
    return {PER_DAY: 24.0 * theory.saturated_tandem(first, second, _places_after(scenario))}


def per_day_measure(results: Results) -> Figures:
    return {PER_DAY: measures.ended_per_day(results)}


def closed_loop(scenario: Scenario) -> Figures:
    """Mean value analysis (Reiser and Lavenberg 1980); runs are delays, of any law (BCMP 1975)."""
    sets, haul = flow_of(scenario).trainsets, scenario.tables.lines["haul"]
    assert sets is not None
    quarry, port = servers_at(scenario, "quarry/loading"), servers_at(scenario, "port/unloading")
    centres = [theory.Centre(w.time.mean, int(w.servers.at(0.0))) for w in (quarry, port)]
    centres.append(theory.Centre(2.0 * float(haul.length) / float(haul.speed), None))
    laps, times = theory.mean_value_analysis(centres, int(sets))
    return {
        PER_DAY: 24.0 * laps,
        "mean time at quarry, h": times[0],
        "mean time at port, h": times[1],
    }


def closed_loop_measure(results: Results) -> Figures:
    return {
        PER_DAY: measures.ended_per_day(results),
        "mean time at quarry, h": mean(at_stage(results, "quarry", "loading"), "time"),
        "mean time at port, h": mean(at_stage(results, "port", "unloading"), "time"),
    }


def machine_repair(scenario: Scenario) -> Figures:
    """M/M/c//N: machines that fail and a crew (Gross and Harris, sect. 2.8)."""
    sets, work = flow_of(scenario).trainsets, scenario.tables.lines["at-work"]
    assert sets is not None
    crew = servers_at(scenario, "depot/repair")
    up = float(work.length) / float(work.speed)
    rate, wait = theory.machine_repair(int(sets), int(crew.servers.at(0.0)), up, crew.time.mean)
    return {"repairs a day": 24.0 * rate, WAIT: wait}


def machine_repair_measure(results: Results) -> Figures:
    return {
        "repairs a day": measures.ended_per_day(results),
        WAIT: mean(at_stage(results, "depot", "repair"), "wait"),
    }
