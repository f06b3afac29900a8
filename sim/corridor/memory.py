"""What the C library does with memory that a run no longer needs."""

from __future__ import annotations

import ctypes
import sys

MIB = 1 << 20
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
"""Names of ``mallopt``'s parameters in glibc's malloc.h."""
LARGE, KEPT = 32 * MIB, 128 * MIB
"""Columns up to the first size are made of memory that was used before, and so much of that is
kept: touching a new page costs more than what is done with it."""
ROOM, PAGE = 96 * MIB, 2 * MIB
"""Address space for columns to come, taken at once, in large pages where the system has them."""
HUGE_PAGES = 14
"""``MADV_HUGEPAGE`` of Linux."""

_taken = False


def reuse_memory() -> None:
    """Keep memory that is free again, instead of handing back each column and asking anew."""
    library = _library()
    if library is not None and hasattr(library, "mallopt"):
        library.mallopt(MMAP_THRESHOLD, LARGE)
        library.mallopt(TRIM_THRESHOLD, KEPT)
        _take_large_pages(library)


def _take_large_pages(library: ctypes.CDLL) -> None:
    """Extend the heap once, by address space that becomes memory in large pages as it is used."""
    global _taken
    if _taken:
        return
    _taken = True
    library.sbrk.restype = library.malloc.restype = ctypes.c_void_p
    library.sbrk.argtypes = [ctypes.c_ssize_t]
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    library.mallopt(TOP_PAD, ROOM)
    # More than what is free at the end of the heap, less than what would lie elsewhere.
    block = library.malloc(LARGE - MIB)
    end = library.sbrk(0)
    if block and block < end:
        first = -(-block // PAGE) * PAGE
        library.madvise(first, end - first, HUGE_PAGES)
    library.free(block)
    library.mallopt(TOP_PAD, MIB // 8)


def give_back_memory() -> None:
    """What a run kept of its trains lies in small pieces, which the C library else holds on to."""
    library = _library()
    if library is not None and hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
