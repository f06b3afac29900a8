"""The calendar months of a horizon."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING

from sim.results.spans import WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.corridor.profile import Profile
    from sim.scenario.vocabulary import ScenarioTables


class Months:
    """All months of a scenario, the first and the last as far as they belong to it.

    ``edges`` are hours since the start, one more than there are months.
    """

    def __init__(self, tables: ScenarioTables) -> None:
        self.edges = _edges(tables)
        self.hours = [b - a for a, b in zip(self.edges, self.edges[1:], strict=False)]
        self.names = [
            (tables.start + timedelta(hours=t)).strftime("%b %Y") for t in self.edges[:-1]
        ]
        self.total = sum(self.hours)

    def each(self, value: float) -> list[float]:
        """The same in every month."""
        return [value] * len(self.hours)

    def of(self, time: float) -> int:
        """Number of the month of a time."""
        return bisect_right(self.edges, time) - 1

    def means(self, profile: Profile) -> list[float]:
        """Mean rate of each month."""
        work = [profile.work(t) for t in self.edges]
        return [(b - a) / hours for a, b, hours in zip(work, work[1:], self.hours, strict=False)]

    def sum(self, rate: Sequence[float]) -> float:
        """Of a rate an hour by month, how much over the horizon."""
        return sum(r * h for r, h in zip(rate, self.hours, strict=True))

    def a_week(self, rate: Sequence[float]) -> float:
        """The same a week, on the mean."""
        return self.sum(rate) / self.total * WEEK


def _edges(tables: ScenarioTables) -> list[float]:
    horizon, start = float(tables.horizon), tables.start
    edges, day = [0.0], start
    while True:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        time = (day - start) / timedelta(hours=1)
        if time >= horizon:
            return [*edges, horizon] if horizon > 0.0 else [0.0, 1.0]
        edges.append(time)
