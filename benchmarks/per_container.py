"""The baseline year with a SimPy process for each crane move, instead of one recursion a train.

Everything else is ours, so the difference is what container resolution would cost that way
(stuffing, laboratory and trucks are still computed by the bank).  Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import polars  # noqa: F401  imported before the clock starts
import simpy
from clock import Clock

from sim.corridor import build, collect, route, simulate  # noqa: F401
from sim.corridor.clock import at
from sim.corridor.train import Train
from sim.scenario import load

BASELINE = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
CRANES: dict[Any, simpy.Resource] = {}


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
    """What `Lift.run` does, a process for each container."""
    env, bank = self._shared.env, self._bank
    cranes = CRANES.setdefault(bank, simpy.Resource(env, len(bank._free)))
    since = env.now
    train.open = (self._stage, since, None)
    if self._tracks is not None:
        turn = self._tracks.take(train)
        if turn is not None:
            yield turn
    start = env.now
    train.open = (self._stage, since, start)
    times = self._draws.span(train.serial * self._stride, train.boxes)
    rows: list[list[float]] = [[] for _ in times]
    yield simpy.AllOf(
        env,
        [
            env.process(move(env, cranes, bank.profile, time_, row))
            for time_, row in zip(times, rows, strict=True)
        ],
    )
    if self._unloading is not None:
        starts, ends = [r[0] for r in rows], [r[1] for r in rows]
        self._unloading.take(train, self._stage, starts, ends)
    bank.worked += sum(times)
    if self._tracks is not None:
        self._tracks.release()
    train.open = None
    self._shared.journal.stages.append((train.number, self._stage, since, start, env.now))


def main(path: str) -> None:
    """A year of the baseline."""
    route.Lift.run = lift  # type: ignore[method-assign]
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
