"""The key figures of a run: name, unit, meaning and definition in one table.

They count exports, from the end of the warm-up to the horizon (both included).  Tonnes and
containers belong to the moment that the name says: offered when ready, shipped when their first
train leaves, delivered when handed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.results.accounts import PARTS
from sim.results.exports import Exports
from sim.results.recovery import longest_recovery
from sim.results.run import Results


@dataclass(frozen=True)
class Kpi:
    """A figure of one run; ``value`` is None where there is nothing to take it from."""

    value: float | None
    unit: str
    meaning: str


@dataclass(frozen=True)
class KpiSummary:
    """A figure over replications: mean, half width of its 95 % interval (None below two), n."""

    mean: float | None
    half_width: float | None
    n: int
    unit: str
    meaning: str


@dataclass(frozen=True)
class Definition:
    """How a key figure is taken from a run."""

    name: str
    unit: str
    meaning: str
    better: str
    """up, down, or empty where neither is better."""
    function: Callable[[Exports], float | None]


def _refused(view: Exports) -> float:
    return view.tonnes(view.offered & view.column("refused"))


def _part(part: str) -> Definition:
    name = f"cost_{part.replace(' ', '_')}_per_t"
    return Definition(name, "USD/t", f"part: {part}", "down", lambda v: v.cost_per_t(part))


KPIS: dict[str, Definition] = {
    d.name: d
    for d in (
        Definition(
            "offered_t",
            "t",
            "goods that became ready, refused ones included",
            "",
            lambda v: v.tonnes(v.offered),
        ),
        Definition(
            "offered_containers",
            "containers",
            "containers whose goods became ready, refused ones included",
            "",
            lambda v: v.containers(v.offered),
        ),
        Definition(
            "shipped_t",
            "t",
            "goods whose first train left",
            "up",
            lambda v: v.tonnes(v.within("departed_h")),
        ),
        Definition(
            "delivered_t",
            "t",
            "goods delivered, whenever they became ready",
            "up",
            lambda v: v.tonnes(v.within("delivered_h")),
        ),
        Definition(
            "delivered_containers",
            "containers",
            "containers delivered, whenever their goods became ready",
            "up",
            lambda v: v.containers(v.within("delivered_h")),
        ),
        Definition(
            "refused_t", "t", "goods never taken because the elevator was full", "down", _refused
        ),
        Definition(
            "rejected_t",
            "t",
            "goods turned back by a laboratory",
            "down",
            lambda v: v.tonnes(v.within("rejected_h")),
        ),
        Definition("fulfilment", "1", "delivered_t over offered_t", "up", lambda v: v.fulfilment()),
        Definition(
            "lead_time_mean_h",
            "h",
            "mean time from ready to delivered, of containers ready after the warm-up and "
            "delivered by the horizon",
            "down",
            lambda v: v.lead_times[0],
        ),
        Definition(
            "lead_time_p50_h",
            "h",
            "half of these lead times are shorter",
            "down",
            lambda v: v.lead_time(0.50),
        ),
        Definition(
            "lead_time_p90_h",
            "h",
            "nine in ten of these lead times are shorter",
            "down",
            lambda v: v.lead_time(0.90),
        ),
        Definition(
            "lead_time_p95_h",
            "h",
            "19 in 20 of these lead times are shorter",
            "down",
            lambda v: v.lead_time(0.95),
        ),
        Definition(
            "transit_mean_h",
            "h",
            "mean time from the first train's departure to the last one's arrival, of what arrived",
            "down",
            lambda v: v.transit(),
        ),
        Definition(
            "undelivered_containers",
            "containers",
            "containers and wagonloads ready after the warm-up and not delivered at the horizon, "
            "refused and rejected ones left out; their lead times are in no figure above",
            "down",
            lambda v: v.not_delivered(),
        ),
        Definition(
            "waiting_mean_h",
            "h",
            "part of the mean lead time spent waiting",
            "down",
            lambda v: v.mean_hours(working=False),
        ),
        Definition(
            "working_mean_h",
            "h",
            "part of the mean lead time in motion or in work",
            "down",
            lambda v: v.mean_hours(working=True),
        ),
        Definition(
            "trains_held_max",
            "trains",
            "most trains at once, background ones too, that waited for acceptance, a track "
            "or a place on the line",
            "down",
            lambda v: v.held.maximum(v.begin, v.end),
        ),
        Definition(
            "trains_held_mean",
            "trains",
            "time mean of the trains so held",
            "down",
            lambda v: v.held.time_mean(v.begin, v.end),
        ),
        Definition(
            "recovery_max_h",
            "h",
            "longest recovery: from the end of a disruption until no more trains are held there "
            "or before it than in the week before; one not over at the horizon counts until then",
            "down",
            lambda v: longest_recovery(v.results),
        ),
        Definition(
            "start_backlog_t",
            "t",
            "goods ready and not delivered after the warm-up",
            "",
            lambda v: v.backlog[0],
        ),
        Definition(
            "peak_backlog_t",
            "t",
            "most goods at once that were ready and not delivered",
            "down",
            lambda v: v.backlog[1],
        ),
        Definition(
            "end_backlog_t",
            "t",
            "goods ready and not delivered at the horizon",
            "down",
            lambda v: v.backlog[2],
        ),
        Definition(
            "trains_departed",
            "trains",
            "trains that left, of the services that take exports over the border; where no way "
            "leads over one, of the first with room for more than one box",
            "",
            lambda v: v.departed.height,
        ),
        Definition(
            "slot_fill",
            "1",
            "boxes on those trains, laden and empty ones, over the boxes that fit on them",
            "up",
            lambda v: v.slot_fill(),
        ),
        Definition(
            "empties_short_mean",
            "units",
            "time mean of the goods of exports that wait for an empty container or wagon",
            "down",
            lambda v: v.empties_short(),
        ),
        Definition(
            "wagon_turnaround_mean_h",
            "h",
            "mean time from one train of a wagon to its next, of the wagons that trains are formed "
            "of",
            "down",
            lambda v: v.turnaround(),
        ),
        Definition(
            "tonne_km",
            "t km",
            "goods delivered times the distance that trains carried them",
            "",
            lambda v: v.tonne_km(),
        ),
        Definition(
            "cost_per_t",
            "USD/t",
            "all parts of the cost of goods delivered that have a rate, waiting included",
            "down",
            lambda v: v.cost_per_t(),
        ),
        *(_part(part) for part in PARTS),
        Definition(
            "cost_per_container",
            "USD",
            "the same for each container or wagonload delivered",
            "down",
            lambda v: v.cost_per_container(),
        ),
        Definition(
            "co2e_per_t",
            "kg/t",
            "emissions on the line of goods delivered, with those of their boxes run empty",
            "down",
            lambda v: v.co2e_per_t(),
        ),
    )
}


def kpis(results: Results) -> dict[str, Kpi]:
    """All key figures of a run, in the order of ``KPIS``."""
    view = Exports(results)
    out = {}
    for definition in KPIS.values():
        value = definition.function(view)
        if value is not None:
            value = float(value)
            value = value if np.isfinite(value) else None
        out[definition.name] = Kpi(value, definition.unit, definition.meaning)
    return out
