"""What stays when nothing of the corridor is done: events that only pass, tables that are ready.

``python benchmarks/floors.py events NUMBER`` has processes of SimPy wait so many times in all;
``python benchmarks/floors.py files SCENARIO`` writes the tables of a run that is over and whose
tables are made, as Parquet.  Each prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import simpy
from clock import Clock

UNDER_WAY = 100
"""Processes at any time, as in the bare heap loop."""


def events(number: int) -> dict[str, float]:
    """So many timeouts, each waited for by a process that does nothing else."""
    env = simpy.Environment()

    def waits() -> Iterator[simpy.Event]:
        while True:
            yield env.timeout(100.0)

    for _ in range(UNDER_WAY):
        env.process(waits())
    clock = Clock()
    for _ in range(number):
        env.step()
    return {"events": number, **clock.read()}


def files(scenario: str) -> dict[str, float]:
    """All tables of a run, ready before the clock starts."""
    # Nobody needs these to count events.
    import polars.io.parquet  # noqa: F401

    from sim.corridor import simulate
    from sim.results.parts import write_table
    from sim.results.tables import TABLES
    from sim.scenario import load

    results = simulate(load(scenario, []), 1)
    frames = {name: results.coded(name) for name in TABLES}
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        for name, frame in frames.items():
            write_table(frame, Path(folder) / f"{name}.parquet")
        spent = clock.read()
    return {"rows": sum(frame.height for frame in frames.values()), **spent}


if __name__ == "__main__":
    what, of = sys.argv[1:]
    print(json.dumps(events(int(of)) if what == "events" else files(of)))
