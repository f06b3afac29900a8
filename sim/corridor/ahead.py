"""Crane times of whole trains that find all cranes idle, computed for many trains at a time.

The recursion of Kiefer and Wolfowitz (1955) from hour 0 on depends on nothing but the draws of a
train's own boxes.  So it is run in columns, a step for each box and a row for each train, long
before the trains come; a train that finds the cranes idle only adds the time at which it comes.
"""

from __future__ import annotations

import math
from heapq import heapreplace
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.recursion import FromIdle, from_idle, one_by_one

if TYPE_CHECKING:
    import simpy
    from numpy.typing import NDArray

    from sim.corridor.rows import Column
    from sim.corridor.streams import Draws

FEWEST, MOST = 64, 1024
"""Trains whose times are computed together, at least and at most ..."""
TIMES = 1 << 17
"""... and times of boxes, at most."""
WORTH = 6
"""Trains for each server from which on it pays to compute up to ``MANY`` together."""
MANY = 256
KEPT = 4
"""Such blocks that are kept; trains come under cranes nearly in the order of their numbers."""


class Pace:
    """How many trains are to be expected: as many in each hour to come as in those so far."""

    __slots__ = ("_end", "_env")

    def __init__(self, env: simpy.Environment, end: float) -> None:
        self._env = env
        self._end = end

    def more(self, come: int) -> int:
        """How many will come until the end of the run, if so many have come."""
        now = self._env._now
        return math.ceil(come * (self._end - now) / now) if now > 0.0 else 0

    def calls(self, first: float, every: float) -> int:
        """How many there are by a timetable, the first at hour ``first``."""
        return max(math.ceil((self._end - first) / every), 0)


class Together:
    """Boxes that come together to servers that are all idle."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def work(self) -> float:
        """The sum of their times; hours."""
        raise NotImplementedError

    def times(self) -> NDArray[np.float64]:
        """How long each takes; hours."""
        raise NotImplementedError

    def last(self, now: float) -> float:
        """The last end if they come now; hours."""
        raise NotImplementedError

    def served(self, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Start and end of each if they come now; hours."""
        raise NotImplementedError

    def free(self, now: float) -> list[float]:
        """When each of the servers is free again, a heap."""
        raise NotImplementedError


class Block:
    """Trains whose times were computed together: those from number ``first`` up to ``end``."""

    __slots__ = ("_work", "end", "first", "moves")

    def __init__(self, first: int, moves: FromIdle) -> None:
        self.first = first
        self.end = first + len(moves.times)
        self.moves = moves
        self._work: list[float] = []

    def work(self, place: int) -> float:
        """The sum of the times of a whole train."""
        if not self._work:
            self._work = self.moves.times.sum(axis=1).tolist()
        return self._work[place]


class Drawn(Together):
    """Boxes that take times of their own: the first of a train of a block.

    Hours are summed up from 0 on, and rounded otherwise than one by one from now on, in the last
    bits.
    """

    __slots__ = ("_block", "_last", "_place", "_whole")

    def __init__(self, block: Block, place: int, boxes: int) -> None:
        super().__init__(boxes)
        self._block = block
        self._place = place
        self._whole = boxes == block.moves.times.shape[1]
        self._last = block.moves.last(place) if self._whole else -1.0

    def work(self) -> float:
        """As what is asked for of all."""
        return self._block.work(self._place) if self._whole else float(self.times().sum())

    def times(self) -> NDArray[np.float64]:
        """As what is asked for of all."""
        return self._block.moves.times[self._place, : self.number]

    def last(self, now: float) -> float:
        """As what is asked for of all."""
        if self._last < 0.0:
            ends = self._block.moves.served(self._place, self.number, 0.0)[1]
            self._last = float(np.maximum.reduce(ends, initial=0.0))
        return now + self._last

    def served(self, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As what is asked for of all."""
        moves = self._block.moves.served(self._place, self.number, now)
        return moves[0], moves[1]

    def free(self, now: float) -> list[float]:
        """As what is asked for of all."""
        moves = self._block.moves
        if self._whole:
            free = moves.free(self._place)
        else:
            free = [0.0] * moves.servers
            for time in self.times().tolist():
                heapreplace(free, free[0] + time)
        return [now + end for end in free]


class Alone(Together):
    """Boxes that are too many, or come to too many servers, to be computed with other trains'."""

    __slots__ = ("_from", "_made", "_servers", "_times")

    def __init__(self, times: Column, servers: int) -> None:
        super().__init__(len(times))
        self._times = times
        self._servers = servers
        self._from: float | None = None
        self._made: tuple[Column, Column, list[float]]

    def work(self) -> float:
        """As what is asked for of all."""
        return float(self._times.sum())

    def times(self) -> NDArray[np.float64]:
        """As what is asked for of all."""
        return self._times

    def last(self, now: float) -> float:
        """As what is asked for of all."""
        return float(np.maximum.reduce(self._serve(now)[1], initial=now))

    def served(self, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As what is asked for of all."""
        starts, ends, _ = self._serve(now)
        return starts, ends

    def free(self, now: float) -> list[float]:
        """As what is asked for of all."""
        return list(self._serve(now)[2])

    def _serve(self, now: float) -> tuple[Column, Column, list[float]]:
        """Starts and ends, and when servers are free; one by one."""
        if self._from != now:
            free = [now] * self._servers
            starts, ends = one_by_one(free, [now] * self.number, self._times.tolist())
            self._from, self._made = now, (np.array(starts), np.array(ends), free)
        return self._made


class Alike(Together):
    """Boxes that all take the same time, a round of them at once.

    Rounds follow each other as one by one, to the last bit, so that boxes which are ready together
    are so whatever train they came with.
    """

    __slots__ = ("_before", "_round", "_servers", "_time", "_times", "_work")

    def __init__(self, servers: int, boxes: int, time: float) -> None:
        super().__init__(boxes)
        self._work = fsum([time] * boxes)
        self._times = np.full(boxes, time)
        self._servers = servers
        self._time = time
        self._round = np.arange(boxes) // servers
        self._before = np.full(boxes // servers + 2, time)

    def work(self) -> float:
        """As what is asked for of all."""
        return self._work

    def times(self) -> NDArray[np.float64]:
        """As what is asked for of all."""
        return self._times

    def last(self, now: float) -> float:
        """As what is asked for of all."""
        # One by one, as rounds follow each other.
        for _ in range(-(-self.number // self._servers)):
            now += self._time
        return now

    def served(self, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As what is asked for of all."""
        begins = self._begins(now)
        return begins[self._round], begins[1:][self._round]

    def free(self, now: float) -> list[float]:
        """As what is asked for of all."""
        begins = self._begins(now)
        rounds, more = divmod(self.number, self._servers)
        early, late = begins.item(rounds), begins.item(rounds + 1)
        return [early] * (self._servers - more) + [late] * more

    def _begins(self, now: float) -> NDArray[np.float64]:
        """When each round begins; sums in the order in which time goes on."""
        self._before[0] = now
        return np.add.accumulate(self._before)


class Ahead:
    """Trains of one service or flow, or calls of a ship, under one bank of cranes.

    ``stride`` is the number of draws that each train has, at least one for each of its boxes;
    ``expected`` how many trains will come, where that is known.
    """

    __slots__ = (
        "_alike",
        "_block",
        "_blocks",
        "_draws",
        "_expected",
        "_many",
        "_pace",
        "_servers",
        "_stride",
    )

    def __init__(self, draws: Draws, stride: int, pace: Pace, expected: int = FEWEST) -> None:
        self._draws = draws
        self._stride = stride
        self._pace = pace
        self._expected = expected
        self._servers = 0
        # The one asked last, and all that are kept, the newest last.
        self._block: Block | None = None
        self._blocks: list[Block] = []
        self._alike: dict[int, Alike] = {}
        self._many = min(MANY, TIMES // max(stride, 1))

    def of(self, serial: int, boxes: int, servers: int) -> Together:
        """The boxes of the train of that number, at so many servers."""
        if servers != self._servers:
            self._block, self._blocks, self._alike, self._servers = None, [], {}, servers
        time = self._draws.constant
        if time is not None:
            alike = self._alike.get(boxes)
            if alike is None:
                alike = self._alike[boxes] = Alike(servers, boxes, time)
            return alike
        if self._stride > servers and self._many < WORTH * servers:
            times = self._draws.passing(serial * self._stride, self._stride)
            return Alone(times[:boxes], servers)
        block = self._block
        if block is None or not block.first <= serial < block.end:
            block = self._block = self._with(serial)
        return Drawn(block, serial - block.first, boxes)

    def _with(self, serial: int) -> Block:
        """The block with the train of that number."""
        for block in self._blocks:
            if block.first <= serial < block.end:
                return block
        known = self._blocks[-1].end if self._blocks else 0
        most = max(min(MOST, TIMES // max(self._stride, 1)), 1)
        more = max(self._pace.more(serial), FEWEST) if self._blocks else self._expected
        number, first = min(max(more, 1), most), serial
        if known <= serial < known + number:
            # The next ones; trains may overtake each other.
            first = known
        times = self._draws.passing(first * self._stride, number * self._stride)
        keeps = any(block.moves.keeps for block in self._blocks)
        times = times.reshape(number, self._stride)
        block = Block(first, from_idle(times, self._servers, keeps=keeps))
        del self._blocks[: 1 - KEPT]
        self._blocks.append(block)
        return block
