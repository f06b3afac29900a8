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
from heapq import heapreplace
from typing import Any

from clock import Clock, tell
from in_simpy import BOXES, EAST, HORIZON, MOVE, SLOTS, WEST, Steps
from in_simpy import Corridor as InSimpy


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


class Corridor(InSimpy):
    """Trains and calls come as there; what they do is done at once."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.banks = [Bank(self.random) for _ in range(4)]
        self.landed: list[tuple[float, float]] = []
        self.trains: list[tuple[Any, ...]] = []
        self.vessels: list[tuple[Any, ...]] = []

    def train(self) -> Steps:
        """Load, run, change wagons, run, unload; the boxes then wait for the vessel."""
        env, (origin, border, port, _) = self.env, self.banks
        ready = env.now
        loaded = origin.moved(ready)
        yield env.timeout(max(loaded[1]) - ready)
        yield env.timeout(WEST)
        with self.tracks.request() as track:
            yield track
            changed = border.moved(env.now)
            yield env.timeout(max(changed[1]) - env.now)
        yield env.timeout(EAST)
        unloaded = port.moved(env.now)
        self.trains.append((ready, loaded, changed, unloaded))
        self.landed += [(end, ready) for end in unloaded[1]]

    def vessel(self) -> Steps:
        """One call: all that it has room for is loaded and sails."""
        now = self.env.now
        self.landed.sort()
        boxes = self.landed[: min(bisect_right(self.landed, (now, now)), SLOTS)]
        del self.landed[: len(boxes)]
        loaded = self.banks[3].moved(now, len(boxes))
        sailed = max(loaded[1], default=now)
        yield self.env.timeout(sailed - now)
        self.vessels.append((boxes, loaded, sailed))


def main(horizon: float) -> None:
    """Run so many hours."""
    clock = Clock()
    corridor = Corridor(1)
    corridor.env.process(corridor.source())
    corridor.env.process(corridor.calls())
    corridor.env.run(horizon)
    spent = clock.read()
    # SimPy numbers events as they are scheduled.
    spent["events"] = next(corridor.env._eid)
    rail = [t - ready for ready, *_, (_, ends) in corridor.trains for t in ends if t <= horizon]
    whole = [sailed - ready for boxes, _, sailed in corridor.vessels for _, ready in boxes]
    tell(spent, rail, whole)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
