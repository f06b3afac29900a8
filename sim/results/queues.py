"""Every queue of a run, and how far it is from Little's law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from sim.results.levels import HELD, step_series, waiting

if TYPE_CHECKING:
    from sim.results.tables import Results

SCHEMA = {
    "queue": pl.String,
    "unit": pl.String,
    "arrivals": pl.Int64,
    "rate_per_h": pl.Float64,
    "mean_wait_h": pl.Float64,
    "mean_length": pl.Float64,
    "residual": pl.Float64,
}


def queues(results: Results) -> pl.DataFrame:
    """All queues of a run over its whole length, in the order of their names.

    Columns: ``queue``, ``unit`` (what waits), ``arrivals`` (who came), ``rate_per_h`` (they, an
    hour), ``mean_wait_h`` (with waits cut at the horizon), ``mean_length`` (time mean of the
    level), ``residual`` (mean_length less rate times wait).

    The length is taken from the levels table, or counted at a stage where that has none; the wait
    from stages and waits.  Over a whole run both count the same hours (Little 1961; for sample
    paths Stidham 1974), so the residual is 0 but for rounding if everyone who waits is in both.
    """
    horizon = results.horizon_h
    stages = results.stages.with_columns(
        hours=pl.col("start_h").fill_null(horizon) - pl.col("in_h")
    )
    waits = results.waits.filter(pl.col("cause").is_not_null())
    rows: list[tuple[str, str, int, float, float]] = []
    for (series,), changes in sorted(
        results.levels.group_by("series"), key=lambda item: str(item[0][0])
    ):
        name = str(series)
        place, _, what = name.partition(": ")
        if what == "trains waiting":
            held = pl.col("activity").is_in(list(HELD))
            who = stages.filter((pl.col("place") == place) & held)
            count = who.height
        elif what == "goods waiting for empties":
            who = waits.filter(pl.col("stage") == f"{place}: goods")
            count = who["container"].n_unique()
        elif what == "boxes waiting for a train":
            who = waits.filter(pl.col("stage") == f"{place}: yard")
            count = who["container"].n_unique()
        else:
            continue
        unit = str(changes["unit"][0])
        rows.append((name, unit, count, _sum(who), _mean_level(changes, horizon)))
    others = stages.filter(~pl.col("activity").is_in(list(HELD)) & (pl.col("hours") > 0.0))
    for (place, activity), who in sorted(others.group_by("place", "activity")):
        length = waiting(who, [str(activity)]).time_mean(0.0, horizon)
        rows.append((f"{place}/{activity}", "trains", who.height, _sum(who), length))
    return pl.DataFrame([_row(*row, horizon) for row in sorted(rows)], schema=SCHEMA, orient="row")


def _row(
    name: str, unit: str, count: int, hours: float, length: float, horizon: float
) -> tuple[str, str, int, float | None, float | None, float, float | None]:
    if horizon <= 0.0:
        return name, unit, count, None, None, length, None
    wait = hours / count if count else 0.0
    rate = count / horizon
    return name, unit, count, rate, wait, length, length - rate * wait


def _sum(rows: pl.DataFrame) -> float:
    # numpy adds in the same order on every machine
    return float(rows["hours"].to_numpy().sum())


def _mean_level(changes: pl.DataFrame, horizon: float) -> float:
    levels = changes["level"]
    steps = levels.diff().fill_null(levels[0]).to_numpy()
    return step_series(changes["time_h"], [], weights=(steps, [])).time_mean(0.0, horizon)
