"""What the C library does with memory that a run no longer needs."""

from __future__ import annotations

import ctypes
import sys

MIB = 1 << 20
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Names of ``mallopt``'s parameters in glibc's malloc.h."""
LARGE, KEPT = 32 * MIB, 128 * MIB
"""Columns up to the first size are made of memory that was used before, and so much of that is
kept: touching a new page costs more than what is done with it."""


def reuse_memory() -> None:
    """Keep memory that is free again, instead of handing back each column and asking anew."""
    library = _library()
    if library is not None and hasattr(library, "mallopt"):
        library.mallopt(MMAP_THRESHOLD, LARGE)
        library.mallopt(TRIM_THRESHOLD, KEPT)


def give_back_memory() -> None:
    """What a run kept of its trains lies in small pieces, which the C library else holds on to."""
    library = _library()
    if library is not None and hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
