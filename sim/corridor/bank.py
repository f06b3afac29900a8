"""A bank of like servers that takes boxes first come, first served.

The recursion of Kiefer and Wolfowitz (1955): the next box starts on the server that is free
first, not before its own arrival.  One pass gives the exact times of a whole train, so a train
costs one event and not one for each box.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace
from operator import add
from typing import TYPE_CHECKING

from sim.corridor.profile import ALWAYS, Profile

if TYPE_CHECKING:
    from sim.corridor.train import Train
    from sim.corridor.wear import Wear


MANY = 32
"""Servers from which on idle ones are counted rather than kept in the heap."""


class Bank:
    """Servers in working time, with dated additions and withdrawals.

    A server added on a date is one that is free from then on.  A withdrawal takes the first
    server that would begin a box after its date.

    ``worked`` is for the owner to count finished work in, ``begun`` for starts and ends of what
    is under way.

    Raises:
        ValueError: fewer than one server at the start and none later.
    """

    __slots__ = ("_free", "_idle", "_leaving", "begun", "profile", "wear", "worked")

    def __init__(
        self,
        servers: int,
        changes: Sequence[tuple[float, float]] = (),
        profile: Profile = ALWAYS,
    ) -> None:
        self.profile = profile
        self.worked = 0.0
        self.begun: dict[Train, tuple[list[float], list[float]]] = {}
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
        self._free = free
        self._idle = 0
        self._leaving = leaving

    def under_way(self, now: float) -> float:
        """Hours worked by now at what is begun and not counted in ``worked``."""
        work = self.profile.work
        return sum(
            work(min(end, now)) - work(start)
            for starts, ends in self.begun.values()
            for start, end in zip(starts, ends, strict=True)
            if start < now
        )

    def serve(
        self, arrivals: Sequence[float], times: Sequence[float]
    ) -> tuple[list[float], list[float]]:
        """Start and finish of each box, hours, in the order given; arrivals in hours, times too.

        A start is infinite where no server is left.
        """
        profile = self.profile
        if self._idle:
            # Counted as idle by boxes that came before: free since the beginning is as good.
            self._free += [0.0] * self._idle
            heapify(self._free)
            self._idle = 0
        if profile.constant == 1.0 and not self._leaving and self.wear is None:
            return self._serve_plainly(arrivals, times)
        starts, ends = [], []
        free, leaving = self._free, self._leaving
        for arrival, time in zip(arrivals, times, strict=True):
            at = profile.work(arrival)
            while leaving and free and max(at, free[0]) >= leaving[0]:
                heappop(free)
                leaving.pop(0)
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
        return starts, ends

    def serve_now(self, now: float, times: Sequence[float]) -> tuple[list[float], list[float]]:
        """The same for boxes that all come now, which is not before any that came earlier."""
        if self.profile.constant != 1.0 or self._leaving or self.wear is not None:
            return self.serve([now] * len(times), times)
        free = self._free
        if len(free) + self._idle > MANY:
            return self._serve_by_many(now, times)
        if free[0] < now:
            # Times before now are all alike; a heap stays one.
            free[:] = [time if time > now else now for time in free]
        starts = [heapreplace(free, free[0] + time) for time in times]
        return starts, list(map(add, starts, times))

    def _serve_by_many(self, now: float, times: Sequence[float]) -> tuple[list[float], list[float]]:
        """Idle servers are only counted, so that those at work make a small heap."""
        busy, idle = self._free, self._idle
        while busy and busy[0] <= now:
            heappop(busy)
            idle += 1
        at_once = min(idle, len(times))
        self._idle = idle - at_once
        starts = [now] * at_once
        for time in times[:at_once]:
            heappush(busy, now + time)
        starts += [heapreplace(busy, busy[0] + time) for time in times[at_once:]]
        return starts, list(map(add, starts, times))

    def _serve_plainly(
        self, arrivals: Sequence[float], times: Sequence[float]
    ) -> tuple[list[float], list[float]]:
        free = self._free
        starts, ends = [], []
        for arrival, time in zip(arrivals, times, strict=True):
            begin = free[0]
            if begin < arrival:
                begin = arrival
            end = begin + time
            heapreplace(free, end)
            starts.append(begin)
            ends.append(end)
        return starts, ends
