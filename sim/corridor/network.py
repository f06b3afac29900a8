"""What a reader of results must know of the corridor itself: places, lines, ways and closures."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.policies.dispatch import DISPATCH
from sim.scenario.changes import dated_changes
from sim.scenario.dated import moment
from sim.scenario.journey import stations_along

if TYPE_CHECKING:
    from sim.corridor.rates import Rates
    from sim.scenario.vocabulary import ScenarioTables, Service


def network(tables: ScenarioTables, rates: Rates, end: float) -> dict[str, Any]:
    """Places, lines, ways and closures of one replication, as JSON knows them.

    Returns:
        ``stations`` (by name: title, position as longitude and latitude or None, and gauge_tracks,
        the gauges that have tracks to themselves, where there are any), ``lines`` (by
        name: title, from, to, length_km, gauge), ``routes`` (by service or background flow: the
        places it passes in order, a station and a line by turns), ``services`` (by name: the
        crossing it leads over or None, the boxes that fit on a train, and whether trains leave by
        the clock, whatever is there), ``disruptions`` (one entry a period: name, title, on,
        begin_h, end_h, factor, and whether it is dated, so the same in every replication),
        ``calendars`` (by name: title, on and closed, pairs of hours) and
        ``changes`` (of dated values: path in the scenario, time_h, before, after).  Periods are
        cut to the run, which lasts ``end`` hours.
        Breakdowns by use are not here but in the levels.
    """
    return {
        **layout(tables),
        "disruptions": _disruptions(tables, rates, end),
        "calendars": _calendars(tables, end),
        "changes": [asdict(c) for c in dated_changes(tables) if c.time_h < end],
    }


def layout(tables: ScenarioTables) -> dict[str, Any]:
    """What of ``network`` no replication changes: stations, lines, routes and services."""
    return {
        "stations": {
            name: {
                "title": s.title or name,
                "position": _position(s.position),
                **({"gauge_tracks": sorted(s.gauge_tracks)} if s.gauge_tracks else {}),
            }
            for name, s in tables.stations.items()
        },
        "lines": {
            name: {
                "title": line.title or name,
                "from": line.origin,
                "to": line.to,
                "length_km": float(line.length),
                "gauge": line.gauge,
            }
            for name, line in tables.lines.items()
        },
        "routes": {
            name: places_along(tables, way.origin, way.route)
            for ways in (tables.services, tables.background)
            for name, way in ways.items()
        },
        "services": {
            name: {
                "crossing": service.crossing,
                "by_clock": _by_clock(service),
                "length": int(service.length),
            }
            for name, service in tables.services.items()
        },
    }


def places_along(tables: ScenarioTables, origin: str, route: tuple[str, ...]) -> list[str]:
    """Stations and lines of a run by turns, the first station first."""
    stations = stations_along(tables, origin, route)
    lines = [leg for leg in route if "/" not in leg]
    return [stations[0], *(p for pair in zip(lines, stations[1:], strict=True) for p in pair)]


def _by_clock(service: Service) -> bool:
    if service.passing is not None:
        return True
    rule = DISPATCH.make(service.dispatch.rule, service.dispatch.parameters)
    return bool(getattr(rule, "by_clock", False))


def _position(at: tuple[float, float] | None) -> list[float] | None:
    return None if at is None else [float(at[0]), float(at[1])]


def _disruptions(tables: ScenarioTables, rates: Rates, end: float) -> list[dict[str, Any]]:
    found = []
    for name, disruption in tables.disruptions.items():
        dated = None if disruption.begin is None else moment(disruption.begin, tables.start)
        for begins, ends, factor in rates.periods[name]:
            if begins < end and ends > 0.0:
                found.append(
                    {
                        "name": name,
                        "title": disruption.title or name,
                        "on": list(disruption.on),
                        "classes": list(disruption.classes),
                        "begin_h": max(begins, 0.0),
                        "end_h": min(ends, end),
                        "factor": factor,
                        "dated": dated == begins,
                    }
                )
    return found


def _calendars(tables: ScenarioTables, end: float) -> dict[str, Any]:
    used: dict[str, list[str]] = {}
    for station, table in tables.stations.items():
        if table.stuffing is not None and table.stuffing.hours is not None:
            used.setdefault(table.stuffing.hours, []).append(f"{station}/stuffing")
        for name, work in table.work.items():
            hours = getattr(work, "hours", None)
            if hours is not None:
                used.setdefault(hours, []).append(f"{station}/{name}")
    found = {}
    for name, on in used.items():
        calendar = tables.calendars[name]
        edges = [0.0, *(t for w in calendar.windows(tables.start, 0.0, end) for t in w), end]
        gaps = zip(edges[::2], edges[1::2], strict=True)
        found[name] = {
            "title": calendar.title or name,
            "on": on,
            "closed": [[a, b] for a, b in gaps if b > a],
        }
    return found
