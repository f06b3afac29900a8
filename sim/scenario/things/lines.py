"""Lines, and what the railway beyond takes over."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.base import Rule, Thing
from sim.scenario.dated import DatedCount, DatedRate
from sim.scenario.drawn import RateDistribution
from sim.scenario.quantities import Count, Duration, Length, Speed


class Reserve(Thing):
    """Trains that the receiving railway takes beyond its quota after a jam, for some days."""

    per_day: DatedRate = Field(description="trains accepted more while the reserve is called")
    above: Count = Field(
        ge=1, description="trains waiting for acceptance from which on it is called"
    )
    below: Count = Field(
        Count.of(0), description="trains waiting, fewer than `above`, at which it is given back"
    )
    longest: Duration | None = Field(
        None,
        description="how long it is held at most, closures meanwhile included; it is called "
        "again only after the queue has been down to `below`; no limit if absent",
    )


class Acceptance(Thing):
    """Trains that the receiving railway takes over the border in a day."""

    toward: str = Field(description="station on the receiving side")
    per_day: DatedRate = Field(description="mean number of trains accepted")
    variation: RateDistribution | None = Field(
        None, description="factor of mean 1 drawn anew each day"
    )
    classes: dict[str, DatedRate] = Field({}, description="upper limit for a class of trains")
    order: Rule = Field(Rule(rule="first-come"), description="which waiting train is accepted next")
    reserve: Reserve | None = Field(
        None,
        description="more trains a day while many wait; variation and disruptions hold for it "
        "as for the quota, and limits of classes stay; none if absent",
    )


class Line(Thing):
    """A stretch of railway between two stations, used both ways.

    Each way has its own capacity, or both share the paths of a single track.
    """

    title: str | None = Field(None, description="name for readers")
    origin: str = Field(alias="from", description="station at one end")
    to: str = Field(description="station at the other end")
    gauge: Literal[1520, 1435] | None = Field(
        None,
        description="track gauge; between lines of two a route needs a work; both if absent",
    )
    length: Length = Field(description="length of the run")
    speed: Speed = Field(description="commercial speed, stops on the way included")
    variation: RateDistribution | None = Field(
        None, description="factor on the running time, drawn for each train"
    )
    paths: DatedRate | None = Field(
        None,
        description="train paths each way, or both ways with `shared_paths`; unlimited if absent",
    )
    shared_paths: bool = Field(
        False,
        description="whether trains of both ways take the same paths, as on a single track, so "
        "that `paths` are those of both together; waiting trains are in one order",
    )
    places: DatedCount | None = Field(
        None, description="trains each way on the line, running or held; unlimited if absent"
    )
    order: Rule = Field(
        Rule(rule="first-come"), description="which waiting train takes the next path"
    )
    acceptance: Acceptance | None = Field(None, description="limit set by the receiving railway")

    def paths_stage(self, name: str, toward: str) -> str:
        """What the means call the paths toward one end; both ways of a single track are one."""
        return f"{name}: paths" if self.shared_paths else f"{name}: paths to {toward}"
