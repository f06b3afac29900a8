"""How much of each resource was used between the warm-up and the horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sim.corridor.profile import Profile


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
