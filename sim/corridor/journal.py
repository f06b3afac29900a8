"""What happened, as flat lists that only grow; the tables are made of them when a run is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    rows: list[int]
    ready: list[float]
    start: list[float] | None = None
    finish: list[float] | None = None
    sampled: list[float] | None = None
    released: list[float] | None = None
    unloading: int = -1
    checking: int = -1


@dataclass
class Journal:
    """All records of one run.

    ``stages`` holds (train number, stage number, asked, started, ended); ``moves`` holds
    (series number, time, change of level); ``spells`` (units of equipment, since when, station,
    state, what it is part of).
    """

    kinds: list[Stage] = field(default_factory=list)
    trains: list[Train] = field(default_factory=list)
    stages: list[tuple[int, int, float, float, float]] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    series: list[tuple[str, str, float]] = field(default_factory=list)
    moves: list[tuple[int, float, float]] = field(default_factory=list)
    spells: list[tuple[Sequence[int], float, str, int, int | Sequence[int]]] = field(
        default_factory=list
    )
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
