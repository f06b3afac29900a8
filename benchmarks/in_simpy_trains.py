"""The micro-corridor as an expert would write it in SimPy: a process for each train alone.

Every container still has exact times of its own: a train that comes under the cranes works out at
once when each of its boxes is moved, box by box, and sleeps until the last.  Nothing is general in
it, and it keeps no record but the times.  ``python in_simpy_trains.py [HOURS]`` prints one JSON
object, as all these programs do.
"""

from __future__ import annotations

import random
import sys
from bisect import bisect_right
from collections.abc import Generator
from heapq import heapreplace
from typing import Any

import simpy
from clock import Clock, tell
from in_simpy import BOXES, EAST, EVERY, HORIZON, MOVE, SLOTS, TRAINS_PER_HOUR, WEST

Steps = Generator[simpy.Event, Any, None]


class Bank:
    """Three cranes, first come, first served."""

    def __init__(self, luck: random.Random) -> None:
        self._free = [0.0] * 3
        self._draw = luck.expovariate

    def moved(self, now: float, boxes: int = BOXES) -> tuple[list[float], list[float]]:
        """When each box of a train or vessel that comes now is lifted and set down."""
        free, draw = self._free, self._draw
        starts, ends = [], []
        for _ in range(boxes):
            start = max(free[0], now)
            end = start + draw(1 / MOVE)
            heapreplace(free, end)
            starts.append(start)
            ends.append(end)
        return starts, ends


class Corridor:
    """Three crane banks, two lines and a vessel."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.origin, self.border, self.port, self.quay = (Bank(self.random) for _ in range(4))
        self.tracks = simpy.Resource(self.env, 4)
        self.yard: list[tuple[float, float]] = []
        self.trains: list[tuple[Any, ...]] = []
        self.vessels: list[tuple[Any, ...]] = []

    def train(self) -> Steps:
        """Load, run, change wagons, run, unload; the boxes then wait for the vessel."""
        env = self.env
        ready = env.now
        loaded = self.origin.moved(ready)
        yield env.timeout(max(loaded[1]) - ready)
        yield env.timeout(WEST)
        with self.tracks.request() as track:
            yield track
            changed = self.border.moved(env.now)
            yield env.timeout(max(changed[1]) - env.now)
        yield env.timeout(EAST)
        unloaded = self.port.moved(env.now)
        self.trains.append((ready, loaded, changed, unloaded))
        self.yard += [(end, ready) for end in unloaded[1]]

    def vessel(self) -> Steps:
        """One call: all that it has room for is loaded and sails."""
        now = self.env.now
        self.yard.sort()
        boxes = self.yard[: min(bisect_right(self.yard, (now, now)), SLOTS)]
        del self.yard[: len(boxes)]
        loaded = self.quay.moved(now, len(boxes))
        sailed = max(loaded[1], default=now)
        yield self.env.timeout(sailed - now)
        self.vessels.append((boxes, loaded, sailed))

    def calls(self) -> Steps:
        """The vessel's timetable."""
        while True:
            self.env.process(self.vessel())
            yield self.env.timeout(EVERY)

    def source(self) -> Steps:
        """Trains as a Poisson process."""
        while True:
            yield self.env.timeout(self.random.expovariate(TRAINS_PER_HOUR))
            self.env.process(self.train())


def main(horizon: float) -> None:
    """Run so many hours."""
    clock = Clock()
    corridor = Corridor(1)
    corridor.env.process(corridor.source())
    corridor.env.process(corridor.calls())
    corridor.env.run(horizon)
    spent = clock.read()
    rail = [t - ready for ready, *_, (_, ends) in corridor.trains for t in ends if t <= horizon]
    whole = [sailed - ready for boxes, _, sailed in corridor.vessels for _, ready in boxes]
    tell(spent, rail, whole)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
