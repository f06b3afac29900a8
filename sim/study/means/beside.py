"""How boxes are shared by services that take the same ones, as far as inputs say."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from sim.policies.durations import hours
from sim.scenario.journey import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sim.scenario.vocabulary import ScenarioTables, Service


class Beside:
    """Shares of services that run between the same stations by the same crossing.

    Trains that run whatever waits are filled first, in proportion to their slots; what is beyond
    these goes by trains that follow their load, each of such services alike.

    Args:
        tables: the scenario.
        asked: boxes an hour by the first, by name, of such services.
    """

    def __init__(self, tables: ScenarioTables, asked: Mapping[str, float]) -> None:
        self._shares: dict[str, list[tuple[str, float]]] = {}
        for first, boxes in asked.items():
            names = beside(tables)[first]
            self._shares[first] = list(zip(names, _shares(tables, names, boxes), strict=True))

    def chains(self, chain: Sequence[str]) -> Iterator[tuple[tuple[str, ...], float]]:
        """The chains of services that take the boxes of one, each with its share of them."""
        for chosen in product(*(self._shares[first] for first in chain)):
            share = prod(part for _, part in chosen)
            if share > 0.0:
                yield tuple(name for name, _ in chosen), share


def _shares(tables: ScenarioTables, names: Sequence[str], boxes: float) -> list[float]:
    if len(names) == 1:
        return [1.0]
    slots = [_slots(tables.services[name]) for name in names]
    there, follow = sum(x for x in slots if x is not None), slots.count(None)
    filled = max(there, boxes) if follow else there
    left = 1.0 - there / filled if filled > 0.0 else 1.0
    return [left / follow if x is None else x / filled for x in slots]


def _slots(table: Service) -> float | None:
    """Slots an hour of trains that run whatever waits; None where they follow what waits."""
    if table.passing is not None:
        return int(table.length) * table.passing.free.mean / table.passing.every.mean
    if table.dispatch.rule == "timetable":
        return int(table.length) / hours(table.dispatch.parameters["every"], "every")
    return None
