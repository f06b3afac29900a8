"""Checks of services that no goods go by: passed over for another, or waiting in vain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress

from sim.policies import DISPATCH
from sim.scenario import journey
from sim.scenario.problems import Place, Problem
from sim.scenario.tree import Steps, Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import Laboratory, ScenarioTables


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """What is said of services whose routes are right and that carry nothing."""
    ways = list(_ways(tables))
    return [*_passed_over(tables, tree, ways), *_never_leave(tables, tree, ways)]


Ways = list[tuple[str, list[tuple[str, ...]]]]
"""Of each supply and each end of it, the end and all chains of services there."""


def _ways(tables: ScenarioTables) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    for supply in tables.supplies.values():
        carries = ""
        with suppress(KeyError, ValueError):  # a terminal that cannot load is refused elsewhere
            carries = tables.carried_as(supply)
        for end in supply.to if carries else ():
            yield end, journey.service_chains(tables, supply.terminal, end, carries)


def _passed_over(tables: ScenarioTables, tree: Tree, ends: Ways) -> Iterator[Problem]:
    """Services that all goods pass over for another between the same stations."""
    taken: set[str] = set()
    beside = journey.beside(tables)
    instead: dict[str, tuple[str, str, str]] = {}
    for end, ways in ends:
        chosen = journey.chosen_chains(tables, ways)
        for chain in ways:
            crossing = journey.crossing_of(tables, chain)
            if chain == chosen[crossing]:
                taken.update(*(beside[name] for name in chain))
                continue
            pairs = zip(chain, chosen[crossing], strict=False)
            name, other = next(pair for pair in pairs if pair[0] != pair[1])
            instead.setdefault(name, (other, end, crossing))
    for name, (other, end, crossing) in instead.items():
        mine, theirs = tables.services[name], tables.services[other]
        there = journey.end_of(tables, mine)
        same = (mine.origin, there) == (theirs.origin, journey.end_of(tables, theirs))
        if name in taken or not same:
            continue
        border = f" by crossing `{crossing}`" if crossing else ""
        cure = (
            f"without its `crossing: {shown(mine.crossing)}`"
            if theirs.crossing is None
            else f"with `crossing: {shown(theirs.crossing)}`"
        )
        said = (
            f"no goods go by `{shown(name)}`: to `{end}`{border} they go from `{mine.origin}` to "
            f"`{there}` by `{other}` alone; {cure} both take what waits there"
        )
        yield Problem("warning", _key_place(tree, ("services", name)), said)


class _NoGoods:
    """A yard as a rule sees it where no laden box ever comes, and empties are there."""

    length = 50
    last_departure = -math.inf

    def count(self, t: float) -> int:
        """No laden boxes."""
        return 0

    def ready_at(self, boxes: int) -> float | None:
        """Never."""
        return None if boxes else -math.inf

    def empties(self) -> int:
        """As many as fit."""
        return self.length


def _never_leave(tables: ScenarioTables, tree: Tree, ends: Ways) -> Iterator[Problem]:
    """Services of empties alone whose trains wait for laden boxes."""
    stations = tables.stations.values()
    if any(
        isinstance(work, Laboratory) and float(work.reject) > 0.0
        for station in stations
        for work in station.work.values()
    ):
        return  # what is turned back may go by any of them
    carrying = {name for _, ways in ends for chain in ways for name in chain}
    for name, service in tables.services.items():
        rule = service.dispatch
        if name in carrying or not journey.joins(tables, service):
            continue
        leaves: float | None = 0.0
        with suppress(Exception):  # a rule that is wrong is refused elsewhere
            leaves = DISPATCH.make(rule.rule, rule.parameters).next_departure(_NoGoods(), 0.0)
        if leaves is None:
            cure = (
                "with `minimum: 0` it leaves with the empties that are there"
                if rule.rule == "timetable"
                else "expected a rule that looks at empties, such as `{rule: with-empties, "
                "boxes: 40}`, or a timetable with `minimum: 0`"
            )
            said = f"no goods go by `{shown(name)}`, and its trains wait for laden boxes: {cure}"
            yield Problem("warning", _key_place(tree, ("services", name)), said)


def _key_place(tree: Tree, path: Steps) -> Place:
    return tree.find(path)[0].key_place
