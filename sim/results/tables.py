"""The tables of a run: fixed columns, each with its type, unit and meaning in one place.

The corridor fills these tables, and everything shown anywhere is derived from them.  Every time
is in hours since the scenario's start, and null while not reached.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["i64", "i32", "f64", "str", "bool"]


@dataclass(frozen=True)
class Column:
    """One column: name, type, unit (empty where there is none) and meaning."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    optional: bool = False
    """Filled with nulls when a frame comes without it."""


@dataclass(frozen=True)
class Table:
    """A kind of record: one row each, always these columns in this order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column names and polars types."""
        import polars as pl

        kinds: dict[str, type[pl.DataType]] = {
            "i64": pl.Int64,
            "i32": pl.Int32,
            "f64": pl.Float64,
            "str": pl.String,
            "bool": pl.Boolean,
        }
        return {c.name: kinds[c.kind] for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        import polars as pl

        return pl.DataFrame(schema=self.schema())

    def cast(self, frame: pl.DataFrame | Mapping[str, Any]) -> pl.DataFrame:
        """The frame (or the columns as a mapping) with exactly these columns and types.

        Numbers that are not finite become null, since a time never reached is no time.
        Text is kept as text: categories depend on what a process saw before, and files must not.
        Only an Enum, which names its words itself, is kept as it is: ``plain`` makes it strings.

        Raises:
            ValueError: a column is missing, unknown, or cannot hold what it was given.
        """
        import polars as pl

        try:
            given = frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame, strict=False)
            missing = [
                c.name for c in self.columns if c.name not in given.columns and not c.optional
            ]
            unknown = [name for name in given.columns if name not in self.schema()]
            if missing or unknown:
                parts = [
                    f"{what} {', '.join(names)}"
                    for what, names in (("lacks", missing), ("has unknown", unknown))
                    if names
                ]
                raise ValueError(
                    f"table {self.name} {' and '.join(parts)}; "
                    f"expected {', '.join(c.name for c in self.columns)}"
                )
            out = []
            for name, kind in self.schema().items():
                if name not in given.columns:
                    out.append(pl.lit(None, dtype=kind).alias(name))
                elif kind == pl.Float64:
                    value = pl.col(name).cast(pl.Float64)
                    column = given[name]
                    if column.dtype == pl.Float64 and column.is_finite().all():
                        out.append(value)
                    else:
                        out.append(pl.when(value.is_finite()).then(value).alias(name))
                elif kind == pl.String and isinstance(given.schema[name], pl.Enum):
                    out.append(pl.col(name))
                else:
                    out.append(pl.col(name).cast(kind))
            return given.select(out)
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"table {self.name}: {error}") from error


CONTAINERS = Table(
    "containers",
    "a container on one laden trip, in the order in which goods became ready",
    (
        Column("container", "i64", "", "serial number of the laden trip"),
        Column("flow", "str", "", "exports, imports, or returns of refused goods"),
        Column("commodity", "str", "", "what is in it"),
        Column("region", "str", "", "region the goods come from"),
        Column("origin", "str", "", "station where the box is filled"),
        Column("crossing", "str", "", "border crossing it is sent by; null if none"),
        Column("destination", "str", "", "station it goes to"),
        Column("fleet", "str", "", "what it is: fleet of containers or wagons", optional=True),
        Column("tonnes", "f64", "t", "goods in it"),
        Column("ready_h", "f64", "h", "goods are ready"),
        Column("stuffed_h", "f64", "h", "box is filled"),
        Column("departed_h", "f64", "h", "first train leaves"),
        Column("border_in_h", "f64", "h", "train reaches the first border station"),
        Column("border_out_h", "f64", "h", "leaves the border on the train of the other gauge"),
        Column("arrived_h", "f64", "h", "train reaches the last station"),
        Column("delivered_h", "f64", "h", "handed to the consignee or sailed"),
        Column("refused", "bool", "", "never taken, because the elevator was full"),
        Column("rejected_h", "f64", "h", "turned back by a laboratory", optional=True),
        Column("first_train", "i64", "", "row in trains; null if none"),
        Column("last_train", "i64", "", "row in trains; null if none"),
    ),
)

TRAINS = Table(
    "trains",
    "a train",
    (
        Column("train", "i64", "", "serial number"),
        Column("name", "str", "", "service/serial"),
        Column("service", "str", "", "service or background flow it belongs to"),
        Column("kind", "str", "", "service (carries the containers followed) or background"),
        Column("train_class", "str", "", "class that limits and priorities see"),
        Column("boxes", "i32", "boxes", "boxes on it when it left"),
        Column("slots", "i32", "boxes", "boxes that fit on it; null if not known", optional=True),
        Column("due_h", "f64", "h", "should leave by its rule; null for background", optional=True),
        Column("admitted_h", "f64", "h", "let onto the line by the admission rule", optional=True),
        Column("formed_h", "f64", "h", "ready to leave, or appeared"),
        Column("departed_h", "f64", "h", "first movement"),
        Column("ended_h", "f64", "h", "left the corridor or was dissolved"),
        Column("outcome", "str", "", "done, running or refused"),
    ),
)

STAGES = Table(
    "stages",
    "a stage of a train, in order of its end",
    (
        Column("train", "i64", "", "row in trains"),
        Column("place", "str", "", "line or station"),
        Column(
            "activity",
            "str",
            "",
            "admission, enter, path, acceptance or run on a line; track, yard, arrival or a work's "
            "name at a station",
        ),
        Column("in_h", "f64", "h", "asked for it"),
        Column("start_h", "f64", "h", "got it"),
        Column("end_h", "f64", "h", "finished with it"),
        Column("cause", "str", "", "what it waited for until start_h; null if it did not wait"),
    ),
)

WAITS = Table(
    "waits",
    "a stretch of a container's time in one part of the chain for one reason",
    (
        Column("container", "i64", "", "row in containers"),
        Column("stage", "str", "", "where in the chain"),
        Column("cause", "str", "", "what it waited for; null for working time"),
        Column("begin_h", "f64", "h", "begin of the stretch", optional=True),
        Column("end_h", "f64", "h", "end of it, or the horizon", optional=True),
        Column(
            "hours",
            "f64",
            "h",
            "how much of it; less than the whole where two causes share it, such as a queue and "
            "the hours in which it was closed",
        ),
        Column("train", "i64", "", "row in trains: the one it is on or left with", optional=True),
    ),
)

LEVELS = Table(
    "levels",
    "a change of a stock or queue, the last one at each instant",
    (
        Column("series", "str", "", "place: what"),
        Column("unit", "str", "", "what is counted"),
        Column("time_h", "f64", "h", "when it changed"),
        Column("level", "f64", "", "level from then on"),
    ),
)

EQUIPMENT = Table(
    "equipment",
    "a spell of one container or wagon, unit by unit and in time",
    (
        Column("unit", "i64", "", "serial number through all fleets"),
        Column("fleet", "str", "", "fleet it belongs to"),
        Column("hired", "bool", "", "hired from elsewhere, and given back"),
        Column(
            "state",
            "str",
            "",
            "at hand, laden, carried empty, under a train, on its way back, given back",
        ),
        Column("place", "str", "", "station where the spell begins"),
        Column("begin_h", "f64", "h", "since when"),
        Column("end_h", "f64", "h", "until when; the horizon for the last"),
        Column("part_of", "i64", "", "container (laden) or train (carried, under); null if none"),
    ),
)

LEGS = Table(
    "legs",
    "a container on one train, in the order in which trains were formed",
    (
        Column("container", "i64", "", "row in containers"),
        Column("train", "i64", "", "row in trains"),
        Column("ready_h", "f64", "h", "in the yard that the train is loaded from"),
        Column("boarded_h", "f64", "h", "on the train when it was formed"),
        Column("unloaded_h", "f64", "h", "off the train"),
        Column("released_h", "f64", "h", "free of the laboratory, if it was sampled there"),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t for t in (CONTAINERS, TRAINS, STAGES, WAITS, LEVELS, EQUIPMENT, LEGS)
}

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
