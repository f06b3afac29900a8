"""Goods, and where they become ready."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.base import DayKey, Name, Thing
from sim.scenario.quantities import BoxesLoad, Count, Factor, Tonnes, Volume
from sim.scenario.things.seasons import Season


class Commodity(Thing):
    """A kind of goods that travels in containers, or in wagons of its own."""

    title: str | None = Field(None, description="name for readers")
    load: BoxesLoad = Field(description="tonnes of the goods in one 40-foot container")
    load_in: dict[Name, BoxesLoad] = Field(
        {}, description="tonnes in one unit of other fleets, such as covered wagons"
    )
    checked_as: str | None = Field(
        None, description="class that laboratories and inspections look at, such as grain"
    )


class Supply(Thing):
    """Goods of one commodity that become ready in one region for Shandong or back."""

    title: str | None = Field(None, description="name for readers")
    region: str = Field(description="region the goods come from; a label in the tables")
    terminal: str = Field(description="station where the boxes are filled")
    commodity: str = Field(description="what the goods are")
    fleet: str | None = Field(
        None,
        description="containers or wagons the goods are loaded into; the terminal's own if absent",
    )
    volume: Volume | None = Field(None, description="goods offered, tonnes per time")
    series: dict[DayKey, Tonnes] = Field(
        {},
        description="goods offered from each date until the next, instead of a volume; or the name "
        "of a CSV file with the columns date and tonnes",
        examples=[{"2024-09-01": "3000 t", "2024-10-01": "4500 t"}],
    )
    contracts: dict[DayKey, Tonnes] = Field(
        {},
        description="lots that are ready as a whole on a date, instead of a volume",
        examples=[{"2024-09-01": "3000 t", "2024-10-01": "3000 t"}],
    )
    season: Season | None = Field(
        None, description="shape over the year", examples=[{"sep": 2, "oct": 3}]
    )
    lot: Count = Field(Count.of(10), ge=1, description="boxes that become ready together")
    arrivals: Literal["poisson", "regular"] = Field(
        "poisson", description="how lots follow each other"
    )
    to: dict[str, Factor] = Field(
        description="share of the goods by destination station",
        examples=[{"jinan": 0.6, "qingdao": 0.4}],
    )
    flow: Literal["exports", "imports"] = Field(
        "exports", description="exports are what the KPIs without a prefix count"
    )
