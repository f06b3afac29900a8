"""Finished runs on disk, each under the key of all that determines it.

One SQLite file in write-ahead mode: a run is one row, written in one transaction as it ends.  So a
process may be killed at any moment and loses no more than the runs it had not finished; several
studies may read and write at once; and a million rows need no million files.  Only the process
that leads a study writes, never its workers, so the file may lie on this machine's own disk
while the runs are made elsewhere (write-ahead mode needs a local disk).

What a row holds is read back with pickle: open no store that comes from somebody you do not trust.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.results.errors import ResultsError
from sim.study.runs import Job, Outcome

FILE = "runs.sqlite"
FORMAT = 1
PATIENCE = 120.0
"""Seconds to wait while another study writes."""
AT_ONCE = 500
"""Keys asked for in one question."""

SCHEMA = """
create table if not exists runs (
  key text primary key,
  scenario text not null,
  hash text not null,
  seed integer not null,
  replication integer not null,
  model text not null,
  made text not null default current_timestamp,
  stage text,
  error text,
  traceback text,
  outcome blob,
  tables blob
);
"""


class RunStore:
    """The runs kept in a folder; the file is made when the first run is put into it.

    A failed run is a row too (stage, error, traceback, with its seed and replication), but it is
    never given back in place of a run: the cause may have been the machine, so it is tried again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.path = self.folder / FILE
        self.put_in = 0
        self.taken = 0
        self._open: sqlite3.Connection | None = None

    def find(self, keys: Sequence[str], tables: Sequence[bool]) -> Iterator[tuple[int, Outcome]]:
        """Runs that are there, with their place in the keys; with all tables where wanted.

        Raises:
            ResultsError: the file is no store or cannot be read.
        """
        if not self.path.is_file():
            return
        for begin in range(0, len(keys), AT_ONCE):
            part = keys[begin : begin + AT_ONCE]
            rows = self._ask(
                "select key, outcome, tables is not null from runs where outcome is not null "
                f"and key in ({','.join('?' * len(part))})",
                part,
            )
            found = {key: (blob, whole) for key, blob, whole in rows}
            for place, key in enumerate(part, begin):
                if key not in found:
                    continue
                blob, whole = found[key]
                if tables[place] and not whole:
                    continue
                outcome: Outcome = pickle.loads(zlib.decompress(blob))
                if tables[place]:
                    ((kept,),) = self._ask("select tables from runs where key = ?", (key,))
                    outcome.results = pickle.loads(kept)
                self.taken += 1
                yield place, outcome

    def put(self, key: str, job: Job, scenario_hash: str, model: str, outcome: Outcome) -> None:
        """Keep a run; one whose tables are kept already keeps them.

        Raises:
            ResultsError: it cannot be written.
        """
        failed, results = outcome.failure, outcome.results
        left = pickle.dumps(replace(outcome, results=None), 5)
        row = (
            *(key, job.scenario.name, scenario_hash, job.seed, job.replication, model),
            *((failed.stage, failed.error, failed.trace) if failed else (None, None, None)),
            None if failed else zlib.compress(left, 1),
            None if results is None else pickle.dumps(results, 5),
        )
        # a failure does not replace a run, nor a run without its tables one that has them
        with self._faults():
            self._connection().execute(
                "insert into runs (key, scenario, hash, seed, replication, model, stage, error, "
                "traceback, outcome, tables) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "on conflict (key) do update set stage = excluded.stage, error = excluded.error, "
                "traceback = excluded.traceback, outcome = excluded.outcome, "
                "tables = coalesce(excluded.tables, tables), made = current_timestamp "
                "where excluded.outcome is not null or outcome is null",
                row,
            )
        self.put_in += 1

    def failures(self) -> list[dict[str, Any]]:
        """Failed runs: scenario, seed, replication, stage, error, traceback, made."""
        if not self.path.is_file():
            return []
        names = ("scenario", "seed", "replication", "stage", "error", "traceback", "made")
        rows = self._ask(
            f"select {', '.join(names)} from runs where stage is not null "
            "order by scenario, seed, replication",
            (),
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def check(self) -> None:
        """Whether runs can be kept there, asked before a study; nothing is made yet.

        Raises:
            ResultsError: they cannot.
        """
        if self.path.exists():
            with self._faults():
                self._connection()
            return
        above = next(p for p in self.path.parents if p.exists())
        if not above.is_dir() or not os.access(above, os.W_OK):
            why = "is a file" if above.is_file() else "cannot be written"
            raise ResultsError(
                f"{self.folder}: cannot keep runs here ({above} {why}); "
                "choose another folder with --store"
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _ask(self, question: str, values: Sequence[Any]) -> list[Any]:
        with self._faults():
            return self._connection().execute(question, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            made = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
            try:
                _begin(made, self.path)
            except BaseException:
                made.close()
                raise
            self._open = made
        return self._open

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise ResultsError(
                f"{self.path}: cannot keep runs here ({error}); remove the folder if it is "
                "damaged, or choose another with --store"
            ) from error
        except OSError as error:
            raise ResultsError(
                f"{self.folder}: cannot keep runs here ({error.strerror}); "
                "choose another folder with --store"
            ) from error


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    # Written ahead and not forced to disk at each run: a killed process loses nothing, a power
    # cut the last moments.
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    (version,) = connection.execute("pragma user_version").fetchone()
    if version not in (0, FORMAT):
        raise ResultsError(
            f"{path}: is of format {version}, this version reads {FORMAT}; "
            "choose another folder with --store"
        )
    connection.execute(SCHEMA)
    if version == 0:
        connection.execute(f"pragma user_version = {FORMAT}")
