"""The micro-corridor as one would write it in salabim: a component for each train and container.

The vessel is left out.  ``python in_salabim.py [HOURS]`` prints one JSON object.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import salabim as sim
from clock import Clock, tell

HORIZON = 365 * 24.0
BOXES = 50
TRAINS_PER_HOUR = 3900 / 26 / BOXES / 24
MOVE = 2 / 60
WEST, EAST = 24.0, 96.0

sim.yieldless(False)


class Move(sim.Component):
    """One container under one crane."""

    def setup(self, bank: sim.Resource, row: list[float]) -> None:
        """Where, and whose times."""
        self.bank = bank
        self.row = row

    def process(self) -> Any:
        """Wait for a crane, and be moved."""
        yield self.request(self.bank)
        self.row.append(self.env.now())
        yield self.hold(random.expovariate(1 / MOVE))
        self.row.append(self.env.now())
        self.release()


class Last(Move):
    """The move off the train, after which the container is in the port."""

    def process(self) -> Any:
        """Be moved."""
        yield from super().process()
        ROWS.append(self.row)


class Train(sim.Component):
    """Load, run, change wagons, run, unload."""

    def process(self) -> Any:
        """The whole way."""
        rows = [[self.env.now()] for _ in range(BOXES)]
        yield from self.moved(ORIGIN, rows)
        yield self.hold(WEST)
        yield self.request(TRACKS)
        yield from self.moved(BORDER, rows)
        self.release(TRACKS)
        yield self.hold(EAST)
        for row in rows:
            Last(bank=PORT, row=row)

    def moved(self, bank: sim.Resource, rows: list[list[float]]) -> Any:
        """Wait until all containers are moved, each a component that counts itself off."""
        self.left = len(rows)
        for row in rows:
            Counted(bank=bank, row=row, train=self)
        yield self.passivate()


class Counted(Move):
    """A move that the train waits for."""

    def setup(self, bank: sim.Resource, row: list[float], train: Train) -> None:
        """Whose."""
        super().setup(bank, row)
        self.train = train

    def process(self) -> Any:
        """Be moved; the last one lets the train go on."""
        yield from super().process()
        self.train.left -= 1
        if not self.train.left:
            self.train.activate()


ROWS: list[list[float]] = []
ENV = sim.Environment(random_seed=1, trace=False)
ORIGIN, BORDER, PORT = (sim.Resource(name, capacity=3) for name in ("origin", "border", "port"))
TRACKS = sim.Resource("tracks", capacity=4)


class Source(sim.Component):
    """Trains as a Poisson process."""

    def process(self) -> Any:
        """One after another."""
        while True:
            yield self.hold(random.expovariate(TRAINS_PER_HOUR))
            Train()


def main(horizon: float) -> None:
    """Run so many hours."""
    clock = Clock()
    random.seed(1)
    Source()
    ENV.run(till=horizon)
    tell(clock.read(), [row[-1] - row[0] for row in ROWS])


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
