"""The micro-corridor as one would write it in SimPy: a process for each train and container.

``python in_simpy.py [HOURS]`` prints one JSON object, as all these programs do.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Generator
from typing import Any

import simpy
from clock import Clock, tell

HORIZON = 365 * 24.0
BOXES = 50
TRAINS_PER_HOUR = 3900 / 26 / BOXES / 24
MOVE = 2 / 60
WEST, EAST = 24.0, 96.0
DELIVERY = 2.001

Steps = Generator[simpy.Event, Any, None]


class Corridor:
    """Three crane banks and two lines."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.origin = simpy.Resource(self.env, 3)
        self.border = simpy.Resource(self.env, 3)
        self.port = simpy.Resource(self.env, 3)
        self.tracks = simpy.Resource(self.env, 4)
        self.rows: list[tuple[float, ...]] = []

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
        """Load, run, change wagons, run, unload; each container is then delivered by itself."""
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
        """Off the train and to the consignee."""
        yield self.env.process(self.move(self.port, row))
        yield self.env.timeout(DELIVERY)
        row.append(self.env.now)
        self.rows.append(tuple(row))

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
    corridor.env.run(horizon)
    tell(clock.read(), [row[-1] - row[0] for row in corridor.rows])


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
