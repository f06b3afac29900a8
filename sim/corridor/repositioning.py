"""Empties that the trains of one service take along in slots that no laden box has taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.corridor.stock import Stock
    from sim.policies.empties import EmptiesRule


@dataclass
class Depot:
    """The empties of one fleet where trains leave, and at the terminals that they lead to.

    ``name`` and the keys of ``beyond`` are what the rule calls the stocks.
    """

    name: str
    stock: Stock
    beyond: dict[str, Stock] = field(default_factory=dict)


@dataclass(frozen=True)
class FreeSlots:
    """The free slots of a train, as an empties rule sees them for one fleet."""

    name: str
    stock: int
    free_slots: int
    beyond: dict[str, int]


class Repositioning:
    """Asks the scenario's rule for one fleet after the other, the station's own boxes last.

    Special boxes are few, and ordinary ones would take all slots before them.
    """

    def __init__(self, rule: EmptiesRule, depots: dict[str, Depot]) -> None:
        self.depots = depots
        self._rule = rule

    def wanted(self, free: int) -> list[int]:
        """Empties of each fleet that a train with so many free slots would take along now."""
        found = []
        for depot in self.depots.values():
            beyond = {name: stock.level() for name, stock in depot.beyond.items()}
            view = FreeSlots(depot.name, depot.stock.own(), free, beyond)
            found.append(self._rule.take(view))
            free -= found[-1]
        return found

    def take(self, free: int) -> list[list[int]]:
        """The same, taken out of the stocks: the units of each fleet, of none where none go."""
        taken = zip(self.depots.values(), self.wanted(free), strict=True)
        return [depot.stock.take(number) for depot, number in taken if number]
