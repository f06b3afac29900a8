"""What happened, as flat lists that only grow; the tables are made of them when a run is over."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.corridor.profile import Profile
from sim.corridor.sorting import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.rows import Column, Rows, Times
    from sim.corridor.stock import Units
    from sim.corridor.train import Train


FEW = 64
"""Changes up to which they are kept one by one."""
MANY = 4_000
"""Numbers of stages from which on they are put in rows: a longer list takes new memory again and
again while it grows, and four times as much of it."""


@dataclass(frozen=True)
class Stage:
    """A kind of stage, as the tables name it.

    ``cause`` is what a train waits for here; ``hours`` the profile whose closures are a cause of
    their own.
    """

    place: str
    activity: str
    cause: str | None
    hours: Profile | None = None
    closed_cause: str | None = None


class Leg:
    """The containers followed on one train, from the yard it took them from to the next.

    Columns run along ``rows``; times in hours.  The train was ``due`` by its rule, ``admitted`` to
    the line, and formed when wagons were there.  ``way`` is the number of the chain of services
    that all of them take, -1 where that is not known.
    """

    __slots__ = (
        "admitted",
        "checking",
        "due",
        "finish",
        "ready",
        "released",
        "rows",
        "sampled",
        "start",
        "train",
        "unloading",
        "way",
    )

    def __init__(
        self,
        train: Train,
        due: float,
        admitted: float,
        rows: Rows,
        ready: Times,
        way: int = -1,
    ) -> None:
        self.train = train
        self.due = due
        self.admitted = admitted
        self.rows = rows
        self.ready = ready
        self.way = way
        self.start: Column | None = None
        self.finish: Column | None = None
        self.sampled: Column | None = None
        self.released: Column | None = None
        self.unloading = -1
        self.checking = -1

    def unloaded(
        self, stage: int, start: Column, finish: Column, sampled: Column, released: Column
    ) -> None:
        """The train is at its end: start and end of each lift, of each analysis."""
        self.unloading = stage
        self.start, self.finish = start, finish
        self.sampled, self.released = sampled, released


Spell: TypeAlias = "tuple[Units, float | NDArray[np.float64], str, int, int | Rows]"
"""Units of equipment, since when, station, state, what they are part of: one for all or each."""


class Moves:
    """Changes of levels, as three columns: series number, time, change."""

    __slots__ = ("_change", "_parts", "_series", "_time")

    def __init__(self) -> None:
        self._series: array[int] = array("i")
        self._time: array[float] = array("d")
        self._change: array[float] = array("d")
        # Changes that came together: after how many others, series, times and change.
        self._parts: list[tuple[int, int, Column, float]] = []

    def append(self, move: tuple[int, float, float]) -> None:
        """One change."""
        series, time, change = move
        self._series.append(series)
        self._time.append(time)
        self._change.append(change)

    def each(self, series: int, times: Column, change: float) -> None:
        """The same change of one level at each of the times."""
        number = len(times)
        if number <= FEW:
            self._series.extend((series,) * number)
            self._time.extend(times.tolist())
            self._change.extend((change,) * number)
            return
        self._parts.append((len(self._series), series, times, change))

    def by_series(self, number: int) -> Iterator[tuple[Column, Column]]:
        """Times and changes of each of so many series, in no order that matters for sums."""
        series = np.array(self._series)
        order = in_order(series)
        cuts = np.searchsorted(series[order], np.arange(number + 1))
        time, change = np.array(self._time), np.array(self._change)
        parts: list[list[tuple[Column, float]]] = [[] for _ in range(number)]
        for _, one, times, by in self._parts:
            parts[one].append((times, by))
        for one, mine in enumerate(parts):
            single = order[cuts[one] : cuts[one + 1]]
            yield (
                np.concatenate([time[single], *(times for times, _ in mine)]),
                np.concatenate([change[single], *(np.full(len(t), by) for t, by in mine)]),
            )

    @property
    def series(self) -> NDArray[np.int32]:
        """Number of the series of every move."""
        same = [np.full(len(times), series, np.int32) for _, series, times, _ in self._parts]
        return self._whole(np.array(self._series), same)

    @property
    def time(self) -> Column:
        """Hour of every move."""
        return self._whole(np.array(self._time), [times for _, _, times, _ in self._parts])

    @property
    def change(self) -> Column:
        """By how much the level of its series changes at every move."""
        same = [np.full(len(times), change) for _, _, times, change in self._parts]
        return self._whole(np.array(self._change), same)

    def _whole(self, single: NDArray[Any], parts: list[NDArray[Any]]) -> NDArray[Any]:
        """Single moves, with those that came together where they were recorded."""
        made, begin = [], 0
        for (end, *_), part in zip(self._parts, parts, strict=True):
            made += [single[begin:end], part]
            begin = end
        return np.concatenate([*made, single[begin:]])


@dataclass
class Journal:
    """All records of one run.

    ``stages`` holds train number, stage number, asked, started, ended of those that came last, one
    after the other: cheaper than a tuple or a row each.  ``past_stages`` has the others in rows.
    ``moves`` holds changes of levels; ``spells`` what becomes of units of equipment.
    """

    kinds: list[Stage] = field(default_factory=list)
    trains: list[Train] = field(default_factory=list)
    stages: list[float] = field(default_factory=list)
    past_stages: list[NDArray[np.float64]] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    series: list[tuple[str, str, float]] = field(default_factory=list)
    moves: Moves = field(default_factory=Moves)
    spells: list[Spell] = field(default_factory=list)
    applications: int = 0
    before_train: Callable[[float], None] | None = None

    def enter_train(self, train: Train) -> int:
        """Number of a new train."""
        if len(self.stages) > MANY:
            self.stage_rows()
        self.trains.append(train)
        return len(self.trains) - 1

    def stage(self, stage: Stage) -> int:
        """Number of a new kind of stage."""
        self.kinds.append(stage)
        return len(self.kinds) - 1

    def level(self, name: str, unit: str, initial: float = 0.0) -> int:
        """Number of a new series of levels."""
        self.series.append((name, unit, initial))
        return len(self.series) - 1

    def stage_rows(self) -> list[NDArray[np.float64]]:
        """All stages so far as rows of five columns, in parts that stay as they are."""
        if self.stages:
            # An array takes numbers of a list faster than NumPy does.
            self.past_stages.append(np.frombuffer(array("d", self.stages)).reshape(-1, 5))
            self.stages.clear()
        return self.past_stages

    def forget_all(self) -> None:
        """Let go of all records, once nobody asks for tables."""
        self.trains.clear()
        self.stages.clear()
        self.past_stages.clear()
        self.legs.clear()
        self.spells.clear()
        self.moves = Moves()
        self.before_train = None
