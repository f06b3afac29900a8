"""Touches so many GB of memory, a page at a time: ``python benchmarks/touch.py GB``."""

import sys

import numpy as np

PAGE = 4096


def main(size: int) -> None:
    """One byte of every page."""
    memory = np.empty(size << 30, dtype=np.uint8)
    memory[::PAGE] = 1


if __name__ == "__main__":
    main(int(sys.argv[1]))
