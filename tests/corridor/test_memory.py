"""What the C library does with memory, asked of a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux is asked")

TOUCHED_AGAIN = """
import resource
import numpy as np
from sim.corridor.memory import reuse_memory

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

{before}
np.ones(1 << 20)
was = pages()
np.ones(1 << 20)
print(pages() - was)
"""
LARGE_PAGES = """
from sim.corridor.memory import reuse_memory

def marked():
    about, found = "", 0
    for line in open("/proc/self/smaps"):
        if "-" in line.split()[0] and ":" not in line.split()[0]:
            about, size = line, 0
        if line.startswith("Size:"):
            size = int(line.split()[1])
        if line.startswith("VmFlags") and " hg" in line and "[heap]" in about:
            found += size
    return found

reuse_memory()
once = marked()
reuse_memory()
print(once, marked())
"""


def _told(program: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return [int(word) for word in done.stdout.split()]


def test_what_is_free_again_is_not_handed_back() -> None:
    (fresh,) = _told(TOUCHED_AGAIN.format(before="reuse_memory()"))
    assert fresh < 100
    # Else every column of 8 MB is made of 2,048 pages that were never touched, or of 4 large ones.
    (handed_back,) = _told(TOUCHED_AGAIN.format(before=""))
    assert handed_back > fresh


def test_columns_to_come_have_room_in_large_pages_taken_once() -> None:
    once, twice = _told(LARGE_PAGES)
    assert once >= 96 * 1024
    assert twice == once
