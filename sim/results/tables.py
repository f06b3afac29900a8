"""The tables of a run: fixed columns, each with its type, unit and meaning in one place.

The corridor fills these tables, and everything shown anywhere is derived from them.  Every time
is in hours since the scenario's start, and null while not reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["i32", "f64", "str", "bool"]


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
            # Column by column: a query of many columns takes longer to plan than to do.
            return pl.DataFrame(
                [
                    _fitted(given.get_column(name), kind)
                    if name in given.columns
                    else pl.repeat(None, given.height, dtype=kind, eager=True).alias(name)
                    for name, kind in self.schema().items()
                ]
            )
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"table {self.name}: {error}") from error


def _fitted(column: pl.Series, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """The column as the kind of its table; text that is coded stays so."""
    import polars as pl

    if kind == pl.Float64:
        return _finite(column.cast(pl.Float64))
    if kind == pl.String and isinstance(column.dtype, pl.Enum):
        return column
    return column.cast(kind)


def _finite(column: pl.Series) -> pl.Series:
    """The numbers, and null where there is none or it is not finite."""
    import numpy as np
    import polars as pl

    values = column.to_numpy()
    finite = np.isfinite(values)
    if finite.all():
        return column
    return pl.Series(column.name, np.where(finite, values, np.nan), nan_to_null=True)


CONTAINERS = Table(
    "containers",
    "a container on one laden trip, in the order in which goods became ready",
    (
        Column("container", "i32", "", "serial number of the laden trip"),
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
        Column("border_in_h", "f64", "h", "train that crosses is before the border line"),
        Column("border_out_h", "f64", "h", "leaves on the next train, or is off its last"),
        Column("arrived_h", "f64", "h", "train reaches the last station"),
        Column("delivered_h", "f64", "h", "handed to the consignee or sailed"),
        Column("refused", "bool", "", "never taken, because the elevator was full"),
        Column("rejected_h", "f64", "h", "turned back by a laboratory", optional=True),
        Column("first_train", "i32", "", "row in trains; null if none"),
        Column("last_train", "i32", "", "row in trains; null if none"),
    ),
)

TRAINS = Table(
    "trains",
    "a train, in the order in which they were formed",
    (
        Column("train", "i32", "", "serial number"),
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

LOADING = "loading"
"""The part of a border line that a loading ban is on, and the activity of trains that it keeps."""

STAGES = Table(
    "stages",
    "a stage of a train, those of one train in time",
    (
        Column("train", "i32", "", "row in trains"),
        Column("place", "str", "", "line or station"),
        Column(
            "activity",
            "str",
            "",
            "loading, admission, enter, path, acceptance or run on a line; track, yard, arrival or "
            "a work's name at a station",
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
        Column("container", "i32", "", "row in containers"),
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
        Column("train", "i32", "", "row in trains: the one it is on or left with", optional=True),
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
        Column("unit", "i32", "", "serial number through all fleets"),
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
        Column("part_of", "i32", "", "container (laden) or train (carried, under); null if none"),
    ),
)

LEGS = Table(
    "legs",
    "a container on one train, in the order of trains, and on one of the yard",
    (
        Column("container", "i32", "", "row in containers"),
        Column("train", "i32", "", "row in trains"),
        Column("ready_h", "f64", "h", "in the yard that the train is loaded from"),
        Column("boarded_h", "f64", "h", "on the train when it was formed"),
        Column("unloaded_h", "f64", "h", "off the train"),
        Column("released_h", "f64", "h", "free of the laboratory, or off the train"),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t for t in (CONTAINERS, TRAINS, STAGES, WAITS, LEVELS, EQUIPMENT, LEGS)
}
