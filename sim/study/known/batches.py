"""Boxes of whole trains: cranes that clear them, lots that fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study import theory
from sim.study.known.case import BUSY, TIME, WAITING, Figures, cranes_at, flow_of, rate_of
from sim.study.measures import at_stage, busy, counted, mean, share

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario


def bulk(scenario: Scenario) -> Figures:
    """M^[b]/M/c: an arriving train sees the stationary number of boxes, then first steps.

    Gross and Harris, sect. 3.1, for the stationary number; Wolff 1982 for what arrivals see.
    """
    work = cranes_at(scenario, "yard/cranes")
    boxes, cranes = int(flow_of(scenario).boxes), int(work.cranes.at(0.0))
    time = theory.bulk_batch_time(rate_of(scenario), boxes, cranes, work.time.mean)
    load = rate_of(scenario) * boxes * work.time.mean / cranes
    return {TIME: time, BUSY: load}


def bulk_measure(results: Results) -> Figures:
    rows = at_stage(results, "yard", "cranes")
    return {TIME: mean(rows, "time"), BUSY: busy(results, "yard/cranes")}


def crane_track(scenario: Scenario) -> Figures:
    """M/G/1 whose service is the time in which c cranes clear a train (Kleinrock I, eq. 5.70)."""
    work = cranes_at(scenario, "yard/cranes")
    boxes, cranes = int(flow_of(scenario).boxes), int(work.cranes.at(0.0))
    service, variance = theory.makespan(boxes, cranes, work.time.mean)
    wait = theory.pollaczek_khinchine(rate_of(scenario), service, variance)
    return {TIME: wait + service, WAITING: rate_of(scenario) * service}


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
