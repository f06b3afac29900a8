"""Stocks of equipment at a place: empty containers and wagons."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, at

if TYPE_CHECKING:
    from sim.corridor.journal import Journal


class Stock:
    """Whole units that are at hand now or will be at known times.

    Units on their way are not taken before their time, so a stock never goes below zero.
    """

    __slots__ = ("_coming", "_env", "_journal", "_level", "_series")

    def __init__(
        self, env: simpy.Environment, journal: Journal, name: str, unit: str, initial: int
    ) -> None:
        self._env = env
        self._journal = journal
        self._series = journal.level(name, unit, initial)
        self._level = initial
        self._coming: list[tuple[float, int]] = []

    def add(self, units: int, time: float) -> None:
        """Units that are at hand from that time on."""
        if units and time != INF:
            heappush(self._coming, (time, units))
            self._journal.moves.append((self._series, time, units))

    def add_each(self, times: Iterable[float]) -> None:
        """One unit at each of the times."""
        for time in times:
            self.add(1, time)

    def level(self) -> int:
        """Units at hand now."""
        coming, now = self._coming, self._env.now
        while coming and coming[0][0] <= now:
            self._level += heappop(coming)[1]
        return self._level

    def next_time(self) -> float:
        """When the next unit comes, as far as is known; infinity if none is."""
        self.level()
        return self._coming[0][0] if self._coming else INF

    def take(self, units: int) -> None:
        """Take units that are at hand.

        Raises:
            RuntimeError: fewer are at hand.
        """
        if units > self.level():
            raise RuntimeError(f"{units} units taken from a stock of {self._level}")
        if units:
            self._level -= units
            self._journal.moves.append((self._series, self._env.now, -units))


class Pool:
    """A stock of wagons that trains queue for, first come, first served."""

    __slots__ = ("_alarm", "_env", "_queue", "stock")

    def __init__(self, env: simpy.Environment, stock: Stock) -> None:
        self._env = env
        self.stock = stock
        self._queue: deque[tuple[int, simpy.Event]] = deque()
        self._alarm = INF

    def take(self, units: int) -> simpy.Event | None:
        """None if the wagons are taken at once, otherwise the event to wait for."""
        if not self._queue and self.stock.level() >= units:
            self.stock.take(units)
            return None
        event = self._env.event()
        self._queue.append((units, event))
        self._watch()
        return event

    def add(self, units: int, time: float) -> None:
        """Wagons that are free from that time on."""
        self.stock.add(units, time)
        if self._queue:
            self._watch()

    def _watch(self) -> None:
        enough = self.stock.level() >= self._queue[0][0]
        time = self._env.now if enough else self.stock.next_time()
        if time < self._alarm:
            self._alarm = time
            callbacks = at(self._env, time).callbacks
            assert callbacks is not None
            callbacks.append(self._serve)

    def _serve(self, _event: simpy.Event) -> None:
        self._alarm = INF
        while self._queue and self.stock.level() >= self._queue[0][0]:
            units, event = self._queue.popleft()
            self.stock.take(units)
            event.succeed()
        if self._queue:
            self._watch()
