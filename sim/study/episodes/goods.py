"""Measures of containers, goods, stocks and the key figures of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self, get_args

from pydantic import Field, model_validator

from sim.scenario import units
from sim.scenario.base import Names
from sim.scenario.quantities import Tonnes
from sim.study.episodes.measurement import Lookup, Measurement, Statistic, of_names, of_values

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.scenario.vocabulary import ScenarioTables

Moment = Literal["ready", "stuffed", "departed", "border_in", "border_out", "arrived", "delivered"]


class KeyFigure(Measurement):
    """A key figure of the run, counted from the warm-up to the horizon."""

    whole_run = True
    kind: Literal["kpi"] = Field("kpi", description="kind of measure")
    name: str = Field(description="key figure, as `steppe run` prints it")

    @property
    def unit(self) -> units.Dimension:
        from sim.results import KPIS

        unit = KPIS[self.name].unit
        return units.PURE if unit == "1" else units.unit_of(unit)[1]

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        from sim.results import KPIS

        yield ("name",), self.name, list(KPIS), "key figure"

    def take(self, results: Results, begin: float, end: float) -> float | None:
        from sim.results import kpis

        return kpis(results)[self.name].value


class OfContainers(Measurement):
    """A measure of the containers followed, of some kinds or of all."""

    flow: Literal["exports", "imports"] = Field("exports", description="which way they go")
    commodities: Names = Field((), description="goods counted; all if absent")
    origins: Names = Field((), description="stations of origin counted; all if absent")
    destinations: Names = Field((), description="stations of destination counted; all if absent")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield from of_names(self.commodities, "commodities", tables.commodities, "commodity")
        yield from of_names(self.origins, "origins", tables.stations, "station")
        yield from of_names(self.destinations, "destinations", tables.stations, "station")

    def mine(self, results: Results) -> pl.DataFrame:
        """The containers counted."""
        import polars as pl

        rows = results.containers.filter(pl.col("flow") == self.flow)
        for column, names in (
            ("commodity", self.commodities),
            ("origin", self.origins),
            ("destination", self.destinations),
        ):
            if names:
                rows = rows.filter(pl.col(column).is_in(names))
        return rows


class ContainerHours(OfContainers):
    """Hours of containers between two moments of their way."""

    dimension = units.TIME
    kind: Literal["container-hours"] = Field("container-hours", description="kind of measure")
    origin: Moment = Field(alias="from", description="first moment")
    to: Moment = Field(description="last moment")
    statistic: Statistic = Field("mean", description="over containers that end it in the window")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        moments = get_args(Moment)
        if moments.index(self.origin) >= moments.index(self.to):
            raise ValueError(
                f"goes from {self.origin} to {self.to}, which is not later; expected `from` "
                f"before `to` in {', '.join(moments)}"
            )
        return self

    def take(self, results: Results, begin: float, end: float) -> float | None:
        import polars as pl

        last = pl.col(f"{self.to}_h")
        rows = self.mine(results).filter((last >= begin) & (last < end))
        return of_values(
            rows.select(hours=last - pl.col(f"{self.origin}_h"))["hours"].drop_nulls(),
            self.statistic,
        )


class GoodsPassing(OfContainers):
    """Tonnes per time: goods in containers at a moment, and trains that end, by their load."""

    dimension = units.FLOW
    kind: Literal["goods-passing"] = Field("goods-passing", description="kind of measure")
    moment: Moment = Field("border_out", description="when a container's goods are counted")
    trains: dict[str, Tonnes] = Field(
        {}, description="goods on a train of a background flow, counted when it ends"
    )

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        yield from super().lookups(tables)
        for name in self.trains:
            yield ("trains", name), name, list(tables.background), "background flow"

    def take(self, results: Results, begin: float, end: float) -> float | None:
        import polars as pl

        def within(column: str) -> pl.Expr:
            return (pl.col(column) >= begin) & (pl.col(column) < end)

        boxes = self.mine(results).filter(within(f"{self.moment}_h"))
        tonnes = float(boxes["tonnes"].to_numpy().sum())
        done = results.trains.filter(within("ended_h"), pl.col("outcome") == "done")
        for name, load in self.trains.items():
            tonnes += load * done.filter(pl.col("service") == name).height
        return tonnes / (end - begin)


class StockLevel(Measurement):
    """A stock or queue of the levels table: its time mean, or its most, in the window."""

    dimension = units.PURE
    kind: Literal["level"] = Field("level", description="kind of measure")
    series: str = Field(description="name in levels.parquet, such as `dostyk: empty boxes`")
    statistic: Literal["mean", "most"] = Field("mean", description="over the window")

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        places = [*tables.stations, *tables.lines, *tables.services, *tables.disruptions]
        yield ("series",), self.series.partition(":")[0], places, "place"

    def take(self, results: Results, begin: float, end: float) -> float | None:
        import polars as pl

        from sim.results.levels import step_series

        rows = results.levels.filter(pl.col("series") == self.series)
        if rows.is_empty():
            return None
        changes = rows["level"].diff().fill_null(rows["level"][0]).to_numpy()
        series = step_series(rows["time_h"], [], weights=(changes, []))
        most = self.statistic == "most"
        return series.maximum(begin, end) if most else series.time_mean(begin, end)
