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


def from_idle(times: NDArray[np.float64], servers: int) -> tuple[NDArray[np.float64], list[Column]]:
    """Starts and ends, each a row for each box and a column for each train; ``times`` by train.

    The second are the times at which servers are free, the first of them first, and by train too.
    All in hours.
    """
    # Trains lie next to each other for each box, so that a step is one pass over memory.
    each = np.ascontiguousarray(times.T)
    boxes, trains = each.shape
    moves = np.empty((2, boxes, trains))
    starts, ends = moves
    starts[:servers], ends[:servers] = 0.0, each[:servers]
    # As many boxes as there are servers begin at once; others of these have done nothing.
    idle = [np.zeros(trains)] * (servers - boxes)
    free = [*idle, *np.sort(each[:servers], axis=0)]
    if boxes <= servers:
        return moves, free
    # What is free first is when the next box starts.
    starts[servers], *others = free
    first, spare = np.empty(trains), np.empty(trains)
    for box in range(servers, boxes):
        later = np.add(starts[box], each[box], out=ends[box])
        first = starts[box + 1] if box + 1 < boxes else np.empty(trains)
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
    return moves, [first, *others]
