"""The exports of a run in columns, and what several key figures take from them."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.results.accounts import carried, emitted, fixed, paid
from sim.results.by_train import ByTrain
from sim.results.carriers import carriers
from sim.results.levels import StepSeries, step_series, waiting
from sim.results.run import Results
from sim.results.text import holding
from sim.results.unpriced import unpriced

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = ("container", "tonnes", "ready_h", "delivered_h", "refused")
"""Columns that several key figures are taken from."""
MANY = 2_000_000
"""Containers from which a backlog is added up by spans of hours, to take less memory."""


class Exports:
    """The exports of a run: what several key figures share, each part computed once.

    Times are hours and not a number where they were not reached; arrays run along the exports.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self.begin, self.end = results.warmup_h, results.horizon_h
        self._columns: dict[str, NDArray[Any]] = {}

    def column(self, name: str) -> NDArray[Any]:
        """A column of the exports."""
        if name not in self._columns:
            made = self._read(name)
            if name not in KEPT:
                return made
            self._columns[name] = made
        return self._columns[name]

    @cached_property
    def _mine(self) -> list[pl.Series | None]:
        """Which rows of each part are exports; None where all are."""
        marks = (
            holding(part["flow"], "exports") for part in self.results.parts("containers", ["flow"])
        )
        return [None if mark.all() else pl.Series(mark) for mark in marks]

    def _read(self, name: str) -> NDArray[Any]:
        parts = self.results.parts("containers", [name])
        made = [
            (part[name] if mine is None else part[name].filter(mine)).to_numpy()
            for part, mine in zip(parts, self._mine, strict=True)
        ]
        return made[0] if len(made) == 1 else np.concatenate(made)

    @cached_property
    def boxes(self) -> NDArray[np.bool_]:
        """Which exports are containers and not wagonloads."""
        kinds = self.results.meta.get("fleets", {})
        wagons = [name for name, kind in kinds.items() if kind == "wagons"]
        if not wagons:
            return np.full(len(self.column("ready_h")), True)
        made = []
        for part, mine in zip(self.results.parts("containers", ["fleet"]), self._mine, strict=True):
            fleet = part["fleet"] if mine is None else part["fleet"].filter(mine)
            made.append((~fleet.is_in(wagons)).fill_null(value=False).to_numpy())
        return np.concatenate(made)

    def inside(self, times: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which times lie between warm-up and horizon."""
        return (times >= self.begin) & (times <= self.end)

    def within(self, column: str) -> NDArray[np.bool_]:
        """Exports whose moment lies between warm-up and horizon."""
        return self.inside(self.column(column))

    def containers(self, which: NDArray[np.bool_]) -> int:
        """How many of these exports are containers and not wagonloads."""
        return int(np.count_nonzero(which & self.boxes))

    def tonnes(self, which: NDArray[np.bool_]) -> float:
        """Goods in these exports."""
        # numpy adds in the same order on every machine; polars may share a sum among threads
        return float(self.column("tonnes")[which].sum())

    def marked(self, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """These exports as a mark at each number of a container."""
        numbers = self.column("container")
        marks = np.zeros(int(numbers.max(initial=-1)) + 2, dtype=np.bool_)
        marks[numbers[which]] = True
        return marks

    @cached_property
    def offered(self) -> NDArray[np.bool_]:
        """Exports ready between warm-up and horizon."""
        return self.within("ready_h")

    @cached_property
    def timed(self) -> NDArray[np.bool_]:
        """Exports ready after the warm-up and delivered by the horizon."""
        return self.offered & (self.column("delivered_h") <= self.end)

    @cached_property
    def lead_times(self) -> tuple[float | None, pl.Series]:
        """Their mean, and all of them by size."""
        timed = self.timed
        times = pl.Series(self.column("delivered_h")[timed] - self.column("ready_h")[timed])
        return _mean(times), times.sort()

    def lead_time(self, quantile: float) -> float | None:
        """A quantile of the lead times."""
        value = self.lead_times[1].quantile(quantile, "linear")
        return None if value is None else float(value)

    def transit(self) -> float | None:
        """Mean hours from the first train's departure to the last one's arrival."""
        arrived, departed = self.column("arrived_h"), self.column("departed_h")
        which = self.inside(arrived) & ~np.isnan(departed)
        return _mean(pl.Series(arrived[which] - departed[which]))

    @cached_property
    def hours(self) -> tuple[float, float, float]:
        """Hours that timed exports waited and worked, and that all exports had no empty."""
        timed, every = (
            self.marked(self.timed),
            self.marked(np.ones(len(self.timed), dtype=np.bool_)),
        )
        waited = worked = short = 0.0
        columns = ["container", "cause", "begin_h", "end_h", "hours"]
        for part in self.results.parts("waits", columns):
            # The last mark is nobody's, and stands for containers beyond.
            rows = np.minimum(part["container"].to_numpy(), len(timed) - 1)
            mine, working = timed[rows], part["cause"].is_null().to_numpy()
            hours = part["hours"].to_numpy()
            waited += float(hours[mine & ~working].sum())
            worked += float(hours[mine & working].sum())
            none = holding(part["cause"], ": no empty ") & every[rows]
            if none.any():
                begin = np.maximum(part["begin_h"].to_numpy()[none], self.begin)
                end = np.minimum(part["end_h"].to_numpy()[none], self.end)
                short += float(np.maximum(end - begin, 0.0).sum())
        return waited, worked, short

    def mean_hours(self, working: bool) -> float | None:
        """Hours of the timed exports for which a cause is absent (working) or given."""
        number = np.count_nonzero(self.timed)
        return self.hours[1 if working else 0] / number if number else None

    @cached_property
    def trains(self) -> ByTrain:
        """What each train did."""
        return ByTrain(self.results)

    @cached_property
    def held(self) -> StepSeries:
        """Trains that wait for acceptance, a track or a place on the line."""
        return waiting(self.results.stages)

    @cached_property
    def backlog(self) -> tuple[float, float, float]:
        """Tonnes at the warm-up's end, at most, and at the horizon."""
        tonnes, ready = self.column("tonnes"), self.column("ready_h")
        gone = np.fmin(self.column("delivered_h"), self.column("rejected_h"))
        there = ~self.column("refused")
        if not there.all():
            tonnes, ready, gone = tonnes[there], ready[there], gone[there]
        return _backlog(ready, gone, tonnes, self.begin, self.end)

    @cached_property
    def delivered(self) -> NDArray[np.bool_]:
        """Exports handed over between warm-up and horizon."""
        return self.within("delivered_h")

    @cached_property
    def paid(self) -> dict[str, float] | None:
        """USD by part for the exports delivered, with what is fixed between warm-up and horizon.

        None where nothing has a price.
        """
        if not (self.results.meta.get("tariff") or {}).get("given"):
            return None
        found = paid(self.results, self.trains, self.marked(self.delivered))
        whatever = fixed(self.results, self.begin, self.end)
        return {**found, "fixed": math.fsum(whatever.values())} if whatever else found

    def cost_per_t(self, *parts: str) -> float | None:
        """USD for a tonne delivered, of some parts or of all; None of those without any rate."""
        tonnes = self.tonnes(self.delivered)
        if self.paid is None or not tonnes:
            return None
        known = [
            part for part in parts if part in self.paid and not self.unpriced.get(part, (False,))[0]
        ]
        if parts and not known:
            return None
        return math.fsum(self.paid[part] for part in parts or self.paid) / tonnes

    @cached_property
    def unpriced(self) -> dict[str, tuple[bool, tuple[str, ...]]]:
        """Parts of the cost of which something has no rate."""
        return unpriced(self.results)

    def cost_per_container(self) -> float | None:
        """USD for a container or wagonload delivered."""
        if self.paid is None or not self.delivered.any():
            return None
        return math.fsum(self.paid.values()) / int(np.count_nonzero(self.delivered))

    def tonne_km(self) -> float:
        """Of the exports delivered."""
        mine, total = self.marked(self.delivered), 0.0
        for legs in carried(self.results, self.trains):
            rows = np.minimum(legs.container, len(mine) - 1)
            total += float(legs.tonne_km[mine[rows]].sum())
        return total

    def co2e_per_t(self) -> float | None:
        """Kilograms for a tonne delivered; None where no line has a figure."""
        tonnes = self.tonnes(self.delivered)
        lines = (self.results.meta.get("tariff") or {}).get("lines", {}).values()
        if not tonnes or not any(line["co2e"] or line["co2e_empty"] for line in lines):
            return None
        return emitted(self.results, self.trains, self.marked(self.delivered)) / tonnes * 1000.0

    @cached_property
    def departed(self) -> pl.DataFrame:
        """Trains of the services that carry exports out, empty ones too."""
        return self.results.trains.filter(
            pl.col("service").is_in(sorted(carriers(self.results))),
            pl.col("departed_h").is_between(self.begin, self.end),
        )

    def empties_short(self) -> float | None:
        """By Little's law, from the hours that were waited: the two are the same."""
        if self.end <= self.begin:
            return None
        return self.hours[2] / (self.end - self.begin)

    def turnaround(self) -> float | None:
        """Mean hours from one train of a wagon to its next."""
        hours = [np.zeros(0)]
        for part in self.results.parts("equipment", ["unit", "state", "begin_h"]):
            under = holding(part["state"], "under a train")
            unit, begin = part["unit"].to_numpy()[under], part["begin_h"].to_numpy()[under]
            again = unit[1:] == unit[:-1]
            again &= self.inside(begin[1:])
            hours.append(begin[1:][again] - begin[:-1][again])
        return _mean(pl.Series(np.concatenate(hours)))

    def slot_fill(self) -> float | None:
        """Boxes over slots, of the trains departed."""
        known = self.departed.filter(pl.col("slots") > 0)
        slots = float(known["slots"].sum())
        return float(known["boxes"].sum()) / slots if slots else None

    def fulfilment(self) -> float | None:
        """Tonnes delivered over tonnes offered."""
        offered = self.tonnes(self.offered)
        return self.tonnes(self.delivered) / offered if offered else None

    def not_delivered(self) -> int:
        """Exports offered and still on their way at the horizon."""
        late = ~(self.column("delivered_h") <= self.end)
        there = ~self.column("refused") & np.isnan(self.column("rejected_h"))
        return int(np.count_nonzero(self.offered & there & late))


def _backlog(
    ready: NDArray[np.float64],
    gone: NDArray[np.float64],
    tonnes: NDArray[np.float64],
    begin: float,
    end: float,
) -> tuple[float, float, float]:
    spans = len(ready) // MANY * 16 + 1
    edges = [-np.inf, *np.linspace(0.0, end, spans + 1)[1:-1].tolist(), np.inf]
    level, at_begin, most = 0.0, 0.0, -np.inf
    for low, high in pairwise(edges):
        up, down = (ready >= low) & (ready < high), (gone >= low) & (gone < high)
        series = step_series(ready[up], gone[down], level, weights=(tonnes[up], tonnes[down]))
        if low <= begin < high:
            at_begin = float(series.at(begin))
        if high > begin:
            most = max(most, series.maximum(max(low, begin), min(high, end)))
        if low <= end < high:
            return at_begin, most, float(series.at(end))
        level = float(series.level[-1]) if len(series.level) else level
    return at_begin, most, level


def _mean(series: pl.Series) -> float | None:
    return float(series.to_numpy().mean()) if len(series) else None
