"""The containers followed one by one: rows in columns.

A row is one laden trip of a container.  What a whole train shares is kept with the train and
spread over its rows when the run is over.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.corridor.profile import Profile
    from sim.corridor.service import ServiceLine

NAN = float("nan")


@dataclass
class Boxes:
    """Columns that run along the rows; times in hours, not a number while not reached.

    ``supply`` and ``serial`` say whose goods a row is and the how-manieth of them; ``chain`` the
    services it takes; ``leg`` how many of them it has boarded.  ``turned_back_at`` is the station
    where a laboratory refused the goods of a trip that takes them home, -1 for all other trips.
    """

    supply: array[int] = field(default_factory=lambda: array("i"))
    serial: array[int] = field(default_factory=lambda: array("q"))
    destination: array[int] = field(default_factory=lambda: array("i"))
    refused: array[int] = field(default_factory=lambda: array("b"))
    ready: array[float] = field(default_factory=lambda: array("d"))
    equipped: array[float] = field(default_factory=lambda: array("d"))
    matched: array[float] = field(default_factory=lambda: array("d"))
    stuffing: array[float] = field(default_factory=lambda: array("d"))
    stuffed: array[float] = field(default_factory=lambda: array("d"))
    collected: array[float] = field(default_factory=lambda: array("d"))
    loaded: array[float] = field(default_factory=lambda: array("d"))
    delivered: array[float] = field(default_factory=lambda: array("d"))
    rejected: array[float] = field(default_factory=lambda: array("d"))
    onward: array[int] = field(default_factory=lambda: array("i"))
    unit: array[int] = field(default_factory=lambda: array("i"))
    turned_back_at: array[int] = field(default_factory=lambda: array("i"))
    leg: array[int] = field(default_factory=lambda: array("b"))
    chain: list[tuple[ServiceLine, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ready)

    def add(
        self,
        count: int,
        supply: int,
        serial: int,
        destination: int,
        ready: float,
        chain: tuple[ServiceLine, ...],
    ) -> range:
        """New rows for goods that have become ready; returns their numbers."""
        first = len(self.ready)
        self.supply.extend([supply] * count)
        self.serial.extend(range(serial, serial + count))
        self.destination.extend([destination] * count)
        self.refused.extend([0] * count)
        self.ready.extend([ready] * count)
        for column in (
            self.equipped,
            self.matched,
            self.stuffing,
            self.stuffed,
            self.collected,
            self.loaded,
            self.delivered,
            self.rejected,
        ):
            column.extend([NAN] * count)
        self.onward.extend([-1] * count)
        self.unit.extend([-1] * count)
        self.turned_back_at.extend([-1] * count)
        self.leg.extend([0] * count)
        self.chain.extend([chain] * count)
        return range(first, first + count)

    def take_home(
        self, row: int, station: int, home: int, chain: tuple[ServiceLine, ...], now: float
    ) -> int:
        """A new row for goods that were refused and go back in their box; its number."""
        (back,) = self.add(1, self.supply[row], self.serial[row], home, now, chain)
        self.turned_back_at[back] = station
        self.unit[back] = self.unit[row]
        for column in (self.equipped, self.matched, self.stuffing, self.stuffed):
            column[back] = now
        return back

    def stuffing_hours(self, supplies: list[int], now: float, profile: Profile) -> float:
        """Hours that stuffing lines worked at boxes of these supplies that are full by now."""
        begin, end = np.array(self.stuffing), np.array(self.stuffed)
        stuffed_here = np.array(self.turned_back_at, dtype=np.int64) < 0
        done = np.isin(np.array(self.supply, dtype=np.int64), supplies) & (end <= now)
        done &= stuffed_here
        begin, end = begin[done], end[done]
        shut = profile.closed_hours(end) - profile.closed_hours(begin)
        return float((end - begin - shut).sum())
