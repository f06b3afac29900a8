"""Sorting of whole numbers in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.corridor.native import LOOPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Spells: TypeAlias = tuple[NDArray[Any], ...]


def in_order(numbers: NDArray[Any]) -> NDArray[np.int64]:
    """Positions in the order of the numbers (0 or more), equal ones as they come.

    ``np.argsort`` sorts 16 bits in linear time, so the numbers are sorted by 16 bits at a time.
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    most = int(numbers.max(initial=0))
    for shift in range(16, most.bit_length(), 16):
        digits = (numbers[order] >> shift).astype(np.uint16)
        order = order[np.argsort(digits, kind="stable")]
    return order


def by_unit(spells: Spells, last: float) -> tuple[Spells, NDArray[np.float64]]:
    """Spells in the order of units, those of a unit as they come, and when each ends.

    ``spells`` are columns: unit, begin (hours), and any others.  A spell ends when the next of its
    unit begins, or at hour ``last``; those that begin later are left out.
    """
    if LOOPS is not None:
        return _in_loops(spells, last)
    return _in_columns(spells, last)


def _in_columns(spells: Spells, last: float) -> tuple[Spells, NDArray[np.float64]]:
    order = in_order(spells[0])
    order = order[spells[1][order] <= last]
    unit, begin, *others = (column[order] for column in spells)
    end = np.full(len(unit), last)
    follows = np.flatnonzero(unit[1:] == unit[:-1])
    end[follows] = begin[follows + 1]
    return (unit, begin, *others), end


def _in_loops(spells: Spells, last: float) -> tuple[Spells, NDArray[np.float64]]:
    unit, begin, *others = map(np.ascontiguousarray, spells)
    # Where the spells of each unit go.
    place = np.zeros(int(unit.max(initial=-1)) + 2, dtype=np.int32)
    number = LOOPS.count_spells(unit, begin, last, place)
    order = np.empty(number, dtype=np.int64)
    begins, ends = np.empty(number), np.empty(number)
    LOOPS.order_spells(unit, begin, last, place, place.copy(), order, begins, ends)
    return (unit[order], begins, *(column[order] for column in others)), ends
