"""The recursion of Kiefer and Wolfowitz (1955): box by box, or for many trains at a time.

Each box goes to the server that is free first, not before it has come.  Many trains at a time are
computed by NumPy, a box of each in one step, or train by train where loops are compiled.
"""

from __future__ import annotations

from heapq import heapreplace
from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.native import LOOPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.rows import Column

STEP = 32
"""Boxes of all trains that NumPy computes in one go, where few of each are asked for."""


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
    """Trains that find all servers idle; ``times`` by train and box, hours.

    ``keeps`` says whether starts and ends of boxes are computed with the others.
    """

    __slots__ = ("_last", "keeps", "servers", "times")

    def __init__(self, times: NDArray[np.float64], servers: int, *, keeps: bool) -> None:
        self.times = times
        self.servers = servers
        self.keeps = keeps
        self._last: list[float] = []

    def last(self, train: int) -> float:
        """When the last box of a whole train is done, if it comes at hour 0."""
        raise NotImplementedError

    def free(self, train: int) -> list[float]:
        """When each server has done its last box of such a train, the first first."""
        raise NotImplementedError

    def served(self, train: int, boxes: int, now: float) -> NDArray[np.float64]:
        """Starts and ends of the first boxes of a train that comes now, a row of each.

        Hours are summed from 0 on, and ``now`` is added to the sums.
        """
        raise NotImplementedError


class InColumns(FromIdle):
    """By NumPy, as many boxes of each train as are asked for of any.

    Starts and ends are kept from the first time on that somebody asks for them.
    """

    __slots__ = ("_by_train", "_each", "_ends", "_known", "_moves", "_spare")

    def __init__(self, times: NDArray[np.float64], servers: int, *, keeps: bool) -> None:
        super().__init__(times, servers, keeps=keeps)
        # A step takes one box of every train.
        self._each = times.T
        # Starts and ends, each a row for each box and a column for each train.
        self._moves: NDArray[np.float64] | None = None
        self._by_train: NDArray[np.float64] | None = None
        self._begin()

    def last(self, train: int) -> float:
        """As what is asked for of all."""
        if not self._last:
            self._reach(self.times.shape[1])
            self._last = self._ends[-1].tolist()
        return self._last[train]

    def free(self, train: int) -> list[float]:
        """As what is asked for of all."""
        self._reach(self.times.shape[1])
        return [ends.item(train) for ends in self._ends]

    def served(self, train: int, boxes: int, now: float) -> NDArray[np.float64]:
        """As what is asked for of all."""
        by_train = self._by_train
        if by_train is None:
            if not self.keeps:
                self.keeps = True
                self._begin()
            stride = self.times.shape[1]
            if boxes > self._known:
                self._reach(min(-(-boxes // STEP) * STEP, stride))
            assert self._moves is not None
            if boxes < stride:
                moves: NDArray[np.float64] = now + self._moves[:, :boxes, train]
                return moves
            # Laid out by train where somebody asks for whole trains.
            by_train = self._by_train = np.ascontiguousarray(self._moves.transpose(2, 0, 1))
            self._moves = None
        # Both at once: for so few boxes it is the call that costs.
        of_train: NDArray[np.float64] = now + by_train[train, :, :boxes]
        return of_train

    def _begin(self) -> None:
        """As many boxes as there are servers begin at once; others of these have done nothing."""
        trains, boxes = self.times.shape
        servers = self.servers
        at_once = np.ascontiguousarray(self._each[:servers])
        if self.keeps:
            self._moves = np.empty((2, boxes, trains))
            self._moves[0, :servers], self._moves[1, :servers] = 0.0, at_once
        idle = [np.zeros(trains)] * (servers - boxes)
        # When servers are free after the boxes that are known, a row each, the first of them first.
        self._ends: list[Column] = [*idle, *np.sort(at_once, axis=0)]
        self._known = min(servers, boxes)
        self._spare = np.empty(trains)

    def _reach(self, boxes: int) -> None:
        """Go on until so many boxes of each train are known, at least."""
        if boxes <= self._known:
            return
        each, moves, servers, spare = self._each, self._moves, self.servers, self._spare
        first, *others = self._ends
        if moves is not None:
            # What is free first is when the next box starts.
            moves[0, self._known] = first
            first = moves[0, self._known]
        for box in range(self._known, boxes):
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
        self._ends, self._spare, self._known = [first, *others], spare, boxes


class InLoops(FromIdle):
    """By loops that are compiled; starts and ends of a train when it comes."""

    __slots__ = ("_free",)

    def __init__(self, times: NDArray[np.float64], servers: int, *, keeps: bool) -> None:
        super().__init__(times, servers, keeps=keeps)
        self._free: NDArray[np.float64] | None = None

    def last(self, train: int) -> float:
        """As what is asked for of all."""
        if not self._last:
            # With a server for each box all begin at once.
            at_once = self.times.shape[1] <= self.servers
            ends = self.times.max(axis=1, initial=0.0) if at_once else self._all()[:, -1]
            self._last = ends.tolist()
        return self._last[train]

    def free(self, train: int) -> list[float]:
        """As what is asked for of all."""
        free: list[float] = self._all()[train].tolist()
        return free

    def served(self, train: int, boxes: int, now: float) -> NDArray[np.float64]:
        """As what is asked for of all."""
        moves = np.empty((2, boxes))
        LOOPS.serve_from_idle(self.times[train], now, np.zeros(self.servers), moves)
        return moves

    def _all(self) -> NDArray[np.float64]:
        if self._free is None:
            trains, boxes = self.times.shape
            known = min(self.servers, boxes)
            # As many boxes as there are servers begin at once.
            self._free = np.zeros((trains, self.servers))
            self._free[:, self.servers - known :] = np.sort(self.times[:, :known], axis=1)
            LOOPS.free_after(self.times, known, self._free)
        return self._free


def from_idle(times: NDArray[np.float64], servers: int, *, keeps: bool) -> FromIdle:
    """The way that is quickest here."""
    if LOOPS is None:
        return InColumns(times, servers, keeps=keeps)
    return InLoops(times, servers, keeps=keeps)
