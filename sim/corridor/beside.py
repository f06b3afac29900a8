"""Boxes that wait for whichever of several services leaves first and has room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.waiting import Waiting

if TYPE_CHECKING:
    from sim.corridor.rows import Rows, Times
    from sim.corridor.waiting import Group


class Beside(Waiting):
    """What one of several services between the same stations sees of the boxes that wait for all.

    A train that is due, and waits to be admitted or for wagons, has a claim to the boxes that were
    ready for it: the other services see what is beyond that.  What is asked of all boxes is
    answered by one of the services alone, so that none is counted twice.
    """

    __slots__ = ("_all", "_answers", "_claimed", "_views")

    def __init__(self, length: int, boxes: Waiting, views: list[Beside], answers: bool) -> None:
        """One view more of ``boxes``; ``views`` are those of the other services before it.

        ``answers`` for all boxes is true of one of them alone.
        """
        super().__init__(length)
        self._all = boxes
        self._views = views
        self._answers = answers
        self._claimed = 0
        views.append(self)

    def __len__(self) -> int:
        return len(self._all) if self._answers else 0

    def rows(self) -> list[Rows]:
        """Rows of all that wait or will, in parts."""
        return self._all.rows() if self._answers else []

    def pending(self) -> list[tuple[float, int]]:
        """All that wait or will, as (ready, row)."""
        return self._all.pending() if self._answers else []

    def add(self, rows: Rows, ready: Times, way: int = -1) -> None:
        """More boxes for whichever service."""
        self._all.add(rows, ready, way)

    def count(self, t: float) -> int:
        """Boxes that are ready by t and that no other train has a claim to."""
        return max(self._all.count(t) - self._claimed_by_others(), 0)

    def ready_at(self, boxes: int) -> float | None:
        """When that many are ready; None if fewer are known."""
        return self._all.ready_at(boxes + self._claimed_by_others()) if boxes else -INF

    def claim(self, now: float) -> None:
        """A train is due: as many as are ready and fit are its own."""
        self._claimed = min(self.count(now), self.length)

    def take(self, t: float, most: int | None = None) -> Group | None:
        """The boxes for a train that leaves at t, longest ready first; its claim is met."""
        number = min(self.length if most is None else most, self.count(t))
        self._claimed = 0
        return self._all.take(t, number)

    def _claimed_by_others(self) -> int:
        return sum(view._claimed for view in self._views) - self._claimed
