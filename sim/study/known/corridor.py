"""The corridor as a whole: by hand, by Little, and by its smallest cut."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.study import measures
from sim.study.known.case import DELIVERED, Figures, Pairs, cranes_at
from sim.study.measures import mean

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario


def timetable(scenario: Scenario) -> Figures:
    """By hand: a full train at each time of the timetable; the k-th box waits for those before it.

    Counted are trains whose boxes are delivered within the horizon, whole.
    """
    from sim.policies.durations import hours

    tables = scenario.tables
    (service,), line = tables.services.values(), tables.lines["branch"]
    (supply,), work = tables.supplies.values(), cranes_at(scenario, "mill/unload")
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
