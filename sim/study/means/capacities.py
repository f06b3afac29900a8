"""What stages can do of what is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.profile import INF
from sim.scenario.vocabulary import Laboratory, Servers
from sim.study.means.findings import StageLoad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sim.corridor.rates import Rates
    from sim.scenario.dated import Dated
    from sim.scenario.vocabulary import ScenarioTables
    from sim.study.means.months import Months

Able = tuple[str, str, list[float]]
"""Name and unit of a stage, and its capacity an hour by month."""


class Capacities:
    """Capacity of each kind of stage; none where there is no limit."""

    def __init__(self, tables: ScenarioTables, rates: Rates, months: Months) -> None:
        self._tables = tables
        self._rates = rates
        self._months = months
        self._of: dict[str, Callable[[str], Able | None]] = {
            "paths": self._paths,
            "acceptance": self._acceptance,
            "servers": self._work,
            "cranes": self._work,
            "laboratory": self._laboratory,
            "stuffing": self._stuffing,
            "trucks": self._trucks,
            "liner": self._liner,
        }

    def stages(self, asked: Iterable[tuple[tuple[str, str], list[float]]]) -> Iterator[StageLoad]:
        """Stages with a limit, in the order in which something is asked of them."""
        for (kind, name), load in asked:
            able = self._of[kind](name) if kind in self._of else None
            if able is not None:
                stage, unit, capacity = able
                yield StageLoad.hourly(stage, unit, load, capacity)

    def _rate(self, number: Dated, mean: float, hours: str | None, *targets: str) -> list[float]:
        """So many servers, each of which takes so long on the mean."""
        profile = self._rates.profile(*targets, rate=number, hours=hours)
        return [r / mean if mean > 0.0 else INF for r in self._months.means(profile)]

    def _paths(self, name: str) -> Able | None:
        line, _, toward = name.partition(">")
        paths = self._tables.lines[line].paths
        if paths is None:
            return None
        profile = self._rates.profile(line, f"{line}/paths", rate=paths)
        stage = self._tables.lines[line].paths_stage(line, toward)
        return stage, "trains", self._months.means(profile)

    def _acceptance(self, name: str) -> Able:
        accept = self._tables.lines[name].acceptance
        assert accept is not None
        profile = self._rates.profile(name, f"{name}/acceptance", rate=accept.per_day)
        return f"{name}: acceptance", "trains", self._months.means(profile)

    def _work(self, name: str) -> Able:
        station, _, part = name.partition("/")
        work = self._tables.stations[station].work[part]
        assert not isinstance(work, Laboratory)
        serves = isinstance(work, Servers)
        number = work.servers if isinstance(work, Servers) else work.cranes
        capacity = self._rate(number, work.time.mean, work.hours, station, name)
        return name, "trains" if serves else "boxes", capacity

    def _laboratory(self, name: str) -> Able:
        station, _, part = name.partition("/")
        work = self._tables.stations[station].work[part]
        assert isinstance(work, Laboratory) and work.slots is not None
        return name, "boxes", self._rate(work.slots, work.time.mean, None, station)

    def _stuffing(self, name: str) -> Able:
        stuffing, stage = self._tables.stations[name].stuffing, f"{name}/stuffing"
        assert stuffing is not None
        mean = stuffing.time.mean
        return stage, "boxes", self._rate(stuffing.lines, mean, stuffing.hours, name, stage)

    def _trucks(self, name: str) -> Able | None:
        delivery = self._tables.stations[name].delivery
        if delivery is None or delivery.trucks is None:
            return None
        rate = self._rate(delivery.trucks, delivery.time.mean, None, name)
        return f"{name}: trucks", "boxes", rate

    def _liner(self, name: str) -> Able:
        station, _, part = name.partition("/")
        liner = self._tables.stations[station].liners[part]
        slots = self._months.each(int(liner.slots) / float(liner.every))
        return f"{name}: slots", "boxes", slots
