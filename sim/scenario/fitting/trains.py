"""Services and background trains: routes that join, wagons, yards that take a whole train."""

from __future__ import annotations

from sim.scenario import journey
from sim.scenario.fitting.checked import Checked, Step, one_of, ticked
from sim.scenario.spelling import near
from sim.scenario.units import shown
from sim.scenario.vocabulary import Background, Service


def services(checked: Checked) -> None:
    """Routes, wagons, departures, and yards where they end."""
    for name, service in checked.tables.services.items():
        base: tuple[Step, ...] = ("services", name)
        end = _route(checked, service, base)
        if end is not None and end == service.origin:
            checked.say(
                (*base, "route"),
                f"route: service `{name}` ends where it begins, at `{end}`; "
                "expected another station",
            )
        if end is not None:
            _yard(checked, name, service, end)
        _passing(checked, service, base)
        if service.formation is not None and service.formation == 0:
            checked.say((*base, "formation"), "formation: a train of 0 wagons; expected 1 or more")
        if checked.fleet(service.wagons, "wagons", (*base, "wagons")) and service.wagons:
            _gauges(checked, service, service.wagons, base)


def background(checked: Checked) -> None:
    """Routes, and when trains come."""
    for name, flow in checked.tables.background.items():
        base: tuple[Step, ...] = ("background", name)
        _route(checked, flow, base)
        if flow.arrivals == "intervals" and flow.interval is None:
            checked.say((*base, "arrivals"), "arrivals: `intervals` needs `interval`, such as 4 h")
        if flow.arrivals != "intervals" and flow.interval is not None:
            checked.say(
                (*base, "interval"),
                "interval: is used only with `arrivals: intervals`; add that or remove it",
            )


def _route(checked: Checked, thing: Service | Background, base: tuple[Step, ...]) -> str | None:
    """The station where a route ends, or nothing if it does not join."""
    if not checked.known(thing.origin, checked.tables.stations, "station", (*base, "from")):
        return None
    here = thing.origin
    for i, leg in enumerate(thing.route):
        path = (*base, "route", i)
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
                hint = one_of([f"{leg}/{w}" for w in works])
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


def _passing(checked: Checked, service: Service, base: tuple[Step, ...]) -> None:
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


def _gauges(checked: Checked, service: Service, wagons: str, base: tuple[Step, ...]) -> None:
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
                f"{line.gauge} mm{one_of(fitting)}",
            )
