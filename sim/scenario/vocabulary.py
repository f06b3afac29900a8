"""The scenario language: one attribute table per kind of thing a person may write.

Each class is such a table; a field's annotation is its type and unit, its default is the
default, and its ``description`` is the meaning.  Validation, ``steppe schema`` and the reference
page all read these tables, so nothing about the language is said twice.

After loading, every number is in the house units: hours since the scenario's start, tonnes,
kilometres, USD, boxes, and rates per hour.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Literal

from pydantic import Field

from sim.scenario.base import Day, Name, Rule, Thing
from sim.scenario.calendars import Calendar
from sim.scenario.dated import DatedFactor
from sim.scenario.quantities import Duration
from sim.scenario.things.costs import Costs
from sim.scenario.things.disruptions import LOADING, Disruption
from sim.scenario.things.equipment import EmptyReturn, Fleet
from sim.scenario.things.goods import Commodity, Supply
from sim.scenario.things.lines import Acceptance, Line, Reserve
from sim.scenario.things.seasons import Season
from sim.scenario.things.stations import (
    Cranes,
    Delivery,
    Laboratory,
    Liner,
    Servers,
    Station,
    Stuffing,
)
from sim.scenario.things.trains import Background, Passing, Service

__all__ = [
    "LOADING",
    "Acceptance",
    "Background",
    "Commodity",
    "Costs",
    "Cranes",
    "Delivery",
    "Disruption",
    "EmptyReturn",
    "Fleet",
    "Laboratory",
    "Line",
    "Liner",
    "Name",
    "Passing",
    "Policies",
    "Reserve",
    "Rule",
    "ScenarioTables",
    "Season",
    "Servers",
    "Service",
    "Station",
    "Stuffing",
    "Supply",
    "Thing",
]


class Policies(Thing):
    """Decisions that belong to no single place."""

    crossing: Rule = Field(Rule(rule="fixed-shares"), description="which crossing a lot is sent by")
    empties: Rule = Field(
        Rule(rule="none"), description="how many empties a train with free slots takes along"
    )
    admission: Rule = Field(
        Rule(rule="none"), description="whether a train may set out toward a border line"
    )
    customs: Rule = Field(
        Rule(rule="at-border"), description="how a train is treated at works with a `check`"
    )
    port: Rule = Field(
        Rule(rule="fixed"), description="which port a lot goes to whose share fell to a port"
    )


class ScenarioTables(Thing):
    """A whole scenario, as the tables of the language."""

    steppe: Literal[1] = Field(1, description="version of the scenario language")
    title: str = Field(description="what the scenario is")
    question: str | None = Field(
        None, description="the question it answers; a variant with its own title inherits none"
    )
    look_at: str | None = Field(
        None, description="what to look at in the results; goes with the question"
    )
    start: Day = Field(description="first day, 00:00 UTC")
    horizon: Duration = Field(gt=0, le=876_000, description="length of the run")
    warmup: Duration = Field(
        Duration.of(0.0), description="time left out of the KPIs at the beginning"
    )
    steady: bool = Field(
        False, description="whether the long run is asked for, not a season from a stated start"
    )
    seed: int = Field(1, ge=0, description="root of all random streams")
    evidence: str | None = Field(
        None, description="register of facts, beside the file that names it"
    )
    export_volume: DatedFactor = Field(
        DatedFactor.of(1.0), description="factor on all exports followed"
    )
    background_volume: DatedFactor = Field(
        DatedFactor.of(1.0), description="factor on all background trains"
    )
    calendars: dict[Name, Calendar] = Field({}, description="working hours by name")
    commodities: dict[Name, Commodity] = Field({}, description="goods by name")
    fleets: dict[Name, Fleet] = Field({}, description="closed fleets by name")
    stations: dict[Name, Station] = Field(description="places by name")
    lines: dict[Name, Line] = Field({}, description="stretches between stations by name")
    services: dict[Name, Service] = Field({}, description="trains for the boxes followed")
    supplies: dict[Name, Supply] = Field({}, description="goods that become ready")
    background: dict[Name, Background] = Field({}, description="trains known only by their number")
    disruptions: dict[Name, Disruption] = Field({}, description="stretches of reduced working")
    policies: Policies = Field(Policies(), description="decisions that belong to no single place")
    costs: Costs = Field(Costs(), description="rates for the accounts")

    @property
    def run_days(self) -> str:
        """First and last day of the run, for messages."""
        last = self.start + timedelta(hours=math.ceil(float(self.horizon)) - 1)
        return f"{self.start} to {last}"

    def loaded_into(self, supply: Supply) -> str:
        """The fleet whose units a supply's goods are loaded into.

        Raises:
            ValueError: the supply's terminal has no stuffing.
        """
        stuffing = self.stations[supply.terminal].stuffing
        if supply.fleet is not None:
            return supply.fleet
        if stuffing is None:
            raise ValueError(f"{supply.terminal} has no stuffing")
        return stuffing.fleet

    def unit_load(self, supply: Supply) -> float:
        """Tonnes of a supply's goods in one of the units that they are loaded into."""
        commodity = self.commodities[supply.commodity]
        return float(commodity.load_in.get(self.loaded_into(supply), commodity.load))

    def carried_as(self, supply: Supply) -> str:
        """What services must carry for it: containers or wagonloads."""
        containers = self.fleets[self.loaded_into(supply)].kind == "containers"
        return "containers" if containers else "wagonloads"

    def box_fleets(self, station: str) -> list[str]:
        """Container fleets as a station sees them: the one it fills or empties first, then by name.

        One that fills and empties none sees the first by name as its own.
        """
        here = self.stations[station]
        fleets = sorted(name for name, fleet in self.fleets.items() if fleet.kind == "containers")
        part = here.stuffing or here.delivery
        if part is None or part.fleet not in fleets:
            return fleets
        return [part.fleet, *(name for name in fleets if name != part.fleet)]

    def stock_name(self, station: str, fleet: str) -> str:
        """What empties rules call a stock: the station, or station/fleet for other than its own."""
        return station if self.box_fleets(station)[:1] == [fleet] else f"{station}/{fleet}"
