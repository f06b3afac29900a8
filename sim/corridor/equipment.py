"""All units of the closed fleets: where each is, and what it does, at every time.

A unit is at hand at a station, on a laden trip, carried empty, under a train, on its way back, or
hired and given back.  Every change is one entry in the journal, so that the ledger can be drawn up
at any time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.clock import INF
from sim.corridor.stock import Pool, Stock

if TYPE_CHECKING:
    from sim.corridor.journal import Journal
    from sim.corridor.train import Train
    from sim.scenario.vocabulary import ScenarioTables

STATES = ("at hand", "laden", "carried empty", "under a train", "on its way back", "given back")
AT_HAND, LADEN, CARRIED, UNDER_TRAIN, RETURNING, GIVEN_BACK = range(len(STATES))


MANY = 1000
"""Units from which on their states are set in columns."""
FEW = 4
"""Units up to which a list is kept as it is; more are packed."""


class Equipment:
    """Units are numbered through all fleets; hired ones get numbers as they come."""

    def __init__(self, env: simpy.Environment, journal: Journal, tables: ScenarioTables) -> None:
        self._env = env
        self._journal = journal
        self._tables = tables
        self.fleets = list(tables.fleets)
        self.stations = list(tables.stations)
        self.fleet: array[int] = array("i")
        self.hired: array[int] = array("b")
        self.state: array[int] = array("b")
        self._stocks: dict[tuple[str, str], Stock] = {}
        self._pools: dict[tuple[str, str], Pool] = {}
        self._listeners: dict[tuple[str, str], list[Callable[[], None]]] = {}
        self._initial: dict[tuple[str, str], range] = {}
        # Hired units have the highest numbers, as they come after the scenario's own.
        self._first_hired: float = INF
        self._first: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {}
        self._waits: dict[str, list[Callable[[], bool]]] = {}
        for number, (fleet, table) in enumerate(tables.fleets.items()):
            for station, count in table.at.items():
                first = len(self.fleet)
                self.fleet.extend([number] * int(count))
                self.hired.extend([0] * int(count))
                self.state.extend([AT_HAND] * int(count))
                units = range(first, len(self.fleet))
                self._initial[station, fleet] = units
                self._journal.spells.append((units, 0.0, station, AT_HAND, -1))

    def stock(self, station: str, fleet: str) -> Stock:
        """The units of a fleet at a station."""
        key = (station, fleet)
        if key not in self._stocks:
            boxes = self._tables.fleets[fleet].kind == "containers"
            self._stocks[key] = Stock(
                self._env,
                self._journal,
                f"{station}: {'empty' if boxes else 'free'} {fleet}",
                "containers" if boxes else "wagons",
                self._initial.get(key, ()),
            )
            if station in self._first:
                self._stocks[key].before, self._stocks[key].foresee = self._first[station]
        return self._stocks[key]

    def pool(self, station: str, fleet: str) -> Pool:
        """The queue of trains for wagons at a station."""
        key = (station, fleet)
        if key not in self._pools:
            self._pools[key] = Pool(self._env, self.stock(station, fleet), fleet)
            pool = self._pools[key]
            self.listen(station, fleet, pool.news, lambda: len(pool) > 0)
        return self._pools[key]

    def awaited(self, station: str) -> bool:
        """Whether anybody waits at a station for units to come."""
        return any(waits() for waits in self._waits.get(station, ()))

    def ask_first(
        self, station: str, settle: Callable[[], None], foresee: Callable[[], None]
    ) -> None:
        """Have something done before any stock of a station tells what it holds, or what comes."""
        self._first[station] = (settle, foresee)
        for (place, _), stock in self._stocks.items():
            if place == station:
                stock.before, stock.foresee = settle, foresee

    def listen(
        self, station: str, fleet: str, news: Callable[[], None], waits: Callable[[], bool]
    ) -> None:
        """Call when units of a fleet have come to a station or will come.

        ``waits`` says whether the listener waits for units now; if none does it may hear of them
        only when it asks the stock.
        """
        self._listeners.setdefault((station, fleet), []).append(news)
        self._waits.setdefault(station, []).append(waits)

    def set_free(self, units: Sequence[int], station: str, time: float) -> None:
        """Units are at hand at a station from a time on; hired ones are given back instead."""
        if not units:
            return
        fleets = set(map(self.fleet.__getitem__, units))
        if len(fleets) > 1:
            for number in sorted(fleets):
                self.set_free([u for u in units if self.fleet[u] == number], station, time)
            return
        if self._first_hired <= max(units):
            gone = [unit for unit in units if self.hired[unit]]
            if gone:
                self.log(gone, time, station, GIVEN_BACK)
                units = [unit for unit in units if not self.hired[unit]]
                if not units:
                    return
        fleet = self.fleets[self.fleet[units[0]]]
        self.log(units, time, station, AT_HAND)
        self.stock(station, fleet).add(units, time)
        for news in self._listeners.get((station, fleet), ()):
            news()

    def set_free_each(self, units: Sequence[int], station: str, times: Sequence[float]) -> None:
        """Units are at hand at a station, each from its time on; like ``set_free`` one by one."""
        if len(units) == 1:
            self.set_free(units, station, times[0])
            return
        fleets = set(map(self.fleet.__getitem__, units))
        if len(fleets) != 1 or self._first_hired <= max(units):
            for unit, time in zip(units, times, strict=True):
                self.set_free((unit,), station, time)
            return
        fleet = self.fleets[self.fleet[units[0]]]
        self.log(units, times, station, AT_HAND)
        self.stock(station, fleet).add_each(units, times)
        for news in self._listeners.get((station, fleet), ()):
            news()

    def hire(self, number: int, station: str, fleet: str, time: float) -> None:
        """New units of somebody else's come to a station at a time."""
        first = len(self.fleet)
        self._first_hired = min(self._first_hired, first)
        self.fleet.extend([self.fleets.index(fleet)] * number)
        self.hired.extend([1] * number)
        self.state.extend([AT_HAND] * number)
        units = range(first, len(self.fleet))
        self.log(units, time, station, AT_HAND)
        self.stock(station, fleet).add(units, time, hired=True)

    def log(
        self,
        units: Sequence[int],
        time: float | Sequence[float],
        station: str,
        state: int,
        reference: int | Sequence[int] = -1,
    ) -> None:
        """Units begin a spell, all at one time or each at its own.

        Container rows or a train number say what it is part of.
        """
        known = self.state
        if len(units) > MANY:
            np.frombuffer(known, dtype=np.int8)[np.array(units)] = state
        else:
            for unit in units:
                known[unit] = state
        if len(units) > FEW and not isinstance(units, range):
            units = array("i", units)
            reference = reference if isinstance(reference, int) else array("i", reference)
            time = time if isinstance(time, (int, float)) else array("d", time)
        self._journal.spells.append((units, time, station, state, reference))

    def trains_with(self, fleet: str) -> list[Train]:
        """Trains that have wagons of a fleet under them now."""
        number = self.fleets.index(fleet)
        return [t for t in self._journal.trains if t.wagons and self.fleet[t.wagons[0]] == number]

    def at_hand(self) -> Iterator[list[int]]:
        """Units at hand or to come, stock by stock, and those just given to trains."""
        for stock in self.stocks():
            yield stock.units()
        for pool in self._pools.values():
            yield pool.handed()

    def stocks(self) -> Iterator[Stock]:
        """The stocks of all fleets; units that nothing ever asks for are in one too."""
        for station, fleet in self._initial:
            self.stock(station, fleet)
        yield from self._stocks.values()
