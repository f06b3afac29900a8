"""How much of each resource was used between the warm-up and the horizon."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.corridor.profile import Profile

if TYPE_CHECKING:
    from sim.corridor.bank import CraneMoves


MOST = 128
"""Pieces of work after which those that are over are counted."""


class Tally:
    """Work whose end is known when it begins, or before; counted when it is over."""

    __slots__ = ("_begun", "_profile", "_serial", "_worked")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._begun: list[tuple[float, int, float, float, CraneMoves | None]] = []
        self._serial = 0
        self._worked = 0.0

    def add(
        self, now: float, end: float, hours: float, start: float, moves: CraneMoves | None = None
    ) -> None:
        """Work of so many hours from ``start`` to ``end``, and the moves that it consists of."""
        self._serial += 1
        self._begun.append((end, self._serial, hours, start, moves))
        if self._serial % MOST == 0:
            self.worked(now)

    def worked(self, now: float) -> float:
        """Hours of all work that was over before now, summed up in the order of its ends."""
        begun = self._begun
        # No two have the same number, so that moves are never compared.
        begun.sort()
        over = bisect_left(begun, (now,))
        for _, _, hours, _, _ in begun[:over]:
            self._worked += hours
        del begun[:over]
        return self._worked

    def under_way(self, now: float) -> float:
        """Hours worked before now at what was not over then."""
        work = self._profile.work
        return sum(
            work(min(end, now)) - work(start)
            for last, _, _, first, moves in sorted(self._begun, key=lambda entry: entry[1])
            for start, end in _pieces(first, last, moves)
            if start < now
        )


def _pieces(start: float, end: float, moves: CraneMoves | None) -> Iterator[tuple[float, float]]:
    """Start and end of each piece of work."""
    if moves is None:
        return iter(((start, end),))
    starts, ends = moves.each()
    return zip(starts.tolist(), ends.tolist(), strict=True)


@dataclass
class Meter:
    """One resource: what was used of it so far, and what there was of it until a time.

    Servers, cranes and stuffing lines count hours worked of hours staffed, gates count trains let
    through of trains that could have been, tracks, places and the slots of laboratories count
    hours held.  ``used`` counts work when it ends; ``under_way`` is what has been done of work that
    is not counted yet, which belongs to the hours before the warm-up or the horizon all the same.
    """

    place: str
    activity: str
    kind: str
    unit: str
    used: Callable[[], float]
    available: Callable[[], Profile]
    under_way: Callable[[], float] | None = None
    begin: float = 0.0
    used_before: float = 0.0

    def start(self, now: float) -> None:
        """Count from now on, of work under way only what is left of it."""
        self.begin, self.used_before = now, self._so_far()

    def reading(self, horizon: float) -> dict[str, object]:
        """The resource as the results name it; ``busy`` is None where there was nothing to use."""
        used = self._so_far() - self.used_before
        there = self.available()
        available = there.work(horizon) - there.work(self.begin)
        return {
            "name": f"{self.place}/{self.activity}",
            "place": self.place,
            "activity": self.activity,
            "kind": self.kind,
            "unit": self.unit,
            "used": used,
            "available": available,
            "busy": used / available if available > 0.0 else None,
        }

    def _so_far(self) -> float:
        return self.used() + (self.under_way() if self.under_way is not None else 0.0)


@dataclass
class Meters:
    """The meters of all resources of a corridor, in the order in which they were made."""

    all: list[Meter] = field(default_factory=list)

    def add(self, meter: Meter) -> None:
        """One resource more."""
        self.all.append(meter)

    def start(self, now: float) -> None:
        """The warm-up is over."""
        for meter in self.all:
            meter.start(now)

    def readings(self, horizon: float) -> list[dict[str, object]]:
        """All resources, for ``meta['resources']``."""
        return [meter.reading(horizon) for meter in self.all]
