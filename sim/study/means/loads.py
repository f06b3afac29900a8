"""What is asked of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.vocabulary import Cranes, Laboratory, ScenarioTables, Servers
    from sim.study.means.months import Months


class Loads:
    """Units an hour by month, under the kind and the name of a stage, in the order of asking."""

    def __init__(self, months: Months) -> None:
        self._months = months
        self.asked: dict[tuple[str, str], list[float]] = {}

    def add(self, kind: str, name: str, rate: Sequence[float]) -> None:
        """So many more."""
        known = self.asked.setdefault((kind, name), self._months.each(0.0))
        for i, x in enumerate(rate):
            known[i] += x


def work_of(tables: ScenarioTables, item: str) -> Servers | Cranes | Laboratory | None:
    """The work that a part of a route names; none of a line."""
    if "/" not in item:
        return None
    station, name = item.split("/")
    return tables.stations[station].work[name]
