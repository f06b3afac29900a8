"""Services and background trains: routes that join, wagons, yards that take a whole train."""

from __future__ import annotations

import re

from sim.scenario import journey
from sim.scenario.fitting.checked import Checked, one_of, ticked
from sim.scenario.spelling import near
from sim.scenario.tree import Steps
from sim.scenario.units import shown
from sim.scenario.vocabulary import Background, Laboratory, Service


def services(checked: Checked) -> None:
    """Routes, wagons, departures, and yards where they end."""
    for name, service in checked.tables.services.items():
        base: Steps = ("services", name)
        end = _route(checked, service, base)
        if end is not None and end == service.origin:
            checked.say(
                (*base, "route"),
                f"route: service `{name}` ends where it begins, at `{end}`; "
                "expected another station",
            )
        if end is not None:
            _yard(checked, name, service, end)
            _sampling(checked, service, base, end)
            of_wagons = service.wagons and checked.tables.fleets.get(service.wagons)
            if not of_wagons or not of_wagons.gauge:
                _change_of_gauge(checked, service, base)
        _passing(checked, service, base)
        if service.formation is not None and service.formation == 0:
            checked.say((*base, "formation"), "formation: a train of 0 wagons; expected 1 or more")
        if checked.fleet(service.wagons, "wagons", (*base, "wagons")) and service.wagons:
            _gauges(checked, service, service.wagons, base)


def background(checked: Checked) -> None:
    """Routes, and when trains come."""
    for name, flow in checked.tables.background.items():
        base: Steps = ("background", name)
        if _route(checked, flow, base) is not None:
            _unsampled(checked, flow, base)
            _change_of_gauge(checked, flow, base)
        if flow.arrivals == "intervals" and flow.interval is None:
            checked.say((*base, "arrivals"), "arrivals: `intervals` needs `interval`, such as 4 h")
        if flow.arrivals != "intervals" and flow.interval is not None:
            checked.say(
                (*base, "interval"),
                "interval: is used only with `arrivals: intervals`; add that or remove it",
            )


def _route(checked: Checked, thing: Service | Background, base: Steps) -> str | None:
    """The station where a route ends, or nothing if it does not join."""
    if not checked.known(thing.origin, checked.tables.stations, "station", (*base, "from")):
        return None
    here = thing.origin
    for i, leg in enumerate(thing.route):
        path = (*base, "route", i)
        several = journey.several_legs(leg)
        if several:
            checked.say(path, several)
            return None
        plain = re.sub(r"\s*[/\\]+\s*", "/", leg)
        if plain != leg:
            checked.say(path, f"route: `{shown(leg)}` is not a name; write `{shown(plain)}`")
            return None
        if "/" in leg:
            station, _, work = leg.partition("/")
            if not checked.known(station, checked.tables.stations, "station", path):
                return None
            works = checked.tables.stations[station].work
            if work not in works:
                elsewhere = [n for n, s in checked.tables.stations.items() if work in s.work]
                hint = f"; it is at {ticked(elsewhere)}" if elsewhere else near(work, works)
                checked.say(path, f"route: no work `{shown(work)}` at `{station}`{hint}")
            elif station != here:
                checked.say(
                    path,
                    f"route: the train is at `{here}` and not at `{station}`; "
                    "expected a line there first",
                )
                return None
            continue
        if leg not in checked.tables.lines:
            if leg in checked.tables.stations:
                works = checked.tables.stations[leg].work
                ways = [
                    n
                    for n, line in checked.tables.lines.items()
                    if here in (line.origin, line.to) and leg in (line.origin, line.to)
                ]
                hint = one_of([*ways, *(f"{leg}/{w}" for w in works)])
                checked.say(path, f"route: `{leg}` is a station; expected a line or a work{hint}")
            else:
                checked.known(leg, checked.tables.lines, "line", path)
            return None
        end = journey.other_end(checked.tables.lines[leg], here)
        if end is None:
            line = checked.tables.lines[leg]
            touching = [n for n, x in checked.tables.lines.items() if journey.other_end(x, here)]
            checked.say(
                path,
                f"route: line `{leg}` runs from `{line.origin}` to `{line.to}` and does not "
                f"touch `{here}`, where the train is{one_of(touching)}",
            )
            return None
        here = end
    return here


def _laboratories(checked: Checked, thing: Service | Background) -> list[int]:
    """Positions of laboratories in a route that joins."""
    found = []
    for i, leg in enumerate(thing.route):
        station, _, work = leg.partition("/")
        here = checked.tables.stations[station].work.get(work) if work else None
        if isinstance(here, Laboratory):
            found.append(i)
    return found


def _sampling(checked: Checked, service: Service, base: Steps, end: str) -> None:
    """Boxes are sampled where they leave the train, by one laboratory."""
    last_line = max((i for i, leg in enumerate(service.route) if "/" not in leg), default=-1)
    there = []
    for i in _laboratories(checked, service):
        station = service.route[i].partition("/")[0]
        if i < last_line:
            checked.say(
                (*base, "route", i),
                f"route: `{service.route[i]}` is on the way, and boxes are sampled where they "
                f"leave the train, at `{end}`; end the service at `{station}` and start another "
                "from there",
            )
        else:
            there.append(i)
    for i in there[1:]:
        checked.say(
            (*base, "route", i),
            f"route: boxes are sampled once, by `{service.route[there[0]]}` already; expected "
            "one laboratory in a route",
        )


def _unsampled(checked: Checked, flow: Background, base: Steps) -> None:
    for i in _laboratories(checked, flow):
        checked.say(
            (*base, "route", i),
            f"route: `{flow.route[i]}` samples boxes of services, and of these trains no box is "
            "followed: it changes nothing; remove it",
            warning=True,
        )


def _change_of_gauge(checked: Checked, thing: Service | Background, base: Steps) -> None:
    """Between lines of two gauges there is a work at a station where both meet.

    A line without a gauge may have both, as the short ones over the border do.
    """
    gauge: int | None = None
    here, last, worked, between = thing.origin, "", False, [thing.origin]
    for i, leg in enumerate(thing.route):
        station, _, work = leg.partition("/")
        if work:
            there = checked.tables.stations[station].work.get(work)
            worked = worked or not isinstance(there, Laboratory)
            continue
        line = checked.tables.lines[leg]
        here = journey.other_end(line, here) or here
        if line.gauge is None:
            between.append(here)
            continue
        if gauge is not None and line.gauge != gauge and not worked:
            able = [
                f"{name}/{w}"
                for name in between
                for w, there in checked.tables.stations[name].work.items()
                if not isinstance(there, Laboratory)
            ]
            checked.say(
                (*base, "route", i),
                f"route: `{last}` is of {gauge} mm and `{leg}` of {line.gauge} mm, and nothing "
                f"is done between them; expected a work at {' or '.join(map(_tick, between))} "
                f"that changes boxes or bogies over{one_of(able)}",
            )
        gauge, last, worked, between = line.gauge, leg, False, [here]


def _tick(name: str) -> str:
    return f"`{name}`"


def _yard(checked: Checked, name: str, service: Service, end: str) -> None:
    station = checked.tables.stations.get(end)  # a line may name one that is not there
    if station is None or station.yard is None:
        return
    yard = station.yard
    least = min([yard.at(0.0), *(v for _, v in yard.changes)])
    if least < int(service.length):
        checked.say(
            ("stations", end, "yard"),
            f"yard: {least:g} boxes; a train of `{name}` may bring {int(service.length)} and "
            f"would never be unloaded; expected {int(service.length)} or more",
        )


def _passing(checked: Checked, service: Service, base: Steps) -> None:
    _, there = checked.tree.find((*base, "dispatch"))
    dispatched = len(there) == len(base) + 1
    if service.passing is None:
        if not dispatched:
            checked.say_key(
                base,
                f"`{base[-1]}` has no `dispatch`; expected when a train leaves, such as "
                "`dispatch: {rule: timetable, every: 84 h}`, or `passing`",
            )
        return
    if dispatched:
        checked.say(
            (*base, "dispatch"), "dispatch: trains that pass are not formed here; remove it"
        )
    if service.wagons is not None:
        checked.say((*base, "wagons"), "wagons: trains that pass have their own; remove it")
    if service.passing.free.mean > 1.0:
        path = (*base, "passing", "free")
        checked.say(path, "free: is a share of the length; expected a mean of 1 or less")


def _gauges(checked: Checked, service: Service, wagons: str, base: Steps) -> None:
    gauge = checked.tables.fleets[wagons].gauge
    for i, leg in enumerate(service.route):
        line = checked.tables.lines.get(leg)
        if line is not None and gauge and line.gauge and line.gauge != gauge:
            fitting = [
                n
                for n, f in checked.tables.fleets.items()
                if f.kind == "wagons" and f.gauge == line.gauge
            ]
            checked.say(
                (*base, "route", i),
                f"route: wagons `{wagons}` run on {gauge} mm and line `{leg}` is of "
                f"{line.gauge} mm{one_of(fitting)}; end the service where the gauge changes and "
                "start another there, or leave `wagons` out",
            )
