"""A bank of like servers that takes boxes first come, first served.

The recursion of Kiefer and Wolfowitz (1955): the next box starts on the server that is free
first, not before its own arrival.  One pass gives the exact times of a whole train, so a train
costs one event and not one for each box.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.corridor.ahead import Together
from sim.corridor.profile import ALWAYS, Profile
from sim.corridor.recursion import one_by_one
from sim.corridor.rows import each

if TYPE_CHECKING:
    from sim.corridor.rows import Column, Times
    from sim.corridor.wear import Wear


MANY = 32
"""Servers from which on idle ones are counted rather than kept in the heap."""

Batch: TypeAlias = "tuple[float, int, float, Together | Times]"
"""Last end and number of boxes that began at once, when they did, and the boxes or their ends."""


def _last_of(ends: Column, now: float) -> float:
    """The last of these ends; now if there are none."""
    return float(np.maximum.reduce(ends, initial=now))


def _ends(batch: Batch) -> Column:
    _, number, begun, boxes = batch
    return boxes.served(begun)[1] if isinstance(boxes, Together) else each(boxes, number)


class CraneMoves:
    """What a bank does for one train: hours from ``start`` to ``end`` and the sum of its work.

    Start and end of each box are computed when somebody asks: at most banks nobody does.
    """

    __slots__ = ("_boxes", "_served", "end", "start", "work")

    def __init__(
        self,
        start: float,
        end: float,
        work: float,
        boxes: Together,
        served: tuple[Column | list[float], Column | list[float]] | None,
    ) -> None:
        self.start = start
        self.end = end
        self.work = work
        self._boxes = boxes
        self._served = served

    def each(self) -> tuple[Column, Column]:
        """Start and end of each box, hours."""
        if self._served is None:
            self._served = self._boxes.served(self.start)
        starts, ends = self._served
        if not isinstance(starts, np.ndarray) or not isinstance(ends, np.ndarray):
            starts, ends = self._served = np.array(starts), np.array(ends)
        return starts, ends


class Bank:
    """Servers in working time, with dated additions and withdrawals.

    A server added on a date is one that is free from then on.  A withdrawal takes the first
    server that would begin a box after its date.

    ``servers`` counts those that work or will.

    Raises:
        ValueError: fewer than one server at the start and none later.
    """

    __slots__ = (
        "_batches",
        "_busy",
        "_free",
        "_last",
        "_leaving",
        "_served",
        "_since",
        "profile",
        "servers",
        "wear",
    )

    def __init__(
        self,
        servers: int,
        changes: Sequence[tuple[float, float]] = (),
        profile: Profile = ALWAYS,
    ) -> None:
        self.profile = profile
        self.wear: Wear | None = None
        free = [0.0] * servers
        leaving: list[float] = []
        now = servers
        for time, value in changes:
            more = int(value) - now
            free += [profile.work(time)] * max(more, 0)
            leaving += [profile.work(time)] * max(-more, 0)
            now = int(value)
        if not free:
            raise ValueError("a bank needs one server or more")
        heapify(free)
        self.servers = len(free)
        # A heap of the working times at which servers are free; of a large bank only some.
        self._free = free
        self._leaving = leaving
        self._last = max(free)
        # A train that was served from idle and whose servers are not in the heap yet.
        self._since = 0.0
        self._served: Together | None = None
        # Boxes of a large bank that are not in the heap, as they came together, and how many
        # servers are busy at most.
        self._batches: list[Batch] = []
        self._busy: int | None = None

    def serve(self, arrivals: list[float], times: list[float]) -> tuple[list[float], list[float]]:
        """Start and finish of each box, hours, in the order given; arrivals in hours, times too.

        A start is infinite where no server is left.
        """
        profile = self.profile
        self._to_heap()
        if self._is_plain():
            return self._serve_plainly(arrivals, times)
        starts, ends = [], []
        free, leaving = self._free, self._leaving
        for arrival, time in zip(arrivals, times, strict=True):
            at = profile.work(arrival)
            while leaving and free and max(at, free[0]) >= leaving[0]:
                heappop(free)
                leaving.pop(0)
                self.servers -= 1
            if not free:
                starts.append(float("inf"))
                ends.append(float("inf"))
                continue
            begin = free[0]
            if begin <= at:
                # Clock time itself, not its round trip through working time, which would round.
                start = profile.opens(arrival)
                begin = at
            else:
                start = profile.opens(profile.when(begin))
            end, finish = begin + time, profile.finish(start, time)
            if self.wear is not None:
                mending = self.wear.mending(time, finish)
                if mending > 0.0:
                    end = max(profile.work(finish + mending), end)
            heapreplace(free, end)
            starts.append(start)
            ends.append(finish)
        self._last = max(free, default=0.0)
        return starts, ends

    def serve_now(self, now: float, number: int, times: Times) -> tuple[Times, Times]:
        """The same for so many boxes that all come now, not before any that came earlier.

        One start where all begin at once, and one end where they take the same time as well.
        """
        if self._is_plain() and self.servers > MANY and self._has_idle(now, number):
            ends = now + times
            last = ends if isinstance(ends, float) else _last_of(ends, now)
            self._batches.append((last, number, now, ends))
            return now, ends
        served = self._serve_together(now, each(times, number))
        return np.array(served[0]), np.array(served[1])

    def _is_plain(self) -> bool:
        """Whether servers work all the time at one rate, and nothing but work takes them away."""
        return self.profile.constant == 1.0 and not self._leaving and self.wear is None

    def _serve_together(self, now: float, times: Column) -> tuple[list[float], list[float]]:
        """Boxes that come now and may have to wait."""
        told: list[float] = times.tolist()
        if not self._is_plain():
            return self.serve([now] * len(told), told)
        if self.servers > MANY:
            return self._serve_by_many(now, told)
        self._to_heap()
        return self._serve_plainly([now] * len(told), told)

    def serve_train(self, now: float, boxes: Together) -> CraneMoves:
        """The same for a train; servers that are all idle take its boxes as was computed ahead."""
        if self._is_plain():
            number = boxes.number
            if self.servers <= MANY:
                if now >= self._last:
                    self._since, self._served = now, boxes
                    self._last = end = boxes.last(now)
                    return CraneMoves(now, end, boxes.work(), boxes, None)
            elif self._has_idle(now, number):
                # With a server for each box it is all the same how many others are busy.
                end = boxes.last(now)
                self._batches.append((end, number, now, boxes))
                return CraneMoves(now, end, boxes.work(), boxes, None)
        served = self._serve_together(now, boxes.times())
        return CraneMoves(now, max(served[1], default=now), boxes.work(), boxes, served)

    def _serve_by_many(self, now: float, times: list[float]) -> tuple[list[float], list[float]]:
        """Some wait: idle servers take boxes at once, the others follow as servers get free.

        Which servers are busy is known, and they stand in the heap.
        """
        assert self._busy is not None
        idle, busy = self.servers - self._busy, self._free
        starts = [now] * idle
        for time in times[:idle]:
            heappush(busy, now + time)
        starts += [heapreplace(busy, busy[0] + time) for time in times[idle:]]
        self._busy = len(busy)
        return starts, [start + time for start, time in zip(starts, times, strict=True)]

    def _has_idle(self, now: float, number: int) -> bool:
        """Whether so many are idle, which are busy then; if not, who is busy is counted."""
        if self._busy is None:
            self._busy = len(self._free)
        if self._busy + number > self.servers:
            over = [batch for batch in self._batches if batch[0] <= now]
            if over:
                self._batches = [batch for batch in self._batches if batch[0] > now]
                self._busy -= sum(batch[1] for batch in over)
            if self._busy + number > self.servers:
                self._count_busy(now)
            if self._busy + number > self.servers:
                return False
        self._busy += number
        return True

    def _count_busy(self, now: float) -> None:
        """Only servers that are busy stand in the heap from here on."""
        busy = self._free
        busy[:] = [end for end in busy if end > now]
        for batch in self._batches:
            ends = _ends(batch)
            busy += ends[ends > now].tolist()
        self._batches.clear()
        heapify(busy)
        self._busy = len(busy)

    def _to_heap(self) -> None:
        """All servers stand in the heap from here on."""
        free = self._free
        if self._served is not None:
            free[:] = self._served.free(self._since)
            self._served = None
        if self._busy is not None:
            for batch in self._batches:
                free += _ends(batch).tolist()
            self._batches.clear()
            self._busy = None
            # Idle ones are free since the beginning, which is as good.
            free += [0.0] * (self.servers - len(free))
            heapify(free)

    def _serve_plainly(
        self, arrivals: list[float], times: list[float]
    ) -> tuple[list[float], list[float]]:
        served = one_by_one(self._free, arrivals, times)
        self._last = max(self._free)
        return served
