"""Trains of ours and of others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.base import Names, Needed, Rule, Thing
from sim.scenario.dated import DatedRate
from sim.scenario.drawn import DurationDistribution, RateDistribution
from sim.scenario.quantities import Count
from sim.scenario.things.seasons import Season


class Passing(Thing):
    """Trains that come from elsewhere and take boxes of ours in their free slots."""

    every: DurationDistribution = Field(description="time between such trains")
    free: RateDistribution = Field(
        description="share of a train's length that is free, drawn for each"
    )


class Service(Thing):
    """Trains that carry the boxes followed one by one, between two stations."""

    title: str | None = Field(None, description="name for readers")
    origin: str = Field(alias="from", description="station where trains are formed")
    route: Names = Field(
        description="lines by name, and works as station/work, in the order of the run; a "
        "laboratory after the last line, as boxes are sampled where they leave the train"
    )
    train_class: str = Field(
        "container", alias="class", description="class that limits and priorities see"
    )
    length: Count = Field(ge=1, description="boxes that fit on a train")
    passing: Passing | None = Field(
        None, description="transit trains with free slots, instead of trains formed here"
    )
    carries: Literal["containers", "wagonloads"] = Field(
        "containers", description="what a train is loaded with, one to a slot"
    )
    wagons: str | None = Field(
        None, description="fleet the train is formed of; none needed if absent"
    )
    formation: Count | None = Field(
        None, description="wagons in a train; as many as its length if absent"
    )
    dispatch: Annotated[Rule, Needed("required without `passing`")] = Field(
        Rule(rule="when-full"),
        description="when a train that is formed here leaves; each Wednesday by `timetable`, "
        "`every: 7 d` and `first` the time from the start to the first Wednesday; on several "
        "weekdays by a work at the head of the route, whose `hours` are open on these as long as "
        "it takes",
    )
    crossing: str | None = Field(None, description="border crossing that this service uses")


class Background(Thing):
    """Trains that share tracks, acceptance and cranes, known only by their number."""

    title: str | None = Field(None, description="name for readers")
    origin: str = Field(alias="from", description="station where the trains appear")
    route: Names = Field((), description="lines and station/work, in order")
    train_class: str = Field(
        "transit", alias="class", description="class that limits and priorities see"
    )
    trains: DatedRate = Field(description="mean number of trains")
    season: Season | None = Field(None, description="shape over the year")
    arrivals: Literal["poisson", "regular", "intervals"] = Field(
        "poisson", description="how trains follow each other"
    )
    interval: DurationDistribution | None = Field(
        None, description="time between trains when arrivals is intervals"
    )
    boxes: Count = Field(Count.of(0), description="boxes that cranes on the way must move")
    limit: Count | None = Field(None, description="trains in all; unlimited if absent")
    trainsets: Count | None = Field(
        None, ge=1, description="a closed loop: so many trainsets run the route again and again"
    )
