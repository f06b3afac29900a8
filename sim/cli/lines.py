"""Progress where there is no terminal: a plain line on stderr now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

PARTS = 10
"""A line at each of so many parts of the work."""
QUIET = 30.0
"""Seconds without a line, at least: what is over sooner says nothing."""


class Lines:
    """Tells how many pieces are done, at every tenth part that comes 30 s after the last line.

    Args:
        total: pieces that are expected; 1 or more.
        what: what is done.
        to: where lines go; stderr if None.
        clock: seconds that go by.
    """

    def __init__(
        self,
        total: int,
        what: str,
        to: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total, self._what, self._to, self._clock = total, what, to, clock
        self._begin = self._last = clock()
        self._done = self._part = 0

    def expect(self, total: int) -> None:
        """There will be so many pieces in all."""
        self._total = total
        self._part = self._done * PARTS // max(total, 1)

    def __call__(self) -> None:
        """One more piece is done."""
        self._done += 1
        now = self._clock()
        part = self._done * PARTS // max(self._total, 1)
        if part > self._part and now - self._last >= QUIET:
            self._part, self._last = part, now
            print(self._said(now - self._begin), file=self._to or sys.stderr, flush=True)

    def _said(self, seconds: float) -> str:
        left = self._total - self._done
        if left < 0:  # a search that goes on longer than anyone could know
            return f"{self._what}: {self._done:,} done in {_time(seconds)}, more than expected"
        more = f", about {_time(seconds / self._done * left)} left" if left > 0 else ""
        return f"{self._what}: {self._done:,} of {self._total:,} done in {_time(seconds)}{more}"


def _time(seconds: float) -> str:
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    minutes = seconds / 60.0
    return f"{minutes:.0f} min" if minutes < 90.0 else f"{minutes / 60.0:.1f} h"
