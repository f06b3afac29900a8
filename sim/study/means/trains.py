"""Trains of services and of others: what they ask of lines, servers and cranes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.corridor.profile import Profile, product
from sim.policies import CUSTOMS
from sim.policies.durations import hours
from sim.scenario.journey import lines_along
from sim.scenario.vocabulary import Cranes, Servers
from sim.study.means.findings import StageLoad
from sim.study.means.loads import Loads, work_of
from sim.study.means.timetable import trains_an_hour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.corridor.rates import Rates
    from sim.scenario.vocabulary import ScenarioTables, Service
    from sim.study.means.months import Months

LUCK = 1000
"""Draws, evenly spread, over which a customs rule is averaged."""


@dataclass(frozen=True)
class _AtCheck:
    """What a customs rule may know of a train."""

    train_class: str


class Trains:
    """Rates are trains an hour by month.

    Attributes:
        slots: boxes against slots of services that do not follow their load.
        others: boxes an hour that are not followed, by the cranes that they share.
    """

    def __init__(
        self,
        tables: ScenarioTables,
        rates: Rates,
        months: Months,
        boxes: Mapping[str, list[float]],
    ) -> None:
        self._tables = tables
        self._rates = rates
        self._months = months
        self.loads = Loads(months)
        self.slots: list[StageLoad] = []
        self.others: dict[str, list[float]] = {}
        self.per_week: dict[str, float] = {}
        for name in tables.services:
            self._service(name, boxes[name])
        for name in tables.background:
            self._background(name)

    def _service(self, name: str, boxes: list[float]) -> None:
        table = self._tables.services[name]
        trains = self._formed(table, boxes)
        slots = [t * int(table.length) for t in trains]
        moved = boxes
        if table.passing is not None:  # cranes move all that is on a passing train
            free = [x * table.passing.free.mean for x in slots]
            self.slots.append(StageLoad.hourly(f"{name}: slots", "boxes", boxes, free))
            moved = slots
            self._beside(table.route, [max(a - b, 0.0) for a, b in zip(slots, boxes, strict=True)])
        elif table.dispatch.rule == "timetable":
            self.slots.append(StageLoad.hourly(f"{name}: slots", "boxes", boxes, slots))
        self.per_week[name] = self._months.a_week(trains)
        self._along(table.origin, table.route, trains, moved, table.train_class)

    def _formed(self, table: Service, boxes: Sequence[float]) -> list[float]:
        """Trains of a service; rules that wait for boxes follow the load."""
        parameters = table.dispatch.parameters
        if table.passing is not None:
            return self._months.each(1.0 / table.passing.every.mean)
        if table.dispatch.rule == "timetable":
            return trains_an_hour(table, self._months)
        most = min(int(parameters.get("boxes", table.length)), int(table.length))
        hold = parameters.get("longest_hold")
        least = 0.0 if hold is None else 1.0 / hours(hold, "longest_hold")
        return [b / most if hold is None else max(b / most, min(least, b)) for b in boxes]

    def _background(self, name: str) -> None:
        table, rates = self._tables.background[name], self._rates
        if table.trainsets is not None or table.arrivals == "intervals":
            if table.interval is None:
                return
            trains = self._months.each(1.0 / table.interval.mean)
        else:
            parts = [rates.dated(table.trains), rates.dated(self._tables.background_volume)]
            season = rates.season(table.season)
            parts += [] if season is None else [season]
            trains = self._months.means(Profile(product(*parts)))
        self.per_week[name] = self._months.a_week(trains)
        boxes = [r * int(table.boxes) for r in trains]
        self._along(table.origin, table.route, trains, boxes, table.train_class)
        self._beside(table.route, boxes)

    def _beside(self, route: tuple[str, ...], boxes: list[float]) -> None:
        """Boxes that are not followed, under the same cranes."""
        for item in route:
            if isinstance(work_of(self._tables, item), Cranes):
                known = self.others.setdefault(item, self._months.each(0.0))
                self.others[item] = [a + b for a, b in zip(known, boxes, strict=True)]

    def _along(
        self,
        origin: str,
        route: tuple[str, ...],
        trains: list[float],
        boxes: list[float],
        train_class: str,
    ) -> None:
        lines = iter(lines_along(self._tables, origin, route))
        for item in route:
            work = work_of(self._tables, item)
            if isinstance(work, Servers):
                left = self._left_at(work, train_class)
                self.loads.add("servers", item, [x * left for x in trains])
            elif isinstance(work, Cranes):
                self.loads.add("cranes", item, boxes)
            elif work is None:
                _, _, toward = next(lines)
                line = self._tables.lines[item]
                self.loads.add("paths", item if line.shared_paths else f"{item}>{toward}", trains)
                acceptance = line.acceptance
                if acceptance is not None and acceptance.toward == toward:
                    self.loads.add("acceptance", item, trains)

    def _left_at(self, work: Servers, train_class: str) -> float:
        """Mean share of the usual work that the customs rule leaves to the queue of a check."""
        if work.check is None:
            return 1.0
        rule = self._tables.policies.customs
        made = CUSTOMS.make(rule.rule, rule.parameters)
        train = _AtCheck(train_class)
        treated = [made.treat(work.check, train, (i + 0.5) / LUCK) for i in range(LUCK)]
        return sum(0.0 if t.beside else t.share for t in treated) / LUCK
