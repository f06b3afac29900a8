"""The micro-corridor in SimPy with a process for each container, that keeps and writes what we do.

Rows are noted as things happen, a tuple each, made into tables by polars when the run is over, and
written as Parquet: the tables of docs/contract.md, but for containers that have not sailed.
``python in_simpy_files.py [HOURS]`` prints one JSON object, as all these programs do, with the
number of rows and the processor seconds until all files are written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import polars.io.parquet  # imported before the clock starts, as SimPy is
import simpy
from clock import Clock, tell
from in_simpy import BOXES, EAST, EVERY, HORIZON, SLOTS, WEST, Steps
from in_simpy import Corridor as InSimpy

from sim.results.tables import TABLES

VOYAGE = 24.0
UNITS = 100_000
LOAD = 26.0
Row = list[Any]
"""Of a container: its number, train, when it was ready, then start and end of each lift."""
HEADS = {name: [column.name for column in table.columns] for name, table in TABLES.items()}


class Corridor(InSimpy):
    """The same, which notes what happens."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in HEADS}
        self.number = self.serial = self.at_hand = self.back = 0

    def note(self, table: str, *row: Any) -> None:
        """One row more."""
        self.tables[table].append(row)

    def stage(self, train: int, place: str, activity: str, asked: float, start: float) -> None:
        """A stage of a train is over."""
        cause = f"{place}: no track free" if start > asked else None
        self.note("stages", train, place, activity, asked, start, self.env.now, cause)

    def wait(
        self, row: Row, stage: str, begin: float, end: float, cause: str | None = None
    ) -> None:
        """A stretch of a container's time is over, if it took any."""
        if end > begin:
            self.note("waits", row[0], stage, cause, begin, end, end - begin, row[1])

    def train(self) -> Steps:
        """Load, run, change wagons, run, unload; each container then waits for the vessel."""
        env, number, ready = self.env, self.serial, self.env.now
        self.serial += 1
        rows: list[Row] = [[self.number + box, number, ready] for box in range(BOXES)]
        self.number += BOXES
        self.at_hand -= BOXES
        self.note("levels", "origin: empty boxes", "containers", ready, UNITS + self.at_hand)
        yield self.all_moved(self.origin, rows)
        left = env.now
        self.stage(number, "origin", "cranes", ready, ready)
        yield env.timeout(WEST)
        self.stage(number, "west", "run", left, left)
        came = env.now
        with self.tracks.request() as track:
            yield track
            begun = env.now
            yield self.all_moved(self.border, rows)
        gone = env.now
        self.stage(number, "border", "cranes", came, begun)
        yield env.timeout(EAST)
        self.stage(number, "east", "run", gone, gone)
        landed = env.now
        for row in rows:
            self.wait(row, "origin: cranes", ready, left)
            self.wait(row, "west: run", left, came)
            self.wait(row, "border: cranes", came, begun, "border: no track free")
            self.wait(row, "border: cranes", begun, gone)
            self.wait(row, "east: run", gone, landed)
            row.append(left)
            row.append(landed)
        yield simpy.AllOf(env, [env.process(self.container(row)) for row in rows])
        self.stage(number, "port", "cranes", landed, landed)
        name = f"trains/{number}"
        self.note(
            "trains", number, name, "trains", "service", "container", BOXES, BOXES, ready, ready,
            ready, left, env.now, "done",
        )  # fmt: skip

    def container(self, row: Row) -> Steps:
        """Off the train and into the yard."""
        begun = self.env.now
        yield from self.move(self.port, row)
        now = self.env.now
        self.wait(row, "port: cranes", begun, now)
        self.note("legs", row[0], row[1], row[2], row[2], now, now)
        row.append(now)
        self.yard.append(row)

    def vessel(self) -> Steps:
        """One call: all that it has room for is loaded and sails."""
        rows = [self.yard.popleft() for _ in range(min(len(self.yard), SLOTS))]
        yield self.all_moved(self.quay, rows)
        sailed = self.env.now
        for row in rows:
            number, train, ready = row[:3]
            left, landed, off, lifted = row[7], row[8], row[11], row[12]
            self.wait(
                [number, None], "port/coast: quay", off, lifted, "port/coast: no ship to load"
            )
            self.wait([number, None], "port/coast: loading", lifted, sailed)
            self.note(
                "containers", number, "exports", "goods", "anywhere", "origin", None, "port",
                "boxes", LOAD, ready, ready, left, None, None, landed, sailed, False, None, train,
                train,
            )  # fmt: skip
            free = sailed + VOYAGE
            self.note("equipment", number, "boxes", False, "at hand", "origin", 0.0, ready, None)
            self.note("equipment", number, "boxes", False, "laden", "origin", ready, free, number)
            self.note("equipment", number, "boxes", False, "at hand", "port", free, HORIZON, None)
            self.rows.append(row)
        self.back += len(rows)
        self.note("levels", "port: empty boxes", "containers", sailed + VOYAGE, self.back)

    def calls(self) -> Steps:
        """The vessel's timetable."""
        while True:
            self.env.process(self.vessel())
            yield self.env.timeout(EVERY)

    def write(self, folder: Path) -> int:
        """All tables as files; how many rows they have."""
        for unit in range(self.number, UNITS):
            self.note("equipment", unit, "boxes", False, "at hand", "origin", 0.0, HORIZON, None)
        for name, rows in self.tables.items():
            frame = pl.DataFrame(rows, HEADS[name], orient="row", infer_schema_length=None)
            frame.write_parquet(folder / f"{name}.parquet", compression="lz4")
        return sum(map(len, self.tables.values()))


def main(horizon: float) -> None:
    """Run so many hours, then write."""
    clock = Clock()
    corridor = Corridor(1)
    corridor.env.process(corridor.source())
    corridor.env.process(corridor.calls())
    corridor.env.run(horizon)
    spent = clock.read()
    with tempfile.TemporaryDirectory() as folder:
        written = corridor.write(Path(folder))
        spent["files_s"] = clock.read()["cpu_s"]
    rail, whole = ([row[at] - row[2] for row in corridor.rows] for at in (11, 13))
    spent["rows"] = written
    tell(spent, rail, whole)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
