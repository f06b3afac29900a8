"""A scenario of ours through the public loader.

``python benchmarks/ours.py SCENARIO [--times N] [--until WHAT] [--stream] [--set P=V]``
prints one JSON object: containers delivered, their mean hours from stuffed to off the last train
and to delivered, events, and seconds of the run with all its records kept (WHAT is run); with its
tables made (tables); with them written (written); and with all files and key figures (files).
``--times`` multiplies what the micro-corridor carries, and all it has, by N; ``--stream`` has the
tables written while it runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

# Imported before the clock starts, as SimPy is in the others.
import numpy.ma
import numpy.random  # noqa: F401
import polars as pl
import polars.io.parquet
from clock import Clock, tell

import sim.corridor.collect
import sim.corridor.run  # noqa: F401
from sim.corridor import simulate, stream
from sim.results import kpis, write_run
from sim.results.parts import write_table
from sim.results.tables import TABLES
from sim.scenario import Scenario, load


def scaled(times: int) -> list[str]:
    """What makes the micro-corridor so many times as large, as ``--set`` texts."""
    cranes = [f"stations.{s}.work.cranes.cranes={3 * times}" for s in ("origin", "border", "port")]
    return [
        *cranes,
        f"stations.border.work.cranes.tracks={4 * times}",
        f"supplies.goods.volume={3900 * times} t/d",
        f"stations.origin.stuffing.lines={1000 * times}",
        f"fleets.boxes.at.origin={100_000 * times}",
        f"stations.port.liners.coast.every={48 / times} h",
    ]


def streamed(scenario: Scenario) -> dict[str, float]:
    """A run whose tables are written while it goes on, and its key figures."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        results = stream(scenario, Path(folder), 1)
        run = clock.read()
        figures = kpis(results)
        files = [file for file in Path(folder).rglob("*.parquet") if file.is_file()]
        return {
            **run,
            "files_s": clock.read()["cpu_s"],
            "offered": int(figures["offered_containers"].value or 0),
            "containers": int(figures["delivered_containers"].value or 0),
            "disk_mb": sum(file.stat().st_size for file in files) / 2**20,
        }


def main(arguments: argparse.Namespace) -> None:
    """Load, run, make every table, write every file."""
    clock = Clock()
    sets = [*arguments.set, *(scaled(arguments.times) if arguments.times > 1 else [])]
    scenario = load(arguments.scenario, sets)
    loading = clock.read()
    if arguments.stream:
        print(json.dumps(streamed(scenario)))
        return
    clock = Clock()
    results = simulate(scenario, 1)
    run = clock.read()
    made = {"events": results.meta["events"], **run, "loading_s": loading["cpu_s"]}
    if arguments.until == "tables":
        made["rows"] = sum(results.table(name).height for name in TABLES)
        made["tables_s"] = clock.read()["cpu_s"]
    if arguments.until == "written":
        with tempfile.TemporaryDirectory() as folder:
            for name in TABLES:
                write_table(results.coded(name), Path(folder) / f"{name}.parquet")
            made["written_s"] = clock.read()["cpu_s"]
    if arguments.until == "files":
        with tempfile.TemporaryDirectory() as folder:
            write_run(results, kpis(results), Path(folder) / "run", {"resolved": scenario.resolved})
            # Before they are deleted again, which a user does not do.
            made["files_s"] = clock.read()["cpu_s"]
    off = results.legs.group_by("container").agg(pl.col("unloaded_h").last())
    rail = results.containers.join(off, on="container").drop_nulls("unloaded_h").sort("last_train")
    done = rail.drop_nulls("delivered_h")
    others = results.trains.filter(pl.col("kind") == "background")
    made["carried"] = done.height + int(others["boxes"].sum())
    made["offered"] = results.containers.height
    tell(
        made,
        (rail["unloaded_h"] - rail["stuffed_h"]).to_list(),
        (done["delivered_h"] - done["stuffed_h"]).to_list(),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--until", choices=["run", "tables", "written", "files"], default="files")
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--set", action="append", default=[])
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
