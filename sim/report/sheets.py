"""The sheets of a workbook: frames with what they hold in words, for people and their charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sim.report import style
from sim.report.page import Page, Table, cells
from sim.report.parts import one_of_several
from sim.results import Results, read_manifest, read_run
from sim.results.queues import queues
from sim.results.recovery import recoveries
from sim.results.series import start_of, weekly
from sim.results.store import read_weekly
from sim.results.tables import TABLES

MOST = 1_048_575
"""Rows that a sheet of Excel has room for below its head."""
_MOMENTS = {
    name: [c.name for c in table.columns if c.unit == "h" and c.name != "hours"]
    for name, table in TABLES.items()
}


@dataclass(frozen=True)
class Chart:
    """Columns of figures over the first column of their sheet, as bars and as lines.

    The first so many ``rows`` are drawn; ``over`` is what the first column has: dates, or factors.
    """

    title: str
    unit: str
    rows: int
    bars: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    over: str = "dates"


@dataclass(frozen=True)
class Sheet:
    """A table of a workbook: one row each of what ``about`` says, and its charts."""

    name: str
    about: str
    frame: pl.DataFrame
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A table with more rows than a sheet takes."""

    name: str
    rows: int


def of_page(page: Page) -> Iterator[Sheet]:
    """The tables of a report, with the exact figures that stand behind its text."""
    for table in page.tables:
        yield Sheet(table.title, table.note, _exact(table))


def evidence_of(page: Page) -> Iterator[Sheet]:
    """Where each figure of the scenario comes from."""
    for table in page.evidence:
        yield Sheet(table.title, page.evidence_note, _exact(table))


def weeks_of(folder: Path) -> Iterator[Sheet]:
    """What a report of a run draws over time, as figures.

    Raises:
        ResultsError: the folder is no run, or damaged.
    """
    results = read_run(folder)
    yield _weeks(folder, results)
    yield _months(results)


def rows_of(folder: Path) -> Iterator[Sheet | LeftOut]:
    """Queues, disruptions, trains and containers, with dates in place of hours.

    Raises:
        ResultsError: the folder is no run, or damaged.
    """
    manifest, results = read_manifest(folder), read_run(folder)
    one = one_of_several(manifest, results)
    of = f" {one[0].lower()}{one[1:]}" if one else ""
    waited = pl.DataFrame(manifest.get("queues") or queues(results).to_dicts())
    if waited.height:
        yield Sheet("Queues", f"a queue{of}: who came, how long they waited, how many did", waited)
    struck = _dated(recoveries(results), ("begin_h", "end_h", "peak_h", "recovered_h"), results)
    if struck.height:
        yield Sheet("Disruptions", f"a period of a disruption{of}; times are UTC", struck)
    for name in ("trains", "containers"):
        yield _rows(results, name, of)


def of_study(tables: Mapping[str, pl.DataFrame]) -> Iterator[Sheet | LeftOut]:
    """The tables of a study or comparison, as they are; of a ramp its curves before them."""
    for frame in tables.values():
        if {"variant", "volume", "kpi", "unit", "mean"} <= set(frame.columns):
            yield _curves(frame)
    for name, frame in tables.items():
        if frame.height > MOST:
            yield LeftOut(name, frame.height)
        else:
            yield Sheet(name.replace("_", " "), "", frame)


def _curves(frame: pl.DataFrame) -> Sheet:
    """What arrives as exports rise, a column a variant, as a table and a chart."""
    delivered = frame.filter(pl.col("kpi") == "delivered_t")
    wide = delivered.pivot("variant", index="volume", values="mean", aggregate_function="first")
    wide = wide.sort("volume").rename({"volume": "exports, times"})
    about = "delivered at each volume of exports, means of the replications"
    variants = tuple(wide.columns[1:])
    chart = Chart("Delivered as exports rise", "t", wide.height, lines=variants, over="factors")
    return Sheet("Curves", f"tonnes {about}", wide, (chart,) if wide.height else ())


def meanings(names: Sequence[str]) -> Sheet:
    """What the columns of sheets of rows mean."""
    rows = [
        (name, _headed(c.name, name.lower()), c.unit.replace("h", "UTC"), c.meaning)
        for name in names
        if name.lower() in TABLES
        for c in TABLES[name.lower()].columns
    ]
    head = ["sheet", "column", "unit", "meaning"]
    return Sheet(
        "Columns", "a column of the sheets of rows", pl.DataFrame(rows, head, orient="row")
    )


def _weeks(folder: Path, results: Results) -> Sheet:
    """Offered and delivered by week, and what is ready and not delivered at its end."""
    weeks = read_weekly(folder) or [weekly(results)]
    frames = [one.frame for one in weeks]
    made: dict[str, Any] = {"begin_h": frames[0]["begin_h"], "days": frames[0]["hours"] / 24.0}
    for name in ("offered_t", "delivered_t", "refused_t", "rejected_t"):
        made |= _mean(name, [f[name].to_numpy() for f in frames])
    left = [
        np.cumsum((f["offered_t"] - f["refused_t"] - f["rejected_t"] - f["delivered_t"]).to_numpy())
        for f in frames
    ]
    made |= _mean("backlog_t", left)
    several = f"mean of {len(weeks)} replications" if len(weeks) > 1 else "exports"
    # A short last week would look like a fall.
    days = frames[0]["hours"].to_numpy()
    whole = len(days) - int(len(days) > 1 and days[-1] < 0.99 * days[0])
    delivered, offered = ("delivered_t",), ("offered_t",)
    return Sheet(
        "Weeks",
        f"a week; {several}, tonnes; the backlog is that at the end of the week",
        _dated(pl.DataFrame(made), ["begin_h"], results),
        (
            Chart("Delivered and offered each week", "tonnes", whole, delivered, offered),
            Chart("Ready and not delivered", "tonnes", whole, lines=("backlog_t",)),
        ),
    )


def _mean(name: str, columns: list[Any]) -> dict[str, Any]:
    mean, half = style.band(np.array(columns))
    return {name: mean} if half is None else {name: mean, f"{name} ±": half}


def _months(results: Results) -> Sheet:
    """Delivered by month and by what it is, where from and where to: for a pivot table."""
    by = ["flow", "commodity", "origin", "crossing", "destination"]
    day = start_of(results) + pl.duration(hours=pl.col("delivered_h"))
    lead = pl.col("delivered_h") - pl.col("ready_h")
    sums = ("tonnes", "containers", "lead_time_h")

    def summed(part: pl.DataFrame) -> pl.DataFrame:
        """A part of the run by itself, as all its rows may be many."""
        return (
            part.filter(pl.col("delivered_h") <= results.horizon_h)
            .with_columns(day.dt.month_start().dt.date().alias("month"))
            .group_by("month", *by)
            .agg(pl.col("tonnes").sum(), containers=pl.len(), lead_time_h=lead.sum())
        )

    kept = [*by, "tonnes", "ready_h", "delivered_h"]
    parts = results.each("containers", kept, summed)
    frame = (
        parts.group_by("month", *by)
        .agg(pl.col(*sums).sum())
        .with_columns(lead_time_mean_h=pl.col("lead_time_h") / pl.col("containers"))
        .drop("lead_time_h")
        .sort("month", *by)
    )
    return Sheet("Months", "what was delivered in a month, by goods and way", frame)


def _rows(results: Results, name: str, of: str) -> Sheet | LeftOut:
    """A table of the run with dates; of trains those of services alone."""
    first = TABLES[name].columns[0].name
    number = sum(part.height for part in results.parts(name, [first]))
    if number > MOST:
        return LeftOut(name, number)
    frame = results.table(name)
    about = f"{TABLES[name].row}{of}; times are UTC"
    if name == "trains":
        frame = frame.filter(pl.col("kind") == "service")
        about += "; trains of others are in trains.parquet"
    return Sheet(name.capitalize(), about, _dated(frame, _MOMENTS[name], results))


def _dated(frame: pl.DataFrame, moments: Sequence[str], results: Results) -> pl.DataFrame:
    """Hours since the start as dates and times of day, UTC, to the second."""
    start = start_of(results).replace(tzinfo=None)
    dates = [
        (pl.lit(start) + pl.duration(seconds=(pl.col(name) * 3600.0).round().cast(pl.Int64))).alias(
            name
        )
        for name in moments
    ]
    return frame.with_columns(dates).rename({name: name.removesuffix("_h") for name in moments})


def _headed(column: str, table: str) -> str:
    return column.removesuffix("_h") if column in _MOMENTS[table] else column


def _exact(table: Table) -> pl.DataFrame:
    """Text on the left, figures on the right."""
    rows = [cells(row) for row in table.rows]
    return pl.DataFrame(
        {
            head: [row[place].text if place < table.left else row[place].value for row in rows]
            for place, head in enumerate(table.head)
        },
        {head: pl.String if n < table.left else pl.Float64 for n, head in enumerate(table.head)},
    )
