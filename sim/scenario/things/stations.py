"""Stations: works on trains, stuffing, delivery, ships."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.base import Latitude, Longitude, Name, Rule, Thing
from sim.scenario.dated import DatedCount
from sim.scenario.drawn import DurationDistribution
from sim.scenario.quantities import Count, Duration, Factor, Tonnes


class Servers(Thing):
    """Work on a whole train by one of several servers (customs teams, inspection gangs)."""

    kind: Literal["servers"] = Field("servers", description="kind of work")
    title: str | None = Field(None, description="name for readers")
    servers: DatedCount = Field(description="trains worked on at the same time")
    time: DurationDistribution = Field(description="working time for one train")
    hours: str | None = Field(
        None, description="calendar of opening hours; round the clock if absent"
    )
    order: Rule = Field(Rule(rule="first-come"), description="who is next in the queue")
    room: Count | None = Field(
        None, ge=1, description="trains that fit, in work and waiting; more are turned away"
    )
    check: Name | None = Field(
        None, description="kind of check that customs rules see, such as documents or quarantine"
    )


class Cranes(Thing):
    """A bank of cranes that moves a train's boxes one by one."""

    kind: Literal["cranes"] = Field("cranes", description="kind of work")
    title: str | None = Field(None, description="name for readers")
    cranes: DatedCount = Field(description="cranes that work side by side")
    time: DurationDistribution = Field(description="time of one crane for one box")
    tracks: DatedCount | None = Field(
        None, description="trains that stand under the cranes at once"
    )
    hours: str | None = Field(
        None, description="calendar of working hours; round the clock if absent"
    )
    order: Rule = Field(Rule(rule="first-come"), description="which train is next under the cranes")
    lifts: Literal["boxes", "goods"] = Field(
        "boxes",
        description="whole units, or the goods out of them: what they came in is then free here",
    )


class Laboratory(Thing):
    """Sampling of boxes that then stand in a bonded yard until the laboratory answers."""

    kind: Literal["laboratory"] = Field("laboratory", description="kind of work")
    title: str | None = Field(None, description="name for readers")
    share: dict[str, Factor] = Field(
        description="share of boxes sampled, by the commodity's checked_as class",
        examples=[{"grain": "30 %"}],
    )
    time: DurationDistribution = Field(description="sampling to result")
    slots: DatedCount | None = Field(
        None, description="boxes the bonded yard holds; unlimited if absent"
    )
    by: Literal["box", "lot"] = Field(
        "box", description="whether each box is sampled by itself or a lot as a whole"
    )
    reject: Factor = Field(
        Factor.of(0.0),
        description="share of what is sampled that is turned back: over services that lead from "
        "here to its terminal, or else emptied here",
    )
    disposal: DurationDistribution | None = Field(
        None, description="from a refusal until the box is empty here, where goods cannot go back"
    )


Work = Annotated[Servers | Cranes | Laboratory, Field(discriminator="kind")]


class Stuffing(Thing):
    """Filling of empty containers at an origin terminal."""

    lines: DatedCount = Field(description="stuffing lines that work side by side")
    time: DurationDistribution = Field(description="time of one line for one box")
    hours: str | None = Field(None, description="calendar of working hours")
    fleet: str = Field(description="containers that are filled where a supply names no other fleet")
    storage: Tonnes | None = Field(
        None,
        description="most goods that wait here for an empty box; more is refused, and what is in "
        "a box does not count",
    )


class Delivery(Thing):
    """From the yard of the last station to the consignee, and the box back empty."""

    dwell: DurationDistribution = Field(description="time in the yard before the truck comes")
    trucks: DatedCount | None = Field(None, description="trucks; unlimited if absent")
    time: DurationDistribution = Field(
        description="truck run to the consignee, one way and unloading"
    )
    stripping: DurationDistribution = Field(
        description="from delivery until the empty box is back at the station"
    )
    fleet: str = Field(description="containers that become empty here")


class Liner(Thing):
    """A ship's service that takes boxes onward from a port."""

    title: str | None = Field(None, description="name for readers")
    every: Duration = Field(gt=0, description="interval between calls")
    first: Duration = Field(Duration.of(0.0), description="first call after the start")
    delay: DurationDistribution | None = Field(None, description="lateness of a call")
    slots: Count = Field(ge=1, description="boxes one call may load")
    cranes: Count = Field(ge=1, description="quay cranes on the vessel")
    time: DurationDistribution = Field(description="time of one quay crane for one box")
    voyage: DurationDistribution = Field(
        description="from sailing until the emptied box is back in the port"
    )
    share: Factor = Field(description="share of the boxes arriving here that sail onward")


class Station(Thing):
    """A place where trains stand and work is done on them or on their boxes."""

    title: str | None = Field(None, description="name for readers")
    position: tuple[Longitude, Latitude] | None = Field(
        None,
        description="longitude and latitude in degrees, longitude first",
        examples=[[76.9, 43.2]],
    )
    tracks: DatedCount | None = Field(
        None, description="trains that stand here; unlimited if absent"
    )
    gauge_tracks: dict[str, DatedCount] = Field(
        {},
        description="tracks that trains of one gauge have to themselves, by `1520` or `1435`; "
        "others have `tracks`. A train is of the gauge of the last line before that has one, at "
        "its start of the first after",
        examples=[{"1435": 12}],
    )
    order: Rule = Field(
        Rule(rule="first-come"), description="which waiting train gets a free track"
    )
    work: dict[Name, Work] = Field({}, description="works that routes name as station/work")
    yard: DatedCount | None = Field(
        None,
        description="boxes on the ground, from the train or stuffing until they leave; a train "
        "waits until there is room for all that leave it; unlimited if absent",
    )
    stuffing: Stuffing | None = Field(
        None, description="present at terminals where boxes are filled"
    )
    delivery: Delivery | None = Field(None, description="present where boxes reach consignees")
    berths: Count | None = Field(
        None, ge=1, description="vessels at the quay at once; unlimited if absent"
    )
    liners: dict[Name, Liner] = Field({}, description="ship services from this port")
