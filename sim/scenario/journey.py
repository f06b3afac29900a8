"""Ways through the corridor's graph: where routes lead and how services chain."""

from __future__ import annotations

import re

from sim.scenario.units import shown
from sim.scenario.vocabulary import Cranes, Line, ScenarioTables, Service

MOST_SERVICES = 4


def other_end(line: Line, station: str) -> str | None:
    """The station at the other end of a line, or nothing if the line does not touch `station`."""
    if station == line.origin:
        return line.to
    return line.origin if station == line.to else None


def stations_along(tables: ScenarioTables, origin: str, route: tuple[str, ...]) -> list[str]:
    """Stations of a run in order, the first one included.

    Raises:
        ValueError: a line of the route does not touch the station the train is at.
    """
    here, seen = origin, [origin]
    for leg in route:
        if "/" in leg:
            continue
        end = other_end(tables.lines[leg], here) if leg in tables.lines else None
        if end is None:
            raise ValueError(f"line {leg} does not touch {here}")
        here = end
        seen.append(here)
    return seen


def lines_along(
    tables: ScenarioTables, origin: str, route: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    """Lines of a run in order, each with the stations that it leads from and to.

    Raises:
        ValueError: a line of the route does not touch the station the train is at.
    """
    stations = stations_along(tables, origin, route)
    lines = [leg for leg in route if "/" not in leg]
    return list(zip(lines, stations[:-1], stations[1:], strict=True))


def border_line(
    tables: ScenarioTables, origin: str, route: tuple[str, ...]
) -> tuple[str, str, str] | None:
    """The border line that the trains of a run are loaded for: the first that accepts them.

    Returns:
        the line and the stations that it leads from and to; None where there is none.

    Raises:
        ValueError: a line of the route does not touch the station the train is at.
    """
    for line, before, toward in lines_along(tables, origin, route):
        acceptance = tables.lines[line].acceptance
        if acceptance is not None and acceptance.toward == toward:
            return line, before, toward
    return None


def gauges_along(tables: ScenarioTables, origin: str, route: tuple[str, ...]) -> list[int | None]:
    """The gauge of the tracks on which a run stands at each of its stations, in order.

    It is that of the last line before that has one, and before any that of the first one after.

    Raises:
        ValueError: a line of the route does not touch the station the train is at.
    """
    lines = [tables.lines[name].gauge for name, _, _ in lines_along(tables, origin, route)]
    here: int | None = next((gauge for gauge in lines if gauge is not None), None)
    gauges = [here]
    for gauge in lines:
        here = here if gauge is None else gauge
        gauges.append(here)
    return gauges


def end_of(tables: ScenarioTables, service: Service) -> str:
    """The station where a service's train ends; raises ValueError if the route does not join."""
    return stations_along(tables, service.origin, service.route)[-1]


def joins(tables: ScenarioTables, service: Service) -> bool:
    """Whether the lines of a service's route join and lead somewhere."""
    try:
        return end_of(tables, service) != service.origin
    except ValueError:
        return False


def beside(tables: ScenarioTables) -> dict[str, tuple[str, ...]]:
    """By service, all that take the boxes which wait for it, itself too; in the order of names.

    They run between the same stations by the same crossing, with boxes or with wagonloads.
    Services whose routes do not join take none.
    """
    found: dict[tuple[str, str, str | None, str], list[str]] = {}
    for name in sorted(tables.services):
        service = tables.services[name]
        if joins(tables, service):
            end = end_of(tables, service)
            found.setdefault((service.origin, end, service.crossing, service.carries), []).append(
                name
            )
    return {name: tuple(names) for names in found.values() for name in names}


def unloading_cranes(tables: ScenarioTables, route: tuple[str, ...]) -> int | None:
    """Position in a route of the cranes where boxes leave the train; nothing if there are none.

    They are the last ones of the last station.
    """
    for i in range(len(route) - 1, -1, -1):
        station, _, work = route[i].partition("/")
        if not work:
            return None
        if isinstance(tables.stations[station].work[work], Cranes):
            return i
    return None


def service_chains(
    tables: ScenarioTables, origin: str, destination: str, carries: str = "containers"
) -> list[tuple[str, ...]]:
    """All chains of services that carry a container, or a wagonload, from one station to another.

    A chain changes trains where one service ends and the next begins, sees no station of
    change twice and has at most four services.  Shortest first, then by name.
    Services whose routes do not join are left out.
    """
    if origin == destination:
        return []
    starting: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(tables.services):
        service = tables.services[name]
        if service.carries != carries:
            continue
        try:
            starting.setdefault(service.origin, []).append((name, end_of(tables, service)))
        except ValueError:
            continue
    found: list[tuple[str, ...]] = []

    def extend(here: str, chain: tuple[str, ...], seen: frozenset[str]) -> None:
        for name, end in starting.get(here, ()):
            if end in seen:
                continue
            if end == destination:
                found.append((*chain, name))
            elif len(chain) + 1 < MOST_SERVICES:
                extend(end, (*chain, name), seen | {end})

    extend(origin, (), frozenset({origin}))
    return sorted(found, key=lambda chain: (len(chain), chain))


def crossing_of(tables: ScenarioTables, chain: tuple[str, ...]) -> str:
    """The first crossing that a service of a chain names; empty where none does."""
    crossings = (tables.services[name].crossing for name in chain)
    return next((c for c in crossings if c is not None), "")


def chosen_chains(
    tables: ScenarioTables, chains: list[tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The chain that goods take by each crossing, of all that lead from one station to another.

    It is the first: the one of fewest services, then by name.
    """
    found: dict[str, tuple[str, ...]] = {}
    for chain in chains:
        found.setdefault(crossing_of(tables, chain), chain)
    return found


def several_legs(leg: str) -> str:
    """What is wrong with one name of a route that is several, with a cure; empty if it is one."""
    parts = [p for p in re.split(r"\s*(?:,|->|→|>|;)\s*|\s+-+\s*|^-", leg) if p]
    if len(parts) > 1 or (parts and leg.startswith("-")):
        said = f"write a list: `[{shown(', '.join(parts))}]`"
        return f"route: `{shown(leg)}` is one name; {said}"
    return ""
