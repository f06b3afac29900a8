"""When a train leaves its terminal with the boxes that are there.

A rule answers one question: given the boxes whose time of readiness is known, when should the
next train leave?  It is asked again whenever more becomes known.
"""

from __future__ import annotations

import math
from typing import Protocol

from sim.policies.durations import hours
from sim.policies.registry import Registry


class Yard(Protocol):
    """The boxes that wait for one service, as a dispatch rule sees them."""

    @property
    def length(self) -> int:
        """Boxes that fit on a train."""

    @property
    def last_departure(self) -> float:
        """When the last train left, hours; minus infinity before the first."""

    def count(self, t: float) -> int:
        """Boxes that will be ready by t, as far as is known."""

    def ready_at(self, boxes: int) -> float | None:
        """When that many boxes are ready; None if fewer are known."""

    def empties(self) -> int:
        """Empties that would be taken along now."""


class DispatchRule(Protocol):
    """Says when the next train leaves.

    A rule with ``by_clock = True`` does not look at the boxes: it is not asked again when more
    are known.
    """

    def next_departure(self, yard: Yard, now: float) -> float | None:
        """A time not before now, or None to be asked again when more boxes are known."""


class Timetable:
    """At fixed times, with what is there, if that is at least ``minimum`` boxes.

    Args:
        every: a time (`84 h`); from one train to the next
        first: a time (`12 h`) after the start of the run; the first train
        minimum: boxes (`20`); with fewer the train does not leave, and with 0 it leaves whatever is
            there
        last: a time (`180 d`) after the start of the run; no train leaves after it
    """

    def __init__(
        self,
        every: float | str,
        first: float | str = "0 h",
        minimum: int = 1,
        last: float | str | None = None,
    ) -> None:
        self.every = hours(every, "every")
        self.first = hours(first, "first")
        self.minimum = int(minimum)
        self.last = math.inf if last is None else hours(last, "last")
        if self.every <= 0:
            raise ValueError(f"every: {every!r} must be more than 0 h")
        if self.last < self.first:
            raise ValueError(
                f"last: {last!r} is before the first train; expected {self.first:g} h or later"
            )
        if self.minimum < 0 or self.minimum != minimum:
            raise ValueError(f"minimum: {minimum!r} is not a number of boxes; expected 0 or more")
        self.by_clock = self.minimum == 0

    def next_departure(self, yard: Yard, now: float) -> float | None:
        """The first time left in the table, from now on, at which enough boxes are ready."""
        number = max(math.ceil((now - self.first) / self.every - 1e-9), 0)
        slot = self.first + number * self.every
        if slot <= yard.last_departure + 1e-9:
            number += 1
        if self.minimum > 0:
            ready = yard.ready_at(min(self.minimum, yard.length))
            if ready is None:
                return None
            number = max(number, math.ceil((ready - self.first) / self.every - 1e-9))
        time = self.first + number * self.every
        return max(time, now) if time <= self.last else None


class WhenFull:
    """As soon as the boxes for a full train are ready."""

    def next_departure(self, yard: Yard, now: float) -> float | None:
        """When the last box of a full train is ready."""
        ready = yard.ready_at(yard.length)
        return None if ready is None else max(ready, now)


class Threshold:
    """When ``boxes`` are ready, or when the oldest has waited ``longest_hold``.

    Args:
        boxes: boxes (`40`); as many as are wanted on a train, at most its length
        longest_hold: a time (`72 h`); the longest that the oldest box waits
    """

    def __init__(self, boxes: int, longest_hold: float | str) -> None:
        if int(boxes) != boxes or boxes < 1:
            raise ValueError(f"boxes: {boxes!r} is not a number of boxes; expected 1 or more")
        self.boxes = int(boxes)
        self.longest_hold = hours(longest_hold, "longest_hold")

    def next_departure(self, yard: Yard, now: float) -> float | None:
        """The earlier of the two."""
        oldest = yard.ready_at(1)
        if oldest is None:
            return None
        enough = yard.ready_at(min(self.boxes, yard.length))
        due = oldest + self.longest_hold
        return max(due if enough is None else min(enough, due), now)


class WithEmpties:
    """When laden boxes and empties to be moved make ``boxes`` together; looked at ``every``.

    This is the rule of a train that repositions empties.

    Args:
        boxes: boxes (`40`); laden and empty together
        every: a time (`24 h`); from one look to the next
    """

    def __init__(self, boxes: int, every: float | str = "24 h") -> None:
        if isinstance(boxes, bool) or int(boxes) != boxes or boxes < 1:
            raise ValueError(f"boxes: {boxes!r} is not a number of boxes; expected 1 or more")
        self.boxes = int(boxes)
        self.every = hours(every, "every")
        if self.every <= 0:
            raise ValueError(f"every: {every!r} must be more than 0 h")

    def next_departure(self, yard: Yard, now: float) -> float | None:
        """Now, if it is time to look and there are enough; otherwise the next time to look."""
        looks = math.ceil(now / self.every - 1e-9) * self.every
        if looks <= now and looks > yard.last_departure:
            laden = min(yard.count(now), yard.length)
            if laden + yard.empties() >= min(self.boxes, yard.length):
                return now
        return looks if looks > now else (math.floor(now / self.every + 1e-9) + 1) * self.every


DISPATCH: Registry[DispatchRule] = Registry("dispatch")
DISPATCH.add("timetable", Timetable)
DISPATCH.add("when-full", WhenFull)
DISPATCH.add("threshold", Threshold)
DISPATCH.add("with-empties", WithEmpties)
