"""How levels changed: trains waiting, boxes by place, equipment, and what there was of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.corridor.records import Records
from sim.corridor.rows import one_after_another
from sim.results.levels import CAPACITY, HELD, StepSeries, step_series
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor
    from sim.corridor.journal import Leg


@dataclass(frozen=True)
class Level:
    """What a series of levels is made of; ``steps`` where they are known already."""

    name: str
    unit: str
    plus: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    minus: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    initial: float = 0.0
    weights: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    steps: StepSeries | None = None
    from_zero: bool = True
    """Whether it has a row at hour 0, also where nothing changes then."""

    def within(self, begin: float, end: float, level: float) -> StepSeries:
        """Its steps in [begin, end) from the level before them."""
        if self.steps is not None:
            times, levels = self.steps.time, self.steps.level
            mine = (times >= begin) & (times < end)
            return StepSeries(times[mine], levels[mine], level)
        up = (self.plus >= begin) & (self.plus < end)
        down = (self.minus >= begin) & (self.minus < end)
        weights = self.weights and (self.weights[0][up], self.weights[1][down])
        return step_series(self.plus[up], self.minus[down], level, weights=weights)


ROWS = 400_000
"""Changes in a part of the table, about."""


def levels(records: Records) -> pl.DataFrame:
    """All series of levels, one after the other."""
    made = _Levels()
    for one in _all(records):
        made.add(one, _whole(one, records.horizon))
    return made.frame()


def in_parts(records: Records) -> Iterator[pl.DataFrame]:
    """The same in frames that follow each other, each of some hours of a series.

    Changes of levels are whole numbers, so a level is the same however many it is summed of.
    """
    made = _Levels()
    for one in _all(records):
        number = len(one.plus) + len(one.minus)
        edges = np.linspace(0.0, records.horizon, number // ROWS + 2)
        edges[0], edges[-1] = -np.inf, np.inf
        level = one.initial
        for begin, end in pairwise(edges.tolist()):
            steps = one.within(begin, end, level)
            level = float(steps.level[-1]) if len(steps.level) else level
            if begin == -np.inf or len(steps.time):
                made.add(one, _cut(one, steps, records.horizon, begin == -np.inf))
            if len(made) > ROWS:
                yield made.frame()
                made = _Levels()
    yield made.frame()


def _whole(level: Level, horizon: float) -> StepSeries:
    return _cut(level, level.within(-np.inf, np.inf, level.initial), horizon, True)


def _cut(level: Level, steps: StepSeries, horizon: float, first: bool) -> StepSeries:
    """Up to the horizon, and from hour 0 on."""
    inside = steps.time <= horizon
    times, levels = steps.time[inside], steps.level[inside]
    if first and level.from_zero and (not len(times) or times[0] > 0.0):
        times = np.concatenate([[0.0], times])
        levels = np.concatenate([[level.initial], levels])
    return StepSeries(times, levels)


def _all(records: Records) -> Iterator[Level]:
    yield from _trains_waiting(records)
    yield from _boxes_waiting(records)
    yield from _moved(records)
    for meter in records.corridor.meters.all:
        times, rates = (np.asarray(part, dtype=float) for part in meter.available().steps)
        name = f"{meter.place}/{meter.activity}: {CAPACITY}"
        unit = "trains/h" if meter.kind == "gate" else meter.kind
        yield Level(name, unit, steps=StepSeries(times, rates))


def _trains_waiting(records: Records) -> Iterator[Level]:
    kinds = records.corridor.journal.kinds
    held = {k.place for k in kinds if k.activity in HELD}
    for place in sorted(held):
        these = np.array([k.place == place and k.activity in HELD for k in kinds], dtype=bool)
        mine = these[records.s_kind]
        since, start = records.s_in[mine], records.s_start[mine]
        # Most never wait, and make no step.
        waited = ~(since == start)
        if waited.any():
            name = f"{place}: trains waiting"
            yield Level(name, "trains", since[waited], start[waited], from_zero=False)


def _boxes_waiting(records: Records) -> Iterator[Level]:
    corridor = records.corridor
    for terminal in corridor.stuffing:
        name = f"{terminal}: goods waiting for empties"
        yield Level(name, "containers", *_matched(corridor, terminal))
    legs: dict[str, list[Leg]] = {name: [] for name in corridor.services}
    for leg in corridor.journal.legs:
        legs[leg.train.service].append(leg)
    for name in corridor.services:
        yield Level(
            f"{name}: boxes waiting for a train",
            "containers",
            *_boarded(corridor, name, legs[name]),
        )


def _matched(corridor: Corridor, terminal: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When goods at a terminal became ready and found an empty, of those not refused."""
    boxes = corridor.boxes
    terminals = [s.terminal for s in corridor.tables.supplies.values()]
    here = np.array([t == terminal for t in terminals], dtype=bool)[boxes.column("supply")]
    here &= ~boxes.column("refused")
    return boxes.column("ready")[here], boxes.column("matched")[here]


def _boarded(
    corridor: Corridor, service: str, legs: list[Leg]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When boxes were ready for the trains of a service, and when these were formed."""
    pending = corridor.services[service].waiting.pending()
    still = np.array([t for t, _ in pending], dtype=float)
    numbers = [len(leg.rows) for leg in legs]
    ready = one_after_another([leg.ready for leg in legs], numbers)
    formed = np.array([leg.train.formed for leg in legs], dtype=float)
    return np.append(ready, still), np.repeat(formed, np.array(numbers, dtype=np.int64))


def _moved(records: Records) -> Iterator[Level]:
    journal = records.corridor.journal
    moves = journal.moves.by_series(len(journal.series))
    for (name, unit, initial), (times, changes) in zip(journal.series, moves, strict=True):
        up = changes > 0
        plus, minus = times[up], times[~up]
        weights = (changes[up], -changes[~up])
        del times, changes, up
        yield Level(name, unit, plus, minus, initial, weights)
        del plus, minus, weights


class _Levels:
    """The table while it is filled."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._units: list[str] = []
        self._times: list[NDArray[np.float64]] = []
        self._levels: list[NDArray[np.float64]] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, level: Level, steps: StepSeries) -> None:
        """Steps of a series."""
        self._names.append(level.name)
        self._units.append(level.unit)
        self._times.append(steps.time)
        self._levels.append(steps.level)
        self._size += len(steps.time)

    def frame(self) -> pl.DataFrame:
        """All that was added, in the order in which it was."""
        number = np.repeat(np.arange(len(self._names)), [len(part) for part in self._times])
        return pl.DataFrame(
            {
                "series": coded(self._names, number),
                "unit": coded(self._units, number),
                "time_h": np.concatenate([np.zeros(0), *self._times]),
                "level": np.concatenate([np.zeros(0), *self._levels]),
            }
        )
