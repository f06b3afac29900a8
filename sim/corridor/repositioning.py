"""Empties that the trains of one service take along in slots that no laden box has taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sim.corridor.stock import units_joined

if TYPE_CHECKING:
    from sim.corridor.stock import Stock, Units
    from sim.corridor.train import Train
    from sim.policies.empties import EmptiesRule


@dataclass
class Toward:
    """What a terminal has of one fleet, and what is on its way there.

    ``transfers`` are the stocks from which later trains take empties on; ``carriers`` the
    services whose trains bring them nearer.
    """

    stock: Stock
    transfers: list[Stock] = field(default_factory=list)
    carriers: list[Repositioning] = field(default_factory=list)

    def count(self, fleet: str) -> int:
        """Empties there, to be there at a known time, between two trains, or on a train."""
        standing = sum(stock.expected() for stock in (self.stock, *self.transfers))
        return standing + sum(service.carried(fleet) for service in self.carriers)


@dataclass
class Depot:
    """The empties of one fleet where trains leave, and at the terminals that they lead to.

    ``name`` and the keys of ``beyond`` are what the rule calls the stocks.
    """

    name: str
    stock: Stock
    beyond: dict[str, Toward] = field(default_factory=dict)


class FreeSlots:
    """The free slots of a train, as an empties rule sees them for one fleet."""

    def __init__(self, depot: Depot, fleet: str, free_slots: int) -> None:
        self.name = depot.name
        self.stock = depot.stock.own()
        self.free_slots = free_slots
        self._depot = depot
        self._fleet = fleet

    @cached_property
    def beyond(self) -> dict[str, int]:
        """Counted only for a rule that asks."""
        return {name: toward.count(self._fleet) for name, toward in self._depot.beyond.items()}


class Repositioning:
    """Asks the scenario's rule for one fleet after the other, the station's own boxes last.

    Special boxes are few, and ordinary ones would take all slots before them.
    """

    def __init__(self, rule: EmptiesRule, depots: dict[str, Depot]) -> None:
        self.depots = depots
        self._rule = rule
        self._under_way: list[tuple[Train, str, int]] = []

    def wanted(self, free: int) -> list[int]:
        """Empties of each fleet that a train with so many free slots would take along now."""
        found = []
        for fleet, depot in self.depots.items():
            found.append(self._rule.take(FreeSlots(depot, fleet, free)))
            free -= found[-1]
        return found

    def load(self, train: Train, free: int) -> list[Units]:
        """The same, out of the stocks and onto a train: units of each fleet that goes along."""
        loaded = []
        for (fleet, depot), number in zip(self.depots.items(), self.wanted(free), strict=True):
            if number:
                loaded.append(depot.stock.take(number))
                self._under_way.append((train, fleet, number))
        if loaded:
            train.empties = units_joined(loaded)
        return loaded

    def carried(self, fleet: str) -> int:
        """Empties of a fleet on trains of this service; unloaded ones are in a stock."""
        self._under_way = [entry for entry in self._under_way if len(entry[0].empties)]
        return sum(number for _, known, number in self._under_way if known == fleet)
