"""From a checked scenario to a corridor that is ready to run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import simpy

from sim.corridor.admission import Admission, SetOut, Sized, WayToBorder
from sim.corridor.bank import Bank
from sim.corridor.boxes import Boxes
from sim.corridor.clock import INF, Agenda, Process, at, call_at
from sim.corridor.delivery import Deliveries
from sim.corridor.equipment import Equipment
from sim.corridor.fifo import Fifo
from sim.corridor.gridlock import Gridlock
from sim.corridor.journal import Journal, Stage
from sim.corridor.lazy import agendas
from sim.corridor.liner import Liners, LinerService
from sim.corridor.profile import ALWAYS, Profile, product
from sim.corridor.queues import Gate, Places
from sim.corridor.rates import Rates
from sim.corridor.repositioning import Depot, Repositioning, Toward
from sim.corridor.route import Customs, Enter, Leave, Lift, Pass, Route, Run, Serve, Shared, Step
from sim.corridor.service import PassingLine, ServiceLine
from sim.corridor.streams import Draws, Streams, Uniforms
from sim.corridor.supply import Flow, Flows, PortChoice, Region, arrivals, contract_lots
from sim.corridor.terminal import Elevator, Terminal
from sim.corridor.unloading import Checks, EndOfRun, GoodsOut, Refusals, Unloading, Wagons
from sim.corridor.use import Meter, Meters, Tally
from sim.corridor.views import BorderView, PortsView
from sim.corridor.wear import Wear
from sim.corridor.yard import TakeSlots, Yard
from sim.policies import ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT
from sim.policies.order import FirstCome
from sim.scenario.journey import end_of, service_chains, unloading_cranes
from sim.scenario.quantities import DurationDistribution
from sim.scenario.vocabulary import Cranes, Laboratory, Rule, Servers

if TYPE_CHECKING:
    from sim.scenario.vocabulary import ScenarioTables, Service


@dataclass(frozen=True)
class Ends:
    """What the tables need to know of a service's route: kinds of stages by number."""

    last_run: int
    border_run: int
    crossing: str | None


@dataclass
class Corridor:
    """Everything of one replication, ready to run or run already."""

    tables: ScenarioTables
    env: simpy.Environment
    journal: Journal
    boxes: Boxes
    rates: Rates
    equipment: Equipment
    gridlock: Gridlock
    end: float
    terminals: dict[tuple[str, str], Terminal] = field(default_factory=dict)
    services: dict[str, ServiceLine] = field(default_factory=dict)
    ends: dict[str, Ends] = field(default_factory=dict)
    stuffing: dict[str, Profile] = field(default_factory=dict)
    liners: list[str] = field(default_factory=list)
    meters: Meters = field(default_factory=Meters)
    deliveries: dict[str, Deliveries] = field(default_factory=dict)
    agendas: list[Agenda] = field(default_factory=list)

    @property
    def last(self) -> float:
        """The last time at which something happens: before the end, but for a gridlock at it."""
        return self.end if self.gridlock.found is not None else math.nextafter(self.end, -INF)

    def settle(self) -> None:
        """Whatever was put off because nobody looked is done, up to now and not at this instant."""
        for agenda in self.agendas:
            agenda.settle_before(self.env.now)


class Builder:
    """Makes each thing once and links what belongs together."""

    def __init__(self, tables: ScenarioTables, seed: int, replication: int) -> None:
        self.tables = tables
        self.env = simpy.Environment()
        self.journal = Journal()
        self.boxes = Boxes()
        self.streams = Streams(seed, replication)
        self.rates = Rates(tables, self.streams)
        self.equipment = Equipment(self.env, self.journal, tables)
        self.gridlock = Gridlock(self.env)
        self.shared = Shared(self.env, self.journal, self.gridlock)
        self.corridor = Corridor(
            tables,
            self.env,
            self.journal,
            self.boxes,
            self.rates,
            self.equipment,
            self.gridlock,
            float(tables.horizon),
        )
        self.border = BorderView()
        self._stages: dict[tuple[str, str], int] = {}
        self._tracks: dict[str, Places | None] = {}
        self._line_places: dict[tuple[str, str], Places | None] = {}
        self._gates: dict[tuple[str, str], tuple[tuple[Gate, int], ...]] = {}
        self._servers: dict[tuple[str, str], tuple[Places | Fifo, Tally, Profile]] = {}
        self._banks: dict[tuple[str, str], tuple[Bank, Tally, Places | Fifo | None]] = {}
        self._routes: list[Route] = []
        self._flows = Flows(self.env, self.journal)
        self._background_flows: list[Flow] = []
        self._checks: dict[tuple[str, str], Checks] = {}
        self._terminals = self.corridor.terminals
        self._yards: dict[str, Yard | None] = {}
        policies = tables.policies
        self._admission_rule = ADMISSION.make(
            policies.admission.rule, policies.admission.parameters
        )
        self._empties_rule = EMPTIES.make(policies.empties.rule, policies.empties.parameters)
        self._customs_rule = CUSTOMS.make(policies.customs.rule, policies.customs.parameters)
        self._ways: dict[str, WayToBorder] = {}
        self._worn: dict[str, Wear | None] = {}
        self.ports = PortsView(self.env)
        self._deliveries = self.corridor.deliveries

    def build(self) -> Corridor:
        """The corridor with all processes started."""
        for name in self.tables.stations:
            self._terminal(name)
        for name in self.tables.stations:
            self._delivery(name)
        for name in self.tables.services:
            self._service(name)
        self._terminals_beyond()
        for name in self.tables.supplies:
            self._supply(name)
        for name in self.tables.background:
            self._background(name)
        self._start_flows()
        for name in self.tables.disruptions:
            if self.rates.periods[name]:
                self.env.process(self._disruption(name))
        warmup = float(self.tables.warmup)
        if warmup > 0.0:
            call_at(self.env, warmup, self._warm)
        return self.corridor

    def _warm(self) -> None:
        self.corridor.settle()
        self.corridor.meters.start(self.env.now)

    # -- small parts -----------------------------------------------------------------------

    def _changes(self, value: object) -> list[tuple[float, float]]:
        times, values = self.rates.dated(value)  # type: ignore[arg-type]
        return list(zip(times, values, strict=True))[1:]

    def _meter(
        self,
        place: str,
        activity: str,
        kind: str,
        unit: str,
        used: Callable[[], float],
        available: Profile,
        under_way: Callable[[], float] | None = None,
    ) -> None:
        self.corridor.meters.add(Meter(place, activity, kind, unit, used, available, under_way))

    def _order(self, rule: Rule) -> object:
        return ORDER.make(rule.rule, rule.parameters)

    def _stage(
        self, place: str, activity: str, cause: str | None, hours: Profile | None = None
    ) -> int:
        key = (place, activity)
        if key not in self._stages:
            where = (
                place
                if activity in ("enter", "run", "path", "acceptance", "track")
                else (f"{place}/{activity}")
            )
            self._stages[key] = self.journal.stage(
                Stage(place, activity, cause, hours, f"{where}: closed")
            )
        return self._stages[key]

    def _places(self, name: str, capacity: object, rule: Rule, profile: Profile = ALWAYS) -> Places:
        return Places(
            self.env,
            name,
            capacity.at(0.0),  # type: ignore[attr-defined]
            self._order(rule),  # type: ignore[arg-type]
            self._changes(capacity),
            profile,
        )

    def _in_order(self, capacity: object, rule: Rule) -> int | None:
        """How many there are where none come or go, and nobody overtakes; otherwise None."""
        number = capacity.at(0.0)  # type: ignore[attr-defined]
        plain = type(self._order(rule)) is FirstCome and not self._changes(capacity)
        return int(number) if plain and 1.0 <= number < INF else None

    def _bank(self, servers: object, profile: Profile) -> Bank:
        return Bank(int(servers.at(0.0)), self._changes(servers), profile)  # type: ignore[attr-defined]

    def _draws_by_supply(
        self, distribution: DurationDistribution | None, *path: str
    ) -> list[Draws]:
        if distribution is None:
            return []
        return [self.streams.draws(distribution, *path, name) for name in self.tables.supplies]

    def _lucks_by_supply(self, *path: str) -> list[Uniforms]:
        return [self.streams.uniforms(*path, name) for name in self.tables.supplies]

    # -- equipment -------------------------------------------------------------------------

    def _repositioning(self, table: Service) -> Repositioning | None:
        """Empties that a service may take along; none where no rule moves them."""
        if self.tables.policies.empties.rule == "none" or table.carries != "containers":
            return None
        depots = {
            fleet: Depot(
                self.tables.stock_name(table.origin, fleet),
                self.equipment.stock(table.origin, fleet),
            )
            for fleet in reversed(self.tables.box_fleets(table.origin))
        }
        return Repositioning(self._empties_rule, depots) if depots else None

    def _yard(self, station: str) -> Yard | None:
        """The yard of a station whose slots are limited, or whose load a rule looks at."""
        if station not in self._yards:
            table = self.tables.stations[station]
            watched = self.tables.policies.port.rule != "fixed" and bool(table.liners)
            self._yards[station] = None
            if table.yard is not None or watched:
                slots = INF if table.yard is None else table.yard.at(0.0)
                changes = [] if table.yard is None else self._changes(table.yard)
                yard = Yard(self.env, self.journal, station, slots, changes)
                self._yards[station] = self.ports.yards[station] = yard
        return self._yards[station]

    # -- stations --------------------------------------------------------------------------

    def _terminal(self, name: str) -> None:
        stuffing = self.tables.stations[name].stuffing
        if stuffing is None:
            return
        profile = self.rates.profile(name, f"{name}/stuffing", hours=stuffing.hours)
        self.corridor.stuffing[name] = profile
        supplies = self.tables.supplies.values()
        mine = [i for i, supply in enumerate(supplies) if supply.terminal == name]
        self._meter(
            name,
            "stuffing",
            "stuffing lines",
            "h",
            lambda: self.boxes.stuffing_hours(mine, self.env.now, profile),
            self.rates.profile(name, f"{name}/stuffing", rate=stuffing.lines, hours=stuffing.hours),
            lambda: self.boxes.stuffing_under_way(mine, self.env.now, profile),
        )
        lines = self._bank(stuffing.lines, profile)
        times = self._draws_by_supply(stuffing.time, name, "stuffing")
        elevator = Elevator(INF if stuffing.storage is None else float(stuffing.storage))
        fleets = [self.tables.loaded_into(s) for s in supplies if s.terminal == name]
        for fleet in dict.fromkeys([stuffing.fleet, *fleets]):
            terminal = self._terminals[name, fleet] = Terminal(
                self.env,
                self.boxes,
                lines,
                times,
                elevator,
                name,
                self.tables.stock_name(name, fleet),
                self.equipment,
                fleet,
                self.equipment.stock(name, fleet),
                self._empties_rule,
                self._yard(name),
            )
            self.equipment.listen(name, fleet, terminal.news, terminal.waits)

    def _delivery(self, name: str) -> None:
        station = self.tables.stations[name]
        table = station.delivery
        if table is None and not station.liners:
            return
        self._deliveries[name] = Deliveries(
            self.env,
            self.boxes,
            None
            if table is None or table.trucks is None
            else self._bank(table.trucks, self.rates.profile(name, f"{name}/trucks")),
            self._draws_by_supply(table.dwell if table else None, name, "dwell"),
            self._draws_by_supply(table.time if table else None, name, "truck"),
            self._draws_by_supply(table.stripping if table else None, name, "stripping"),
            name,
            self.equipment,
            self._liners(name) if station.liners else None,
            by_truck=table is not None,
            yard=self._yard(name),
        )

    def _liners(self, port: str) -> Liners:
        station = self.tables.stations[port]
        berths = None
        if station.berths is not None:
            berths = Places(
                self.env,
                f"{port}: berths",
                int(station.berths),
                self._order(Rule(rule="first-come")),  # type: ignore[arg-type]
            )
        services = []
        for name, table in station.liners.items():
            service = LinerService(
                self.env,
                self.boxes,
                len(self.corridor.liners),
                name,
                float(table.every),
                float(table.first),
                None
                if table.delay is None
                else self.streams.draws(table.delay, port, "liner", name, "delay"),
                int(table.slots),
                int(table.cranes),
                self.streams.draws(table.time, port, "liner", name, "quay crane"),
                self.streams.draws(table.voyage, port, "liner", name, "voyage"),
                berths,
                port,
                self.equipment,
                self._yard(port),
            )
            self.ports.liners.setdefault(port, []).append(service)
            self.corridor.liners.append(f"{port}/{name}")
            self.env.process(service.run())
            services.append((float(table.share), service))
        return Liners(self.boxes, services, self._lucks_by_supply(port, "liner share"))

    # -- routes ----------------------------------------------------------------------------

    def _track(self, station: str) -> Places | None:
        if station not in self._tracks:
            table = self.tables.stations[station]
            tracks = None
            if table.tracks is not None:
                tracks = self._places(f"{station}: tracks", table.tracks, table.order)
                there = self.rates.profile(rate=table.tracks)
                self._meter(station, "track", "tracks", "h", tracks.held_hours, there)
            self._tracks[station] = tracks
        return self._tracks[station]

    def _enter_station(self, station: str) -> Iterator[Step]:
        stage = self._stage(station, "track", f"{station}: no track free")
        tracks = self._track(station)
        if tracks is not None:
            yield Enter(self.shared, tracks, stage)
        yield Leave(tracks, departs=False)

    def _enter_line(self, name: str, toward: str) -> Iterator[Step]:
        line = self.tables.lines[name]
        key = (name, toward)
        if key not in self._line_places:
            places = None
            if line.places is not None:
                places = self._places(f"{name}: places toward {toward}", line.places, line.order)
                there = self.rates.profile(rate=line.places)
                activity = f"places toward {toward}"
                self._meter(name, activity, "places", "h", places.held_hours, there)
            self._line_places[key] = places
            self._gates[key] = tuple(self._gates_of(name, toward))
        stage = self._stage(name, "enter", f"{name}: no place free on the line")
        places = self._line_places[key]
        if places is not None:
            yield Enter(self.shared, places, stage)
        for gate, number in self._gates[key]:
            yield Pass(self.shared, gate, number)
        yield Leave(places, departs=True)

    def _gates_of(self, name: str, toward: str) -> Iterator[tuple[Gate, int]]:
        line = self.tables.lines[name]
        if line.paths is not None:
            profile = self.rates.profile(name, f"{name}/paths", rate=line.paths)
            gate = Gate(self.env, f"{name}: paths", profile, self._order(line.order))  # type: ignore[arg-type]
            activity = f"paths toward {toward}"
            self._meter(name, activity, "gate", "trains", gate.count, profile)
            yield gate, self._stage(name, "path", f"{name}: no path free", profile)
        accept = line.acceptance
        if accept is not None and accept.toward == toward:
            daily = self.rates.daily(accept.variation, name, "acceptance")
            targets = (name, f"{name}/acceptance")
            profile = self.rates.profile(*targets, rate=accept.per_day, more=daily)
            classes = {
                c: self.rates.profile(*targets, rate=limit) for c, limit in accept.classes.items()
            }
            gate = Gate(
                self.env,
                f"{name}: acceptance",
                profile,
                self._order(accept.order),  # type: ignore[arg-type]
                classes,
                accepts=True,
            )
            self._meter(name, "acceptance", "gate", "trains", gate.count, profile)
            yield gate, self._stage(name, "acceptance", f"{name}: acceptance", profile)

    def _route(
        self,
        owner: str,
        origin: str,
        route: tuple[str, ...],
        stride: int,
        ending: Ending | None,
        formed: bool,
    ) -> Route:
        """``formed`` says that the trains are there already, and ask before they set out."""
        steps: list[Step] = []
        place = origin
        admission = self._admission(origin, route)
        if formed and admission is not None:
            border = admission.approach.line
            stage = self._stage(border, "admission", f"{border}: not admitted")
            steps.append(SetOut(self.shared, admission, stage))
        if self._track(origin) is not None:
            steps.extend(self._enter_station(origin))
        cranes = unloading_cranes(self.tables, route)
        for i, item in enumerate(route):
            if "/" not in item:
                line = self.tables.lines[item]
                toward = line.to if place == line.origin else line.origin
                steps.extend(self._enter_line(item, toward))
                steps.append(self._run(owner, item))
                if self._track(toward) is not None or self._line_places[item, toward] is not None:
                    steps.extend(self._enter_station(toward))
                place = toward
                continue
            work = self._work(item)
            if isinstance(work, Servers):
                steps.append(self._serve(owner, item, work))
            elif isinstance(work, Cranes):
                unloads = ending is not None and i == cranes
                if unloads:
                    steps.extend(self._slots(place))
                steps.append(self._lift(owner, item, work, stride, ending if unloads else None))
        if ending is not None:
            if cranes is None:
                steps.extend(self._slots(place))
            stage = self._stage(place, "arrival", None)
            steps.append(
                EndOfRun(
                    None if cranes is not None else ending.unloading,
                    stage,
                    ending.wagons,
                )
            )
        route_made = Route(origin, steps)
        self._routes.append(route_made)
        return route_made

    def _slots(self, station: str) -> Iterator[TakeSlots]:
        yard = self._yard(station)
        if yard is not None:
            stage = self._stage(station, "yard", f"{station}: yard full")
            yield TakeSlots(self.shared, yard, stage)

    def _admission(self, origin: str, route: tuple[str, ...]) -> Admission | None:
        """The rule and the first border line on a route; none where nothing is to be asked."""
        if self.tables.policies.admission.rule == "none":
            return None
        place = origin
        for item in route:
            if "/" in item:
                continue
            track = self.tables.lines[item]
            before, place = place, track.to if place == track.origin else track.origin
            if track.acceptance is not None and track.acceptance.toward == place:
                return Admission(self._admission_rule, self._way(item, before, place))
        return None

    def _way(self, line: str, before: str, toward: str) -> WayToBorder:
        if line not in self._ways:
            self._ways[line] = WayToBorder(line, partial(self._queues_before, line, before, toward))
        return self._ways[line]

    def _queues_before(self, line: str, before: str, toward: str) -> list[Sized]:
        """The gate of a border line, the tracks before it, and the way to those."""
        queues: list[Sized] = [gate for gate, _ in self._gates[line, toward]]
        tracks, places = self._tracks.get(before), self._line_places.get((line, toward))
        queues += [q for q in (tracks, places) if q is not None]
        for (name, end), gates in self._gates.items():
            if end == before and name != line:
                queues += [gate for gate, _ in gates]
                places = self._line_places.get((name, end))
                queues += [] if places is None else [places]
        return queues

    def _work(self, item: str) -> Servers | Cranes | Laboratory:
        station, work = item.split("/")
        return self.tables.stations[station].work[work]

    def _run(self, owner: str, name: str) -> Run:
        line = self.tables.lines[name]
        draws = None
        if line.variation is not None:
            draws = self.streams.draws(line.variation, name, "run", owner)
        profile = self.rates.profile(name)
        hours = float(line.length) / float(line.speed)
        stage = self._stage(name, "run", None, profile)
        return Run(self.shared, hours, draws, profile, stage)

    def _serve(self, owner: str, item: str, work: Servers) -> Serve:
        station, name = item.split("/")
        if (station, name) not in self._servers:
            profile = self.rates.profile(station, item, hours=work.hours)
            tally = Tally(profile)
            number = self._in_order(work.servers, work.order)
            self._servers[station, name] = (
                self._places(item, work.servers, work.order, profile)
                if number is None or work.room is not None or self._wear(item) is not None
                else Fifo(number, profile),
                tally,
                profile,
            )
            there = self.rates.profile(station, item, rate=work.servers, hours=work.hours)
            self._meter(
                station,
                name,
                "servers",
                "h",
                lambda: tally.worked(self.env.now),
                there,
                lambda: tally.under_way(self.env.now),
            )
        servers, tally, profile = self._servers[station, name]
        stage = self._stage(station, name, f"{item}: busy", profile)
        draws = self.streams.draws(work.time, station, name, owner)
        room = None if work.room is None else int(work.room)
        customs = None
        if work.check is not None and self.tables.policies.customs.rule != "at-border":
            lucks = self.streams.uniforms(station, name, "customs", owner)
            customs = Customs(self._customs_rule, work.check, lucks)
        wear = self._wear(item)
        return Serve(self.shared, servers, tally, draws, profile, room, stage, customs, wear)

    def _wear(self, item: str) -> Wear | None:
        """The breakdowns by use of a work, if a disruption names any."""
        if item not in self._worn:
            self._worn[item] = None
            for name, table in self.tables.disruptions.items():
                if table.after is not None and table.lasts is not None and item in table.on:
                    series = self.journal.level(f"{name}: {item} down", "1")
                    after = self.streams.draws(table.after, "disruption", name, item, "after")
                    lasts = self.streams.draws(table.lasts, "disruption", name, item, "lasts")
                    self._worn[item] = Wear(self.journal, series, after, lasts)
        return self._worn[item]

    def _lift(
        self, owner: str, item: str, work: Cranes, stride: int, ending: Ending | None
    ) -> Lift:
        station, name = item.split("/")
        profile = self.rates.profile(station, item, hours=work.hours)
        if (station, name) not in self._banks:
            tracks: Places | Fifo | None = None
            if work.tracks is not None:
                number = self._in_order(work.tracks, work.order)
                tracks = (
                    self._places(f"{item}: crane tracks", work.tracks, work.order)
                    if number is None
                    else Fifo(number)
                )
            tally = Tally(profile)
            cranes = self._bank(work.cranes, profile)
            cranes.wear = self._wear(item)
            self._banks[station, name] = (cranes, tally, tracks)
            there = self.rates.profile(station, item, rate=work.cranes, hours=work.hours)
            self._meter(
                station,
                name,
                "cranes",
                "h",
                lambda: tally.worked(self.env.now),
                there,
                lambda: tally.under_way(self.env.now),
            )
            if tracks is not None and work.tracks is not None:
                there = self.rates.profile(rate=work.tracks)
                activity = f"{name} tracks"
                self._meter(station, activity, "tracks", "h", self._held(tracks), there)
        bank, tally, tracks = self._banks[station, name]
        return Lift(
            self.shared,
            bank,
            tally,
            tracks,
            self.streams.draws(work.time, station, name, owner),
            stride,
            self._stage(station, name, f"{item}: busy", profile),
            None if ending is None else ending.unloading,
        )

    def _held(self, tracks: Places | Fifo) -> Callable[[], float]:
        if isinstance(tracks, Fifo):
            return lambda: tracks.held_hours(self.env.now)
        return tracks.held_hours

    def _check(self, item: str, work: Laboratory) -> Checks:
        station, name = item.split("/")
        if (station, name) not in self._checks:
            commodities = self.tables.commodities
            shares = [
                float(work.share.get(commodities[s.commodity].checked_as or "", 0.0))
                for s in self.tables.supplies.values()
            ]
            self._checks[station, name] = Checks(
                None if work.slots is None else self._bank(work.slots, ALWAYS),
                shares,
                work.by == "lot",
                self._lucks_by_supply(station, name, "sampled"),
                self._draws_by_supply(work.time, station, name),
                float(work.reject),
                self._lucks_by_supply(station, name, "verdict"),
                self._stage(station, name, f"{item}: no slot free"),
            )
        return self._checks[station, name]

    # -- processes -------------------------------------------------------------------------

    def _service(self, name: str) -> None:
        table = self.tables.services[name]
        here = table.origin
        run_before: list[str] = []
        border_run: str | None = None
        for item in table.route:
            if "/" in item:
                continue
            line = self.tables.lines[item]
            if line.acceptance is not None and border_run is None:
                border_run = run_before[-1] if run_before else ""
            run_before.append(item)
            here = line.to if here == line.origin else line.origin
        checks = refusals = None
        for item in table.route:
            if "/" in item:
                work = self._work(item)
                if isinstance(work, Laboratory):
                    checks = self._check(item, work)
                    refusals = self._refusals(item, work, here)
        unloading = Unloading(
            self.boxes,
            checks,
            refusals,
            self._deliveries.get(here),
            here,
            self.equipment,
            self._goods_out(name, table, here),
            name,
        )
        formation = int(table.formation if table.formation is not None else table.length)
        wagons = None if table.wagons is None else self._set_free(table.wagons, here, name)
        route = self._route(
            name,
            table.origin,
            table.route,
            int(table.length),
            Ending(unloading, wagons),
            formed=table.passing is not None,
        )
        kind = ServiceLine if table.passing is None else PassingLine
        service = kind(
            self.env,
            self.journal,
            self.boxes,
            name,
            table.origin,
            table.train_class,
            route,
            int(table.length),
            DISPATCH.make(table.dispatch.rule, table.dispatch.parameters),
            None if table.wagons is None else self.equipment.pool(table.origin, table.wagons),
            formation,
            self.equipment,
            self._repositioning(table),
            self._admission(table.origin, table.route),
            self._yard(table.origin),
        )
        if isinstance(service, PassingLine) and table.passing is not None:
            service.passing(
                self.streams.draws(table.passing.every, "passing", name, "every"),
                self.streams.draws(table.passing.free, "passing", name, "free"),
            )
        self.corridor.services[name] = service
        self.gridlock.services.setdefault(table.origin, []).append(service)
        self.corridor.ends[name] = Ends(
            self._stages.get((run_before[-1], "run"), -1) if run_before else -1,
            self._stages.get((border_run, "run"), -1) if border_run else -1,
            table.crossing,
        )
        if table.crossing is not None:
            place = table.origin
            for item in table.route:
                if "/" not in item:
                    line = self.tables.lines[item]
                    before, place = place, line.to if place == line.origin else line.origin
                    known = self.border.gates.setdefault(table.crossing, {})
                    for gate, _ in self._gates[item, place]:
                        if gate.accepts:
                            known.setdefault(gate, self._way(item, before, place))
        self.env.process(service.run())

    def _terminals_beyond(self) -> None:
        """Tell each service the terminals that it, or services after it, bring empties to."""
        for name, table in self.tables.services.items():
            end = end_of(self.tables, table)
            for station, terminal in self.tables.stations.items():
                if terminal.stuffing is None or station == table.origin:
                    continue
                chains = service_chains(self.tables, end, station) if station != end else [()]
                if any(table.origin not in self._ends(chain) for chain in chains):
                    self._leads_to(name, station)

    def _leads_to(self, name: str, station: str) -> None:
        empties, origin = self.corridor.services[name].empties, self.tables.services[name].origin
        for fleet, depot in {} if empties is None else empties.depots.items():
            if (station, fleet) in self._terminals:
                depot.beyond[self.tables.stock_name(station, fleet)] = self._toward(
                    station, fleet, origin
                )

    def _toward(self, station: str, fleet: str, origin: str) -> Toward:
        """A terminal, and what brings empties to it without passing a station of origin."""
        toward = Toward(self.equipment.stock(station, fleet))
        transfers: dict[str, None] = {}
        for name, table in self.tables.services.items():
            end, empties = end_of(self.tables, table), self.corridor.services[name].empties
            if empties is None or end == origin:
                continue
            chains = service_chains(self.tables, end, station) if end != station else [()]
            if any(origin not in self._ends(chain) for chain in chains):
                toward.carriers.append(empties)
                # what a terminal on the way has is there for its own goods
                if end != station and self.tables.stations[end].stuffing is None:
                    transfers[end] = None
        toward.transfers = [self.equipment.stock(end, fleet) for end in transfers]
        return toward

    def _ends(self, chain: tuple[str, ...]) -> set[str]:
        return {end_of(self.tables, self.tables.services[name]) for name in chain}

    def _refusals(self, item: str, work: Laboratory, station: str) -> Refusals | None:
        """Where the boxes of each supply go that the laboratory turns back."""
        if float(work.reject) <= 0.0:
            return None
        stations = list(self.tables.stations)
        ways: list[tuple[int, tuple[str, ...]] | None] = []
        for supply in self.tables.supplies.values():
            boxed = self.tables.carried_as(supply) == "containers"
            chains = service_chains(self.tables, station, supply.terminal) if boxed else []
            home = stations.index(supply.terminal)
            takes = self.tables.stations[supply.terminal].delivery is not None
            ways.append((home, chains[0]) if chains and takes else None)
        return Refusals(
            self.env,
            self.boxes,
            station,
            ways,
            self.corridor.services,
            self._draws_by_supply(work.disposal, *item.split("/"), "disposal"),
            self.equipment,
            self._yard(station),
        )

    def _goods_out(self, name: str, table: Service, station: str) -> GoodsOut | None:
        """Where a service ends at cranes that lift goods out of what they came in."""
        cranes = unloading_cranes(self.tables, table.route)
        work = None if cranes is None else self._work(table.route[cranes])
        if not isinstance(work, Cranes) or work.lifts == "boxes":
            return None
        ways = {
            number: self._set_free(fleet, station, name)
            for number, fleet in enumerate(self.tables.fleets)
        }
        return GoodsOut(self.boxes, self.equipment, ways)

    def _set_free(self, fleet: str, station: str, owner: str) -> Wagons:
        for way in self.tables.fleets[fleet].returns:
            if way.origin == station:
                draws = self.streams.draws(way.time, station, "return", fleet, owner)
                return Wagons(self.equipment, station, way.to, draws)
        return Wagons(self.equipment, station, station, None)

    def _supply(self, name: str) -> None:
        table = self.tables.supplies[name]
        number = list(self.tables.supplies).index(name)
        load, lot = self.tables.unit_load(table), int(table.lot)
        stations = list(self.tables.stations)
        destinations = []
        for destination, share in table.to.items():
            chains: dict[str, tuple[ServiceLine, ...]] = {}
            carries = self.tables.carried_as(table)
            for chain in service_chains(self.tables, table.terminal, destination, carries):
                crossing = next(
                    (c for c in (self.tables.services[s].crossing for s in chain) if c is not None),
                    "",
                )
                chains.setdefault(crossing, tuple(self.corridor.services[s] for s in chain))
            destinations.append((float(share), stations.index(destination), destination, chains))
        rule = self.tables.policies.crossing
        rate = self.rates.offered(table, load * lot)
        if rate is None:
            lots = contract_lots(self.rates.contracts(table), load, lot)
        else:
            gaps = None
            if table.arrivals == "poisson":
                gaps = self.streams.draws(
                    DurationDistribution.of("exponential(mean: 1 h)"), "supply", name
                )
            lots = ((time, lot, load) for time in arrivals(rate, gaps))
            self.boxes.expect(1.05 * rate.work(self.corridor.end) * lot)
        region = Region(
            self.env,
            self.boxes,
            number,
            table.commodity,
            lots,
            load,
            self.streams.uniforms("supply", name, "lots"),
            destinations,
            self._terminals[table.terminal, self.tables.loaded_into(table)],
            CROSSING.make(rule.rule, rule.parameters),
            self.border,
            self._port_choice(),
        )
        self.env.process(region.run())

    def _port_choice(self) -> PortChoice | None:
        rule = self.tables.policies.port
        if rule.rule == "fixed":
            return None
        return PortChoice(PORT.make(rule.rule, rule.parameters), self.ports)

    def _background(self, name: str) -> None:
        table = self.tables.background[name]
        stride = max(int(table.boxes), 1)
        route = self._route(name, table.origin, table.route, stride, None, formed=True)
        if table.arrivals == "intervals":
            assert table.interval is not None
            draws = self.streams.draws(table.interval, "background", name)
            times = arrivals(ALWAYS, draws)
        else:
            parts = [
                self.rates.dated(table.trains),
                self.rates.dated(self.tables.background_volume),
            ]
            season = self.rates.season(table.season)
            parts += [] if season is None else [season]
            gaps = None
            if table.arrivals == "poisson":
                gaps = self.streams.draws(
                    DurationDistribution.of("exponential(mean: 1 h)"), "background", name
                )
            times = arrivals(Profile(product(*parts)), gaps)
        flow = Flow(
            self._flows,
            self.journal,
            name,
            table.train_class,
            route,
            int(table.boxes),
            times,
            float("inf") if table.limit is None else int(table.limit),
        )
        flow.sets = 0 if table.trainsets is None else int(table.trainsets)
        self._background_flows.append(flow)

    def _start_flows(self) -> None:
        """Trains of others go by an agenda where nobody needs to see them at their times."""
        flows = self._background_flows
        found = agendas(self.env, self._routes, [(flow.route, flow.sets == 0) for flow in flows])
        for flow, agenda in zip(flows, found, strict=True):
            if agenda is not None and agenda not in self.corridor.agendas:
                self.corridor.agendas.append(agenda)
            flow.start(self.shared.clock if agenda is None else agenda)

    def _disruption(self, name: str) -> Process:
        """Says when a disruption begins and ends; its effect is in the profiles already."""
        series = self.journal.level(f"{name}: disruption", "1")
        for begin, end, _ in self.rates.periods[name]:
            if end <= 0.0:
                continue
            yield at(self.env, begin)
            self.journal.moves.append((series, self.env.now, 1.0))
            yield at(self.env, end)
            self.journal.moves.append((series, self.env.now, -1.0))


@dataclass(frozen=True)
class Ending:
    """What happens where the trains of a service end."""

    unloading: Unloading
    wagons: Wagons | None
