"""The containers followed one by one: rows in columns.

A row is one laden trip of a container.  What a whole train shares is kept with the train and
spread over its rows when the run is over.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.profile import Profile
    from sim.corridor.service import ServiceLine

NAN = float("nan")
ROOM = 1024
"""Rows that columns grow by at least."""
EMPTY: dict[str, float] = {
    **dict.fromkeys(("supply", "serial", "lot", "destination", "refused", "leg", "way"), 0),
    **dict.fromkeys(("onward", "unit", "turned_back_at"), -1),
    **dict.fromkeys(("tonnes", "ready", "equipped", "matched", "stuffing", "stuffed"), NAN),
    **dict.fromkeys(("collected", "loaded", "delivered", "rejected"), NAN),
}
"""What a column holds where nothing is known yet."""


@dataclass
class Boxes:
    """Columns that run along the rows; times in hours, not a number while not reached.

    Columns have room for rows to come, so that a lot costs no growth of each of them: read them
    whole by ``column``.

    ``supply`` and ``serial`` say whose goods a row is and the how-manieth of them, ``lot`` the
    number of their lot, ``tonnes`` how much of them is in the box; ``chain`` the
    services it takes, and ``way`` its number in ``ways``; ``leg`` how many of them it has boarded.
    ``turned_back_at`` is the station where a laboratory refused the goods of a trip that takes
    them home, -1 for all other trips.
    """

    supply: array[int] = field(default_factory=lambda: array("i"))
    serial: array[int] = field(default_factory=lambda: array("q"))
    lot: array[int] = field(default_factory=lambda: array("q"))
    tonnes: array[float] = field(default_factory=lambda: array("d"))
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
    way: array[int] = field(default_factory=lambda: array("i"))
    ways: dict[tuple[ServiceLine, ...], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.chain)

    def column(self, name: str) -> NDArray[Any]:
        """A column as it is now, one entry a row."""
        return np.array(getattr(self, name))[: len(self)]

    def add(
        self,
        count: int,
        supply: int,
        serial: int,
        lot: int,
        tonnes: Sequence[float],
        destination: int,
        ready: float,
        chain: tuple[ServiceLine, ...],
    ) -> range:
        """New rows for goods of one lot that have become ready; returns their numbers.

        ``tonnes`` is what is in each of them.
        """
        first = len(self)
        end = first + count
        if end > len(self.ready):
            self._grow(end)
        self.supply[first:end] = array("i", (supply,)) * count
        self.serial[first:end] = array("q", range(serial, serial + count))
        self.lot[first:end] = array("q", (lot,)) * count
        self.tonnes[first:end] = array("d", tonnes)
        self.destination[first:end] = array("i", (destination,)) * count
        self.ready[first:end] = array("d", (ready,)) * count
        self.chain += [chain] * count
        way = self.ways.setdefault(chain, len(self.ways))
        self.way[first:end] = array("i", (way,)) * count
        return range(first, end)

    def run_of(self, rows: Sequence[int]) -> slice | None:
        """The slice that rows are if they follow each other, as those of one lot do."""
        first = rows[0]
        end = first + len(rows)
        together = rows[-1] == end - 1 and list(range(first, end)) == rows
        return slice(first, end) if together else None

    def read(self, column: array[Any], rows: Sequence[int], run: slice | None) -> list[Any]:
        """What a column holds at these rows."""
        return column[run].tolist() if run is not None else [column[row] for row in rows]

    def write(
        self, column: array[Any], rows: Sequence[int], run: slice | None, values: Sequence[float]
    ) -> None:
        """Put a value into a column at each of these rows."""
        if run is not None:
            column[run] = array(column.typecode, values)
            return
        for row, value in zip(rows, values, strict=True):
            column[row] = value

    def _grow(self, size: int) -> None:
        """Room for so many rows and more, with nothing in the columns yet."""
        more = max(size - len(self.ready), len(self.ready) // 4, ROOM)
        for name, empty in EMPTY.items():
            column: array[Any] = getattr(self, name)
            column.extend(array(column.typecode, (empty,)) * more)

    def take_home(
        self, row: int, station: int, home: int, chain: tuple[ServiceLine, ...], now: float
    ) -> int:
        """A new row for goods that were refused and go back in their box; its number."""
        goods = (self.supply[row], self.serial[row], self.lot[row], (self.tonnes[row],))
        (back,) = self.add(1, *goods, home, now, chain)
        self.turned_back_at[back] = station
        self.unit[back] = self.unit[row]
        for column in (self.equipped, self.matched, self.stuffing, self.stuffed):
            column[back] = now
        return back

    def stuffing_hours(self, supplies: list[int], now: float, profile: Profile) -> float:
        """Hours that stuffing lines worked at boxes of these supplies that are full by now."""
        begin, end = self.column("stuffing"), self.column("stuffed")
        return self._hours(supplies, begin, end, end <= now, profile)

    def stuffing_under_way(self, supplies: list[int], now: float, profile: Profile) -> float:
        """The same at boxes that are not full yet."""
        begin, end = self.column("stuffing"), self.column("stuffed")
        begun = (begin < now) & (end > now)
        return self._hours(supplies, begin, np.full(len(self), now), begun, profile)

    def _hours(
        self,
        supplies: list[int],
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        which: NDArray[np.bool_],
        profile: Profile,
    ) -> float:
        """Open hours between begin and end of goods that were stuffed here, of these rows."""
        which = which & np.isin(self.column("supply"), supplies)
        which &= self.column("turned_back_at") < 0
        begin, end = begin[which], end[which]
        shut = profile.closed_hours(end) - profile.closed_hours(begin)
        return float((end - begin - shut).sum())
