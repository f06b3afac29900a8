"""Columns that are written in parts: noted as they come, put in place when somebody reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.rows import joined_rows, one_after_another, one_range, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.corridor.rows import Rows, Times

MANY, FEW = 4096, 16
"""Parts from which on they are put in columns, where a part has fewer rows than that."""
MOST_MORE = 1 << 18
"""Rows that columns grow by at most beyond what is asked for; before, they double."""


class Written:
    """Columns along the rows that are written together; by name, type and what means not known.

    What is written stays as it came, one value for many rows too, so that writing costs next to
    nothing.  Of a row that is written twice the later holds.
    """

    __slots__ = ("_columns", "_empty", "_end", "_parts", "_rows", "_values")

    def __init__(self, columns: Mapping[str, tuple[type[Any], float]]) -> None:
        self._columns: dict[str, NDArray[Any]] = {
            name: np.zeros(0, dtype=kind) for name, (kind, _) in columns.items()
        }
        self._empty = {name: empty for name, (_, empty) in columns.items()}
        # Rows that are in the columns, whether anything is known of them or not.
        self._end = 0
        self._parts: list[Rows] = []
        self._values: list[tuple[Times, ...]] = []
        self._rows = 0

    def put(self, rows: Rows, *values: Times) -> None:
        """What is known of some rows, by column: one value for each of them, or one for all."""
        if not len(rows):
            return
        self._parts.append(rows)
        self._values.append(values)
        self._rows += len(rows)
        if len(self._parts) >= MANY and self._rows < FEW * len(self._parts):
            self._settle(0, 0)

    def column(self, name: str, first: int, end: int, rows: int, room: int) -> NDArray[Any]:
        """A column from a row to another; there are ``rows``, and memory is reserved for ``room``.

        Raises:
            KeyError: there is no such column, or it was forgotten.
        """
        if self._parts or (self._end < rows and self._end):
            self._settle(rows, room)
        column = self._columns[name]
        if not self._end:
            return np.full(end - first, self._empty[name], dtype=column.dtype)
        return column[first:end]

    def is_written(self, rows: int) -> NDArray[np.bool_]:
        """Whether anything was written of each of so many rows; nothing is put in place for it."""
        written: NDArray[np.bool_] = np.zeros(rows, dtype=bool)
        for name, column in self._columns.items():
            empty = self._empty[name]
            known = column[: self._end]
            written[: self._end] |= ~np.isnan(known) if math.isnan(empty) else known != empty
        if self._parts:
            written[joined_rows(self._parts)] = True
        return written

    def forget(self, name: str) -> None:
        """Let go of a column that nobody asks for again."""
        del self._columns[name]

    def forget_all(self) -> None:
        """Let go of everything: the run is over and nobody asks."""
        self._columns.clear()
        self._parts.clear()
        self._values.clear()

    def _settle(self, rows: int, room: int) -> None:
        """Put all parts in the columns, which have so many rows or more afterwards."""
        if not self._parts:
            self._grow(rows, room)
            return
        parts, values = self._parts, zip(*self._values, strict=True)
        self._parts, self._values, self._rows = [], [], 0
        sizes = [len(part) for part in parts]
        whole = one_range(parts)
        into: Rows = joined_rows(parts) if whole is None else whole
        last: int = into[-1] if isinstance(into, range) else into.max().item()
        self._grow(max(rows, last + 1), room)
        for name, written in zip(self._empty, values, strict=True):
            if name in self._columns:
                self._columns[name][where(into)] = one_after_another(written, sizes)

    def _grow(self, end: int, room: int) -> None:
        first = self._end
        if end <= first:
            return
        for name, column in self._columns.items():
            if len(column) < end:
                more = min(2 * first, first + MOST_MORE)
                grown = np.empty(max(end, room, more), dtype=column.dtype)
                grown[:first] = column[:first]
                self._columns[name] = column = grown
            column[first:end] = self._empty[name]
        self._end = end
