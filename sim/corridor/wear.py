"""Breakdowns by use: what has worked for so long stands still until it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.corridor.journal import Journal
    from sim.corridor.streams import Draws


class Wear:
    """Working hours of all servers or cranes of one work together, from one breakdown to the next.

    Whoever ends a job past the limit breaks down; the job itself is finished.
    """

    __slots__ = ("_after", "_journal", "_lasts", "_number", "_series", "_worked", "_worn_out")

    def __init__(self, journal: Journal, series: int, after: Draws, lasts: Draws) -> None:
        self._journal = journal
        self._series = series
        self._after = after
        self._lasts = lasts
        self._number = 0
        self._worked = 0.0
        self._worn_out = after.at(0)

    def mending(self, work: float, time: float) -> float:
        """Hours to stand still after so much work more, which ends at that time; mostly 0."""
        self._worked += work
        if self._worked < self._worn_out:
            return 0.0
        hours = self._lasts.at(self._number)
        self._journal.moves.append((self._series, time, 1.0))
        self._journal.moves.append((self._series, time + hours, -1.0))
        self._number += 1
        self._worn_out = self._worked + self._after.at(self._number)
        return hours
