"""What fills up in an overloaded corridor, and when it will be full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.study.statistics import Interval, interval

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.results.levels import StepSeries
    from sim.scenario import Scenario

FULL = 0.95
"""Share of its capacity from which a place counts as full: what comes next may not fit."""


@dataclass(frozen=True)
class Buffer:
    """Something with a capacity: tracks (trains), a yard (boxes), an elevator (t)."""

    name: str
    kind: str
    station: str
    unit: str
    capacity: float


@dataclass(frozen=True)
class Filling:
    """How full a place is at the end of a run, and how fast it fills, in its unit and hours."""

    place: Buffer
    level: Interval
    slope: Interval

    @property
    def full(self) -> bool:
        """Whether nothing more fits, or nearly."""
        return self.level.mean >= FULL * self.place.capacity

    @property
    def grows(self) -> bool:
        """Whether it surely fills."""
        return self.slope.above(0.0)

    @property
    def hours_to_full(self) -> float | None:
        """Hours from the end of the run until it is full at this slope; None if it never is."""
        if self.full:
            return 0.0
        return (self.place.capacity - self.level.mean) / self.slope.mean if self.grows else None


def places(scenario: Scenario) -> tuple[Buffer, ...]:
    """What has a capacity, as it is at the end of the run."""
    end = float(scenario.tables.horizon)
    found = []
    for name, station in scenario.tables.stations.items():
        if station.tracks is not None:
            found.append(
                Buffer(f"{name}: tracks", "tracks", name, "trains", station.tracks.at(end))
            )
        if station.yard is not None:
            found.append(Buffer(f"{name}: yard", "yard", name, "containers", station.yard.at(end)))
        if station.stuffing is not None and station.stuffing.storage is not None:
            storage = float(station.stuffing.storage)
            found.append(Buffer(f"{name}: elevator", "elevator", name, "t", storage))
    return tuple(found)


def fill(results: Results, places: Sequence[Buffer]) -> list[tuple[float, float]]:
    """Level at the end (mean of the last tenth) and slope an hour of each place, for a job.

    The slope is that from the third to the fourth quarter of the time counted.
    """
    begin, end = results.warmup_h, results.horizon_h
    cuts = begin + (end - begin) * np.array([0.5, 0.75, 1.0])
    found = []
    for place in places:
        series = _SERIES[place.kind](results, place.station)
        third, fourth = series.means(cuts)
        last = series.time_mean(end - (end - begin) / 10.0, end)
        found.append((float(last), float(fourth - third) / float(cuts[1] - cuts[0])))
    return found


def fillings(places: Sequence[Buffer], runs: Sequence[list[tuple[float, float]]]) -> list[Filling]:
    """Levels and slopes over replications, what is full or fills first."""
    made = [
        Filling(
            place,
            interval([run[i][0] for run in runs]),
            interval([run[i][1] for run in runs]),
        )
        for i, place in enumerate(places)
    ]
    known = [f for f in made if f.hours_to_full is not None]
    return sorted(known, key=lambda f: (f.hours_to_full or 0.0, f.place.name))


def _tracks(results: Results, station: str) -> StepSeries:
    """Trains on the tracks of a station: from their arrival until they run on or are no more.

    One that finds no track free stands on the line until it gets one; trains formed here have none.
    """
    import polars as pl

    from sim.results.levels import step_series

    routes = results.meta["network"]["routes"]
    into = pl.DataFrame(
        [
            (name, line)
            for name, way in routes.items()
            for line, there in zip(way[1::2], way[2::2], strict=True)
            if there == station
        ],
        schema={"service": pl.String, "place": pl.String},
        orient="row",
    )
    trains = results.trains.select("train", "service", "ended_h")
    stages = results.stages.join(trains, on="train", how="left")
    runs = stages.filter(pl.col("activity") == "run", pl.col("start_h").is_not_null())
    came = runs.join(into, on=("service", "place"), how="semi").drop_nulls("end_h")
    waited = stages.filter(pl.col("place") == station, pl.col("activity") == "track")
    turns = waited.select("train", pl.col("in_h").alias("end_h"), got_h="start_h", waited=True)
    here = came.select("train", "end_h", "ended_h").join(turns, on=("train", "end_h"), how="left")
    here = here.with_columns(
        got_h=pl.when(pl.col("waited")).then("got_h").otherwise("end_h")
    ).drop_nulls("got_h")
    gone = here.sort("got_h").join_asof(
        runs.select("train", left_h="start_h").sort("left_h"),
        left_on="got_h",
        right_on="left_h",
        by="train",
        strategy="forward",
        check_sortedness=False,
    )
    end = pl.coalesce("left_h", "ended_h").fill_null(float("inf"))
    return step_series(gone["got_h"].to_numpy(), gone.select(end).to_series().to_numpy())


def _level(results: Results, name: str) -> StepSeries:
    import polars as pl

    from sim.results.levels import StepSeries

    rows: pl.DataFrame = results.levels.filter(pl.col("series") == name)
    return StepSeries(rows["time_h"].to_numpy(), rows["level"].to_numpy())


def _yard(results: Results, station: str) -> StepSeries:
    return _level(results, f"{station}: boxes in the yard")


def _elevator(results: Results, station: str) -> StepSeries:
    """Tonnes that wait for empty boxes, which is what lies in the elevator."""
    import polars as pl

    from sim.results.levels import StepSeries

    boxes = _level(results, f"{station}: goods waiting for empties")
    load = results.containers.filter(pl.col("origin") == station)["tonnes"].mean() or 0.0
    tonnes = float(load)  # type: ignore[arg-type]
    return StepSeries(boxes.time, boxes.level * tonnes, boxes.initial * tonnes)


_SERIES = {"tracks": _tracks, "yard": _yard, "elevator": _elevator}
