"""Empties and wagons that are there, against those that goods and trains need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.policies import EMPTIES
from sim.policies.durations import hours
from sim.scenario.journey import end_of
from sim.scenario.vocabulary import Cranes, Servers
from sim.study.means.findings import Balance, Stage
from sim.study.means.loads import work_of
from sim.study.means.months import WEEK
from sim.study.ways import chains_used

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.scenario.vocabulary import ScenarioTables, Service, Supply
    from sim.study.means.goods import Goods
    from sim.study.means.months import Months


class Equipment:
    """What fleets can do, whatever trains wait for."""

    def __init__(self, tables: ScenarioTables) -> None:
        self._tables = tables
        rule = tables.policies.empties
        self._rule = EMPTIES.make(rule.rule, rule.parameters)

    # -- boxes -----------------------------------------------------------------------------

    def boundless(self, station: str, fleet: str) -> bool:
        """Whether units come to a station that no train brings: hired, or back by themselves."""
        table = self._tables.fleets[fleet]
        comes_back = any(way.to == station for way in table.returns)
        name = self._tables.stock_name(station, fleet)
        hired = table.kind == "containers" and self._rule.hire(name, 1) > 0
        return table.kind == "wagons" or comes_back or hired

    def balances(self, goods: Goods) -> list[Balance]:
        """Boxes that leave and come back, of each terminal and fleet."""
        return [self._balance(goods, *key) for key in self._terminals(goods)]

    def stages(self, goods: Goods, months: Months) -> Iterator[Stage]:
        """Empties that come to a terminal against goods that ask for them."""
        for station, fleet in self._terminals(goods):
            asked = goods.loads.asked.get(("equipment", f"{station}>{fleet}"))
            if asked is not None and not self.boundless(station, fleet):
                balance = self._balance(goods, station, fleet)
                come = max(balance.back / WEEK, self._slots_to(station))
                name = f"{balance.station}: empties"
                yield Stage.hourly(name, "boxes", asked, months.each(come))

    def _terminals(self, goods: Goods) -> Iterator[tuple[str, str]]:
        for station, fleet in dict.fromkeys([*goods.out, *goods.back]):
            boxed = self._tables.fleets[fleet].kind == "containers"
            if boxed and self._tables.stations[station].stuffing is not None:
                yield station, fleet

    def _balance(self, goods: Goods, station: str, fleet: str) -> Balance:
        key = (station, fleet)
        stock = int(self._tables.fleets[fleet].at.get(station, 0))
        name = self._tables.stock_name(station, fleet)
        return Balance(name, goods.out.get(key, 0.0), goods.back.get(key, 0.0), stock)

    def _slots_to(self, station: str) -> float:
        """Slots an hour of trains that end at a station, where free ones may carry empties."""
        tables = self._tables
        if tables.policies.empties.rule == "none":
            return 0.0
        return sum(
            int(table.length) / hours(table.dispatch.parameters["every"], "every")
            for table in tables.services.values()
            if table.dispatch.rule == "timetable" and end_of(tables, table) == station
        )

    # -- wagons ----------------------------------------------------------------------------

    def wagons(
        self, rate: Mapping[str, float], per_week: Mapping[str, float]
    ) -> dict[str, dict[str, float]]:
        """Wagons that each fleet needs when nothing hinders its trains (Little), and has.

        Args:
            rate: wagonloads an hour by supply.
            per_week: trains by service.
        """
        found: dict[str, dict[str, float]] = {}
        for name, table in self._tables.services.items():
            if table.wagons is not None:
                formation = int(table.formation if table.formation is not None else table.length)
                needed = per_week[name] / WEEK * formation * self._round(table, table.wagons)
                self._of(found, table.wagons)["needed"] += needed
        for name, supply in self._tables.supplies.items():
            if self._tables.carried_as(supply) == "wagonloads":
                known = self._of(found, self._tables.loaded_into(supply))
                for needed in self._wagonloads(supply, rate[name]):
                    known["needed"] += needed
        return found

    def _of(self, found: dict[str, dict[str, float]], fleet: str) -> dict[str, float]:
        there = float(sum(self._tables.fleets[fleet].at.values()))
        return found.setdefault(fleet, {"needed": 0.0, "there": there})

    def _wagonloads(self, supply: Supply, rate: float) -> Iterator[float]:
        """Wagons that run loaded until their goods are lifted out, and then come back."""
        fleet = self._tables.loaded_into(supply)
        for destination, share in supply.to.items():
            for chain, weight in chains_used(self._tables, supply, destination):
                time = self._round(self._tables.services[chain[0]], fleet)
                yield rate * float(share) * weight * time

    def _round(self, table: Service, fleet: str) -> float:
        """Hours on a service when nothing hinders its trains, and on the way back."""
        end = end_of(self._tables, table)
        back = sum(w.time.mean for w in self._tables.fleets[fleet].returns if w.origin == end)
        return self._unhindered(table) + back

    def _unhindered(self, table: Service) -> float:
        time = 0.0
        for item in table.route:
            work = work_of(self._tables, item)
            if isinstance(work, Servers):
                time += work.time.mean
            elif isinstance(work, Cranes):
                time += work.time.mean * int(table.length) / max(work.cranes.at(0.0), 1.0)
            elif work is None:
                line = self._tables.lines[item]
                time += float(line.length) / float(line.speed)
        return time
