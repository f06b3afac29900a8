"""The tables of one run, in memory or in a folder, and what is known about it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results.tables import EQUIPMENT, LEGS, TABLES

if TYPE_CHECKING:
    import polars as pl

Source = Any
"""A frame, a mapping of columns, or a function without arguments that gives one of them."""


class Results:
    """The tables of one run and what is known about it.

    Each table, and ``meta``, may be handed in as a function without arguments; it is then called on
    first use, and what it gives is kept.  Tables are cast to their fixed columns, in which a fault
    of the giver raises ValueError.  A Results can be pickled; its tables are built for that.

    ``meta`` holds scenario, title, start (ISO date), horizon_h, warmup_h, seed, replication, …
    """

    __slots__ = ("_coded", "_meta", "_sources", "_tables", "folder")

    _meta: dict[str, Any] | Callable[[], Mapping[str, Any]]
    folder: Path | None
    _sources: dict[str, Source]
    _coded: dict[str, pl.DataFrame]
    _tables: dict[str, pl.DataFrame]

    def __init__(
        self,
        *,
        containers: Source,
        trains: Source,
        stages: Source,
        waits: Source,
        levels: Source,
        meta: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
        equipment: Source | None = None,
        legs: Source | None = None,
    ) -> None:
        sources = {
            "containers": containers,
            "trains": trains,
            "stages": stages,
            "waits": waits,
            "levels": levels,
            "equipment": EQUIPMENT.empty() if equipment is None else equipment,
            "legs": LEGS.empty() if legs is None else legs,
        }
        object.__setattr__(self, "_sources", sources)
        object.__setattr__(self, "_coded", {})
        object.__setattr__(self, "folder", None)
        object.__setattr__(self, "_tables", {})
        object.__setattr__(self, "_meta", meta if callable(meta) else dict(meta))

    @classmethod
    def stored(cls, folder: Path, meta: Mapping[str, Any]) -> Results:
        """Tables that lie in a folder as Parquet, in parts or whole; read when asked for."""
        from sim.results.parts import read_whole

        made = cls(**{name: partial(read_whole, folder, name) for name in TABLES}, meta=meta)
        object.__setattr__(made, "folder", folder)
        return made

    def parts(self, name: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Columns of a table, part after part where it is stored in parts, else all at once.

        All rows of a container, or of a unit of equipment, are in one part, and the n-th parts of
        containers, waits and legs are of the same containers.
        """
        import polars as pl

        if self.folder is None:
            frame = self.coded(name)
            # Not by select, which goes through a plan.
            yield pl.DataFrame([frame.get_column(column) for column in columns])
        else:
            from sim.results.parts import read

            yield from read(self.folder, name, columns)

    def chosen(self, name: str, *which: pl.Expr) -> pl.DataFrame:
        """Rows of a table, all columns; text is plain.  Part by part where it is in parts."""
        if self.folder is None:
            return self.table(name).filter(*which)
        return self.each(name, list(TABLES[name].schema()), lambda part: part.filter(*which))

    def together(self, **columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, ...]]:
        """Columns of containers, waits and legs, by name; each part with those of the others."""
        yield from zip(*(self.parts(n, some) for n, some in columns.items()), strict=True)

    def each(
        self,
        name: str,
        columns: Sequence[str],
        take: Callable[[pl.DataFrame], pl.DataFrame] = lambda part: part,
    ) -> pl.DataFrame:
        """What is taken of each part of a table, one below the other; text is plain.

        Containers, waits and legs of a run in parts stand as containers were delivered.
        """
        import polars as pl

        from sim.results.text import plain

        return pl.concat([take(plain(part)) for part in self.parts(name, columns)])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"results cannot be changed; tried to set {name!r}")

    @property
    def meta(self) -> dict[str, Any]:
        """What is known of the run as a whole."""
        if callable(self._meta):
            object.__setattr__(self, "_meta", dict(self._meta()))
        known = self._meta
        assert isinstance(known, dict)
        return known

    def table(self, name: str) -> pl.DataFrame:
        """The table of that name, one of ``TABLES``.

        Raises:
            KeyError: there is no such table.
        """
        tables = self._tables
        if name not in tables:
            from sim.results.text import plain

            tables[name] = plain(self.coded(name))
        return tables[name]

    def coded(self, name: str) -> pl.DataFrame:
        """The same with text as it was made: as an Enum where the corridor made it.

        Raises:
            KeyError: there is no such table.
        """
        coded = self._coded
        if name not in coded:
            source: Source | Callable[[], Source] = self._sources[name]
            coded[name] = TABLES[name].cast(source() if callable(source) else source)
            self._sources[name] = None
        return coded[name]

    @property
    def containers(self) -> pl.DataFrame:
        """One row a container on one laden trip."""
        return self.table("containers")

    @property
    def trains(self) -> pl.DataFrame:
        """One row a train."""
        return self.table("trains")

    @property
    def stages(self) -> pl.DataFrame:
        """One row a stage of a train."""
        return self.table("stages")

    @property
    def waits(self) -> pl.DataFrame:
        """One row a container and reason."""
        return self.table("waits")

    @property
    def levels(self) -> pl.DataFrame:
        """One row a change of a stock or queue."""
        return self.table("levels")

    @property
    def equipment(self) -> pl.DataFrame:
        """One row a spell of a container or wagon."""
        return self.table("equipment")

    @property
    def legs(self) -> pl.DataFrame:
        """One row a container and train."""
        return self.table("legs")

    @property
    def warmup_h(self) -> float:
        """Hours at the beginning that the KPIs leave out."""
        return float(self.meta.get("warmup_h", 0.0))

    @property
    def horizon_h(self) -> float:
        """Length of the run, hours."""
        return float(self.meta["horizon_h"])

    def __reduce__(self) -> tuple[Any, ...]:
        # As Parquet they are a tenth of what they are in memory, and go so between processes.
        return _rebuild, ({name: _packed(self.coded(name)) for name in TABLES}, self.meta)

    def __repr__(self) -> str:
        name = self.meta.get("scenario", "?")
        seed, replication = self.meta.get("seed", "?"), self.meta.get("replication", "?")
        return f"<Results of {name}, seed {seed}, replication {replication}>"


def _packed(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="lz4", statistics=False)
    return stream.getvalue()


def _rebuild(tables: dict[str, bytes], meta: dict[str, Any]) -> Results:
    def unpack(name: str) -> Callable[[], pl.DataFrame]:
        import polars as pl

        return lambda: pl.read_parquet(io.BytesIO(tables[name]))

    return Results(**{name: unpack(name) for name in tables}, meta=meta)
