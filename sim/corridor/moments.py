"""Times of boxes, written down as they become known and put in columns when somebody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.rows import joined_rows, one_after_another, one_range, where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.rows import Column, Rows, Times

NAN = float("nan")
MANY, FEW = 4096, 16
"""Parts from which on they are put in columns, where a part has fewer boxes than that."""
MOST_MORE = 1 << 18
"""Rows that columns grow by at most beyond what is asked for; before, they double."""
Part = tuple["Rows", "Times", "Times", "Times"]


class Moments:
    """Three times of each row, which are written together; hours, not a number while not known.

    What is written stays as it came, one time for many rows too, so that writing costs next to
    nothing.  Of a row that is written twice the later holds.
    """

    __slots__ = ("_columns", "_end", "_parts", "_rows", "names")

    def __init__(self, names: tuple[str, str, str]) -> None:
        self.names = names
        self._columns: list[Column | None] = [np.zeros(0)] * 3
        # Rows that are in the columns, whether anything is known of them or not.
        self._end = 0
        self._parts: list[Part] = []
        self._rows = 0

    def put(self, rows: Rows, first: Times, second: Times, third: Times) -> None:
        """Times of some rows: one for each of them, or one for all."""
        if not len(rows):
            return
        self._parts.append((rows, first, second, third))
        self._rows += len(rows)
        if len(self._parts) >= MANY and self._rows < FEW * len(self._parts):
            self._settle(0)

    def column(self, name: str, rows: int, room: int) -> Column:
        """The times of that name of so many rows; memory is reserved for ``room``.

        Raises:
            ValueError: there is no such name, or its column was forgotten.
        """
        if self._parts or rows > self._end:
            self._settle(rows, room)
        column = self._columns[self.names.index(name)]
        if column is None:
            raise ValueError(f"{name} was forgotten; expected a column that is still kept")
        return column[:rows]

    def are_known(self, rows: int) -> NDArray[np.bool_]:
        """Which of so many rows have a first time; without putting anything in columns."""
        known: NDArray[np.bool_] = np.zeros(rows, dtype=bool)
        column = self._columns[0]
        if column is not None:
            known[: self._end] = ~np.isnan(column[: self._end])
        if self._parts:
            known[joined_rows([part[0] for part in self._parts])] = True
        return known

    def forget(self, name: str) -> None:
        """Let go of a column that nobody asks for again."""
        self._columns[self.names.index(name)] = None

    def forget_all(self) -> None:
        """Let go of everything: the run is over and nobody asks."""
        self._columns = [np.zeros(0)] * 3
        self._parts.clear()
        self._end = 0

    def _settle(self, rows: int, room: int = 0) -> None:
        """Put all parts in the columns, which have so many rows or more afterwards."""
        parts, self._parts, self._rows = self._parts, [], 0
        if not parts:
            self._grow(rows, room)
            return
        told, *times = zip(*parts, strict=True)
        sizes = [len(part) for part in told]
        whole = one_range(told)
        into: Rows = joined_rows(told) if whole is None else whole
        last: int = into[-1] if isinstance(into, range) else into.max().item()
        self._grow(max(rows, last + 1), room)
        for column, written in zip(self._columns, times, strict=True):
            if column is not None:
                column[where(into)] = one_after_another(written, sizes)

    def _grow(self, end: int, room: int) -> None:
        first = self._end
        if end <= first:
            return
        for number, column in enumerate(self._columns):
            if column is None:
                continue
            if len(column) < end:
                grown = np.empty(max(end, room, min(2 * first, first + MOST_MORE)))
                grown[:first] = column[:first]
                self._columns[number] = column = grown
            column[first:end] = NAN
        self._end = end
