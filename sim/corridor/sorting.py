"""Sorting of whole numbers in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
