"""Whole numbers as few bytes: variable length, deflated, in base64."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

import numpy as np


def zigzag(value: int) -> int:
    """A whole number of either sign as one without: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def varints(values: Iterable[int]) -> bytes:
    """Non-negative whole numbers, seven bits a byte, least first; the top bit says more follows.

    Raises:
        ValueError: a value is negative, or 2**35 or more.
    """
    rest = np.fromiter(values, dtype=np.int64)
    if len(rest) and (rest.min() < 0 or rest.max() >= 1 << 35):
        raise ValueError("only whole numbers from 0 to 2**35 can be packed")
    columns, more = [], np.ones(len(rest), dtype=bool)
    used = []
    while more.any():
        low = rest & 0x7F
        rest = rest >> 7
        used.append(more)
        more = more & (rest > 0)
        columns.append((low | (more << 7)).astype(np.uint8))
    if not columns:
        return b""
    packed: bytes = np.stack(columns, axis=1)[np.stack(used, axis=1)].tobytes()
    return packed


def text(data: bytes) -> str:
    """Bytes as a browser gets them back with atob and DecompressionStream("deflate")."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")
