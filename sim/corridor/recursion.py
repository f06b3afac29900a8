"""The recursion of Kiefer and Wolfowitz (1955): box by box, or for many trains at a time.

Each box goes to the server that is free first, not before it has come.
"""

from __future__ import annotations

from heapq import heapreplace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.rows import Column


def one_by_one(
    free: list[float], arrivals: list[float], times: list[float]
) -> tuple[list[float], list[float]]:
    """Start and end of each box; ``free`` is a heap of when servers are free, and is afterwards."""
    starts: list[float] = []
    ends: list[float] = []
    # Compiled, `zip` with a word of its own costs as much as a box.
    for box in range(len(times)):
        begin, arrival = free[0], arrivals[box]
        if begin < arrival:
            begin = arrival
        end = begin + times[box]
        heapreplace(free, end)
        starts.append(begin)
        ends.append(end)
    return starts, ends


class FromIdle:
    """Trains that find all servers idle at hour 0, together and as many boxes of each as is asked.

    ``times`` by train and box.  ``free`` are the times at which servers are free after the first
    ``known`` boxes, a row each, the first of them first, and by train.  ``moves`` are starts and
    ends of these boxes, each a row for each box and a column for each train, if they are to be
    kept.  All in hours.
    """

    __slots__ = ("_each", "_spare", "free", "known", "moves")

    def __init__(self, times: NDArray[np.float64], servers: int, *, keep: bool) -> None:
        trains, boxes = times.shape
        # A step takes one box of every train.
        self._each = times.T
        self._spare = np.empty(trains)
        self.moves = np.empty((2, boxes, trains)) if keep else None
        self.known = min(servers, boxes)
        # As many boxes as there are servers begin at once; others of these have done nothing.
        at_once = np.ascontiguousarray(self._each[:servers])
        if self.moves is not None:
            self.moves[0, :servers], self.moves[1, :servers] = 0.0, at_once
        idle = [np.zeros(trains)] * (servers - boxes)
        self.free: list[Column] = [*idle, *np.sort(at_once, axis=0)]

    def reach(self, boxes: int) -> None:
        """Go on until so many boxes of each train are known, at least."""
        if boxes <= self.known:
            return
        each, moves, servers, spare = self._each, self.moves, len(self.free), self._spare
        first, *others = self.free
        if moves is not None:
            # What is free first is when the next box starts.
            moves[0, self.known] = first
            first = moves[0, self.known]
        for box in range(self.known, boxes):
            later = np.add(first, each[box], spare if moves is None else moves[1, box])
            if moves is not None:
                first = moves[0, box + 1] if box + 1 < boxes else np.empty(len(spare))
            if not others:
                first[:] = later
                continue
            # Nothing is written over before it has been read: one row is always spare.
            np.minimum(later, others[0], out=first)
            later = np.maximum(later, others[0], out=others[0])
            for server in range(1, servers - 1):
                following = others[server]
                others[server - 1] = np.minimum(later, following, out=spare)
                spare = later
                later = np.maximum(later, following, out=following)
            others[-1] = later
        self.free, self._spare, self.known = [first, *others], spare, boxes
