"""The key figures of a run: name, unit, meaning and definition in one table.

They count exports, from the end of the warm-up to the horizon (both included).  Tonnes and
containers belong to the moment that the name says: offered when ready, shipped when their first
train leaves, delivered when handed over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sim.results.accounts import PARTS, accounts, carriage, spells_charged
from sim.results.levels import StepSeries, backlog, waiting
from sim.results.recovery import longest_recovery
from sim.results.tables import Results


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
    function: Callable[[_View], float | None]


class _View:
    """What several key figures share, each part computed once."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.begin, self.end = results.warmup_h, results.horizon_h

    @cached_property
    def exports(self) -> pl.DataFrame:
        return self.results.containers.filter(pl.col("flow") == "exports")

    def within(self, column: str) -> pl.DataFrame:
        """Exports whose moment lies between warm-up and horizon."""
        return self.exports.filter(pl.col(column).is_between(self.begin, self.end))

    def containers(self, rows: pl.DataFrame) -> int:
        """How many of the rows are containers and not wagonloads."""
        kinds = self.results.meta.get("fleets", {})
        wagons = [name for name, kind in kinds.items() if kind == "wagons"]
        return rows.filter(~pl.col("fleet").is_in(wagons)).height if wagons else rows.height

    @cached_property
    def offered(self) -> pl.DataFrame:
        return self.within("ready_h")

    @cached_property
    def timed(self) -> pl.DataFrame:
        """Exports ready after the warm-up and delivered by the horizon."""
        return self.offered.filter(pl.col("delivered_h") <= self.end)

    @cached_property
    def lead_times(self) -> pl.Series:
        return self.timed["delivered_h"] - self.timed["ready_h"]

    def lead_time(self, quantile: float) -> float | None:
        value = self.lead_times.quantile(quantile, "linear")
        return None if value is None else float(value)

    def transit(self) -> float | None:
        rows = self.within("arrived_h").drop_nulls("departed_h")
        return _mean(rows["arrived_h"] - rows["departed_h"])

    def mean_hours(self, working: bool) -> float | None:
        """Hours of the timed exports for which a cause is absent (working) or given."""
        if self.timed.is_empty():
            return None
        waits = self.results.waits.filter(pl.col("cause").is_null() == working)
        mine = np.isin(waits["container"].to_numpy(), self.timed["container"].to_numpy())
        return float(waits["hours"].to_numpy()[mine].sum()) / self.timed.height

    @cached_property
    def held(self) -> StepSeries:
        return waiting(self.results.stages)

    @cached_property
    def backlog(self) -> StepSeries:
        return backlog(self.results)

    @cached_property
    def delivered(self) -> pl.DataFrame:
        return self.within("delivered_h")

    @cached_property
    def spells(self) -> pl.DataFrame:
        return spells_charged(self.results)

    @cached_property
    def paid(self) -> dict[str, float] | None:
        """USD by part for the exports delivered; None where nothing has a price."""
        if not (self.results.meta.get("tariff") or {}).get("given"):
            return None
        rows = accounts(self.results, self.spells).join(self.delivered, on="container", how="semi")
        found = dict.fromkeys(PARTS, 0.0)
        for (part,), group in rows.group_by("part", maintain_order=True):
            found[str(part)] = float(group["usd"].to_numpy().sum())
        return found

    def cost_per_t(self, *parts: str) -> float | None:
        tonnes = _tonnes(self.delivered)
        if self.paid is None or not tonnes:
            return None
        return math.fsum(self.paid[part] for part in parts or PARTS) / tonnes

    def cost_per_container(self) -> float | None:
        if self.paid is None or self.delivered.is_empty():
            return None
        return math.fsum(self.paid.values()) / self.delivered.height

    @cached_property
    def carried(self) -> pl.DataFrame:
        return carriage(self.results, self.spells).join(self.delivered, on="container", how="semi")

    def co2e_per_t(self) -> float | None:
        tonnes = _tonnes(self.delivered)
        lines = (self.results.meta.get("tariff") or {}).get("lines", {}).values()
        if not tonnes or not any(line["co2e"] or line["co2e_empty"] for line in lines):
            return None
        return float(self.carried["co2e_t"].to_numpy().sum()) / tonnes * 1000.0

    @cached_property
    def departed(self) -> pl.DataFrame:
        """Trains of the services that take exports from their origin, empty ones too."""
        trains = self.results.trains
        first = self.exports.select(pl.col("first_train").drop_nulls().unique())
        services = (
            trains.filter(pl.col("kind") == "service")
            .join(first, left_on="train", right_on="first_train", how="semi")["service"]
            .unique()
        )
        return trains.filter(
            pl.col("service").is_in(services.to_list()),
            pl.col("departed_h").is_between(self.begin, self.end),
        )

    def empties_short(self) -> float | None:
        """By Little's law, from the hours that were waited: the two are the same."""
        if self.end <= self.begin:
            return None
        rows = self.results.waits.filter(
            pl.col("cause").str.contains(": no empty ", literal=True)
        ).join(self.exports.select("container"), on="container", how="semi")
        begin = np.maximum(rows["begin_h"].to_numpy(), self.begin)
        waited = np.maximum(np.minimum(rows["end_h"].to_numpy(), self.end) - begin, 0.0)
        return float(waited.sum()) / (self.end - self.begin)

    def turnaround(self) -> float | None:
        under = self.results.equipment.filter(pl.col("state") == "under a train").select(
            "begin_h", next=pl.col("begin_h").shift(-1).over("unit")
        )
        ended = under.filter(pl.col("next").is_between(self.begin, self.end))
        return _mean(ended["next"] - ended["begin_h"])

    def slot_fill(self) -> float | None:
        known = self.departed.filter(pl.col("slots") > 0)
        slots = float(known["slots"].sum())
        return float(known["boxes"].sum()) / slots if slots else None

    def fulfilment(self) -> float | None:
        offered = _tonnes(self.offered)
        return _tonnes(self.within("delivered_h")) / offered if offered else None

    def not_delivered(self) -> int:
        late = pl.col("delivered_h").is_null() | (pl.col("delivered_h") > self.end)
        there = ~pl.col("refused") & pl.col("rejected_h").is_null()
        return self.offered.filter(there & late).height


def _tonnes(rows: pl.DataFrame) -> float:
    # numpy adds in the same order on every machine; polars may share a sum among threads
    return float(rows["tonnes"].to_numpy().sum())


def _mean(series: pl.Series) -> float | None:
    return float(series.to_numpy().mean()) if len(series) else None


def _refused(view: _View) -> float:
    return _tonnes(view.offered.filter(pl.col("refused")))


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
            lambda v: _tonnes(v.offered),
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
            lambda v: _tonnes(v.within("departed_h")),
        ),
        Definition(
            "delivered_t",
            "t",
            "goods delivered, whenever they became ready",
            "up",
            lambda v: _tonnes(v.within("delivered_h")),
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
            "goods turned back by a laboratory at the border",
            "down",
            lambda v: _tonnes(v.within("rejected_h")),
        ),
        Definition("fulfilment", "1", "delivered_t over offered_t", "up", lambda v: v.fulfilment()),
        Definition(
            "lead_time_mean_h",
            "h",
            "mean time from ready to delivered, of containers ready after the warm-up and "
            "delivered by the horizon",
            "down",
            lambda v: _mean(v.lead_times),
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
            lambda v: float(v.backlog.at(v.begin)),
        ),
        Definition(
            "peak_backlog_t",
            "t",
            "most goods at once that were ready and not delivered",
            "down",
            lambda v: v.backlog.maximum(v.begin, v.end),
        ),
        Definition(
            "end_backlog_t",
            "t",
            "goods ready and not delivered at the horizon",
            "down",
            lambda v: float(v.backlog.at(v.end)),
        ),
        Definition(
            "trains_departed",
            "trains",
            "trains that left, of the services that take exports from their origin",
            "",
            lambda v: v.departed.height,
        ),
        Definition(
            "slot_fill",
            "1",
            "boxes on those trains over the boxes that fit on them",
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
            lambda v: float(v.carried["tonne_km"].to_numpy().sum()),
        ),
        Definition(
            "cost_per_t",
            "USD/t",
            "all parts of the cost of goods delivered, waiting included",
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
    view = _View(results)
    out = {}
    for definition in KPIS.values():
        value = definition.function(view)
        if value is not None:
            value = float(value)
            value = value if np.isfinite(value) else None
        out[definition.name] = Kpi(value, definition.unit, definition.meaning)
    return out
