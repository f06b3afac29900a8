"""The baseline year with a SimPy process for each crane move, instead of one recursion a train.

Everything else is ours, so the difference is what container resolution would cost that way
(stuffing, laboratory and trucks are still computed by the bank).  Background trains then go by the
clock, since their boxes wait for the same cranes.  Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import polars  # noqa: F401  imported before the clock starts
import simpy
from clock import Clock

from sim.corridor import collect, simulate  # noqa: F401
from sim.corridor.bank import Bank, CraneMoves
from sim.corridor.building import background
from sim.corridor.clock import at
from sim.corridor.fifo import Fifo
from sim.corridor.train import Train
from sim.corridor.works import Lift
from sim.scenario import load

BASELINE = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
CRANES: dict[Bank, tuple[simpy.Resource, simpy.Resource]] = {}
MANY = 1_000_000
"""Tracks where nothing limits them."""


def move(
    env: simpy.Environment, cranes: simpy.Resource, profile: Any, time_: float, row: list[float]
) -> Generator[simpy.Event, Any, None]:
    """One container under one crane."""
    with cranes.request() as turn:
        yield turn
        row.append(env.now)
        yield at(env, profile.finish(env.now, time_))
        row.append(env.now)


def lift(self: Any, train: Train) -> Generator[simpy.Event, Any, None]:
    """What the step does, a process for each container."""
    env, bank = self.clock.env, self.bank
    if bank not in CRANES:
        limited = isinstance(self.tracks, Fifo)
        tracks = len(self.tracks._free) if limited else MANY
        CRANES[bank] = (simpy.Resource(env, bank.servers), simpy.Resource(env, tracks))
    cranes, tracks = CRANES[bank]
    with tracks.request() as turn:
        yield turn
        start = env.now
        ahead = self._ahead.of(train.serial, train.boxes, bank.servers)
        rows: list[list[float]] = [[] for _ in range(train.boxes)]
        yield simpy.AllOf(
            env,
            [
                env.process(move(env, cranes, bank.profile, time_, row))
                for time_, row in zip(ahead.times().tolist(), rows, strict=True)
            ],
        )
    served = np.array(rows).reshape(-1, 2).T
    train.moves = CraneMoves(start, env.now, ahead.work(), ahead, (served[0], served[1]))
    self.tally.add(env.now, env.now, ahead.work(), start, train.moves)
    train.turn(env.now)


def enter(self: Any, train: Train, time: float) -> None:
    """The train waits until all its containers have been moved."""
    train.since = time
    train.open = (self._stage, time, time)
    self.clock.env.process(lift(self, train))


def turn(self: Any, train: Train, time: float) -> float:
    """They have."""
    moves = train.moves
    assert moves is not None
    return float(self._moved(train, moves))


def main(path: str) -> None:
    """A year of the baseline."""
    Lift.enter, Lift.turn = enter, turn  # type: ignore[assignment,method-assign]
    background.agendas = lambda env, routes, flows: [None for _ in flows]  # type: ignore[assignment]
    scenario = load(path)
    clock = Clock()
    results = simulate(scenario, 1)
    boxes = results.containers
    for table in (results.trains, results.stages, results.waits, results.levels):
        assert table.height
    spent = clock.read()
    done = boxes.drop_nulls("delivered_h")
    mean = (done["delivered_h"] - done["ready_h"]).mean()
    made = {"containers": done.height, "mean_h": mean, **spent}
    print(json.dumps(made))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(BASELINE))
