"""All units of the closed fleets: where each is, and what it does, at every time.

A unit is at hand at a station, on a laden trip, carried empty, under a train, on its way back, or
hired and given back.  Every change is one entry in the journal, so that the ledger can be drawn up
at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.corridor.clock import INF
from sim.corridor.stock import NO_UNITS, Pool, Stock, Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.journal import Journal
    from sim.corridor.rows import Rows
    from sim.corridor.train import Train
    from sim.scenario.vocabulary import ScenarioTables

STATES = ("at hand", "laden", "carried empty", "under a train", "on its way back", "given back")
AT_HAND, LADEN, CARRIED, UNDER_TRAIN, RETURNING, GIVEN_BACK = range(len(STATES))


class Equipment:
    """Units are numbered through all fleets; hired ones get numbers as they come."""

    def __init__(self, env: simpy.Environment, journal: Journal, tables: ScenarioTables) -> None:
        self._env = env
        self._journal = journal
        self._tables = tables
        self.fleets = list(tables.fleets)
        self.stations = list(tables.stations)
        counts = [sum(map(int, table.at.values())) for table in tables.fleets.values()]
        # One entry a unit; hired ones make them longer.
        self.fleet = np.repeat(np.arange(len(counts), dtype=np.int16), np.array(counts, dtype=int))
        self.hired = np.zeros(len(self.fleet), dtype=np.bool_)
        self._state = np.full(len(self.fleet), AT_HAND, dtype=np.int8)
        self._states_known = 0
        self._stocks: dict[tuple[str, str], Stock] = {}
        self._pools: dict[tuple[str, str], Pool] = {}
        self._listeners: dict[tuple[str, str], list[Callable[[], None]]] = {}
        self._initial: dict[tuple[str, str], Units] = {}
        # Hired units have the highest numbers, as they come after the scenario's own.
        self._first_hired: float = INF
        self._first: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {}
        self._waits: dict[str, list[Callable[[], bool]]] = {}
        first = 0
        for fleet, table in tables.fleets.items():
            for station, count in table.at.items():
                units = np.arange(first, first + int(count), dtype=np.int32)
                first += int(count)
                self._initial[station, fleet] = units
                self._journal.spells.append((units, 0.0, station, AT_HAND, -1))
        # That all are at hand is known.
        self._states_known = len(self._journal.spells)

    @property
    def state(self) -> NDArray[np.int8]:
        """What each unit does by the latest spell that is known of it, ahead of now or not."""
        spells = self._journal.spells[self._states_known :]
        self._states_known += len(spells)
        if spells:
            # In the order of the journal: of equal units NumPy keeps the last.
            states = np.array([spell[3] for spell in spells], dtype=np.int8)
            sizes = [len(spell[0]) for spell in spells]
            self._state[np.concatenate([spell[0] for spell in spells])] = states.repeat(sizes)
        return self._state

    def forget_all(self) -> None:
        """Cut the ties to stocks and who waits at them: the run is over and nobody asks."""
        self._stocks.clear()
        self._pools.clear()
        self._listeners.clear()
        self._waits.clear()
        self._first.clear()

    def forget_spells(self) -> None:
        """Clear the journal's spells, which somebody has taken down; states stay known."""
        _ = self.state
        self._journal.spells.clear()
        self._states_known = 0

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
                self._initial.get(key, NO_UNITS),
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
        for waits in self._waits.get(station, ()):  # noqa: SIM110  asked for every train
            if waits():
                return True
        return False

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

    def _one_fleet(self, units: Units) -> int:
        """The number of the fleet of all these units; -1 if there are several."""
        first: int = self.fleet.item(units[0])
        if len(self.fleets) == 1 or len(units) == 1:
            return first
        if b"\0" not in (self.fleet[units] == first).tobytes():
            return first
        return -1

    def set_free(self, units: Units, station: str, time: float) -> None:
        """Units are at hand at a station from a time on; hired ones are given back instead."""
        for number, mine in self._own_by_fleet(units):
            if number is None:
                self.log(units[mine], time, station, GIVEN_BACK)
                continue
            own = units[mine]
            self.log(own, time, station, AT_HAND)
            self.stock(station, self.fleets[number]).add(own, time)
            self._tell(station, number)

    def set_free_each(self, units: Units, station: str, times: NDArray[np.float64]) -> None:
        """Units are at hand at a station, each from its time on; like ``set_free`` one by one."""
        for number, mine in self._own_by_fleet(units):
            if number is None:
                self.log(units[mine], times[mine], station, GIVEN_BACK)
                continue
            own, when = units[mine], times[mine]
            self.log(own, when, station, AT_HAND)
            self.stock(station, self.fleets[number]).add_each(own, when)
            self._tell(station, number)

    def _own_by_fleet(self, units: Units) -> Iterator[tuple[int | None, Any]]:
        """Which of these units are hired, under None, and which of the others of which fleet."""
        if not len(units):
            return
        if self._first_hired == INF:
            number = self._one_fleet(units)
            if number >= 0:
                yield number, slice(None)
                return
        hired, fleets = self.hired[units], self.fleet[units]
        if hired.any():
            yield None, hired
        for number in np.unique(fleets[~hired]).tolist():
            yield number, (fleets == number) & ~hired

    def _tell(self, station: str, fleet: int) -> None:
        for news in self._listeners.get((station, self.fleets[fleet]), ()):
            news()

    def hire(self, number: int, station: str, fleet: str, time: float) -> None:
        """New units of somebody else's come to a station at a time."""
        first, which = len(self.fleet), self.fleets.index(fleet)
        self.fleet = np.append(self.fleet, np.full(number, which, dtype=np.int16))
        self.hired = np.append(self.hired, np.full(number, True))
        self._state = np.append(self._state, np.full(number, AT_HAND, dtype=np.int8))
        units = np.arange(first, first + number, dtype=np.int32)
        self._first_hired = min(self._first_hired, units.item(0))
        self.log(units, time, station, AT_HAND)
        self.stock(station, fleet).add(units, time, hired=True)

    def log(
        self,
        units: Units,
        time: float | NDArray[np.float64],
        station: str,
        state: int,
        reference: int | Rows = -1,
    ) -> None:
        """Units begin a spell, all at one time or each at its own.

        Container rows or a train number say what it is part of.
        """
        self._journal.spells.append((units, time, station, state, reference))

    def trains_with(self, fleet: str) -> list[Train]:
        """Trains that have wagons of a fleet under them now."""
        number = self.fleets.index(fleet)
        return [
            train
            for train in self._journal.trains
            if len(train.wagons) and self.fleet[train.wagons[0]] == number
        ]

    def at_hand(self) -> Iterator[Units]:
        """Units at hand or to come, part by part, and those just given to trains."""
        for stock in self._stocks.values():
            yield from stock.units()
        for key, units in self._initial.items():
            # A stock is made when something asks for it, and to look at the books is not to ask.
            if key not in self._stocks:
                yield units
        for pool in self._pools.values():
            yield from pool.handed()

    def make_rest(self) -> None:
        """Make the stocks of units that nothing asked for, so that they have levels too."""
        for station, fleet in self._initial:
            self.stock(station, fleet)
