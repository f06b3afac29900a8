"""Servers and tracks that are taken strictly in the order of coming.

Who comes cannot be overtaken, so it knows at once when it begins, and nobody need be woken when
somebody ends.
"""

from __future__ import annotations

from heapq import heappop, heappush, heapreplace

from sim.corridor.clock import INF
from sim.corridor.profile import ALWAYS, Profile


class Fifo:
    """A fixed number of servers or tracks, first come, first served; begun only while open.

    After each ``begin``, ``end`` says until when it is taken, before the next one comes.
    """

    __slots__ = ("_area", "_changes", "_free", "_held", "_profile", "_since")

    def __init__(self, number: int, profile: Profile = ALWAYS) -> None:
        self._free = [0.0] * number
        self._profile = profile
        self._changes: list[tuple[float, int]] = []
        self._held = 0
        self._area = self._since = 0.0

    def begin(self, time: float) -> float:
        """When one that comes now is served; infinity if never."""
        first = self._free[0]
        return self._profile.opens(first if first > time else time)

    def end(self, time: float) -> None:
        """The one that has just come is served until then."""
        heapreplace(self._free, time)

    def end_held(self, now: float, start: float, end: float) -> None:
        """The same, with its hours counted."""
        heapreplace(self._free, end)
        self._count(now)
        if start < INF:
            heappush(self._changes, (start, 1))
            heappush(self._changes, (end, -1))

    def held_hours(self, now: float) -> float:
        """Hours that those counted were held before now, all together."""
        self._count(now)
        return self._area + self._held * (now - self._since)

    def _count(self, now: float) -> None:
        """Keep the sum of what is over: nobody begins before it comes."""
        changes = self._changes
        while changes and changes[0][0] < now:
            time, more = heappop(changes)
            self._area += self._held * (time - self._since)
            self._since = time
            self._held += more
