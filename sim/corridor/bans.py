"""Loading bans: stretches in which trains of some classes are not loaded for a border line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sim.corridor.profile import ALWAYS, INF, Profile, steps_of_reductions


class Bans:
    """The bans that hold for trains of one class toward one line.

    ``loading`` is 0 while one holds, else 1.
    """

    __slots__ = ("_begins", "loading")

    def __init__(self, periods: Sequence[tuple[float, float]] = ()) -> None:
        reductions = [(begin, end, 0.0) for begin, end in periods]
        self.loading = Profile(steps_of_reductions(reductions)) if periods else ALWAYS
        self._begins = sorted(begin for begin, _ in periods)

    def over(self, now: float) -> float:
        """When trains are loaded again: now if no ban holds; infinity if never."""
        return self.loading.opens(now)

    def next(self, now: float) -> float:
        """When the next ban after now begins; infinity if there is none."""
        place = bisect_right(self._begins, now)
        return self._begins[place] if place < len(self._begins) else INF
