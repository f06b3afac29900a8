"""Fleets of containers and wagons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.base import Thing
from sim.scenario.drawn import DurationDistribution
from sim.scenario.quantities import Count


class EmptyReturn(Thing):
    """Units set free at one station that come back to another after a time."""

    origin: str = Field(
        alias="from",
        description="station where units are set free: wagons of trains that end there, and "
        "containers emptied there; empties that trains bring stay",
    )
    to: str = Field(description="station where they become available")
    time: DurationDistribution = Field(description="time from set free to available")


class Fleet(Thing):
    """A closed fleet of containers or wagons."""

    kind: Literal["containers", "wagons"] = Field(description="what the units are")
    gauge: Literal[1520, 1435] | None = Field(None, description="track gauge of wagons")
    at: dict[str, Count] = Field(
        description="units at each station at the start", examples=[{"almaty": 400}]
    )
    returns: tuple[EmptyReturn, ...] = Field(
        (), description="units that go back by themselves once set free"
    )
