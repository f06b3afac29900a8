"""Congestion must not cost: the same number of trains served while few or many are held.

``python benchmarks/held.py HELD [SERVED] [--simpy]`` prints one JSON object: processor seconds and
events of a run in which so many trains stand before one gang all the time, in an order by class;
with ``--simpy`` the same with SimPy's ``PriorityResource``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clock import Clock

SCENARIO = """
title: One gang before which {held} trains stand
start: 2024-01-01
horizon: {hours} h
stations:
  yard:
    work:
      gang:
        kind: servers
        servers: 1
        time: 1 h
        order: {{rule: class-priority, classes: [transit, wagons]}}
background:
  held:
    from: yard
    route: [yard/gang]
    class: wagons
    trains: 2400 trains/d
    arrivals: intervals
    interval: 0.01 h
    limit: {held}
  transit:
    from: yard
    route: [yard/gang]
    class: transit
    trains: 12 trains/d
    arrivals: intervals
    interval: 2 h
  wagons:
    from: yard
    route: [yard/gang]
    class: wagons
    trains: 12 trains/d
    arrivals: intervals
    interval: 2 h
"""


def ours(held: int, served: int) -> dict[str, Any]:
    """In our language."""
    import sim.corridor.build  # noqa: F401
    from sim.corridor import simulate
    from sim.scenario import load

    with TemporaryDirectory() as folder:
        file = Path(folder) / "held.yaml"
        file.write_text(SCENARIO.format(held=held, hours=served))
        scenario = load(file)
    clock = Clock()
    results = simulate(scenario, 1)
    # Nobody looks at these trains before the end: what they do is on an agenda.
    return {"events": results.meta["events"] + results.meta["settled"], **clock.read()}


def in_simpy(held: int, served: int) -> dict[str, Any]:
    """With ``PriorityResource``, which sorts its queue at each request."""
    import simpy

    env = simpy.Environment()
    gang = simpy.PriorityResource(env, 1)

    def train(rank: int) -> Generator[simpy.Event, Any, None]:
        with gang.request(rank) as turn:
            yield turn
            yield env.timeout(1.0)

    def source(rank: int, interval: float, limit: float) -> Generator[simpy.Event, Any, None]:
        number = 0
        while number < limit:
            yield env.timeout(interval)
            env.process(train(rank))
            number += 1

    clock = Clock()
    env.process(source(1, 0.01, held))
    env.process(source(0, 2.0, float("inf")))
    env.process(source(1, 2.0, float("inf")))
    env.run(served)
    return {"events": next(env._eid), **clock.read()}


def main(held: int, served: int, simpy: bool) -> None:
    """Run one of the two."""
    print(json.dumps((in_simpy if simpy else ours)(held, served)))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word != "--simpy"]
    main(numbers[0], numbers[1] if len(numbers) > 1 else 10_000, "--simpy" in sys.argv)
