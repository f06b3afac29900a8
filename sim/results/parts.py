"""Tables in parts: a folder named like the file would be, with a Parquet file for each part.

polars and pandas read such a folder as they read a file; DuckDB takes ``waits.parquet/*.parquet``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from sim.results.errors import ResultsError
from sim.results.tables import TABLES
from sim.results.text import plain

ORDER = {
    "containers": ("container",),
    "waits": ("container",),
    "legs": ("train", "ready_h", "container"),
}
"""Columns by which a run in memory has the rows of a table whose parts hold some containers each.

What stands together in one of them stands in the same order in a part.
"""


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as Parquet, in which text has a dictionary.

    LZ4 takes half of the time of Zstandard and half as much space again; without statistics,
    since whoever reads a table reads all of it.
    """
    frame.write_parquet(path, compression="lz4", statistics=False)


class Parts:
    """Writes tables part by part into a folder; text is plain, for its words differ by part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number: dict[str, int] = {}

    def write(self, name: str, frame: pl.DataFrame) -> None:
        """Add rows to a table."""
        number = self._number.get(name, 0)
        self._number[name] = number + 1
        where = self.folder / f"{name}.parquet"
        where.mkdir(exist_ok=True)
        write_table(plain(TABLES[name].cast(frame)), where / f"part-{number:06}.parquet")

    def write_empty(self, name: str) -> None:
        """A table of which nothing was written is there without rows."""
        if name not in self._number:
            self.write(name, TABLES[name].empty())


def files(folder: Path, name: str) -> list[Path]:
    """The files of a table that was written in parts or as one file, in their order.

    Raises:
        ResultsError: there are none.
    """
    path = folder / f"{name}.parquet"
    found = sorted(path.iterdir()) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise ResultsError(f"{path}: is missing; run the scenario again")
    return found


def number_of(folder: Path) -> dict[str, int]:
    """How many parts each table is in."""
    return {name: len(files(folder, name)) for name in TABLES}


def check(folder: Path, number: Mapping[str, int] | None = None) -> None:
    """See that all tables are there, with all their parts and columns; their rows are not read.

    Raises:
        ResultsError: a file is missing or damaged, or has not the columns of its table.
    """
    for name, table in TABLES.items():
        found = files(folder, name)
        expected = len(found) if number is None else number.get(name, len(found))
        if len(found) != expected:
            raise ResultsError(
                f"{folder / name}.parquet: has {len(found)} parts, {expected} were written; "
                "run the scenario again"
            )
        for file in found:
            with _damage_told(file):
                columns = pl.read_parquet_schema(file)
            if list(columns) != list(table.schema()):
                raise ResultsError(
                    f"{file}: is damaged (it has not the columns of {name}); run the scenario again"
                )


def read(folder: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The parts of a table that was written so, or as one file; all columns or some.

    Raises:
        ResultsError: a file is missing or damaged.
    """
    for file in files(folder, name):
        with _damage_told(file):
            frame = pl.read_parquet(file, columns=None if columns is None else list(columns))
        yield frame


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ResultsError(f"{file}: is damaged ({told}); run the scenario again") from error


def read_whole(folder: Path, name: str) -> pl.DataFrame:
    """A table that was written in parts or as one file, in the order of a run in memory.

    Parts hold containers as they were delivered, so they are put in order.
    """
    found = list(read(folder, name))
    if len(found) == 1:
        return found[0]
    frame = pl.concat(found)
    by = ORDER.get(name)
    return frame if by is None else frame.sort(by, maintain_order=True)
