"""Checks of what is right in itself and would change nothing in the run: that is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from sim.scenario import journey
from sim.scenario.dated import moment
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Steps, Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import (
    Background,
    Disruption,
    Laboratory,
    ScenarioTables,
    Service,
    Station,
)


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """Disruptions of what has no rate, what is dated outside the run, stations of no use."""
    found = [*_disruptions(tables, tree), *_contracts(tables, tree), *_series(tables, tree)]
    found += [*_stations(tables, tree), *_works(tables, tree), *_unsampled(tables, tree)]
    found += [*_acceptances(tables, tree), *_shared_paths(tables, tree)]
    return [*found, *_gauge_tracks(tables, tree)]


def _disruptions(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    for name, disruption in tables.disruptions.items():
        base: Steps = ("disruptions", name)
        for i, target in enumerate(disruption.on):
            why = _no_rate(tables, target)
            if why:
                yield Problem("error", _place(tree, (*base, "on", i)), f"on: {why}")
        side = _outside(tables, disruption)
        if side:
            said = (
                f"begin: `{shown(name)}` lies {side} of the run ({tables.run_days}) and changes "
                "nothing; expected a day within it"
            )
            yield Problem("warning", _place(tree, (*base, "begin")), said)
        if disruption.days == 0.0:
            said = f"days: `{shown(name)}` has no length and changes nothing; expected such as 4 d"
            yield Problem("warning", _place(tree, (*base, "days")), said)


def _no_rate(tables: ScenarioTables, target: str) -> str | None:
    """Why a target that is there has nothing that a disruption could reduce."""
    name, _, part = target.partition("/")
    station = tables.stations.get(name)
    if station is None:
        return None
    works = [f"{name}/{w}" for w, work in station.work.items() if not isinstance(work, Laboratory)]
    parts = works + ([f"{name}/stuffing"] if station.stuffing is not None else [])
    if station.delivery is not None and station.delivery.trucks is not None:
        parts.append(f"{name}/trucks")
    if target == f"{name}/trucks" and target not in parts and part not in station.work:
        return f"`{target}` are without limit, so that nothing reduces them; expected `trucks`"
    if target == name and not parts:
        lines = [n for n, line in tables.lines.items() if name in (line.origin, line.to)]
        cure = f"; a line there is `{lines[0]}`" if lines else ""
        return (
            f"`{name}` has no servers, cranes, stuffing or trucks, so that nothing of it is "
            f"reduced{cure}"
        )
    return None


def _outside(tables: ScenarioTables, disruption: Disruption) -> str | None:
    if disruption.begin is None:
        return None
    begin = moment(disruption.begin.isoformat(), tables.start)
    end = begin + float(disruption.days or 0.0)
    return _side(begin, end, float(tables.horizon))


def _side(begin: float, end: float, horizon: float) -> str | None:
    if begin >= horizon:
        return "after the end"
    return "before the start" if end <= 0.0 and begin < 0.0 else None


def _contracts(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Lots that become ready outside the run, where nothing is offered of them."""
    horizon = float(tables.horizon)
    for name, supply in tables.supplies.items():
        outside = []
        for day in supply.contracts:
            begin = moment(day, tables.start)
            if not 0.0 <= begin < horizon:
                outside.append((day, "before the start" if begin < 0.0 else "after the end"))
        if outside:
            (day, side), *more = outside
            others = f", and {len(more)} more outside it" if more else ""
            path = ("supplies", name, "contracts", day)
            days = f"the run ({tables.run_days})"
            said = f"contracts: the lot of {day} lies {side} of {days}{others}: not offered"
            yield Problem("warning", _key_place(tree, path), said)


def _series(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Series that offer nothing in the run; of a longer one than the run the rest is not missed."""
    horizon = float(tables.horizon)
    for name, supply in tables.supplies.items():
        begins = sorted(moment(day, tables.start) for day in supply.series)
        if not begins:
            continue
        last = [b - a for a, b in pairwise(begins)][-1:] or [24.0]
        side = _side(begins[0], begins[-1] + max(last[0], 24.0), horizon)
        if side:
            path = ("supplies", name, "series")
            days = f"the run ({tables.run_days})"
            said = f"series: all its dates lie {side} of {days}: nothing is offered"
            yield Problem("warning", _place(tree, path), said)


def _stations(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Stations that nothing names: where a variant misspells one, it makes a new one."""
    used = _named(tables)
    for name, station in tables.stations.items():
        if name in used:
            continue
        hint = near(name, used, "")
        if hint:
            said = f"no line, train or supply comes to a station `{shown(name)}`{hint}"
            yield Problem("error", _key_place(tree, ("stations", name)), said)
        elif station != Station():
            said = f"no line, train or supply comes to `{shown(name)}`: it changes nothing"
            yield Problem("warning", _key_place(tree, ("stations", name)), said)


def _works(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Laboratories at stations where trains come and that no train's route names."""
    flows: list[Service | Background] = [*tables.services.values(), *tables.background.values()]
    named = {item for flow in flows for item in flow.route}
    used = _named(tables)
    for name, station in tables.stations.items():
        for work, table in station.work.items():
            item = f"{name}/{work}"
            if not isinstance(table, Laboratory) or item in named or name not in used:
                continue
            said = (
                f"no service's route names the laboratory `{item}`: nothing is sampled there; "
                f"expected it after the last line of a route, such as `[…, {item}]`"
            )
            yield Problem("warning", _key_place(tree, ("stations", name, "work", work)), said)


def _unsampled(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Goods whose class no laboratory samples, where laboratories sample others."""
    shares = [
        share
        for station in tables.stations.values()
        for work in station.work.values()
        if isinstance(work, Laboratory)
        for share in work.share
    ]
    for name, goods in tables.commodities.items():
        if goods.checked_as is None or goods.checked_as in shares or not shares:
            continue
        hint = near(goods.checked_as, dict.fromkeys(shares))
        said = f"checked_as: no laboratory samples `{shown(goods.checked_as)}`{hint}"
        yield Problem("warning", _place(tree, ("commodities", name, "checked_as")), said)


def _acceptances(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Limits at a border toward a side to which no train runs."""
    flows: list[Service | Background] = [*tables.services.values(), *tables.background.values()]
    taken: set[tuple[str, str]] = set()
    for flow in flows:
        with suppress(ValueError):  # a route that does not join is refused elsewhere
            run = journey.lines_along(tables, flow.origin, flow.route)
            taken.update((line, end) for line, _, end in run)
    for name, line in tables.lines.items():
        if line.acceptance is None or not any(used == name for used, _ in taken):
            continue
        toward = line.acceptance.toward
        if toward in (line.origin, line.to) and (name, toward) not in taken:
            other = line.to if toward == line.origin else line.origin
            said = (
                f"toward: no train runs over `{name}` to `{toward}`, so that the limit holds "
                f"nobody; expected `{other}`"
            )
            place = _place(tree, ("lines", name, "acceptance", "toward"))
            yield Problem("warning", place, said)


def _shared_paths(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Single tracks without a number of paths."""
    for name, line in tables.lines.items():
        if line.shared_paths and line.paths is None:
            said = (
                f"shared_paths: `{shown(name)}` has no `paths`, so that there is nothing to share; "
                "expected them, of both ways together"
            )
            yield Problem("warning", _place(tree, ("lines", name, "shared_paths")), said)


def _gauge_tracks(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Tracks of a gauge on which no train comes."""
    flows: list[Service | Background] = [*tables.services.values(), *tables.background.values()]
    come: set[tuple[str, str]] = set()
    for flow in flows:
        with suppress(ValueError):  # a route that does not join is refused elsewhere
            stations = journey.stations_along(tables, flow.origin, flow.route)
            gauges = journey.gauges_along(tables, flow.origin, flow.route)
            come.update((s, str(g)) for s, g in zip(stations, gauges, strict=True))
    for name, station in tables.stations.items():
        for gauge in station.gauge_tracks:
            if (name, gauge) not in come:
                said = (
                    f"gauge_tracks: no train stands at `{shown(name)}` on {gauge} mm: it changes "
                    "nothing"
                )
                path = ("stations", name, "gauge_tracks", gauge)
                yield Problem("warning", _key_place(tree, path), said)


def _named(tables: ScenarioTables) -> set[str]:
    ends = {end for line in tables.lines.values() for end in (line.origin, line.to)}
    flows: list[Service | Background] = [*tables.services.values(), *tables.background.values()]
    ends |= {flow.origin for flow in flows}
    ends |= {item.partition("/")[0] for flow in flows for item in flow.route if "/" in item}
    ends |= {supply.terminal for supply in tables.supplies.values()}
    ends |= {at for fleet in tables.fleets.values() for at in fleet.at}
    ends |= {e for fleet in tables.fleets.values() for r in fleet.returns for e in (r.origin, r.to)}
    return ends | {end for supply in tables.supplies.values() for end in supply.to}


def _place(tree: Tree, path: Steps) -> Place:
    found, _ = tree.find(path)
    value = found.child("value")
    return found.place if value is None else value.place


def _key_place(tree: Tree, path: Steps) -> Place:
    return tree.find(path)[0].key_place
