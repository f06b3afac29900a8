"""Every queue of a run, and how far it is from Little's law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.levels import HELD, waiting
from sim.results.text import holding, plain

if TYPE_CHECKING:
    from sim.results.run import Results

SCHEMA = {
    "queue": pl.String,
    "unit": pl.String,
    "arrivals": pl.Int64,
    "rate_per_h": pl.Float64,
    "mean_wait_h": pl.Float64,
    "mean_length": pl.Float64,
    "residual": pl.Float64,
}
TRAINS = "trains waiting"
BOXES = {"goods waiting for empties": "goods", "boxes waiting for a train": "yard"}
"""What waits in a series of levels, and the part of the chain in which it does."""


def queues(results: Results) -> pl.DataFrame:
    """All queues of a run over its whole length, in the order of their names; part by part.

    Columns: ``queue``, ``unit`` (what waits), ``arrivals`` (who came), ``rate_per_h`` (they, an
    hour), ``mean_wait_h`` (with waits cut at the horizon), ``mean_length`` (time mean of the
    level), ``residual`` (mean_length less rate times wait).

    The length is taken from the levels table, or counted at a stage where that has none; the wait
    from stages and waits.  Over a whole run both count the same hours (Little 1961; for sample
    paths Stidham 1974), so the residual is 0 but for rounding if everyone who waits is in both.
    """
    horizon = results.horizon_h
    held, others = _trains(results)
    boxes = _boxes(results)
    rows: list[tuple[str, str, int, float, float]] = []
    for name, level in _levels(results).items():
        place, _, what = name.partition(": ")
        who = held.get(place) if what == TRAINS else boxes.get(f"{place}: {BOXES[what]}")
        who = who or _Waited()
        rows.append((name, level.unit, who.count, who.hours, level.mean(horizon)))
    for (place, activity), group in others.group_by("place", "activity"):
        length = waiting(group, [str(activity)]).time_mean(0.0, horizon)
        rows.append((f"{place}/{activity}", "trains", group.height, _sum(group), length))
    return pl.DataFrame([_row(*row, horizon) for row in sorted(rows)], schema=SCHEMA, orient="row")


@dataclass
class _Waited:
    """Who came to a queue, and the hours that they waited."""

    count: int = 0
    hours: float = 0.0


@dataclass
class _Level:
    """A level while its changes come, and the area under it from hour 0 on."""

    unit: str
    area: float = 0.0
    time: float = 0.0
    level: float = 0.0

    def add(self, rows: pl.DataFrame) -> None:
        """Changes that follow those before."""
        times = np.concatenate([[self.time], rows["time_h"].to_numpy()])
        levels = np.concatenate([[self.level], rows["level"].to_numpy()])
        self.area += float((np.diff(times) * levels[:-1]).sum())
        self.time, self.level = float(times[-1]), float(levels[-1])

    def mean(self, horizon: float) -> float:
        """Over the whole run; the level itself where that has no length."""
        if horizon <= 0.0:
            return self.level
        return (self.area + self.level * (horizon - self.time)) / horizon


def _trains(results: Results) -> tuple[dict[str, _Waited], pl.DataFrame]:
    """Who came to be held at each place, and the waits for anything else."""
    columns = ["place", "activity", "in_h", "start_h"]
    held: dict[str, _Waited] = {}
    others = []
    for part in results.parts("stages", columns):
        rows = plain(part).with_columns(
            hours=pl.col("start_h").fill_null(results.horizon_h) - pl.col("in_h")
        )
        mine = pl.col("activity").is_in(list(HELD))
        _count(rows.filter(mine), "place", held)
        others.append(rows.filter(~mine & (pl.col("hours") > 0.0)))
    return held, pl.concat(others)


def _boxes(results: Results) -> dict[str, _Waited]:
    """Which containers waited in each stage of goods or in a yard."""
    found: dict[str, _Waited] = {}
    for part in results.parts("waits", ["container", "stage", "cause", "hours"]):
        waited = part["cause"].is_not_null()
        for what in BOXES.values():
            here = waited & pl.Series(holding(part["stage"], f": {what}"))
            # all rows of a container are in one part
            _count(part.filter(here), "stage", found, "container")
    return found


def _count(rows: pl.DataFrame, by: str, found: dict[str, _Waited], who: str | None = None) -> None:
    for (name,), group in rows.group_by(by):
        waited = found.setdefault(str(name), _Waited())
        waited.count += group.height if who is None else group[who].n_unique()
        waited.hours += _sum(group)


def _levels(results: Results) -> dict[str, _Level]:
    """The levels of all queues that have one."""
    found: dict[str, _Level] = {}
    for part in results.parts("levels", ["series", "unit", "time_h", "level"]):
        mine = np.zeros(part.height, dtype=np.bool_)
        for what in (TRAINS, *BOXES):
            mine |= holding(part["series"], f": {what}")
        for (series,), rows in part.filter(pl.Series(mine)).group_by("series"):
            name = str(series)
            if name.partition(": ")[2] in (TRAINS, *BOXES):
                found.setdefault(name, _Level(str(rows["unit"][0]))).add(rows)
    return found


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
