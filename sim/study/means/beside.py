"""How boxes are shared by services that take the same ones, as far as inputs say."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from sim.scenario.journey import beside
from sim.study.means.timetable import trains_an_hour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sim.scenario.vocabulary import ScenarioTables, Service
    from sim.study.means.months import Months


class Beside:
    """Shares by month of services that run between the same stations by the same crossing.

    Trains that run whatever waits are filled first, in proportion to their slots; what is beyond
    these goes by trains that follow their load, each of such services alike.

    Args:
        tables: the scenario.
        months: its months.
        asked: boxes an hour by month, by the first, by name, of such services.
    """

    def __init__(
        self, tables: ScenarioTables, months: Months, asked: Mapping[str, Sequence[float]]
    ) -> None:
        self._tables = tables
        self._months = months
        self._shares: dict[str, list[tuple[str, list[float]]]] = {}
        for first, boxes in asked.items():
            names = beside(tables)[first]
            self._shares[first] = list(zip(names, self._of(names, boxes), strict=True))

    def chains(self, chain: Sequence[str]) -> Iterator[tuple[tuple[str, ...], list[float]]]:
        """The chains of services that take the boxes of one, each with its share by month."""
        for chosen in product(*(self._shares[first] for first in chain)):
            shares = [prod(parts) for parts in zip(*(part for _, part in chosen), strict=True)]
            if any(shares):
                yield tuple(name for name, _ in chosen), shares

    def _of(self, names: Sequence[str], boxes: Sequence[float]) -> list[list[float]]:
        """The shares of some services, by month."""
        if len(names) == 1:
            return [self._months.each(1.0)]
        slots = [_slots(self._tables.services[name], self._months) for name in names]
        made: list[list[float]] = [[] for _ in names]
        for month, asked in enumerate(boxes):
            mine = [None if x is None else x[month] for x in slots]
            for share, of in zip(_shares(mine, asked), made, strict=True):
                of.append(share)
        return made


def _shares(slots: Sequence[float | None], boxes: float) -> list[float]:
    """Of boxes an hour, by slots an hour; slots are None where trains follow their load."""
    there, follow = sum(x for x in slots if x is not None), slots.count(None)
    if not follow and not there:
        return [1.0 / len(slots)] * len(slots)
    filled = max(there, boxes) if follow else there
    left = 1.0 - there / filled if filled else 1.0
    return [left / follow if x is None else (x / filled if filled else 0.0) for x in slots]


def _slots(table: Service, months: Months) -> list[float] | None:
    """Slots an hour, by month, of trains that run whatever waits; None where they follow it."""
    length = int(table.length)
    if table.passing is not None:
        return months.each(length * table.passing.free.mean / table.passing.every.mean)
    if table.dispatch.rule == "timetable":
        return [length * trains for trains in trains_an_hour(table, months)]
    return None
