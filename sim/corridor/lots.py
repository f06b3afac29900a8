"""What is known of lots, kept once for all rows of each and spread over rows when asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.rows import numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.rows import Rows

FEW = 8
"""Lots up to which each is spread for itself."""
LOTS: dict[str, type[Any]] = {
    "first": np.int64,
    "supply": np.int32,
    "serial": np.int64,
    "lot": np.int64,
    "destination": np.int32,
    "tonnes": np.float64,
    "last": np.float64,
    "ready": np.float64,
    "way": np.int32,
}
"""What is known of a lot; its rows share all but serial numbers, and the tonnes of the last."""
PLACES = {name: place for place, name in enumerate(LOTS)}
WIDTH = len(PLACES)
SUPPLY, SERIAL, LOT = PLACES["supply"], PLACES["serial"], PLACES["lot"]
TONNES, LAST, WAY = PLACES["tonnes"], PLACES["last"], PLACES["way"]


class Lot:
    """Goods of one supply that became ready together, or some of them."""

    __slots__ = ("rows", "serial", "supply", "way")

    def __init__(self, rows: range, supply: int, serial: int, way: int) -> None:
        self.rows = rows
        self.supply = supply
        self.serial = serial
        self.way = way

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, begin: int, end: int) -> Lot:
        """The rows from a position to another."""
        return Lot(self.rows[begin:end], self.supply, self.serial + begin, self.way)


class Lots:
    """Lots in the order of their rows; ``rows`` is how many rows they have together.

    ``supply``, ``serial`` and ``way`` are asked for often: they are spread over rows once, for all
    lots that have come since the last look, in columns with ``room`` for rows to come.
    """

    __slots__ = ("_firsts", "_known", "_spread", "_spread_lots", "_spread_rows", "room", "rows")

    def __init__(self) -> None:
        self.rows = 0
        self.room = 0
        self._firsts: array[int] = array("q")
        # All that is known, lot by lot: a list takes it in one go.
        self._known: list[float] = []
        self._spread: dict[str, NDArray[Any]] = {
            "supply": np.zeros(0, np.int16),
            "way": np.zeros(0, np.int16),
            "serial": np.zeros(0, np.int32),
        }
        self._spread_rows = self._spread_lots = 0

    def add(
        self,
        count: int,
        supply: int,
        serial: int,
        lot: int,
        load: float,
        last: float,
        destination: int,
        ready: float,
        way: int,
    ) -> Lot:
        """Rows for goods of one lot; ``load`` tonnes in each, ``last`` in the last of them."""
        first = self.rows
        self.rows = end = first + count
        self._firsts.append(first)
        self._known += (first, supply, serial, lot, destination, load, last, ready, way)
        return Lot(range(first, end), supply, serial, way)

    def _column(self, name: str, begin: int = 0, end: int | None = None) -> NDArray[Any]:
        """What is known of the lots of these numbers."""
        stop = len(self._firsts) if end is None else end
        told = self._known[WIDTH * begin + PLACES[name] : WIDTH * stop : WIDTH]
        return np.array(told, dtype=LOTS[name])

    def _number(self, row: int) -> int:
        """The number of the lot of a row."""
        return bisect_right(self._firsts, row) - 1

    def lot_of(self, row: int) -> int:
        """The number of the lot of a row among those of its supply."""
        return int(self._known[WIDTH * self._number(row) + LOT])

    def numbers(self, rows: Rows) -> NDArray[np.int64]:
        """The number of the lot of each of these rows."""
        places = np.searchsorted(np.array(self._firsts), numbers(rows), side="right") - 1
        if not len(places):
            return places
        low = int(places.min())
        return np.asarray(self._column("lot", low, int(places.max()) + 1)[places - low])

    def loads(self, rows: range) -> list[float]:
        """Goods in the box of each of these rows, tonnes."""
        firsts, known = self._firsts, self._known
        row, number = rows.start, self._number(rows.start)
        made: list[float] = []
        while row < rows.stop:
            after = firsts[number + 1] if number + 1 < len(firsts) else self.rows
            end = min(after, rows.stop)
            made += [known[WIDTH * number + TONNES]] * (end - row)
            if end == after:
                made[-1] = known[WIDTH * number + LAST]
            row, number = end, number + 1
        return made

    def over_rows(self, name: str) -> NDArray[Any]:
        """``supply``, ``serial`` or ``way`` of every row, with room for rows to come."""
        if self._spread_rows < self.rows:
            self._spread_new_lots()
        return self._spread[name]

    def column(self, name: str, first: int, end: int) -> NDArray[Any]:
        """What is known of lots, for these rows.

        Raises:
            KeyError: there is no such column.
        """
        if name in self._spread:
            return self.over_rows(name)[first:end]
        firsts = np.append(np.array(self._firsts), self.rows)
        low, high = (np.searchsorted(firsts, [first, end - 1], side="right") - 1).tolist()
        mine = slice(low, high + 1)
        column = (
            np.repeat(
                self._column(name, low, high + 1),
                np.minimum(firsts[low + 1 : high + 2], end) - np.maximum(firsts[mine], first),
            )
            if end > first
            else np.zeros(0, dtype=LOTS[name])
        )
        if name == "tonnes" and end > first:
            after = firsts[low + 1 : high + 2]
            inside = after <= end
            column[after[inside] - 1 - first] = self._column("last", low, high + 1)[inside]
        return column

    def _spread_new_lots(self) -> None:
        since, first, end = self._spread_lots, self._spread_rows, self.rows
        for name, known in self._spread.items():
            if len(known) < end:
                grown = np.zeros(max(self.room, end), dtype=known.dtype)
                grown[:first] = known[:first]
                self._spread[name] = grown
        if len(self._firsts) - since <= FEW:
            self._spread_one_by_one(since)
        else:
            sizes = self._sizes(since)
            for name, known in self._spread.items():
                known[first:end] = np.repeat(self._column(name, since), sizes)
            begins = np.cumsum(sizes) - sizes
            self._spread["serial"][first:end] += np.arange(end - first) - np.repeat(begins, sizes)
        self._spread_rows, self._spread_lots = end, len(self._firsts)

    def _spread_one_by_one(self, since: int) -> None:
        """The same for few lots."""
        known, spread = self._known, self._spread
        ends = [*self._firsts[since + 1 :], self.rows]
        for number, end in enumerate(ends, since):
            first, lot = self._firsts[number], WIDTH * number
            serial = int(known[lot + SERIAL])
            spread["supply"][first:end] = known[lot + SUPPLY]
            spread["way"][first:end] = known[lot + WAY]
            spread["serial"][first:end] = np.arange(serial, serial + end - first)

    def _sizes(self, since: int) -> NDArray[np.int64]:
        """Rows of each lot from a number on."""
        firsts = np.array(self._firsts[since:])
        return np.diff(np.append(firsts, self.rows))

    def forget_all(self) -> None:
        """Let go of everything: the run is over and nobody asks."""
        self._firsts = array("q")
        self._known = []
        self._spread.clear()
