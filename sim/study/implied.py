"""What the inputs imply before any run: load against capacity, equipment, and a bound.

All of it is arithmetic on means.  A load over one is a queue that grows; a load under one still
waits when arrivals come in bunches, which only a run shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sim.corridor.profile import INF, Profile, product
from sim.corridor.rates import Rates
from sim.corridor.streams import Streams
from sim.policies import CUSTOMS, EMPTIES
from sim.policies.durations import hours
from sim.scenario.journey import end_of, service_chains
from sim.scenario.vocabulary import Cranes, Laboratory, Servers
from sim.study.choke import BoxFlow, Choke, TrainStage, chokes
from sim.study.ways import box_flows

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.dated import Dated
    from sim.scenario.vocabulary import ScenarioTables, Service, Supply

LUCK = 1000
"""Draws, evenly spread, over which a customs rule is averaged."""
NAMED = 2
"""Stages named in the sentence that says where it will choke."""


@dataclass
class Stage:
    """Load and capacity of one stage by month, in units a day."""

    name: str
    unit: str
    load: list[float]
    capacity: list[float]

    @property
    def shares(self) -> list[float]:
        """Load over capacity by month; infinite where something is offered to nothing."""
        return [
            load / capacity if capacity > 0.0 else (INF if load > 0.0 else 0.0)
            for load, capacity in zip(self.load, self.capacity, strict=True)
        ]

    @property
    def peak(self) -> int:
        """Number of the month with the largest share."""
        shares = self.shares
        return shares.index(max(shares))


@dataclass(frozen=True)
class Balance:
    """Laden boxes a week out of and into a terminal; what comes in is what can go out."""

    station: str
    out: float
    back: float
    stock: int


@dataclass
class Implied:
    """What a scenario's inputs imply; months in order, ``bound_t`` over the whole horizon."""

    months: list[str]
    hours: list[float]
    stages: list[Stage] = field(default_factory=list)
    trains_per_week: dict[str, float] = field(default_factory=dict)
    wagons: dict[str, dict[str, float]] = field(default_factory=dict)
    balance: list[Balance] = field(default_factory=list)
    offered_t: float = 0.0
    bound_t: float | None = None
    bound_by: list[str] = field(default_factory=list)
    chokes: list[Choke] = field(default_factory=list)

    def tightest(self) -> list[Stage]:
        """Stages by their largest load, tightest first."""
        return sorted(self.stages, key=lambda s: -max(s.shares))

    def mean_share(self, stage: Stage) -> float:
        """Load over capacity of the whole horizon."""
        load = sum(x * h for x, h in zip(stage.load, self.hours, strict=True))
        capacity = sum(x * h for x, h in zip(stage.capacity, self.hours, strict=True))
        return load / capacity if capacity else (INF if load else 0.0)

    def sentence(self) -> str:
        """Where it will choke."""
        if not self.stages:
            return "Nothing here has a capacity."
        if self.chokes:
            begins = min(self.chokes, key=lambda c: c.since)
            most = [c for c in self.chokes if c.unit == self.chokes[0].unit][:NAMED]
            return (
                f"It will choke at {' and '.join(c.stage for c in most)}; first at {begins.stage}, "
                f"in {self.months[begins.since]}."
            )
        first = self.tightest()[0]
        if max(first.shares) == INF:
            return f"Nothing stands over a month's end; {first.name} is closed for a month."
        return (
            f"Nothing stands over a month's end; the tightest is {first.name} with "
            f"{max(first.shares):.0%} in {self.months[first.peak]}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, of JSON's types."""
        made = asdict(self)
        made["sentence"] = self.sentence()
        made["stages"] = [
            {**asdict(s), "share": s.shares, "mean_share": self.mean_share(s)}
            for s in self.tightest()
        ]
        return made


def implied(scenario: Scenario) -> Implied:
    """Load against capacity at every stage and month, trains, equipment, and the bound.

    Random disruptions count as they are drawn for replication 0.  The bound is the largest flow
    of exports through the slots of timetabled services, the trains that gates and servers pass
    and the empties that can ever be at hand; background traffic and random disruptions are left
    out of it, so that no run can exceed it.
    """
    return _Study(scenario.tables).run()


@dataclass(frozen=True)
class _AtCheck:
    """What a customs rule may know of a train."""

    train_class: str


class _Study:
    def __init__(self, tables: ScenarioTables) -> None:
        self.tables = tables
        self.rates = Rates(tables, Streams(tables.seed, 0))
        dated = {name: d for name, d in tables.disruptions.items() if d.every is None}
        calm = tables.model_copy(update={"disruptions": dated})
        self.calm_rates = Rates(calm, Streams(tables.seed, 0))
        self.edges = self._edges()
        spans = list(zip(self.edges, self.edges[1:], strict=False))
        self.found = Implied([self._month(a) for a, _ in spans], [b - a for a, b in spans])
        self.width = len(spans)
        self.loads: dict[tuple[str, str], list[float]] = {}
        self.boxes: dict[str, list[float]] = {name: [0.0] * self.width for name in tables.services}
        self.others: dict[str, list[float]] = {}
        self.flows: list[BoxFlow] = []
        self.rate_of: dict[int, float] = {}
        rule = tables.policies.empties
        self.empties_rule = EMPTIES.make(rule.rule, rule.parameters)

    def run(self) -> Implied:
        self._supplies()
        for name in self.tables.services:
            self._service(name)
        for name in self.tables.background:
            self._background(name)
        self._capacities()
        self._equipment()
        self._chokes()
        self._bound()
        return self.found

    # -- time ------------------------------------------------------------------------------

    def _edges(self) -> list[float]:
        horizon, start = float(self.tables.horizon), self.tables.start
        edges, day = [0.0], start
        while True:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            time = (day - start) / timedelta(hours=1)
            if time >= horizon:
                return [*edges, horizon] if horizon > 0.0 else [0.0, 1.0]
            edges.append(time)

    def _month(self, t: float) -> str:
        return (self.tables.start + timedelta(hours=t)).strftime("%b %Y")

    def _means(self, profile: Profile) -> list[float]:
        """Mean rate of each month."""
        work = [profile.work(t) for t in self.edges]
        return [
            (b - a) / (t - s)
            for a, b, s, t in zip(work, work[1:], self.edges, self.edges[1:], strict=False)
        ]

    def _add(self, kind: str, name: str, load: list[float]) -> None:
        known = self.loads.setdefault((kind, name), [0.0] * self.width)
        for i, x in enumerate(load):
            known[i] += x

    # -- loads -----------------------------------------------------------------------------

    def _supplies(self) -> None:
        """Boxes an hour by service, at terminals and at destinations."""
        tables = self.tables
        out: dict[tuple[str, str], float] = {}
        back: dict[tuple[str, str], float] = {}
        total = sum(self.found.hours)
        for table in tables.supplies.values():
            load = tables.unit_load(table)
            rate = self._offered(table, load)
            boxes = sum(r * h for r, h in zip(rate, self.found.hours, strict=True))
            self.rate_of[id(table)] = boxes / total
            if table.flow == "exports":
                self.found.offered_t += boxes * load
            fleet = tables.loaded_into(table)
            here = (table.terminal, fleet)
            out[here] = out.get(here, 0.0) + boxes / total * 168.0
            self._add("equipment", f"{table.terminal}>{fleet}", rate)
            self._add("stuffing", table.terminal, rate)
            for destination, share in table.to.items():
                there = (destination, fleet)
                back[there] = back.get(there, 0.0) + boxes * share / total * 168.0
                self._destination(destination, [r * share for r in rate])
                sampled = tables.commodities[table.commodity].checked_as or ""
                for chain, weight in self._chains(table, destination):
                    part = [r * share * weight for r in rate]
                    self.flows += box_flows(tables, table, chain, destination, part)
                    for service in chain:
                        self.boxes[service] = [
                            a + b for a, b in zip(self.boxes[service], part, strict=True)
                        ]
                        self._laboratories(service, sampled, part)
        for station, fleet in dict.fromkeys([*out, *back]):
            boxed = tables.fleets[fleet].kind == "containers"
            if boxed and tables.stations[station].stuffing is not None:
                key = (station, fleet)
                stock = int(tables.fleets[fleet].at.get(station, 0))
                name = tables.stock_name(station, fleet)
                balance = Balance(name, out.get(key, 0.0), back.get(key, 0.0), stock)
                self.found.balance.append(balance)
                asked = self.loads.get(("equipment", f"{station}>{fleet}"))
                if asked is not None and not self._boundless(station, fleet):
                    come = max(balance.back / 168.0, self._slots_to(station))
                    self._stage(f"{name}: empties", "boxes", asked, [come] * self.width)

    def _offered(self, supply: Supply, load: float) -> list[float]:
        """Boxes an hour by month; contracts are counted in the month of their date."""
        profile = self.rates.offered(supply, load)
        if profile is not None:
            return self._means(profile)
        found = [0.0] * self.width
        for time, tonnes in self.rates.contracts(supply):
            month = bisect_right(self.edges, time) - 1
            found[month] += tonnes / load / self.found.hours[month]
        return found

    def _slots_to(self, station: str) -> float:
        """Slots an hour of trains that end at a station, where free ones may carry empties."""
        tables = self.tables
        if tables.policies.empties.rule == "none":
            return 0.0
        return sum(
            int(table.length) / hours(table.dispatch.parameters["every"], "every")
            for table in tables.services.values()
            if table.dispatch.rule == "timetable" and end_of(tables, table) == station
        )

    def _chains(self, supply: Supply, destination: str) -> Iterator[tuple[tuple[str, ...], float]]:
        """The chain used by each crossing, with its share."""
        by_crossing: dict[str, tuple[str, ...]] = {}
        carries = self.tables.carried_as(supply)
        for chain in service_chains(self.tables, supply.terminal, destination, carries):
            labels = [self.tables.services[s].crossing for s in chain]
            label = next((c for c in labels if c is not None), "")
            by_crossing.setdefault(label, chain)
        shares = self.tables.policies.crossing.parameters.get("shares") or {}
        weights = [float(shares.get(c, 0.0)) for c in by_crossing]
        if sum(weights) == 0.0:
            weights = [1.0] * len(by_crossing)
        for chain, weight in zip(by_crossing.values(), weights, strict=True):
            yield chain, weight / sum(weights)

    def _destination(self, station: str, rate: list[float]) -> None:
        table = self.tables.stations[station]
        left = 1.0
        for name, liner in table.liners.items():
            left -= float(liner.share)
            self._add("liner", f"{station}/{name}", [r * liner.share for r in rate])
        if table.delivery is not None:
            self._add("trucks", station, [r * left for r in rate])

    def _laboratories(self, service: str, checked_as: str, rate: list[float]) -> None:
        for item in self.tables.services[service].route:
            work = self._work(item)
            if isinstance(work, Laboratory) and work.slots is not None:
                share = float(work.share.get(checked_as, 0.0))
                self._add("laboratory", item, [r * share for r in rate])

    def _work(self, item: str) -> Servers | Cranes | Laboratory | None:
        if "/" not in item:
            return None
        station, name = item.split("/")
        return self.tables.stations[station].work[name]

    def _trains(self, table: Service, boxes: list[float]) -> list[float]:
        """Trains an hour of a service; rules that wait for boxes follow the load."""
        parameters = table.dispatch.parameters
        if table.passing is not None:
            return [1.0 / table.passing.every.mean] * self.width
        if table.dispatch.rule == "timetable":
            return [1.0 / hours(parameters["every"], "every")] * self.width
        most = min(int(parameters.get("boxes", table.length)), int(table.length))
        hold = parameters.get("longest_hold")
        least = 0.0 if hold is None else 1.0 / hours(hold, "longest_hold")
        return [b / most if hold is None else max(b / most, min(least, b)) for b in boxes]

    def _service(self, name: str) -> None:
        table, boxes = self.tables.services[name], self.boxes[name]
        trains = self._trains(table, boxes)
        slots = [t * int(table.length) for t in trains]
        moved = boxes
        if table.passing is not None:  # cranes move all that is on a passing train
            self._stage(
                f"{name}: slots", "boxes", boxes, [x * table.passing.free.mean for x in slots]
            )
            moved = slots
            self._beside(table.route, [max(a - b, 0.0) for a, b in zip(slots, boxes, strict=True)])
        elif table.dispatch.rule == "timetable":
            self._stage(f"{name}: slots", "boxes", boxes, slots)
        mean = sum(t * h for t, h in zip(trains, self.found.hours, strict=True))
        self.found.trains_per_week[name] = mean / sum(self.found.hours) * 168.0
        self._along(table.origin, table.route, trains, moved, table.train_class)

    def _background(self, name: str) -> None:
        table = self.tables.background[name]
        if table.trainsets is not None or table.arrivals == "intervals":
            if table.interval is None:
                return
            rate = [1.0 / table.interval.mean] * self.width
        else:
            parts = [
                self.rates.dated(table.trains),
                self.rates.dated(self.tables.background_volume),
            ]
            season = self.rates.season(table.season)
            if season is not None:
                parts.append(season)
            rate = self._means(Profile(product(*parts)))
        mean = sum(t * h for t, h in zip(rate, self.found.hours, strict=True))
        self.found.trains_per_week[name] = mean / sum(self.found.hours) * 168.0
        boxes = [r * int(table.boxes) for r in rate]
        self._along(table.origin, table.route, rate, boxes, table.train_class)
        self._beside(table.route, boxes)

    def _beside(self, route: tuple[str, ...], boxes: list[float]) -> None:
        """Boxes that are not followed, under the same cranes."""
        for item in route:
            if isinstance(self._work(item), Cranes):
                known = self.others.setdefault(item, [0.0] * self.width)
                self.others[item] = [a + b for a, b in zip(known, boxes, strict=True)]

    def _along(
        self,
        origin: str,
        route: tuple[str, ...],
        trains: list[float],
        boxes: list[float],
        train_class: str,
    ) -> None:
        place = origin
        for item in route:
            work = self._work(item)
            if isinstance(work, Servers):
                left = self._left_at(work, train_class)
                self._add("servers", item, [x * left for x in trains])
            elif isinstance(work, Cranes):
                self._add("cranes", item, boxes)
            elif work is None:
                line = self.tables.lines[item]
                place = line.to if place == line.origin else line.origin
                self._add("paths", f"{item}>{place}", trains)
                if line.acceptance is not None and line.acceptance.toward == place:
                    self._add("acceptance", item, trains)

    def _left_at(self, work: Servers, train_class: str) -> float:
        """Mean share of the usual work that the customs rule leaves to the queue of a check."""
        if work.check is None:
            return 1.0
        rule = self.tables.policies.customs
        made = CUSTOMS.make(rule.rule, rule.parameters)
        train = _AtCheck(train_class)
        treated = [made.treat(work.check, train, (i + 0.5) / LUCK) for i in range(LUCK)]
        return sum(0.0 if t.beside else t.share for t in treated) / LUCK

    # -- capacities ------------------------------------------------------------------------

    def _stage(self, name: str, unit: str, load: list[float], capacity: list[float]) -> None:
        self.found.stages.append(
            Stage(name, unit, [24.0 * x for x in load], [24.0 * x for x in capacity])
        )

    def _rate(self, number: Dated, mean: float, hours: str | None, *targets: str) -> list[float]:
        profile = self.rates.profile(*targets, rate=number, hours=hours)
        return [r / mean if mean > 0.0 else INF for r in self._means(profile)]

    def _capacities(self) -> None:
        tables = self.tables
        for (kind, name), load in self.loads.items():
            station, _, part = name.partition("/")
            if kind == "paths":
                item, _, toward = name.partition(">")
                paths = tables.lines[item].paths
                if paths is not None:
                    profile = self.rates.profile(item, f"{item}/paths", rate=paths)
                    self._stage(f"{item}: paths to {toward}", "trains", load, self._means(profile))
            elif kind == "acceptance":
                accept = tables.lines[name].acceptance
                assert accept is not None
                profile = self.rates.profile(name, f"{name}/acceptance", rate=accept.per_day)
                self._stage(f"{name}: acceptance", "trains", load, self._means(profile))
            elif kind in ("servers", "cranes"):
                work = tables.stations[station].work[part]
                assert not isinstance(work, Laboratory)
                number = work.servers if isinstance(work, Servers) else work.cranes
                capacity = self._rate(number, work.time.mean, work.hours, station, name)
                self._stage(name, "trains" if kind == "servers" else "boxes", load, capacity)
            elif kind == "laboratory":
                work = tables.stations[station].work[part]
                assert isinstance(work, Laboratory) and work.slots is not None
                self._stage(
                    name, "boxes", load, self._rate(work.slots, work.time.mean, None, station)
                )
            elif kind == "stuffing":
                stuffing = tables.stations[name].stuffing
                assert stuffing is not None
                targets = (name, f"{name}/stuffing")
                self._stage(
                    f"{name}/stuffing",
                    "boxes",
                    load,
                    self._rate(stuffing.lines, stuffing.time.mean, stuffing.hours, *targets),
                )
            elif kind == "trucks":
                delivery = tables.stations[name].delivery
                if delivery is not None and delivery.trucks is not None:
                    rate = self._rate(delivery.trucks, delivery.time.mean, None, name)
                    self._stage(f"{name}: trucks", "boxes", load, rate)
            elif kind == "liner":
                liner = tables.stations[station].liners[part]
                slots = [int(liner.slots) / float(liner.every)] * self.width
                self._stage(f"{name}: slots", "boxes", load, slots)

    def _equipment(self) -> None:
        """Wagons that the trains of each fleet need when nothing hinders them (Little)."""
        for name, table in self.tables.services.items():
            if table.wagons is None:
                continue
            formation = int(table.formation if table.formation is not None else table.length)
            time = self._unhindered(table)
            for way in self.tables.fleets[table.wagons].returns:
                if way.origin == end_of(self.tables, table):
                    time += way.time.mean
            rate = self.found.trains_per_week[name] / 168.0
            fleet = self.tables.fleets[table.wagons]
            known = self.found.wagons.setdefault(
                table.wagons, {"needed": 0.0, "there": float(sum(fleet.at.values()))}
            )
            known["needed"] += rate * formation * time
        for supply in self.tables.supplies.values():
            if self.tables.carried_as(supply) == "wagonloads":
                self._wagonloads(supply)

    def _wagonloads(self, supply: Supply) -> None:
        """Wagons that run loaded until their goods are lifted out, and then come back."""
        name = self.tables.loaded_into(supply)
        fleet = self.tables.fleets[name]
        known = self.found.wagons.setdefault(
            name, {"needed": 0.0, "there": float(sum(fleet.at.values()))}
        )
        for destination, share in supply.to.items():
            for chain, weight in self._chains(supply, destination):
                first = self.tables.services[chain[0]]
                time = self._unhindered(first)
                end = end_of(self.tables, first)
                time += sum(way.time.mean for way in fleet.returns if way.origin == end)
                rate = self.rate_of[id(supply)] * float(share) * weight
                known["needed"] += rate * time

    def _unhindered(self, table: Service) -> float:
        time = 0.0
        for item in table.route:
            work = self._work(item)
            if isinstance(work, Servers):
                time += work.time.mean
            elif isinstance(work, Cranes):
                time += work.time.mean * int(table.length) / max(work.cranes.at(0.0), 1.0)
            elif work is None:
                line = self.tables.lines[item]
                time += float(line.length) / float(line.speed)
        return time

    # -- where it backs up -----------------------------------------------------------------

    def _chokes(self) -> None:
        boxes: dict[str, list[float]] = {}
        trains: dict[str, TrainStage] = {}
        for stage in self.found.stages:
            per_hour = [c / 24.0 for c in stage.capacity]
            if stage.unit == "trains":
                trains[stage.name] = TrainStage([x / 24.0 for x in stage.load], per_hour)
            else:
                others = self.others.get(stage.name, [0.0] * self.width)
                boxes[stage.name] = [max(c - o, 0.0) for c, o in zip(per_hour, others, strict=True)]
        stock = {f"{b.station}: empties": float(b.stock) for b in self.found.balance}
        stock = {name: boxes_ for name, boxes_ in stock.items() if name in boxes}
        self.found.chokes = chokes(self.flows, boxes, trains, self.found.hours, stock)

    # -- the bound -------------------------------------------------------------------------

    def _bound(self) -> None:
        tables = self.tables
        exports = [s for s in tables.supplies.values() if s.flow == "exports"]
        if not exports or not tables.services:
            return
        import networkx as nx

        heaviest = max(tables.unit_load(s) for s in exports)
        graph = nx.DiGraph()

        def node(name: str, capacity: float | None) -> tuple[str, str]:
            ends = (f"{name} in", f"{name} out")
            if not graph.has_edge(*ends):
                if capacity is None or capacity == INF:
                    graph.add_edge(*ends)
                else:
                    graph.add_edge(*ends, capacity=int(capacity) + 1)
            return ends

        for terminal in {s.terminal for s in exports}:
            graph.add_edge("source", node(f"{terminal}: empties", self._empties(terminal))[0])
            graph.add_edge(f"{terminal}: empties out", f"at {terminal}")
        for name, table in tables.services.items():
            slots = None
            if table.dispatch.rule == "timetable":
                every = hours(table.dispatch.parameters["every"], "every")
                slots = (float(tables.horizon) / every + 1.0) * int(table.length)
            here, last = node(f"{name}: slots", slots)
            graph.add_edge(f"at {table.origin}", here)
            for stage, trains in self._gates(table):
                here, end = node(stage, trains * self._longest(stage))
                graph.add_edge(last, here)
                last = end
            graph.add_edge(last, f"at {end_of(tables, table)}")
        for destination in {d for s in exports for d in s.to}:
            graph.add_edge(f"at {destination}", "sink")
        try:
            value, (reached, _) = nx.minimum_cut(graph, "source", "sink")
        except nx.NetworkXUnbounded:
            return
        self.found.bound_t = float(value) * heaviest
        self.found.bound_by = sorted(
            {a.removesuffix(" in") for a, b in graph.edges if a in reached and b not in reached}
        )

    def _empties(self, terminal: str) -> float:
        """Boxes that can ever be at hand at a terminal: its stock and all slots of trains to it."""
        supplies = [s for s in self.tables.supplies.values() if s.terminal == terminal]
        loaded = sorted({self.tables.loaded_into(s) for s in supplies})
        fleets = [self.tables.fleets[name] for name in loaded]
        if any(self._boundless(terminal, fleet) for fleet in loaded):
            return INF
        boxes = float(sum(fleet.at.get(terminal, 0) for fleet in fleets))
        for table in self.tables.services.values():
            if end_of(self.tables, table) == terminal:
                if table.dispatch.rule != "timetable":
                    return INF
                every = hours(table.dispatch.parameters["every"], "every")
                boxes += (float(self.tables.horizon) / every + 1.0) * int(table.length)
        if self.tables.stations[terminal].delivery is not None and any(
            terminal in s.to and s.terminal == terminal for s in self.tables.supplies.values()
        ):
            return INF
        return boxes

    def _boundless(self, station: str, fleet: str) -> bool:
        """Whether units come to a station that no train brings: hired, or back by themselves."""
        table = self.tables.fleets[fleet]
        comes_back = any(way.to == station for way in table.returns)
        name = self.tables.stock_name(station, fleet)
        hired = table.kind == "containers" and self.empties_rule.hire(name, 1) > 0
        return table.kind == "wagons" or comes_back or hired

    def _gates(self, table: Service) -> Iterator[tuple[str, float]]:
        """Gates and servers on a route, with the most trains that pass within the horizon."""
        place, horizon = table.origin, float(self.tables.horizon)
        for item in table.route:
            work = self._work(item)
            if isinstance(work, Servers) and self._binds(work):
                profile = self.calm_rates.profile(place, item, rate=work.servers, hours=work.hours)
                yield item, profile.work(horizon) / work.time.mean + work.servers.most
            elif work is None:
                line = self.tables.lines[item]
                place = line.to if place == line.origin else line.origin
                if line.paths is not None:
                    profile = self.calm_rates.profile(item, f"{item}/paths", rate=line.paths)
                    yield f"{item}: paths to {place}", profile.work(horizon) + 1.0
                accept = line.acceptance
                if accept is not None and accept.toward == place and accept.variation is None:
                    profile = self.calm_rates.profile(
                        item, f"{item}/acceptance", rate=accept.per_day
                    )
                    yield f"{item}: acceptance", profile.work(horizon) + 1.0

    def _binds(self, work: Servers) -> bool:
        """Whether every train takes the same working time there, more than none."""
        shortened = work.check is not None and self.tables.policies.customs.rule != "at-border"
        return work.time.is_constant and work.time.mean > 0.0 and not shortened

    def _longest(self, stage: str) -> int:
        """Most boxes on one train of any service."""
        return max(int(t.length) for t in self.tables.services.values())
