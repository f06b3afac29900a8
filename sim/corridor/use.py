"""How much of each resource was used between the warm-up and the horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import ArrayLike

from sim.corridor.profile import Profile


class Tally:
    """Work whose end is known when it begins, or before; counted when it is over."""

    __slots__ = ("_begun", "_profile", "_serial", "_worked")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._begun: list[tuple[float, int, float, ArrayLike, ArrayLike]] = []
        self._serial = 0
        self._worked = 0.0

    def add(self, now: float, end: float, hours: float, starts: ArrayLike, ends: ArrayLike) -> None:
        """Work of so many hours that is over at ``end``, and the pieces that it consists of."""
        self.worked(now)
        self._serial += 1
        heappush(self._begun, (end, self._serial, hours, starts, ends))

    def worked(self, now: float) -> float:
        """Hours of all work that was over before now."""
        begun = self._begun
        while begun and begun[0][0] < now:
            self._worked += heappop(begun)[2]
        return self._worked

    def under_way(self, now: float) -> float:
        """Hours worked before now at what was not over then."""
        work = self._profile.work
        return sum(
            work(min(end, now)) - work(start)
            for _, _, starts, ends in sorted(entry[1:] for entry in self._begun)
            for start, end in np.column_stack([starts, ends]).tolist()
            if start < now
        )


@dataclass
class Meter:
    """One resource: what was used of it so far, and what there was of it until a time.

    Servers, cranes and stuffing lines count hours worked of hours staffed, gates count trains let
    through of trains that could have been, tracks and places count hours held.  Work is counted
    when it ends, so that what is used never exceeds what there was; ``under_way`` is what has been
    done of work that is not counted yet.
    """

    place: str
    activity: str
    kind: str
    unit: str
    used: Callable[[], float]
    available: Profile
    under_way: Callable[[], float] | None = None
    begin: float = 0.0
    used_before: float = 0.0

    def start(self, now: float) -> None:
        """Count from now on, of work under way only what is left of it."""
        self.begin, self.used_before = now, self.used()
        if self.under_way is not None:
            self.used_before += self.under_way()

    def reading(self, horizon: float) -> dict[str, object]:
        """The resource as the results name it; ``busy`` is None where there was nothing to use."""
        used = self.used() - self.used_before
        available = self.available.work(horizon) - self.available.work(self.begin)
        return {
            "name": f"{self.place}/{self.activity}",
            "place": self.place,
            "activity": self.activity,
            "kind": self.kind,
            "unit": self.unit,
            "used": used,
            "available": available,
            "busy": used / available if available > 0.0 else None,
        }


@dataclass
class Meters:
    """The meters of all resources of a corridor, in the order in which they were made."""

    all: list[Meter] = field(default_factory=list)

    def add(self, meter: Meter) -> None:
        """One resource more."""
        self.all.append(meter)

    def start(self, now: float) -> None:
        """The warm-up is over."""
        for meter in self.all:
            meter.start(now)

    def readings(self, horizon: float) -> list[dict[str, object]]:
        """All resources, for ``meta['resources']``."""
        return [meter.reading(horizon) for meter in self.all]
