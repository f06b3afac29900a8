"""The micro-corridor as one would write it in cimba, whose models are compiled onto a C engine.

A train is one of a pool of processes, since what is made while a model runs can own no queue; a
container under a crane is a process made for it.  A second run of the same model is timed, so that
compiling is not; what it takes is printed too.

``python in_cimba.py [HOURS]`` prints one JSON object.
"""

from __future__ import annotations

import json
import sys

import cimba as cb
import numpy as np
from clock import Clock

HORIZON = 365 * 24.0
BOXES = 50
TRAINS_PER_HOUR = 3900 / 26 / BOXES / 24
MOVE = 2 / 60
WEST, EAST = 24.0, 96.0
EVERY, SLOTS = 48.0, 500
POOL = 80


class Train(cb.Model):
    """One of the trains that may be on their way at once."""

    corridor: cb.Ref[Corridor]
    moved: cb.Container
    ready: float = 0.0

    @cb.process
    def run(self) -> None:
        """Load, run, change wagons, run, unload; again and again."""
        corridor = self.corridor
        while True:
            corridor.called.get(1)
            self.ready = cb.now()
            for _ in range(BOXES):
                cb.spawn(Move, train=self, bank=corridor.origin)
            self.moved.get(BOXES)
            cb.hold(WEST)
            corridor.tracks.acquire()
            for _ in range(BOXES):
                cb.spawn(Move, train=self, bank=corridor.border)
            self.moved.get(BOXES)
            corridor.tracks.release()
            cb.hold(EAST)
            for _ in range(BOXES):
                cb.spawn(Last, corridor=corridor, ready=self.ready)


class Move(cb.Model):
    """One container under one crane."""

    train: cb.Ref[Train]
    bank: cb.Ref[cb.Resource]

    @cb.process
    def run(self) -> None:
        """Wait for a crane and be moved."""
        self.bank.acquire()
        cb.hold(cb.random.exponential(MOVE))
        self.bank.release()
        self.train.moved.put(1)


class Last(cb.Model):
    """One container off its train and onto a vessel."""

    corridor: cb.Ref[Corridor]
    ready: float

    @cb.process
    def run(self) -> None:
        """Be moved, wait for a slot, be moved again, and sail with the others."""
        corridor = self.corridor
        corridor.port.acquire()
        cb.hold(cb.random.exponential(MOVE))
        corridor.port.release()
        corridor.rail.record(cb.now() - self.ready)
        corridor.yard.put(1)
        corridor.slots.get(1)
        corridor.quay.acquire()
        cb.hold(cb.random.exponential(MOVE))
        corridor.quay.release()
        corridor.loaded.put(1)
        corridor.sailed.get(1)
        corridor.whole.record(cb.now() - self.ready)


class Corridor(cb.Model):
    """Three crane banks, two lines and a vessel."""

    origin: cb.Resource = cb.Resource(capacity=3)
    border: cb.Resource = cb.Resource(capacity=3)
    port: cb.Resource = cb.Resource(capacity=3)
    tracks: cb.Resource = cb.Resource(capacity=4)
    quay: cb.Resource = cb.Resource(capacity=3)
    called: cb.Container
    yard: cb.Container
    slots: cb.Container
    loaded: cb.Container
    sailed: cb.Container
    rail: cb.Dataset
    whole: cb.Dataset
    trains: list[Train]
    containers: cb.Output[float]
    mean: cb.Output[float]
    sailed_mean: cb.Output[float]

    @cb.process
    def source(self) -> None:
        """Trains as a Poisson process."""
        while True:
            cb.hold(cb.random.exponential(1 / TRAINS_PER_HOUR))
            self.called.put(1)

    @cb.process
    def calls(self) -> None:
        """The vessel's timetable: all that it has room for is loaded and sails."""
        while True:
            begin = cb.now()
            boxes = int(min(self.yard.level(), SLOTS))
            if boxes > 0:
                self.yard.get(boxes)
                self.slots.put(boxes)
                self.loaded.get(boxes)
                self.sailed.put(boxes)
            cb.hold(EVERY - (cb.now() - begin))

    @cb.on_end
    def measure(self) -> None:
        """What is asked for."""
        self.containers = self.whole.sample_count()
        self.mean = self.rail.sample_mean()
        self.sailed_mean = self.whole.sample_mean()


def main(horizon: float) -> None:
    """Run so many hours, twice."""
    clock = Clock()
    corridor = Corridor()
    corridor.trains = [Train() for _ in range(POOL)]
    for train in corridor.trains:
        train.corridor = corridor
    window = cb.Window(duration=horizon)
    cb.Experiment(corridor, window=window, seed=2).run()
    compiling = clock.read()["cpu_s"]
    clock = Clock()
    found = cb.Experiment(corridor, window=window, seed=1).run()[corridor]
    made = {
        "containers": int(np.asarray(found.containers).item()),
        "mean_h": float(np.asarray(found.mean).item()),
        "sailed_h": float(np.asarray(found.sailed_mean).item()),
        **clock.read(),
        "with_compiling_s": compiling,
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
