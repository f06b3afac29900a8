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
LOTS: dict[str, str] = {
    "first": "q",
    "supply": "i",
    "serial": "q",
    "lot": "q",
    "destination": "i",
    "tonnes": "d",
    "last": "d",
    "ready": "d",
    "way": "i",
}
"""What is known of a lot; its rows share all but serial numbers, and the tonnes of the last."""


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

    __slots__ = ("_appends", "_columns", "_spread", "_spread_lots", "_spread_rows", "room", "rows")

    def __init__(self) -> None:
        self.rows = 0
        self.room = 0
        self._columns: dict[str, array[Any]] = {name: array(kind) for name, kind in LOTS.items()}
        self._appends = [self._columns[name].append for name in LOTS]
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
        known: tuple[Any, ...] = (first, supply, serial, lot, destination, load, last, ready, way)
        for append, value in zip(self._appends, known):  # noqa: B905  as many as LOTS
            append(value)
        return Lot(range(first, end), supply, serial, way)

    def of_row(self, name: str, row: int) -> Any:
        """What is known of the lot of a row."""
        return self._columns[name][bisect_right(self._columns["first"], row) - 1]

    def numbers(self, rows: Rows) -> NDArray[np.int64]:
        """The number of the lot of each of these rows."""
        firsts, lots = np.array(self._columns["first"]), np.array(self._columns["lot"])
        return np.asarray(lots[np.searchsorted(firsts, numbers(rows), side="right") - 1])

    def loads(self, rows: range) -> list[float]:
        """Goods in the box of each of these rows, tonnes."""
        lots, firsts = self._columns, self._columns["first"]
        row, number = rows.start, bisect_right(firsts, rows.start) - 1
        made: list[float] = []
        while row < rows.stop:
            after = firsts[number + 1] if number + 1 < len(firsts) else self.rows
            end = min(after, rows.stop)
            made += [lots["tonnes"][number]] * (end - row)
            if end == after:
                made[-1] = lots["last"][number]
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
        firsts = np.append(np.array(self._columns["first"], dtype=np.int64), self.rows)
        low, high = np.searchsorted(firsts, [first, end - 1], side="right") - 1
        mine = slice(low, high + 1)
        column = (
            np.repeat(
                np.array(self._columns[name][mine]),
                np.minimum(firsts[low + 1 : high + 2], end) - np.maximum(firsts[mine], first),
            )
            if end > first
            else np.array(self._columns[name][:0])
        )
        if name == "tonnes" and end > first:
            after = firsts[low + 1 : high + 2]
            inside = after <= end
            column[after[inside] - 1 - first] = np.array(self._columns["last"][mine])[inside]
        return column

    def _spread_new_lots(self) -> None:
        since, first, end = self._spread_lots, self._spread_rows, self.rows
        for name, known in self._spread.items():
            if len(known) < end:
                grown = np.zeros(max(self.room, end), dtype=known.dtype)
                grown[:first] = known[:first]
                self._spread[name] = grown
        if len(self._columns["first"]) - since <= FEW:
            self._spread_one_by_one(since)
        else:
            sizes = self._sizes(since)
            for name, known in self._spread.items():
                known[first:end] = np.repeat(np.array(self._columns[name][since:]), sizes)
            begins = np.cumsum(sizes) - sizes
            self._spread["serial"][first:end] += np.arange(end - first) - np.repeat(begins, sizes)
        self._spread_rows, self._spread_lots = end, len(self._columns["first"])

    def _spread_one_by_one(self, since: int) -> None:
        """The same for few lots."""
        lots, supply, way = self._columns, self._spread["supply"], self._spread["way"]
        ends = [*lots["first"][since + 1 :], self.rows]
        for number, end in enumerate(ends, since):
            first, serial = lots["first"][number], lots["serial"][number]
            supply[first:end] = lots["supply"][number]
            way[first:end] = lots["way"][number]
            self._spread["serial"][first:end] = np.arange(serial, serial + end - first)

    def _sizes(self, since: int) -> NDArray[np.int64]:
        """Rows of each lot from a number on."""
        firsts = np.array(self._columns["first"][since:], dtype=np.int64)
        return np.diff(np.append(firsts, self.rows))

    def forget_all(self) -> None:
        """Let go of everything: the run is over and nobody asks."""
        self._columns.clear()
        self._appends.clear()
        self._spread.clear()
