"""The least time in which a container goes out laden and is at hand for the next goods again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.profile import INF
from sim.scenario.journey import end_of, service_chains, unloading_cranes
from sim.scenario.vocabulary import Cranes
from sim.study.means.loads import work_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.scenario.drawn import Distribution
    from sim.scenario.vocabulary import ScenarioTables, Service, Supply


def least(value: Distribution | None) -> float:
    """The least that a draw can be, as far as its kind says so."""
    if value is None:
        return 0.0
    if value.is_constant:
        return value.mean
    parameters = dict(value.parameters)
    low = parameters.get("low", 0.0)
    return low if isinstance(low, float) else 0.0


def least_round(tables: ScenarioTables, fleet: str, exports: Sequence[Supply]) -> float:
    """Hours from one filling with exports to the next; infinite where a box never comes back.

    Only what no run can do faster counts: lines at their speed, and times that do not vary.
    """
    mine = [s for s in exports if tables.loaded_into(s) == fleet]
    terminals = {s.terminal for s in mine}
    found = INF
    for supply in mine:
        for end in supply.to:
            for place, time in _emptied(tables, supply, end):
                back = _ways(tables, fleet, place)
                found = min(found, time + min((back.get(t, INF) for t in terminals), default=INF))
    return found


def _emptied(tables: ScenarioTables, supply: Supply, end: str) -> Iterator[tuple[str, float]]:
    """Stations where boxes of a supply may become empty, and the least time until they are."""
    for chain in service_chains(tables, supply.terminal, end):
        time = 0.0
        for name in chain:
            table = tables.services[name]
            time += _run(tables, table)
            if _lifts_goods(tables, table):
                yield end_of(tables, table), time
        station = tables.stations[end]
        last = [least(liner.voyage) for liner in station.liners.values()]
        if station.delivery is not None:
            part = station.delivery
            last.append(least(part.dwell) + least(part.time) + least(part.stripping))
        yield end, time + min(last, default=0.0)


def _ways(tables: ScenarioTables, fleet: str, origin: str) -> dict[str, float]:
    """Least times from where a box is empty to where it may be by trains or by itself."""
    times = {origin: 0.0}
    edges = [(t.origin, end_of(tables, t), _run(tables, t)) for t in tables.services.values()]
    edges += [(way.origin, way.to, least(way.time)) for way in tables.fleets[fleet].returns]
    for _ in tables.stations:
        for a, b, time in edges:
            if a in times and times[a] + time < times.get(b, INF):
                times[b] = times[a] + time
    return times


def _run(tables: ScenarioTables, table: Service) -> float:
    lines = [tables.lines[item] for item in table.route if "/" not in item]
    return sum(float(x.length) / float(x.speed) for x in lines if x.variation is None)


def _lifts_goods(tables: ScenarioTables, table: Service) -> bool:
    cranes = unloading_cranes(tables, table.route)
    work = None if cranes is None else work_of(tables, table.route[cranes])
    return isinstance(work, Cranes) and work.lifts == "goods"
