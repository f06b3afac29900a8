"""The scenario language: one attribute table per kind of thing a person may write.

Each class is such a table; a field's annotation is its type and unit, its default is the
default, and its ``description`` is the meaning.  Validation, ``steppe schema`` and the reference
page all read these tables, so nothing about the language is said twice.

After loading, every number is in the house units: hours since the scenario's start, tonnes,
kilometres, USD, boxes, and rates per hour.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.scenario.base import Day, DayKey, Names, Thing
from sim.scenario.calendars import Calendar
from sim.scenario.dated import DatedCount, DatedFactor, DatedRate
from sim.scenario.drawn import DurationDistribution, RateDistribution
from sim.scenario.quantities import (
    BoxesLoad,
    BoxIntensity,
    BoxRate,
    Count,
    Duration,
    Factor,
    FreightRate,
    Intensity,
    Length,
    Money,
    MoneyPerTime,
    MoneyPerTonneTime,
    Speed,
    Tonnes,
    Volume,
)

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]*$", description="lower-case name")]


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


class Rule(BaseModel):
    """A decision rule chosen by name, with its parameters beside the name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    rule: str = Field(description="name of the rule in the registry of its decision")
    source: Names = Field((), description="fact ids for the rule")
    assumed: str | None = Field(None, description="why the rule is as it is")

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, raw: Any) -> Any:
        """A rule without parameters may stand as its name alone."""
        return {"rule": raw} if isinstance(raw, str) else raw

    @property
    def parameters(self) -> dict[str, Any]:
        """The rule's parameters as written, without its name."""
        return dict(self.model_extra or {})


class Fleet(Thing):
    """A closed fleet of containers or wagons."""

    kind: Literal["containers", "wagons"] = Field(description="what the units are")
    gauge: Literal[1520, 1435] | None = Field(None, description="track gauge of wagons")
    at: dict[str, Count] = Field(description="units at each station at the start")
    returns: tuple[EmptyReturn, ...] = Field(
        (), description="units that go back by themselves once set free"
    )


class EmptyReturn(Thing):
    """Units set free at one station that come back to another after a time."""

    origin: str = Field(alias="from", description="station where units are set free")
    to: str = Field(description="station where they become available")
    time: DurationDistribution = Field(description="time from set free to available")


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
        description="share of boxes sampled, by the commodity's checked_as class"
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
    storage: Tonnes | None = Field(None, description="goods the elevator holds; more is refused")


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
        None, description="longitude and latitude in degrees"
    )
    tracks: DatedCount | None = Field(
        None, description="trains that stand here; unlimited if absent"
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


class Acceptance(Thing):
    """Trains that the receiving railway takes over the border in a day."""

    toward: str = Field(description="station on the receiving side")
    per_day: DatedRate = Field(description="mean number of trains accepted")
    variation: RateDistribution | None = Field(
        None, description="factor of mean 1 drawn anew each day"
    )
    classes: dict[str, DatedRate] = Field({}, description="upper limit for a class of trains")
    order: Rule = Field(Rule(rule="first-come"), description="which waiting train is accepted next")


class Line(Thing):
    """A stretch of railway between two stations, used both ways, each way with its own capacity."""

    title: str | None = Field(None, description="name for readers")
    origin: str = Field(alias="from", description="station at one end")
    to: str = Field(description="station at the other end")
    gauge: Literal[1520, 1435] | None = Field(None, description="track gauge")
    length: Length = Field(description="length of the run")
    speed: Speed = Field(description="commercial speed, stops on the way included")
    variation: RateDistribution | None = Field(
        None, description="factor on the running time, drawn for each train"
    )
    paths: DatedRate | None = Field(None, description="train paths each way; unlimited if absent")
    places: DatedCount | None = Field(
        None, description="trains each way on the line, running or held; unlimited if absent"
    )
    order: Rule = Field(
        Rule(rule="first-come"), description="which waiting train takes the next path"
    )
    acceptance: Acceptance | None = Field(None, description="limit set by the receiving railway")


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
        description="lines by name, and works as station/work, in the order of the run"
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
    dispatch: Rule = Field(
        Rule(rule="when-full"), description="when a train that is formed here leaves"
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


class Season(Thing):
    """Relative monthly weights; their mean is scaled to one."""

    jan: Factor = Field(Factor.of(1.0), description="weight of January")
    feb: Factor = Field(Factor.of(1.0), description="weight of February")
    mar: Factor = Field(Factor.of(1.0), description="weight of March")
    apr: Factor = Field(Factor.of(1.0), description="weight of April")
    may: Factor = Field(Factor.of(1.0), description="weight of May")
    jun: Factor = Field(Factor.of(1.0), description="weight of June")
    jul: Factor = Field(Factor.of(1.0), description="weight of July")
    aug: Factor = Field(Factor.of(1.0), description="weight of August")
    sep: Factor = Field(Factor.of(1.0), description="weight of September")
    oct: Factor = Field(Factor.of(1.0), description="weight of October")
    nov: Factor = Field(Factor.of(1.0), description="weight of November")
    dec: Factor = Field(Factor.of(1.0), description="weight of December")

    @model_validator(mode="after")
    def _some_weight(self) -> Season:
        if not any(getattr(self, month) > 0 for month in MONTHS):
            raise ValueError("all months weigh 0; expected at least one above 0")
        return self

    @property
    def weights(self) -> tuple[float, ...]:
        """Twelve factors, January first, of mean one."""
        raw = [getattr(self, m) for m in MONTHS]
        mean = sum(raw) / 12
        return tuple(w / mean for w in raw)


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


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
    )
    contracts: dict[DayKey, Tonnes] = Field(
        {}, description="lots that are ready as a whole on a date, instead of a volume"
    )
    season: Season | None = Field(None, description="shape over the year")
    lot: Count = Field(Count.of(10), ge=1, description="boxes that become ready together")
    arrivals: Literal["poisson", "regular"] = Field(
        "poisson", description="how lots follow each other"
    )
    to: dict[str, Factor] = Field(description="share of the goods by destination station")
    flow: Literal["exports", "imports"] = Field(
        "exports", description="exports are what the KPIs without a prefix count"
    )


class Disruption(Thing):
    """A stretch of time in which something works at a fraction of its rate."""

    title: str | None = Field(None, description="name for readers")
    on: Names = Field(
        description="what has its rate reduced: lines, stations, station/work; or a part alone: "
        "line/paths, line/acceptance, station/stuffing, station/trucks"
    )
    begin: Day | None = Field(None, description="first day of a dated disruption")
    days: Duration | None = Field(None, description="how long a dated disruption lasts")
    every: DurationDistribution | None = Field(
        None, description="time between the end of one and the start of the next, when random"
    )
    after: DurationDistribution | None = Field(
        None,
        description="working time, of all its servers or cranes together, from one breakdown to "
        "the next, when what breaks is a station/work that wears by use",
    )
    lasts: DurationDistribution | None = Field(None, description="how long a random one lasts")
    factor: Factor = Field(Factor.of(0.0), description="what is left of the rate; 0 is a closure")


class Costs(Thing):
    """What moving, handling, standing and waiting cost, and what moving emits.

    Freight rates and emissions are named by gauge (``1520``, ``1435``) or by line, which comes
    first.  What has no rate is left out of the accounts.
    """

    haul: dict[str, FreightRate] = Field(
        {}, description="line haul of goods in containers, wagon hire of the railway included"
    )
    haul_wagonload: dict[str, FreightRate] = Field(
        {}, description="line haul of wagonloads; as in containers if absent"
    )
    haul_empty: dict[str, BoxRate] = Field({}, description="line haul of an empty container")
    works: dict[str, Money] = Field(
        {},
        description="by station/work: for each unit that cranes move, for each train that servers "
        "work on, for each sample of a laboratory",
    )
    stuffing: Money | None = Field(None, description="filling one unit")
    trucking: Money | None = Field(None, description="one unit to the consignee by truck")
    shipping: Money | None = Field(None, description="one unit onward by ship")
    storage: MoneyPerTime | None = Field(None, description="one unit standing in a yard")
    equipment: dict[str, MoneyPerTime] = Field(
        {}, description="by fleet: one unit, working or idle"
    )
    waiting: MoneyPerTonneTime | None = Field(
        None, description="goods that wait: capital tied up and value lost"
    )
    co2e: dict[str, Intensity] = Field({}, description="emissions of goods moved")
    co2e_empty: dict[str, BoxIntensity] = Field({}, description="emissions of empties moved")


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
    question: str | None = Field(None, description="the question it answers")
    look_at: str | None = Field(None, description="what to look at in the results")
    start: Day = Field(description="first day, 00:00 UTC")
    horizon: Duration = Field(le=876_000, description="length of the run")
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
        """Container fleets as a station sees them: the one it fills or empties first."""
        here = self.stations[station]
        fleets = [name for name, fleet in self.fleets.items() if fleet.kind == "containers"]
        part = here.stuffing or here.delivery
        if part is None or part.fleet not in fleets:
            return fleets
        return [part.fleet, *(name for name in fleets if name != part.fleet)]

    def stock_name(self, station: str, fleet: str) -> str:
        """What empties rules call a stock: the station, or station/fleet for other than its own."""
        return station if self.box_fleets(station)[:1] == [fleet] else f"{station}/{fleet}"


for _table in (Fleet, Service, Background, Supply, ScenarioTables):
    _table.model_rebuild()
