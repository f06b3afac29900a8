"""A run seen at one moment: what each train and box was doing, and how long each queue stood."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from sim.results.levels import CAPACITY, StepSeries, step_series

if TYPE_CHECKING:
    from sim.results.run import Results

FOREVER = float("inf")
WORKING = "on the move or being worked on"


class Scene:
    """Answers about moments of one run; each table is prepared once."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.network = results.meta.get("network", {})
        self.routes: dict[str, list[str]] = self.network.get("routes", {})

    @cached_property
    def stages(self) -> pl.DataFrame:
        """Stages with name, service, class and kind of their trains; open ends are infinite."""
        about = self.results.trains.select("train", "name", "service", "train_class", "kind")
        return self.results.stages.join(about, on="train", how="left").with_columns(
            pl.col("start_h").fill_null(FOREVER), pl.col("end_h").fill_null(FOREVER)
        )

    def queue(self, place: str, activity: str, like: str | None = None) -> pl.DataFrame:
        """Stages there, of trains that pass it the way the service ``like`` does."""
        rows = self.stages.filter((pl.col("place") == place) & (pl.col("activity") == activity))
        onward = None if like is None else self.after(like, place)
        if onward is None or activity not in ("path", "enter"):
            return rows
        if activity == "path" and self.shares_paths(place):
            return rows
        same = [s for s in self.routes if self.after(s, place) == onward]
        return rows.filter(pl.col("service").is_in(same))

    def after(self, service: str, place: str) -> str | None:
        """What follows a place on the way of a service."""
        way = self.routes.get(service, [])
        return way[way.index(place) + 1] if place in way[:-1] else None

    def shares_paths(self, line: str) -> bool:
        """Whether trains of both ways take the same paths there."""
        return any(r["name"] == f"{line}/paths" for r in self.results.meta.get("resources", ()))

    def paths(self, line: str, service: str | None) -> str:
        """The resource that a path over a line is of, for trains of a service."""
        if self.shares_paths(line):
            return f"{line}/paths"
        onward = None if service is None else self.after(service, line)
        return f"{line}/paths toward {onward}"

    def level(self, series: str) -> StepSeries | None:
        """A series of the levels table; None if there is none."""
        rows = self.results.chosen("levels", pl.col("series") == series)
        if rows.is_empty():
            return None
        return StepSeries(rows["time_h"].to_numpy(), rows["level"].to_numpy())

    def capacity(self, name: str) -> StepSeries | None:
        """What there was of a resource over time."""
        return self.level(f"{name}: {CAPACITY}")

    def trains_at(self, time: float) -> pl.DataFrame:
        """The stage that each train is in, with ``doing``: what it waits for, or WORKING."""
        now = self.stages.filter((pl.col("in_h") <= time) & (time < pl.col("end_h")))
        waits = pl.col("start_h") > time
        return now.with_columns(
            doing=pl.when(waits).then("cause").otherwise(pl.lit(WORKING)), waits=waits
        )

    def boxes_at(self, time: float) -> pl.DataFrame:
        """The stretch that each container is in, with ``doing``; ties go to the longer share."""
        now = self.results.chosen("waits", (pl.col("begin_h") <= time) & (time < pl.col("end_h")))
        return (
            now.sort("hours", descending=True)
            .unique("container", keep="first", maintain_order=True)
            .with_columns(doing=pl.col("cause").fill_null(WORKING))
        )

    def units_at(self, fleet: str, time: float) -> pl.DataFrame:
        """Units of a fleet with ``doing``: what they stand in waits for, or where they are."""
        now = self.results.chosen(
            "equipment",
            (pl.col("fleet") == fleet) & (pl.col("begin_h") <= time) & (time < pl.col("end_h")),
        )
        boxes = self.boxes_at(time).select(part_of="container", box="doing")
        trains = self.trains_at(time).select(part_of="train", on="doing")
        state = pl.col("state")
        return (
            now.filter(state != "given back")
            .join(boxes, on="part_of", how="left")
            .join(trains, on="part_of", how="left")
            .with_columns(
                doing=pl.when(state == "laden")
                .then(pl.col("box").fill_null("with the consignee"))
                .when(state.is_in(["under a train", "carried empty"]))
                .then(pl.col("on").fill_null(WORKING))
                .when(state == "at hand")
                .then(pl.format("at hand at {}", "place"))
                .otherwise(pl.format("on their way back from {}", "place"))
            )
        )


def busy_since(series: StepSeries, time: float) -> float:
    """Since when the level has been above 0 without a break until just before a time."""
    before = series.time < time
    empty = series.time[before & (series.level <= 0.0)]
    if len(empty):
        later = series.time[before & (series.time > empty[-1])]
        return float(later[0]) if len(later) else time
    return float(series.time[before][0]) if before.any() else time


def waiting_of(rows: pl.DataFrame) -> StepSeries:
    """How many of these stages wait, over time."""
    return step_series(rows["in_h"].to_numpy(), rows["start_h"].to_numpy())


def counts(labels: pl.Series) -> list[tuple[str, int]]:
    """Each label with how often it is there, most first."""
    frame = labels.rename("label").value_counts().sort(["count", "label"], descending=[True, False])
    return [(str(label), int(number)) for label, number in frame.iter_rows()]
