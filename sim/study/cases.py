"""The cases of ``steppe verify``: the theory of each scenario in ``scenarios/verification``.

A case is named as its file.  Its theory reads the numbers from the scenario itself, so that a
number stands in one place; its measure takes the same figures, by the same names, from a run.
Adding a case is a scenario, and one entry here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.scenario.vocabulary import Background, Cranes, Servers
from sim.study import measures, theory
from sim.study.measures import at_stage, busy, counted, journeys, mean, share

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario

Figures = dict[str, float]
Pairs = dict[str, tuple[float, float]]
Judged = Literal["in the interval", "equal", "at most"]

WAIT, TIME, WAITING = "mean wait, h", "mean time in all, h", "share that waits"
REFUSED, BUSY, PER_DAY = "share turned away", "share of time busy", "trains a day"
DELIVERED = "delivered, t"


@dataclass(frozen=True)
class Case:
    """One scenario with a known answer.

    ``theory`` gives the figures known, ``measure`` the same of a run.  Where both sides come from
    the run itself, ``pairs`` gives them instead, theory first.  What holds in each run is judged
    ``equal`` or ``at most``, with no interval; ``with_variants`` runs all scenarios in the folder
    above in place of the case's own.
    """

    judged: Judged
    theory: Callable[[Scenario], Figures] | None = None
    measure: Callable[[Results], Figures] | None = None
    pairs: Callable[[Results], Pairs] | None = None
    with_variants: bool = False


def _flow(scenario: Scenario, name: str | None = None) -> Background:
    """The background flow of that name, or the only one."""
    flows = scenario.tables.background
    return flows[name or next(iter(flows))]


def _rate(scenario: Scenario, name: str | None = None) -> float:
    return float(_flow(scenario, name).trains.at(0.0))


def _servers(scenario: Scenario, item: str) -> Servers:
    station, work = item.split("/")
    found = scenario.tables.stations[station].work[work]
    assert isinstance(found, Servers)
    return found


def _cranes(scenario: Scenario, item: str) -> Cranes:
    station, work = item.split("/")
    found = scenario.tables.stations[station].work[work]
    assert isinstance(found, Cranes)
    return found


# -- one station ------------------------------------------------------------------------------


def mm1(scenario: Scenario) -> Figures:
    """M/M/1: time 1/(μ - λ), and λ/μ wait (Kleinrock, Queueing Systems I, sect. 3.2)."""
    arrivals, service = _rate(scenario), _servers(scenario, "depot/inspection").time.mean
    load = arrivals * service
    return {TIME: 1.0 / (1.0 / service - arrivals), WAITING: load, BUSY: load}


def mm1_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {
        TIME: mean(rows, "time"),
        WAITING: share(rows, "wait"),
        BUSY: busy(results, "depot/inspection"),
    }


def mmc(scenario: Scenario) -> Figures:
    """M/M/c: Erlang's C, and the wait (Kleinrock, Queueing Systems I, eq. 3.40)."""
    arrivals, work = _rate(scenario), _servers(scenario, "depot/inspection")
    servers, service = int(work.servers.at(0.0)), work.time.mean
    return {
        TIME: theory.mmc_wait(servers, arrivals, service) + service,
        WAITING: theory.erlang_c(servers, arrivals * service),
        BUSY: arrivals * service / servers,
    }


def _wait_and_share(scenario: Scenario) -> Figures:
    work = _servers(scenario, "depot/inspection").time
    arrivals = _rate(scenario)
    wait = theory.pollaczek_khinchine(arrivals, work.mean, work.variance)
    return {WAIT: wait, WAITING: arrivals * work.mean}


def md1(scenario: Scenario) -> Figures:
    """M/D/1: wait ρ s / 2 (1 - ρ), Pollaczek and Khinchine without variance (Kleinrock I, 5.70)."""
    return _wait_and_share(scenario)


def mg1(scenario: Scenario) -> Figures:
    """M/G/1: Pollaczek and Khinchine (Kleinrock, Queueing Systems I, eq. 5.70)."""
    return _wait_and_share(scenario)


def gm1(scenario: Scenario) -> Figures:
    """D/M/1: the share x that waits solves x = exp(-(1 - x)/ρ) (Kleinrock I, sect. 6.4)."""
    gap = 1.0 / _rate(scenario)
    service = _servers(scenario, "depot/inspection").time.mean
    waiting, wait = theory.gm1_wait(lambda s: math.exp(-s * gap), service)
    return {TIME: wait + service, WAITING: waiting}


def gm1_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {TIME: mean(rows, "time"), WAITING: share(rows, "wait")}


def wait_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {WAIT: mean(rows, "wait"), WAITING: share(rows, "wait")}


def mmck(scenario: Scenario) -> Figures:
    """M/M/c/K: share lost p_K, wait of the others by Little (Gross and Harris, sect. 2.5)."""
    work = _servers(scenario, "depot/inspection")
    assert work.room is not None
    servers, room = int(work.servers.at(0.0)), int(work.room)
    refused, wait = theory.mmck(servers, room, _rate(scenario), work.time.mean)
    return {REFUSED: refused, WAIT: wait}


def mmck_measure(results: Results) -> Figures:
    trains = counted(results, results.trains, "formed_h", "ended_h")
    return {
        REFUSED: share(trains, "outcome", "refused"),
        WAIT: mean(at_stage(results, "depot", "inspection"), "wait"),
    }


def erlang_loss(scenario: Scenario) -> Figures:
    """M/G/c/c: Erlang's B, whatever the law of the time (Sevastyanov 1957; Cooper, sect. 3.3)."""
    work = _servers(scenario, "depot/inspection")
    load = _rate(scenario) * work.time.mean
    servers = int(work.servers.at(0.0))
    refused = theory.erlang_b(servers, load)
    return {REFUSED: refused, BUSY: load * (1.0 - refused) / servers}


def erlang_loss_measure(results: Results) -> Figures:
    trains = counted(results, results.trains, "formed_h", "ended_h")
    return {
        REFUSED: share(trains, "outcome", "refused"),
        BUSY: busy(results, "depot/inspection"),
    }


def priority(scenario: Scenario) -> Figures:
    """M/G/1 with classes that do not break in: Cobham 1954 (Kleinrock II, eq. 3.31)."""
    time = _servers(scenario, "depot/inspection").time
    rates = [_rate(scenario, name) for name in ("transit", "wagons")]
    square = time.variance + time.mean**2
    first, second = theory.cobham(rates, [time.mean] * 2, [square] * 2)
    return {f"{WAIT}, transit": first, f"{WAIT}, wagons": second}


def priority_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection").join(results.trains, on="train")
    return {
        f"{WAIT}, {name}": mean(rows.filter(rows["train_class"] == name), "wait")
        for name in ("transit", "wagons")
    }


def breakdowns(scenario: Scenario) -> Figures:
    """M/M/1 with breakdowns by calendar: White and Christie 1958; Avi-Itzhak and Naor 1963."""
    storm = scenario.tables.disruptions["storm"]
    assert storm.every is not None and storm.lasts is not None
    service = _servers(scenario, "depot/inspection").time.mean
    time = theory.breakdowns(_rate(scenario), service, storm.every.mean, storm.lasts.mean)
    return {TIME: time}


def breakdowns_measure(results: Results) -> Figures:
    return {TIME: mean(at_stage(results, "depot", "inspection"), "time")}


def headway(scenario: Scenario) -> Figures:
    """A gate with a headway is a server of that time: the wait of M/D/1 (Kleinrock I, eq. 5.70)."""
    paths = scenario.tables.lines["approach"].paths
    assert paths is not None
    return {WAIT: theory.pollaczek_khinchine(_rate(scenario), 1.0 / float(paths.at(0.0)), 0.0)}


def headway_measure(results: Results) -> Figures:
    return {WAIT: mean(at_stage(results, "approach", "path"), "wait")}


# -- boxes of whole trains --------------------------------------------------------------------


def bulk(scenario: Scenario) -> Figures:
    """M^[b]/M/c: an arriving train sees the stationary number of boxes, then first steps.

    Gross and Harris, sect. 3.1, for the stationary number; Wolff 1982 for what arrivals see.
    """
    work = _cranes(scenario, "yard/cranes")
    boxes, cranes = int(_flow(scenario).boxes), int(work.cranes.at(0.0))
    time = theory.bulk_batch_time(_rate(scenario), boxes, cranes, work.time.mean)
    load = _rate(scenario) * boxes * work.time.mean / cranes
    return {TIME: time, BUSY: load}


def bulk_measure(results: Results) -> Figures:
    rows = at_stage(results, "yard", "cranes")
    return {TIME: mean(rows, "time"), BUSY: busy(results, "yard/cranes")}


def crane_track(scenario: Scenario) -> Figures:
    """M/G/1 whose service is the time in which c cranes clear a train (Kleinrock I, eq. 5.70)."""
    work = _cranes(scenario, "yard/cranes")
    boxes, cranes = int(_flow(scenario).boxes), int(work.cranes.at(0.0))
    service, variance = theory.makespan(boxes, cranes, work.time.mean)
    wait = theory.pollaczek_khinchine(_rate(scenario), service, variance)
    return {TIME: wait + service, WAITING: _rate(scenario) * service}


def crane_track_measure(results: Results) -> Figures:
    rows = at_stage(results, "yard", "cranes")
    return {TIME: mean(rows, "time"), WAITING: share(rows, "wait")}


def _boxes_per_hour(scenario: Scenario) -> float:
    (supply,) = scenario.tables.supplies.values()
    assert supply.volume is not None
    return float(supply.volume) / scenario.tables.unit_load(supply)


def stuffing(scenario: Scenario) -> Figures:
    """M^[b]/M/c, box by box: the mean queue over the rate (Gross and Harris, sect. 3.1; Little)."""
    (supply,) = scenario.tables.supplies.values()
    work = scenario.tables.stations[supply.terminal].stuffing
    assert work is not None
    lot, service = int(supply.lot), work.time.mean
    lots = _boxes_per_hour(scenario) / lot
    wait = theory.bulk_unit_wait(lots, lot, int(work.lines.at(0.0)), service)
    return {"mean time from ready to stuffed, h": wait + service}


def stuffing_measure(results: Results) -> Figures:
    rows = counted(results, results.containers, "ready_h", "stuffed_h")
    return {"mean time from ready to stuffed, h": mean(rows, "stuffed_h") - mean(rows, "ready_h")}


def full_train(scenario: Scenario) -> Figures:
    """Boxes leave M/M/c as they came, Poisson (Burke 1956); the k-th waits for l - k more."""
    (service,) = scenario.tables.services.values()
    wait = theory.full_train_wait(_boxes_per_hour(scenario), int(service.length))
    return {"mean wait for the train to fill, h": wait}


def full_train_measure(results: Results) -> Figures:
    rows = counted(results, results.containers, "stuffed_h", "departed_h")
    wait = mean(rows, "departed_h") - mean(rows, "stuffed_h")
    return {"mean wait for the train to fill, h": wait}


# -- networks ---------------------------------------------------------------------------------


def _places_after(scenario: Scenario) -> int:
    """Places after the first station of the tandem: on the line, and tracks of the second."""
    line, second = scenario.tables.lines["between"], scenario.tables.stations["second"]
    assert line.places is not None and second.tracks is not None
    return int(line.places.at(0.0)) + int(second.tracks.at(0.0))


def tandem_blocking(scenario: Scenario) -> Figures:
    """Two exponential stations, blocking after service: a Markov chain (Perros 1994, ch. 3)."""
    first = _servers(scenario, "first/papers").time.mean
    second = _servers(scenario, "second/inspection").time.mean
    known = theory.blocking_tandem(_rate(scenario), first, second, _places_after(scenario))
    return {TIME: known.time, "share blocked": known.blocked_share}


def tandem_blocking_measure(results: Results) -> Figures:
    trains, blocked = journeys(results), at_stage(results, "between", "enter")
    return {TIME: mean(trains, "time"), "share blocked": blocked.height / trains.height}


def tandem_saturated(scenario: Scenario) -> Figures:
    """The same, never starved: a birth-death process (Hunt 1956; Perros 1994, ch. 3)."""
    first = _servers(scenario, "first/papers").time.mean
    second = _servers(scenario, "second/inspection").time.mean
    return {PER_DAY: 24.0 * theory.saturated_tandem(first, second, _places_after(scenario))}


def per_day_measure(results: Results) -> Figures:
    return {PER_DAY: measures.ended_per_day(results)}


def closed_loop(scenario: Scenario) -> Figures:
    """Mean value analysis (Reiser and Lavenberg 1980); runs are delays, of any law (BCMP 1975)."""
    sets, haul = _flow(scenario).trainsets, scenario.tables.lines["haul"]
    assert sets is not None
    quarry, port = _servers(scenario, "quarry/loading"), _servers(scenario, "port/unloading")
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
    sets, work = _flow(scenario).trainsets, scenario.tables.lines["at-work"]
    assert sets is not None
    crew = _servers(scenario, "depot/repair")
    up = float(work.length) / float(work.speed)
    rate, wait = theory.machine_repair(int(sets), int(crew.servers.at(0.0)), up, crew.time.mean)
    return {"repairs a day": 24.0 * rate, WAIT: wait}


def machine_repair_measure(results: Results) -> Figures:
    return {
        "repairs a day": measures.ended_per_day(results),
        WAIT: mean(at_stage(results, "depot", "repair"), "wait"),
    }


def timetable(scenario: Scenario) -> Figures:
    """By hand: a full train at each time of the timetable; the k-th box waits for those before it.

    Counted are trains whose boxes are delivered within the horizon, whole.
    """
    from sim.policies.durations import hours

    tables = scenario.tables
    (service,), line = tables.services.values(), tables.lines["branch"]
    (supply,), work = tables.supplies.values(), _cranes(scenario, "mill/unload")
    delivery = tables.stations["mill"].delivery
    assert delivery is not None
    length, cranes = int(service.length), int(work.cranes.at(0.0))
    moved = [math.ceil(k / cranes) * work.time.mean for k in range(1, length + 1)]
    after = float(line.length) / float(line.speed) + delivery.dwell.mean + delivery.time.mean
    first, every = (hours(service.dispatch.parameters[k], k) for k in ("first", "every"))
    trains = math.floor((float(tables.horizon) - first - after - moved[-1]) / every) + 1
    tonnes = tables.unit_load(supply)
    return {
        DELIVERED: trains * length * tonnes,
        "mean time from departure to delivery, h": after + math.fsum(moved) / length,
    }


def timetable_measure(results: Results) -> Figures:
    import polars as pl

    rows = results.containers.filter(pl.col("delivered_h").is_not_null())
    return {
        **flow_bound_measure(results),
        "mean time from departure to delivery, h": mean(rows, "delivered_h")
        - mean(rows, "departed_h"),
    }


# -- the corridor -----------------------------------------------------------------------------


def littles_law(results: Results) -> Pairs:
    """L = λW over every run (Little 1961; for sample paths Stidham 1974)."""
    return measures.queues(results)


def flow_bound(scenario: Scenario) -> Figures:
    """No more can arrive than the smallest cut lets through (Ford and Fulkerson 1956)."""
    from sim.study.implied import implied

    bound = implied(scenario).bound_t
    return {DELIVERED: math.inf if bound is None else bound}


def flow_bound_measure(results: Results) -> Figures:
    from sim.results import kpis

    return {DELIVERED: float(kpis(results)["delivered_t"].value or 0.0)}


CASES: dict[str, Case] = {
    "mm1": Case("in the interval", mm1, mm1_measure),
    "mmc": Case("in the interval", mmc, mm1_measure),
    "md1": Case("in the interval", md1, wait_measure),
    "mg1": Case("in the interval", mg1, wait_measure),
    "gm1": Case("in the interval", gm1, gm1_measure),
    "mmck": Case("in the interval", mmck, mmck_measure),
    "erlang-loss": Case("in the interval", erlang_loss, erlang_loss_measure),
    "priority": Case("in the interval", priority, priority_measure),
    "breakdowns": Case("in the interval", breakdowns, breakdowns_measure),
    "headway": Case("in the interval", headway, headway_measure),
    "bulk": Case("in the interval", bulk, bulk_measure),
    "crane-track": Case("in the interval", crane_track, crane_track_measure),
    "stuffing": Case("in the interval", stuffing, stuffing_measure),
    "full-train": Case("in the interval", full_train, full_train_measure),
    "tandem-blocking": Case("in the interval", tandem_blocking, tandem_blocking_measure),
    "tandem-saturated": Case("in the interval", tandem_saturated, per_day_measure),
    "closed-loop": Case("in the interval", closed_loop, closed_loop_measure),
    "machine-repair": Case("in the interval", machine_repair, machine_repair_measure),
    "timetable": Case("equal", timetable, timetable_measure),
    "littles-law": Case("equal", pairs=littles_law),
    "flow-bound": Case("at most", flow_bound, flow_bound_measure, with_variants=True),
}
"""Every case by the name of its file, in the order in which they are shown."""
