"""Stocks of equipment at a place: empty containers and wagons, unit by unit."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.corridor.clock import INF, call_at

if TYPE_CHECKING:
    from sim.corridor.journal import Journal


class Stock:
    """Units that are at hand now or will be at known times, longest there first.

    Units on their way are not taken before their time, so a stock never goes below zero.  Hired
    units are kept apart: they are taken when no own ones are left.
    """

    __slots__ = (
        "_coming",
        "_env",
        "_first",
        "_hired",
        "_journal",
        "_own",
        "_serial",
        "_series",
        "_trickling",
        "before",
        "foresee",
    )

    def __init__(
        self, env: simpy.Environment, journal: Journal, name: str, unit: str, units: Sequence[int]
    ) -> None:
        self._env = env
        self._journal = journal
        self._series = journal.level(name, unit, len(units))
        self._first = units if isinstance(units, range) else range(0)
        self._own = deque(() if self._first else units)
        self._hired: deque[int] = deque()
        self._coming: list[tuple[float, int, bool, Sequence[int]]] = []
        self._trickling: dict[int, tuple[array[float], int]] = {}
        self._serial = 0
        self.before: Callable[[], None] | None = None
        self.foresee: Callable[[], None] | None = None

    def add(self, units: Sequence[int], time: float, hired: bool = False) -> None:
        """Units that are at hand from that time on."""
        if units and time != INF:
            self._serial += 1
            heappush(self._coming, (time, self._serial, hired, units))
            self._journal.moves.append((self._series, time, len(units)))

    def add_each(self, units: Sequence[int], times: Sequence[float]) -> None:
        """Own units, each at hand from its time on; like ``add`` for one after the other.

        They are one entry of the heap, which moves on from time to time.
        """
        known = np.array(times)
        finite = known < INF
        order = np.argsort(known, kind="stable")[: finite.sum()]
        if not len(order):
            return
        moments = array("d", known[order].tobytes())
        self._serial += 1
        self._trickling[self._serial] = (moments, 0)
        here = array("i", np.array(units, dtype=np.intc)[order].tobytes())
        heappush(self._coming, (moments[0], self._serial, False, here))
        self._journal.moves.each(self._series, array("d", known[finite].tobytes()), 1.0)

    def level(self) -> int:
        """Units at hand now."""
        return self.own() + len(self._hired)

    def own(self) -> int:
        """Units of the fleet's own at hand now."""
        if self.before is not None:
            self.before()
        coming, now = self._coming, self._env._now
        while coming and coming[0][0] <= now:
            _, serial, hired, units = coming[0]
            if serial in self._trickling:
                self._trickle(serial, units, now)
                continue
            heappop(coming)
            (self._hired if hired else self._own).extend(units)
        return len(self._first) + len(self._own)

    def _trickle(self, serial: int, units: Sequence[int], now: float) -> None:
        """The first entry of the heap brings the units that come before any other entry does."""
        times, first = self._trickling.pop(serial)
        heappop(self._coming)
        until = bisect_right(times, now, first)
        if self._coming and self._coming[0][0] <= now:
            other, other_serial = self._coming[0][:2]
            cut = bisect_right if serial < other_serial else bisect_left
            until = cut(times, other, first, until)
        self._own.extend(units[first:until])
        if until < len(times):
            self._trickling[serial] = (times, until)
            heappush(self._coming, (times[until], serial, False, units))

    def units(self) -> list[int]:
        """All units at hand or to come."""
        if self.before is not None:
            self.before()
        coming = [
            unit
            for _, serial, _, units in self._coming
            for unit in units[self._trickling[serial][1] if serial in self._trickling else 0 :]
        ]
        return [*self._first, *self._own, *self._hired, *coming]

    def expected(self) -> int:
        """Units at hand or to come at a known time."""
        return self.level() + sum(
            len(units) - (self._trickling[serial][1] if serial in self._trickling else 0)
            for _, serial, _, units in self._coming
        )

    def next_time(self) -> float:
        """When the next unit comes, as far as is known; infinity if none is."""
        if self.foresee is not None:
            self.foresee()
        self.own()
        return self._coming[0][0] if self._coming else INF

    def take(self, number: int) -> list[int]:
        """Take units that are at hand, own ones first.

        Raises:
            RuntimeError: fewer are at hand.
        """
        there = self.level()
        if number > there:
            raise RuntimeError(f"{number} units taken from a stock of {there}")
        if number:
            self._journal.moves.append((self._series, self._env.now, -number))
        own, hired = self._own, self._hired
        taken = list(self._first[:number])
        self._first = self._first[len(taken) :]
        number -= len(taken)
        return taken + [own.popleft() if own else hired.popleft() for _ in range(number)]


class Pool:
    """A stock of wagons that trains queue for, first come, first served."""

    __slots__ = ("_alarm", "_env", "_handing", "_queue", "fleet", "stock")

    def __init__(self, env: simpy.Environment, stock: Stock, fleet: str) -> None:
        self.fleet = fleet
        self._env = env
        self.stock = stock
        self._queue: deque[tuple[int, simpy.Event]] = deque()
        self._handing: dict[simpy.Event, list[int]] = {}
        self._alarm = INF

    def __len__(self) -> int:
        return len(self._queue)

    def handed(self) -> list[int]:
        """Units given to trains that have not gone on yet in this instant."""
        return [unit for units in self._handing.values() for unit in units]

    def take(self, number: int) -> list[int] | simpy.Event:
        """The wagons if they are there, otherwise the event that brings them."""
        if not self._queue and self.stock.level() >= number:
            return self.stock.take(number)
        event = self._env.event()
        self._queue.append((number, event))
        self._watch()
        return event

    def news(self) -> None:
        """Wagons have come or will come."""
        if self._queue:
            self._watch()

    def _watch(self) -> None:
        enough = self.stock.level() >= self._queue[0][0]
        time = self._env.now if enough else self.stock.next_time()
        if time < self._alarm:
            self._alarm = time
            call_at(self._env, time, self._serve)

    def _serve(self) -> None:
        self._alarm = INF
        while self._queue and self.stock.level() >= self._queue[0][0]:
            number, event = self._queue.popleft()
            self._handing[event] = self.stock.take(number)
            callbacks: Any = event.callbacks
            callbacks.append(self._handing.pop)
            event.succeed(self._handing[event])
        if self._queue:
            self._watch()
