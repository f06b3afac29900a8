"""Stocks of equipment at a place: empty containers and wagons, unit by unit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import simpy

from sim.corridor.clock import INF, Alarm, Clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.journal import Journal


Units: TypeAlias = "NDArray[np.int32]"
"""Numbers of units."""
NO_UNITS: Units = np.zeros(0, dtype=np.int32)


def units_joined(parts: Sequence[Units]) -> Units:
    """Units of several parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts)


MANY = 64
"""Units coming together from which on they are put in order only when the first of them comes."""


def _in_order(units: Units, times: NDArray[np.float64]) -> tuple[Units, NDArray[np.float64]]:
    """Units by the time at which they come; in the order given where times are equal."""
    order = times.argsort(kind="stable")
    return units[order], times[order]


class Stack:
    """Units in the order in which they came, in parts that came together."""

    __slots__ = ("_parts", "count")

    def __init__(self, units: Units = NO_UNITS) -> None:
        self._parts: deque[Units] = deque([units] if len(units) else ())
        self.count = len(units)

    def put(self, units: Units) -> None:
        """More units, behind all others."""
        self._parts.append(units)
        self.count += len(units)

    def take(self, number: int) -> list[Units]:
        """So many units that have been here longest, no more than there are."""
        parts, taken = self._parts, []
        self.count -= number
        while number:
            part = parts[0]
            if len(part) <= number:
                taken.append(parts.popleft())
                number -= len(part)
            else:
                taken.append(part[:number])
                parts[0] = part[number:]
                number = 0
        return taken

    def parts(self) -> list[Units]:
        """All that are here."""
        return list(self._parts)


class Stock:
    """Units that are at hand now or will be at known times, longest there first.

    Units on their way are not taken before their time, so a stock never goes below zero.  Hired
    units are kept apart: they are taken when no own ones are left.
    """

    __slots__ = (
        "_coming",
        "_env",
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
        self, env: simpy.Environment, journal: Journal, name: str, unit: str, units: Units
    ) -> None:
        self._env = env
        self._journal = journal
        self._series = journal.level(name, unit, len(units))
        self._own = Stack(units)
        self._hired = Stack()
        self._coming: list[tuple[float, int, bool, Units]] = []
        # Entries of the heap that come one by one: their times and how many have come, or -1 while
        # they are not in order.
        self._trickling: dict[int, tuple[NDArray[np.float64], int]] = {}
        self._serial = 0
        self.before: Callable[[], None] | None = None
        self.foresee: Callable[[], None] | None = None

    def add(self, units: Units, time: float, hired: bool = False) -> None:
        """Units that are at hand from that time on."""
        if len(units) and time != INF:
            self._serial += 1
            heappush(self._coming, (time, self._serial, hired, units))
            self._journal.moves.append((self._series, time, len(units)))

    def add_each(self, units: Units, times: NDArray[np.float64]) -> None:
        """Own units, each at hand from its time on; like ``add`` for one after the other.

        They are one entry of the heap, which moves on from time to time.
        """
        if len(times) and np.maximum.reduce(times) == INF:
            finite = times < INF
            units, times = units[finite], times[finite]
        if not len(times):
            return
        self._serial += 1
        self._journal.moves.each(self._series, times, 1.0)
        first = -1
        if len(times) <= MANY:
            units, times, first = *_in_order(units, times), 0
        self._trickling[self._serial] = (times, first)
        heappush(self._coming, (np.minimum.reduce(times).item(), self._serial, False, units))

    def level(self) -> int:
        """Units at hand now."""
        return self.own() + self._hired.count

    def up_to(self, number: int) -> int:
        """Units at hand now, no more than ``number``.

        Where as many were at hand before, nobody needs to know what has come since.
        """
        return number if number <= self._own.count else min(self.level(), number)

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
            (self._hired if hired else self._own).put(units)
        return self._own.count

    def _trickle(self, serial: int, units: Units, now: float) -> None:
        """The first entry of the heap brings the units that come before any other entry does."""
        times, first = self._trickling.pop(serial)
        heappop(self._coming)
        if first < 0:
            units, times, first = *_in_order(units, times), 0
        until = bisect_right(times, now, first)
        if self._coming and self._coming[0][0] <= now:
            other, other_serial = self._coming[0][:2]
            cut = bisect_right if serial < other_serial else bisect_left
            until = cut(times, other, first, until)
        self._own.put(units[first:until])
        if until < len(times):
            self._trickling[serial] = (times, until)
            heappush(self._coming, (times.item(until), serial, False, units))

    def _come(self, serial: int) -> int:
        """How many units of an entry of the heap have come already."""
        return max(self._trickling[serial][1], 0) if serial in self._trickling else 0

    def units(self) -> list[Units]:
        """All units at hand or to come, in parts."""
        if self.before is not None:
            self.before()
        coming = [units[self._come(serial) :] for _, serial, _, units in self._coming]
        return [*self._own.parts(), *self._hired.parts(), *coming]

    def expected(self) -> int:
        """Units at hand or to come at a known time."""
        return self.level() + sum(
            len(units) - self._come(serial) for _, serial, _, units in self._coming
        )

    def next_time(self) -> float:
        """When the next unit comes, as far as is known; infinity if none is."""
        if self.foresee is not None:
            self.foresee()
        self.own()
        return self._coming[0][0] if self._coming else INF

    def take(self, number: int) -> Units:
        """Take units that are at hand, own ones first.

        Raises:
            RuntimeError: fewer are at hand.
        """
        # What has come since the last look stands behind those that were here then.
        there = self._own.count if number <= self._own.count else self.own()
        if number > there + self._hired.count:
            there += self._hired.count
            raise RuntimeError(f"{number} units taken from a stock of {there}")
        if not number:
            return NO_UNITS
        self._journal.moves.append((self._series, self._env._now, -number))
        own = min(number, there)
        taken = self._own.take(own)
        if own < number:
            taken += self._hired.take(number - own)
        return units_joined(taken)


class Pool:
    """A stock of wagons that trains queue for, first come, first served."""

    __slots__ = ("_alarm", "_env", "_handing", "_queue", "fleet", "stock")

    def __init__(self, env: simpy.Environment, stock: Stock, fleet: str) -> None:
        self.fleet = fleet
        self._env = env
        self.stock = stock
        self._queue: deque[tuple[int, simpy.Event]] = deque()
        self._handing: dict[simpy.Event, Units] = {}
        self._alarm = Alarm(Clock(env), self._serve)

    def __len__(self) -> int:
        return len(self._queue)

    def handed(self) -> list[Units]:
        """Units given to trains that have not gone on yet in this instant, in parts."""
        return list(self._handing.values())

    def take(self, number: int) -> Units | simpy.Event:
        """The wagons if they are there, otherwise the event that brings them."""
        if not self._queue and self.stock.up_to(number) == number:
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
        number = self._queue[0][0]
        enough = self.stock.up_to(number) == number
        self._alarm.set(self._env._now if enough else self.stock.next_time())

    def _serve(self, _time: float) -> None:
        while self._queue and self.stock.up_to(self._queue[0][0]) == self._queue[0][0]:
            number, event = self._queue.popleft()
            self._handing[event] = self.stock.take(number)
            callbacks: Any = event.callbacks
            callbacks.append(self._handing.pop)
            event.succeed(self._handing[event])
        if self._queue:
            self._watch()
