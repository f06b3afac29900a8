"""Measures of trains: how many stand or pass, and how long they take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.results.levels import HELD
from sim.scenario import units
from sim.scenario.base import Names, Thing
from sim.scenario.quantities import Count
from sim.scenario.tree import Steps
from sim.study.episodes.measurement import (
    Lookup,
    Measurement,
    Statistic,
    Take,
    of_names,
    of_values,
)

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.scenario.vocabulary import Background, ScenarioTables, Service

ON_LINES = ("path", "enter", "run", "acceptance")


class OfTrains(Measurement):
    """A measure of trains, of some classes and services or of all."""

    classes: Names = Field((), description="classes of trains counted; all if absent")
    services: Names = Field((), description="services and background flows counted; all if absent")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        flows = _flows(tables)
        yield from of_names(self.classes, "classes", _classes(tables), "class of trains")
        yield from of_names(self.services, "services", flows, "service or background flow")

    def mine(self, results: Results) -> pl.DataFrame:
        """The trains counted."""
        import polars as pl

        rows = results.trains
        if self.classes:
            rows = rows.filter(pl.col("train_class").is_in(self.classes))
        if self.services:
            rows = rows.filter(pl.col("service").is_in(self.services))
        return rows

    def stages(self, results: Results) -> pl.DataFrame:
        """Their stages, with the trains' own columns."""
        return results.stages.join(self.mine(results), on="train")


def _flows(tables: ScenarioTables) -> dict[str, Service | Background]:
    return {**tables.services, **tables.background}


def _classes(tables: ScenarioTables) -> list[str]:
    return list(dict.fromkeys(flow.train_class for flow in _flows(tables).values()))


class TrainsStanding(OfTrains):
    """Trains, or their wagons, that stand waiting at some places: time mean, or most at once."""

    dimension = units.PURE
    kind: Literal["trains-standing"] = Field("trains-standing", description="kind of measure")
    at: Names = Field(min_length=1, description="lines and stations where they wait")
    waiting_for: Names = Field(
        HELD, description="activities waited for: acceptance, enter (a place on the line), track"
    )
    wagons: dict[str, Count] = Field(
        {}, description="wagons in a train of each class, to count wagons instead of trains"
    )
    statistic: Literal["mean", "most"] = Field("mean", description="over the window")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield from super().lookups(tables)
        yield from of_names(self.at, "at", [*tables.lines, *tables.stations], "line or station")
        known = [*ON_LINES, "track", *(w for s in tables.stations.values() for w in s.work)]
        yield from of_names(self.waiting_for, "waiting_for", dict.fromkeys(known), "activity")
        for name in self.wagons:
            yield ("wagons", name), name, _classes(tables), "class of trains"

    def take(self, results: Results, begin: float, end: float) -> float | None:
        import polars as pl

        from sim.results.levels import step_series

        rows = self.stages(results).filter(
            pl.col("place").is_in(self.at), pl.col("activity").is_in(self.waiting_for)
        )
        if self.wagons:
            rows = rows.filter(pl.col("train_class").is_in(list(self.wagons)))
            sizes = rows["train_class"].replace_strict(
                {name: float(n) for name, n in self.wagons.items()}, return_dtype=pl.Float64
            )
        else:
            sizes = pl.repeat(1.0, rows.height, eager=True)
        left = rows["start_h"].fill_null(float("inf")).to_numpy()
        series = step_series(
            rows["in_h"].to_numpy(), left, weights=(sizes.to_numpy(), sizes.to_numpy())
        )
        if self.statistic == "most":
            return series.maximum(begin, end)
        return series.time_mean(begin, end)


class TrainsPassing(OfTrains):
    """Trains that set out over some lines, per time; or the fewest or most on one day."""

    dimension = units.RATE
    kind: Literal["trains-passing"] = Field("trains-passing", description="kind of measure")
    lines: Names = Field(min_length=1, description="lines they run over")
    toward: Names = Field((), description="stations run to; both ways if absent")
    statistic: Literal["mean", "least", "most"] = Field(
        "mean", description="mean of the window, or its least or busiest day"
    )

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield from super().lookups(tables)
        yield from of_names(self.lines, "lines", tables.lines, "line")
        ends = [end for name in self.lines if name in tables.lines
                for end in (tables.lines[name].origin, tables.lines[name].to)]  # fmt: skip
        yield from of_names(self.toward, "toward", dict.fromkeys(ends), "end of these lines")

    def taker(self, tables: ScenarioTables) -> Take:
        if not self.toward:
            return partial(self.passing, None)
        ways = []
        for name, flow in _flows(tables).items():
            place = flow.origin
            for item in flow.route:
                if "/" in item:
                    continue
                line = tables.lines[item]
                place = line.to if place == line.origin else line.origin
                if item in self.lines and place in self.toward:
                    ways.append((name, item))
        return partial(self.passing, tuple(ways))

    def passing(
        self,
        ways: tuple[tuple[str, str], ...] | None,
        results: Results,
        begin: float,
        end: float,
    ) -> float | None:
        """Trains per hour; `ways` are the services and lines that go toward, or all if None."""
        import numpy as np
        import polars as pl

        rows = self.stages(results).filter(
            pl.col("place").is_in(self.lines),
            pl.col("activity") == "run",
            (pl.col("start_h") >= begin) & (pl.col("start_h") < end),
        )
        if ways is not None:
            known = pl.DataFrame(
                ways, schema={"service": pl.String, "place": pl.String}, orient="row"
            )
            rows = rows.join(known, on=["service", "place"], how="semi")
        if self.statistic == "mean":
            return rows.height / (end - begin)
        days = int((end - begin) / 24.0)
        if days < 1:
            return None
        day = ((rows["start_h"].to_numpy() - begin) / 24.0).astype(np.int64)
        counts = np.bincount(day, minlength=days)[:days]  # a broken day at the end is no day
        return float(counts.max() if self.statistic == "most" else counts.min()) / 24.0


class Section(Thing):
    """Two works or runs of one train, between whose ends time is counted."""

    origin: str = Field(alias="from", description="line/activity or station/work that ends first")
    to: str = Field(description="line/activity or station/work whose end is the last moment")


def _place_of(item: str) -> str:
    """What a route names of line/activity or station/work."""
    line, _, activity = item.partition("/")
    return line if activity in ON_LINES else item


def _last(way: list[str], item: str) -> int:
    return len(way) - 1 - way[::-1].index(item)


class TrainHours(OfTrains):
    """Hours of trains from the end of one activity to the end of another."""

    dimension = units.TIME
    kind: Literal["train-hours"] = Field("train-hours", description="kind of measure")
    stretches: tuple[Section, ...] = Field(
        min_length=1, description="all counted together, one after another"
    )
    statistic: Statistic = Field("mean", description="over trains that end it in the window")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield from super().lookups(tables)
        known = [f"{line}/{activity}" for line in tables.lines for activity in ON_LINES]
        known += [f"{s}/{w}" for s, x in tables.stations.items() for w in ("track", *x.work)]
        for i, stretch in enumerate(self.stretches):
            yield ("stretches", i, "from"), stretch.origin, known, "line/activity or station/work"
            yield ("stretches", i, "to"), stretch.to, known, "line/activity or station/work"

    def mistakes(self, tables: ScenarioTables) -> Iterator[tuple[Steps, str]]:
        ways = [list(flow.route) for flow in _flows(tables).values()]
        for i, stretch in enumerate(self.stretches):
            first, last = _place_of(stretch.origin), _place_of(stretch.to)
            both = [way for way in ways if first in way and last in way]
            # a place that comes more than once on a way may be meant both ways round
            if both and all(way.index(first) > _last(way, last) for way in both):
                yield (
                    ("stretches", i),
                    f"every train comes to `{stretch.to}` before `{stretch.origin}`; expected "
                    f"`{{from: {stretch.to}, to: {stretch.origin}}}`",
                )

    def take(self, results: Results, begin: float, end: float) -> float | None:
        import polars as pl

        rows = self.stages(results)
        found = []
        for stretch in self.stretches:
            ends = []
            for name, item in (("first", stretch.origin), ("last", stretch.to)):
                place, activity = item.split("/")
                mine = rows.filter(pl.col("place") == place, pl.col("activity") == activity)
                ends.append(mine.group_by("train").agg(pl.col("end_h").max().alias(name)))
            both = ends[0].join(ends[1], on="train")
            found.append(
                both.filter(
                    pl.col("last") >= pl.max_horizontal("first", pl.lit(begin)),
                    pl.col("last") < end,
                ).select("train", hours=pl.col("last") - pl.col("first"))
            )
        return of_values(pl.concat(found).sort("train")["hours"], self.statistic)


class RecoveryTime(Measurement):
    """RecoveryTime time of a disruption, as the results define it; of several periods the mean."""

    dimension = units.TIME
    whole_run = True
    kind: Literal["recovery"] = Field("recovery", description="kind of measure")
    disruption: str = Field(description="a disruption of the scenario")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield ("disruption",), self.disruption, list(tables.disruptions), "disruption"

    def take(self, results: Results, begin: float, end: float) -> float | None:
        from sim.results.recovery import recoveries

        rows = recoveries(results)
        mine = rows.filter(rows["disruption"] == self.disruption)["recovery_h"]
        return None if mine.null_count() else of_values(mine, "mean")
