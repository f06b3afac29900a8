"""The micro-corridor as one would write it in SimPy: a process for each train and container.

``python in_simpy.py [HOURS]`` prints one JSON object, as all these programs do.
"""

from __future__ import annotations

import random
import sys
from collections import deque
from collections.abc import Generator
from typing import Any

import simpy
from clock import Clock, tell

HORIZON = 365 * 24.0
BOXES = 50
TRAINS_PER_HOUR = 3900 / 26 / BOXES / 24
MOVE = 2 / 60
WEST, EAST = 24.0, 96.0
EVERY, SLOTS = 48.0, 500

Steps = Generator[simpy.Event, Any, None]


class Corridor:
    """Three crane banks, two lines and a vessel."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.origin = simpy.Resource(self.env, 3)
        self.border = simpy.Resource(self.env, 3)
        self.port = simpy.Resource(self.env, 3)
        self.tracks = simpy.Resource(self.env, 4)
        self.quay = simpy.Resource(self.env, 3)
        self.yard: deque[list[float]] = deque()
        self.rows: list[list[float]] = []

    def move(self, bank: simpy.Resource, row: list[float]) -> Steps:
        """One container under one crane."""
        with bank.request() as turn:
            yield turn
            row.append(self.env.now)
            yield self.env.timeout(self.random.expovariate(1 / MOVE))
            row.append(self.env.now)

    def all_moved(self, bank: simpy.Resource, rows: list[list[float]]) -> simpy.Event:
        """All containers of a train, each a process."""
        return simpy.AllOf(self.env, [self.env.process(self.move(bank, row)) for row in rows])

    def train(self) -> Steps:
        """Load, run, change wagons, run, unload; each container then waits for the vessel."""
        rows = [[self.env.now] for _ in range(BOXES)]
        yield self.all_moved(self.origin, rows)
        yield self.env.timeout(WEST)
        with self.tracks.request() as track:
            yield track
            yield self.all_moved(self.border, rows)
        yield self.env.timeout(EAST)
        for row in rows:
            self.env.process(self.container(row))

    def container(self, row: list[float]) -> Steps:
        """Off the train and into the yard."""
        yield self.env.process(self.move(self.port, row))
        self.rows.append(row)
        self.yard.append(row)

    def vessel(self) -> Steps:
        """One call: all that it has room for is loaded and sails."""
        rows = [self.yard.popleft() for _ in range(min(len(self.yard), SLOTS))]
        yield self.all_moved(self.quay, rows)
        for row in rows:
            row.append(self.env.now)

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
    spent, rows = clock.read(), corridor.rows
    tell(spent, [row[6] - row[0] for row in rows], [row[-1] - row[0] for row in rows if row[9:]])


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
