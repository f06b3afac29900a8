"""What happened, as flat lists that only grow; the tables are made of them when a run is over."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.profile import Profile

if TYPE_CHECKING:
    from sim.corridor.train import Train


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


@dataclass
class Leg:
    """The containers followed on one train, from the yard it took them from to the next.

    Lists run along ``rows``; times in hours.  The train was ``due`` by its rule, ``admitted`` to
    the line, and formed when wagons were there.
    """

    train: Train
    due: float
    admitted: float
    rows: Sequence[int]
    ready: Sequence[float]
    start: Sequence[float] | None = None
    finish: Sequence[float] | None = None
    sampled: Sequence[float] | None = None
    released: Sequence[float] | None = None
    unloading: int = -1
    checking: int = -1

    def unloaded(
        self,
        stage: int,
        start: list[float],
        finish: list[float],
        sampled: list[float],
        released: list[float],
    ) -> None:
        """The train is at its end; what is known of its boxes is kept packed from here on."""
        self.unloading = stage
        self.rows, self.ready = array("i", self.rows), array("d", self.ready)
        self.start, self.finish = array("d", start), array("d", finish)
        self.sampled = self.finish if sampled is finish else array("d", sampled)
        self.released = self.finish if released is finish else array("d", released)


Spell = tuple[Sequence[int], float | Sequence[float], str, int, int | Sequence[int]]
"""Units of equipment, since when, station, state, what they are part of: one for all or each."""


class Moves:
    """Changes of levels, as three columns: series number, time, change."""

    __slots__ = ("change", "series", "time")

    def __init__(self) -> None:
        self.series: array[int] = array("i")
        self.time: array[float] = array("d")
        self.change: array[float] = array("d")

    def append(self, move: tuple[int, float, float]) -> None:
        """One change."""
        series, time, change = move
        self.series.append(series)
        self.time.append(time)
        self.change.append(change)

    def tobytes(self) -> bytes:
        """Series, time and change of every move, one move after the other, as doubles."""
        columns = (self.series, self.time, self.change)
        return np.column_stack([np.array(c, dtype=float) for c in columns]).tobytes()

    def each(self, series: int, times: array[float], change: float) -> None:
        """The same change of one level at each of the times."""
        number = len(times)
        self.series.extend(array("i", (series,)) * number)
        self.time.extend(times)
        self.change.extend(array("d", (change,)) * number)


@dataclass
class Journal:
    """All records of one run.

    ``stages`` holds (train number, stage number, asked, started, ended); ``moves`` holds
    changes of levels; ``spells`` what becomes of units of equipment.
    """

    kinds: list[Stage] = field(default_factory=list)
    trains: list[Train] = field(default_factory=list)
    stages: list[tuple[int, int, float, float, float]] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    series: list[tuple[str, str, float]] = field(default_factory=list)
    moves: Moves = field(default_factory=Moves)
    spells: list[Spell] = field(default_factory=list)
    applications: int = 0

    def enter_train(self, train: Train) -> int:
        """Number of a new train."""
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
