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

    ``moves`` are starts and ends, each a row for each box and a column for each train; those of
    the first ``known`` boxes are there.  ``free`` are the times at which servers are free after
    them, the first of them first, and by train too.  All in hours.
    """

    __slots__ = ("_spare", "_times", "free", "known", "moves")

    def __init__(self, times: NDArray[np.float64], servers: int) -> None:
        trains, boxes = times.shape
        self._times = times
        self._spare = np.empty(trains)
        self.moves = np.empty((2, boxes, trains))
        self.known = min(servers, boxes)
        # As many boxes as there are servers begin at once; others of these have done nothing.
        at_once = np.ascontiguousarray(times[:, :servers].T)
        self.moves[0, :servers], self.moves[1, :servers] = 0.0, at_once
        idle = [np.zeros(trains)] * (servers - boxes)
        self.free: list[Column] = [*idle, *np.sort(at_once, axis=0)]

    def reach(self, boxes: int) -> None:
        """Have starts and ends of so many boxes of each train, at least."""
        known = self.known
        if boxes <= known:
            return
        # Trains lie next to each other for each box, so that a step is one pass over memory.
        each = np.ascontiguousarray(self._times[:, known:boxes].T)
        starts, ends = self.moves
        servers, spare = len(self.free), self._spare
        # What is free first is when the next box starts.
        starts[known], *others = self.free
        first = starts[known]
        for box in range(known, boxes):
            later = np.add(starts[box], each[box - known], out=ends[box])
            first = starts[box + 1] if box + 1 < boxes else np.empty(len(spare))
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
