"""Numbers of rows, and times of boxes: one for each, or one where all share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Column: TypeAlias = "NDArray[np.float64]"
Times: TypeAlias = "Column | float"
"""A time for each of some boxes, or one for all of them."""
Rows: TypeAlias = "range | NDArray[np.int64]"
"""Numbers of rows: a range where they follow each other, as those of one lot do, or an array."""


def where(rows: range | NDArray[Any]) -> Any:
    """What picks these rows out of a column: a slice is many times as fast as numbers."""
    return slice(rows.start, rows.stop) if type(rows) is range else rows


def numbers(rows: Rows) -> NDArray[np.int64]:
    """Rows as an array; NumPy would take a range number by number."""
    return np.arange(rows.start, rows.stop) if isinstance(rows, range) else rows


def each(times: Times, number: int) -> Column:
    """A time for each of so many boxes."""
    return np.full(number, times) if isinstance(times, float) else times


def one_after_another(parts: Sequence[Times], numbers: Sequence[int]) -> Column:
    """The times of several parts, each of so many boxes, in one column."""
    if not parts:
        return np.zeros(0)
    if all(isinstance(part, float) for part in parts):
        return np.repeat(np.array(parts), numbers)
    return np.concatenate([each(*part) for part in zip(parts, numbers, strict=True)])


def one_range(parts: Sequence[Rows]) -> range | None:
    """The range that these parts are together; None where they do not follow each other."""
    first = end = int(parts[0][0])
    for part in parts:
        if not isinstance(part, range) or part.start != end:
            return None
        end = part.stop
    # Lots that follow each other are one.
    return range(first, end)


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows of several parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    whole = one_range(parts)
    return np.concatenate([numbers(part) for part in parts]) if whole is None else whole


def joined_rows(parts: Sequence[Rows]) -> NDArray[np.int64]:
    """The same as numbers, for many parts: ranges are made in one go."""
    sizes = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    ranges = np.fromiter((type(part) is range for part in parts), dtype=np.bool_, count=len(parts))
    firsts = np.array([part.start if type(part) is range else 0 for part in parts], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    made: NDArray[np.int64] = np.arange(int(sizes.sum())) + np.repeat(firsts - begins, sizes)
    if not ranges.all():
        arrays = [part for part in parts if type(part) is not range]
        made[np.repeat(~ranges, sizes)] = np.concatenate(arrays)
    return made
