"""Checks across tables: what one table names must be in another, and must fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.scenario import evidence, journey, register
from sim.scenario import shape as shapes
from sim.scenario.dated import Dated
from sim.scenario.documents import Tree, near_file
from sim.scenario.drawn import Distribution
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.units import shown
from sim.scenario.vocabulary import (
    Background,
    Cranes,
    Disruption,
    Laboratory,
    ScenarioTables,
    Servers,
    Service,
    Supply,
)

Step = str | int


def check_evidence(tree: Tree, layers: Mapping[str, Tree], with_register: bool) -> list[Problem]:
    """Fact ids that the register does not have, in the merged document or in one of its files.

    Without `with_register` (a scenario from a manifest, whose files are elsewhere) none are.
    """
    if not with_register:
        return []
    named = tree.child("evidence")
    ids = [fact for document in (tree, *layers.values()) for fact in evidence.cited(document)]
    if named is None or not isinstance(named.value, str):
        if not ids:
            return []
        return [
            Problem(
                "warning",
                ids[0][1],
                f"source: `{shown(ids[0][0])}` cannot be looked up; "
                "expected `evidence: <register>.csv` in the scenario",
            )
        ]
    file = register.register_path(named)
    try:
        known = register.read_register(file)
    except ValueError as error:
        hint = "" if file.exists() else near_file(file)
        return [Problem("error", named.place, f"evidence: {file} {error}{hint}")]
    return [
        Problem(
            "error",
            place,
            f"source: no fact `{shown(fact)}` in {file}{near(fact, known, '')}",
        )
        for fact, place in ids
        if fact not in known
    ]


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """All that does not fit between the tables of a scenario that is right in itself."""
    return _Checker(tables, tree).run()


class _Checker:
    def __init__(self, tables: ScenarioTables, tree: Tree) -> None:
        self.tables = tables
        self.tree = tree
        self.problems: list[Problem] = []

    def run(self) -> list[Problem]:
        self.times()
        self.fleets()
        self.stations()
        self.lines()
        self.services()
        self.background()
        self.supplies()
        self.disruptions()
        self.calendars()
        self.costs()
        self.dated()
        return self.problems

    # Saying what is wrong -------------------------------------------------------------------

    def say(self, path: Iterable[Step], message: str, *, warning: bool = False) -> None:
        found, gone = self.tree.find(tuple(path))
        place: Place = found.place
        if isinstance(found.value, dict):
            place = found.key_place if gone else found.place
            value = found.child("value")
            place = value.place if value is not None else place
        self.problems.append(Problem("warning" if warning else "error", place, message))

    def say_key(self, path: tuple[Step, ...], message: str, *, warning: bool = False) -> None:
        found, _ = self.tree.find(path)
        severity = "warning" if warning else "error"
        self.problems.append(Problem(severity, found.key_place, message))  # type: ignore[arg-type]

    def known(
        self,
        name: str | None,
        table: Iterable[str],
        noun: str,
        path: tuple[Step, ...],
        key: bool = False,
    ) -> bool:
        names = list(table)
        if name is None or name in names:
            return True
        label = "" if key else f"{_label(path)}: "
        hint = near(name, names, _listed(names, noun))
        (self.say_key if key else self.say)(path, f"{label}unknown {noun} `{shown(name)}`{hint}")
        return False

    def fleet(self, name: str | None, kind: str, path: tuple[Step, ...]) -> bool:
        if name is None or not self.known(name, self.tables.fleets, "fleet", path):
            return name is None
        if self.tables.fleets[name].kind != kind:
            others = [n for n, f in self.tables.fleets.items() if f.kind == kind]
            self.say(
                path,
                f"{_label(path)}: fleet `{name}` is of {self.tables.fleets[name].kind}; "
                f"expected a fleet of {kind}{_one_of(others)}",
            )
            return False
        return True

    def hours(self, name: str | None, path: tuple[Step, ...]) -> None:
        self.known(name, self.tables.calendars, "calendar", path)

    # One table after the other --------------------------------------------------------------

    def times(self) -> None:
        t = self.tables
        if t.warmup > 0 and t.warmup >= t.horizon:
            self.say(
                ("warmup",),
                f"warmup: {t.warmup.text} leaves nothing of the horizon of {t.horizon.text}; "
                "expected less",
            )

    def fleets(self) -> None:
        for name, fleet in self.tables.fleets.items():
            base: tuple[Step, ...] = ("fleets", name)
            for station in fleet.at:
                self.known(station, self.tables.stations, "station", (*base, "at", station), True)
            for i, back in enumerate(fleet.returns):
                path = (*base, "returns", i)
                self.known(back.origin, self.tables.stations, "station", (*path, "from"))
                self.known(back.to, self.tables.stations, "station", (*path, "to"))

    def stations(self) -> None:
        if not self.tables.stations:
            self.say(("stations",), "stations: there are none; expected one or more")
        for name, station in self.tables.stations.items():
            base: tuple[Step, ...] = ("stations", name)
            for work_name, work in station.work.items():
                path = (*base, "work", work_name)
                if work_name in RESERVED:
                    self.say_key(
                        path,
                        f"`{work_name}` is what the tables call a stage of every train; expected "
                        "another name for the work",
                    )
                if isinstance(work, Servers | Cranes):
                    self.hours(work.hours, (*path, "hours"))
                if isinstance(work, Laboratory):
                    self.laboratory(work, path)
            if station.stuffing is not None:
                self.hours(station.stuffing.hours, (*base, "stuffing", "hours"))
                self.fleet(station.stuffing.fleet, "containers", (*base, "stuffing", "fleet"))
            if station.delivery is not None:
                self.fleet(station.delivery.fleet, "containers", (*base, "delivery", "fleet"))
            total = sum(liner.share for liner in station.liners.values())
            if total > 1 + 1e-9:
                self.say_key(
                    (*base, "liners"), f"liners: shares add up to {total:.4g}; expected 1 or less"
                )

    def laboratory(self, work: Laboratory, path: tuple[Step, ...]) -> None:
        if work.reject > 1:
            said = f"reject: a share of {work.reject.text} is above 1; expected 1 or less, as 2 %"
            self.say((*path, "reject"), said)
        classes = {c.checked_as for c in self.tables.commodities.values() if c.checked_as}
        for name, share in work.share.items():
            at = (*path, "share", name)
            if share > 1:
                self.say(at, f"{name}: a share of {share.text} is above 1; expected 1 or less")
            if name not in classes:
                self.say_key(
                    at,
                    f"no commodity is checked as `{shown(name)}`{near(name, classes, '')}",
                    warning=True,
                )

    def lines(self) -> None:
        used = {s.train_class for s in self.tables.services.values()}
        used |= {b.train_class for b in self.tables.background.values()}
        for name, line in self.tables.lines.items():
            base: tuple[Step, ...] = ("lines", name)
            self.known(line.origin, self.tables.stations, "station", (*base, "from"))
            self.known(line.to, self.tables.stations, "station", (*base, "to"))
            if line.origin == line.to:
                self.say((*base, "to"), f"to: line `{name}` begins and ends at `{line.to}`")
            if line.acceptance is None:
                continue
            toward = line.acceptance.toward
            if toward not in (line.origin, line.to):
                self.say(
                    (*base, "acceptance", "toward"),
                    f"toward: `{shown(toward)}` is no end of the line; "
                    f"expected `{line.origin}` or `{line.to}`",
                )
            for kind in line.acceptance.classes:
                if kind not in used:
                    self.say_key(
                        (*base, "acceptance", "classes", kind),
                        f"no train is of class `{shown(kind)}`{near(kind, used, '')}",
                        warning=True,
                    )

    def route(self, thing: Service | Background, base: tuple[Step, ...]) -> str | None:
        """The station where a route ends, or nothing if it does not join."""
        if not self.known(thing.origin, self.tables.stations, "station", (*base, "from")):
            return None
        here = thing.origin
        for i, leg in enumerate(thing.route):
            path = (*base, "route", i)
            if "/" in leg:
                station, _, work = leg.partition("/")
                if not self.known(station, self.tables.stations, "station", path):
                    return None
                works = self.tables.stations[station].work
                if work not in works:
                    elsewhere = [n for n, s in self.tables.stations.items() if work in s.work]
                    hint = f"; it is at {_ticked(elsewhere)}" if elsewhere else near(work, works)
                    self.say(path, f"route: no work `{shown(work)}` at `{station}`{hint}")
                elif station != here:
                    self.say(
                        path,
                        f"route: the train is at `{here}` and not at `{station}`; "
                        "expected a line there first",
                    )
                    return None
                continue
            if leg not in self.tables.lines:
                if leg in self.tables.stations:
                    works = self.tables.stations[leg].work
                    hint = _one_of([f"{leg}/{w}" for w in works])
                    self.say(path, f"route: `{leg}` is a station; expected a line or a work{hint}")
                else:
                    self.known(leg, self.tables.lines, "line", path)
                return None
            end = journey.other_end(self.tables.lines[leg], here)
            if end is None:
                line = self.tables.lines[leg]
                touching = [n for n, x in self.tables.lines.items() if journey.other_end(x, here)]
                self.say(
                    path,
                    f"route: line `{leg}` runs from `{line.origin}` to `{line.to}` and does not "
                    f"touch `{here}`, where the train is{_one_of(touching)}",
                )
                return None
            here = end
        return here

    def services(self) -> None:
        for name, service in self.tables.services.items():
            base: tuple[Step, ...] = ("services", name)
            end = self.route(service, base)
            if end is not None and end == service.origin:
                self.say(
                    (*base, "route"),
                    f"route: service `{name}` ends where it begins, at `{end}`; "
                    "expected another station",
                )
            if end is not None:
                self.yard(name, service, end)
            self.passing(service, base)
            if service.formation is not None and service.formation == 0:
                self.say((*base, "formation"), "formation: a train of 0 wagons; expected 1 or more")
            if self.fleet(service.wagons, "wagons", (*base, "wagons")) and service.wagons:
                self.gauges(service, service.wagons, base)

    def yard(self, name: str, service: Service, end: str) -> None:
        station = self.tables.stations.get(end)  # a line may name one that is not there
        if station is None or station.yard is None:
            return
        yard = station.yard
        least = min([yard.at(0.0), *(v for _, v in yard.changes)])
        if least < int(service.length):
            self.say(
                ("stations", end, "yard"),
                f"yard: {least:g} boxes; a train of `{name}` may bring {int(service.length)} and "
                f"would never be unloaded; expected {int(service.length)} or more",
            )

    def passing(self, service: Service, base: tuple[Step, ...]) -> None:
        _, there = self.tree.find((*base, "dispatch"))
        dispatched = len(there) == len(base) + 1
        if service.passing is None:
            if not dispatched:
                self.say_key(
                    base,
                    f"`{base[-1]}` has no `dispatch`; expected when a train leaves, such as "
                    "`dispatch: {rule: timetable, every: 84 h}`, or `passing`",
                )
            return
        if dispatched:
            self.say(
                (*base, "dispatch"), "dispatch: trains that pass are not formed here; remove it"
            )
        if service.wagons is not None:
            self.say((*base, "wagons"), "wagons: trains that pass have their own; remove it")
        if service.passing.free.mean > 1.0:
            path = (*base, "passing", "free")
            self.say(path, "free: is a share of the length; expected a mean of 1 or less")

    def gauges(self, service: Service, wagons: str, base: tuple[Step, ...]) -> None:
        gauge = self.tables.fleets[wagons].gauge
        for i, leg in enumerate(service.route):
            line = self.tables.lines.get(leg)
            if line is not None and gauge and line.gauge and line.gauge != gauge:
                fitting = [
                    n
                    for n, f in self.tables.fleets.items()
                    if f.kind == "wagons" and f.gauge == line.gauge
                ]
                self.say(
                    (*base, "route", i),
                    f"route: wagons `{wagons}` run on {gauge} mm and line `{leg}` is of "
                    f"{line.gauge} mm{_one_of(fitting)}",
                )

    def background(self) -> None:
        for name, flow in self.tables.background.items():
            base: tuple[Step, ...] = ("background", name)
            self.route(flow, base)
            if flow.arrivals == "intervals" and flow.interval is None:
                self.say((*base, "arrivals"), "arrivals: `intervals` needs `interval`, such as 4 h")
            if flow.arrivals != "intervals" and flow.interval is not None:
                self.say(
                    (*base, "interval"),
                    "interval: is used only with `arrivals: intervals`; add that or remove it",
                )

    def supplies(self) -> None:
        for name, supply in self.tables.supplies.items():
            base: tuple[Step, ...] = ("supplies", name)
            self.known(supply.commodity, self.tables.commodities, "commodity", (*base, "commodity"))
            self.amount(supply, base)
            terminal = self.known(
                supply.terminal, self.tables.stations, "station", (*base, "terminal")
            )
            if terminal and self.tables.stations[supply.terminal].stuffing is None:
                able = [n for n, s in self.tables.stations.items() if s.stuffing is not None]
                self.say(
                    (*base, "terminal"),
                    f"terminal: `{supply.terminal}` has no stuffing; "
                    f"expected a station that has it{_one_of(able)}",
                )
                terminal = False
            loaded = self.loading(supply, base) if terminal else None
            total = sum(supply.to.values())
            if abs(total - 1) > 1e-6:
                self.say_key((*base, "to"), f"to: shares add up to {total:.6g}; expected 1")
            for end in supply.to:
                path = (*base, "to", end)
                if not self.known(end, self.tables.stations, "station", path, True):
                    continue
                station = self.tables.stations[end]
                onward = sum(liner.share for liner in station.liners.values())
                if station.delivery is None and not station.liners:
                    self.say_key(
                        path,
                        f"`{end}` has neither delivery nor liners, so boxes would stay there; "
                        "expected one of them",
                    )
                elif station.delivery is None and onward < 1 - 1e-9:
                    self.say_key(
                        path,
                        f"`{end}` sends {onward:.4g} of its boxes onward by liners and has no "
                        "delivery for the others; expected shares that add up to 1, or delivery",
                    )
                if loaded is not None:
                    self.chain(supply, end, path)

    def amount(self, supply: Supply, base: tuple[Step, ...]) -> None:
        ways = {"volume": supply.volume, "series": supply.series, "contracts": supply.contracts}
        given = [name for name, value in ways.items() if value]
        if supply.volume is not None and not given:
            return  # a volume of nothing is one
        if len(given) != 1:
            self.say_key(
                base,
                f"`{base[-1]}` has {' and '.join(f'`{g}`' for g in given) or 'no amount'}; "
                "expected one of `volume`, `series` and `contracts`",
            )
        elif supply.season is not None and supply.volume is None:
            self.say((*base, "season"), f"season: {given[0]} has dates of its own; remove it")

    def loading(self, supply: Supply, base: tuple[Step, ...]) -> str | None:
        """The fleet that goods are loaded into; nothing if it cannot be."""
        if not self.known(supply.fleet, self.tables.fleets, "fleet", (*base, "fleet")):
            return None
        fleet = self.tables.loaded_into(supply)
        commodity = self.tables.commodities.get(supply.commodity)
        if fleet not in self.tables.fleets or commodity is None:
            return None
        if self.tables.fleets[fleet].kind == "wagons" and fleet not in commodity.load_in:
            self.say(
                (*base, "fleet"),
                f"fleet: nobody says how much {supply.commodity} a wagon of `{fleet}` holds; "
                f"expected `load_in: {{{fleet}: 68 t}}` at the commodity",
            )
        return fleet

    def chain(self, supply: Supply, end: str, path: tuple[Step, ...]) -> None:
        carries = self.tables.carried_as(supply)
        if journey.service_chains(self.tables, supply.terminal, end, carries):
            return
        that = " with `carries: wagonloads`" if carries == "wagonloads" else ""
        self.say_key(
            path,
            f"no chain of services{that} leads from `{supply.terminal}` to `{end}`; "
            f"expected services from there, at most {journey.MOST_SERVICES} in a chain",
        )

    def disruptions(self) -> None:
        t = self.tables
        works = [f"{s}/{w}" for s, x in t.stations.items() for w in x.work]
        parts = [f"{n}/paths" for n, line in t.lines.items() if line.paths is not None]
        parts += [f"{n}/acceptance" for n, line in t.lines.items() if line.acceptance is not None]
        parts += [f"{n}/stuffing" for n, s in t.stations.items() if s.stuffing is not None]
        parts += [f"{n}/trucks" for n, s in t.stations.items() if s.delivery is not None]
        for name, disruption in t.disruptions.items():
            base: tuple[Step, ...] = ("disruptions", name)
            if disruption.factor > 1:
                self.say(
                    (*base, "factor"),
                    f"factor: {disruption.factor.text} is what is left of the rate; expected 1 or "
                    "less, such as 20 %",
                )
            for i, target in enumerate(disruption.on):
                noun = "line, station or station/work"
                self.known(target, [*t.lines, *t.stations, *works, *parts], noun, (*base, "on", i))
            if not disruption.on:
                self.say((*base, "on"), "on: is empty; expected what the disruption reduces")
            keys = ("begin", "days", "every", "after", "lasts")
            given = {key for key in keys if getattr(disruption, key) is not None}
            if given not in ({"begin", "days"}, {"every", "lasts"}, {"after", "lasts"}):
                self.say_key(
                    base,
                    f"`{name}` needs either `begin` and `days`, or `every` and `lasts`, or "
                    "`after` and `lasts`",
                )
            if disruption.after is not None:
                self.wear(disruption, base, works)

    def wear(self, disruption: Disruption, base: tuple[Step, ...], works: list[str]) -> None:
        for i, target in enumerate(disruption.on):
            station, _, work = target.partition("/")
            here = self.tables.stations[station].work.get(work) if target in works else None
            if not isinstance(here, Servers | Cranes):
                self.say(
                    (*base, "on", i),
                    f"on: `{target}` does not wear by use; expected a station/work of servers or "
                    "cranes",
                )
        if disruption.factor > 0.0:
            self.say(
                (*base, "factor"),
                "factor: what wears by use stands still while it is mended; expected 0",
            )

    def costs(self) -> None:
        t = self.tables
        ways = ["1520", "1435", *t.lines]
        works = [f"{s}/{w}" for s, x in t.stations.items() for w in x.work]
        named = {
            **dict.fromkeys(BY_LINE, (ways, "gauge or line")),
            "works": (works, "station/work"),
            "equipment": (list(t.fleets), "fleet"),
        }
        for key, (known, noun) in named.items():
            for name in getattr(t.costs, key):
                self.known(name, known, noun, ("costs", key, name), True)

    def calendars(self) -> None:
        t = self.tables
        for name, calendar in t.calendars.items():
            # one turn of the week beyond short runs: they may lie between two openings
            until = max(float(t.horizon), 24.0 * 8)
            if not calendar.windows(t.start, 0.0, until):
                self.say_key(
                    ("calendars", name),
                    f"calendar `{name}` never opens in the run; expected some open hours",
                )

    def dated(self) -> None:
        """Capacities that are never above zero, changes outside the run, and means not one."""
        for path, shape, here in shapes.walk(self.tree):
            if shape.kind != "figure":
                continue
            value = _value(self.tables, path)
            if isinstance(value, Dated):
                self.changes(path, here, value)
                if value.most == 0 and path[-1] in NEVER_ZERO:
                    self.say(path, f"{_label(path)}: is 0 at all times; expected 1 or more")
            elif path[-1] == "variation" and isinstance(value, Distribution):
                self.variation(path, value)

    def variation(self, path: shapes.Path, value: Distribution) -> None:
        if abs(value.mean - 1) > 1e-9:
            self.say(
                path,
                f"variation: has mean {value.mean:.4g}, which moves the mean of what it varies; "
                "expected 1",
                warning=True,
            )

    def changes(self, path: shapes.Path, here: Tree, value: Dated) -> None:
        table = here.child("changes")
        if table is None or not isinstance(table.value, dict):
            return
        from sim.scenario.dated import moment

        horizon = float(self.tables.horizon)
        for when in table.value:
            hours = moment(when, self.tables.start)
            if 0 <= hours < horizon:
                continue
            side = "before the start" if hours < 0 else "after the end"
            self.say_key(
                (*path, "changes", when),
                f"{_label(path)}: the change on {when} lies {side} of the run",
                warning=True,
            )


RESERVED = ("track", "yard", "arrival", "enter", "run", "path", "acceptance", "admission")
"""Activities of stages that are no work."""
BY_LINE = ("haul", "haul_wagonload", "haul_empty", "co2e", "co2e_empty")
"""Rates that are named by gauge or line."""
NEVER_ZERO = ("servers", "cranes", "lines", "tracks", "places", "trucks", "slots")


def _value(tables: ScenarioTables, path: shapes.Path) -> object:
    """The validated value at a path of the document."""
    here: object = tables
    for step in path:
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, tuple):
            here = here[int(step)]
        else:
            name = {"from": "origin", "class": "train_class"}.get(str(step), str(step))
            here = getattr(here, name, None)
    return here


def _label(path: tuple[Step, ...]) -> str:
    names = [str(step) for step in path if not isinstance(step, int)]
    return names[-1] if names else ""


def _ticked(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in list(names)[:8])


def _one_of(names: list[str]) -> str:
    return f"; such as {_ticked(names)}" if names else ""


def _listed(names: list[str], noun: str) -> str:
    if not names:
        return f"; the scenario has no {noun}"
    return f"; expected one of {_ticked(names)}" + (", …" if len(names) > 8 else "")
