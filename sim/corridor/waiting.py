"""Boxes that wait for a train or a ship."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.clock import INF
from sim.corridor.rows import each, joined, numbers

if TYPE_CHECKING:
    from sim.corridor.rows import Rows, Times


class Group:
    """Boxes and when each is ready, or one time for all; of one way, or -1 where they may not be.

    Until it is ``_sorted`` a group may be in any order; ``first``, ``last`` and what is counted
    hold of a sorted one.
    """

    __slots__ = ("first", "last", "ready", "rows", "way")

    def __init__(self, ready: Times, rows: Rows, way: int) -> None:
        self.ready = ready
        self.rows = rows
        self.way = way
        self.first: float = ready if isinstance(ready, float) else ready.item(0)
        self.last: float = ready if isinstance(ready, float) else ready.item(-1)

    def __len__(self) -> int:
        return len(self.rows)

    def count(self, t: float) -> int:
        """Boxes that are ready by t."""
        if t >= self.last:
            return len(self.rows)
        if t < self.first or isinstance(self.ready, float):
            return 0
        return int(self.ready.searchsorted(t, side="right"))

    def ready_at(self, boxes: int) -> float:
        """When so many are ready."""
        if boxes == len(self.rows) or isinstance(self.ready, float):
            return self.last
        return self.ready.item(boxes - 1)

    def part(self, begin: int, end: int) -> Group:
        """Some of them."""
        ready = self.ready if isinstance(self.ready, float) else self.ready[begin:end]
        return Group(ready, self.rows[begin:end], self.way)


def together(groups: list[Group]) -> Group:
    """Groups, one after the other, as one."""
    if len(groups) == 1:
        return groups[0]
    way, first = groups[0].way, groups[0].first
    at_once = all(isinstance(group.ready, float) and group.ready == first for group in groups)
    return Group(
        first if at_once else np.concatenate([each(group.ready, len(group)) for group in groups]),
        joined([group.rows for group in groups]),
        way if all(group.way == way for group in groups) else -1,
    )


class Waiting:
    """Boxes that wait for a service, by the time they are ready, which may be ahead of now.

    This is the view that a dispatch rule gets.
    """

    __slots__ = ("_arranged", "_came", "_count", "last_departure", "length", "on_empties")

    def __init__(self, length: int) -> None:
        self.length = length
        self.on_empties: Callable[[], int] | None = None
        self.last_departure = -INF
        # None of a group is ready before any of the group before it; what has come since anybody
        # looked is not in order yet.
        self._arranged: deque[Group] = deque()
        self._came: list[Group] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def empties(self) -> int:
        """Empties that would be taken along now."""
        return 0 if self.on_empties is None else self.on_empties()

    def rows(self) -> list[Rows]:
        """Rows of all that wait or will, in parts."""
        return [group.rows for group in [*self._arranged, *self._came]]

    def pending(self) -> list[tuple[float, int]]:
        """All that wait or will, as (ready, row)."""
        return [
            box
            for group in self._groups()
            for box in zip(
                each(group.ready, len(group)).tolist(), numbers(group.rows).tolist(), strict=True
            )
        ]

    def add(self, rows: Rows, ready: Times, way: int = -1) -> None:
        """More boxes, each ready from its time on, or all from one."""
        if not len(rows):
            return
        self._count += len(rows)
        self._came.append(Group(ready, rows, way))

    def _groups(self) -> deque[Group]:
        """All in order: what has come since the last look is sorted in one go."""
        groups = self._arranged
        if not self._came:
            return groups
        came = together(self._came)
        self._came.clear()
        ready = came.ready
        first: float = ready if isinstance(ready, float) else np.minimum.reduce(ready).item()
        # Boxes come nearly in order, so that few groups must be mixed, and are sorted once then.
        mixed = [came]
        while groups and groups[-1].last > first:
            mixed.append(groups.pop())
        group = _sorted(together(mixed[::-1]))
        while groups and not _before(groups[-1], group):
            group = _sorted(together([groups.pop(), group]))
        groups.append(group)
        return groups

    def count(self, t: float) -> int:
        """Boxes that are ready by t."""
        found = 0
        for group in self._groups():
            number = group.count(t)
            found += number
            if number < len(group):
                break
        return found

    def ready_at(self, boxes: int) -> float | None:
        """When that many are ready; None if fewer are known."""
        if boxes > self._count:
            return None
        if not boxes:
            return -INF
        for group in self._groups():
            if boxes <= len(group):
                return group.ready_at(boxes)
            boxes -= len(group)
        raise AssertionError("groups hold fewer boxes than were counted")

    def claim(self, now: float) -> None:
        """A train is due, and may have to wait; nobody else takes these boxes."""

    def take(self, t: float, most: int | None = None) -> Group | None:
        """The boxes for a train that leaves at t, longest ready first, at most its length."""
        left = self.length if most is None else most
        groups, taken = self._groups(), []
        while groups and left:
            group = groups[0]
            number = min(group.count(t), left)
            left -= number
            if number == len(group):
                taken.append(groups.popleft())
                continue
            if number:
                taken.append(group.part(0, number))
                groups[0] = group.part(number, len(group))
            break
        if not taken:
            return None
        made = together(taken)
        self._count -= len(made)
        return made


def _before(group: Group, after: Group) -> bool:
    """Whether a group comes wholly before another; among boxes ready together the row decides."""
    if group.last == after.first:
        return bool(group.rows[-1] < after.rows[0])
    return group.last < after.first


def _sorted(group: Group) -> Group:
    """A group by time, and by row where times are equal."""
    ready, rows = group.ready, group.rows
    if isinstance(ready, float):
        return group if type(rows) is range else Group(ready, np.sort(rows), group.way)
    before, after = ready[:-1], ready[1:]
    # Looked for in bytes, which is a tenth of what `any` costs for so few.
    in_order = b"\1" not in (after < before).tobytes()
    if in_order and type(rows) is not range:
        same = after == before
        if b"\1" in same.tobytes():
            in_order = b"\1" not in (same & (rows[1:] < rows[:-1])).tobytes()
    if in_order:
        return group
    told = numbers(rows)
    order = np.lexsort((told, ready))
    return Group(ready[order], told[order], group.way)
