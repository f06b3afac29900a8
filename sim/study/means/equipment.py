"""Empties and wagons that are there, against those that goods and trains need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.profile import INF
from sim.policies import EMPTIES
from sim.results.spans import WEEK
from sim.scenario.journey import end_of
from sim.scenario.vocabulary import Cranes, Servers
from sim.study.means.empties import EmptiesFlow
from sim.study.means.findings import Balance, StageLoad
from sim.study.means.loads import work_of
from sim.study.ways import chains_used

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.scenario.vocabulary import ScenarioTables, Service, Supply
    from sim.study.means.goods import Goods
    from sim.study.means.months import Months


class FleetCapacity:
    """What fleets can do, whatever trains wait for."""

    def __init__(self, tables: ScenarioTables) -> None:
        self._tables = tables
        rule = tables.policies.empties
        self._rule = EMPTIES.make(rule.rule, rule.parameters)

    # -- boxes -----------------------------------------------------------------------------

    def boundless(self, station: str, fleet: str) -> bool:
        """Whether units come to a station that no box brings: wagons, and boxes that are hired."""
        name = self._tables.stock_name(station, fleet)
        return self._tables.fleets[fleet].kind == "wagons" or self._rule.hire(name, 1) > 0

    def balances(self, goods: Goods, months: Months) -> list[Balance]:
        """Boxes that leave and come back, of each terminal and fleet."""
        empties = EmptiesFlow(self._tables, goods, months)
        return [self._balance(goods, empties.come(*key), *key) for key in self._terminals(goods)]

    def stages(self, goods: Goods, months: Months) -> Iterator[StageLoad]:
        """Empties that can come to a terminal against goods that ask for them."""
        empties = EmptiesFlow(self._tables, goods, months)
        for station, fleet in self._terminals(goods):
            asked = goods.loads.asked.get(("equipment", f"{station}>{fleet}"))
            if asked is not None and not self.boundless(station, fleet):
                come = empties.can_come(station, fleet)
                if come < INF:
                    name = f"{self._tables.stock_name(station, fleet)}: empties"
                    yield StageLoad.hourly(name, "boxes", asked, months.each(come))

    def _terminals(self, goods: Goods) -> Iterator[tuple[str, str]]:
        for station, fleet in dict.fromkeys([*goods.out, *goods.back]):
            boxed = self._tables.fleets[fleet].kind == "containers"
            if boxed and self._tables.stations[station].stuffing is not None:
                yield station, fleet

    def _balance(self, goods: Goods, come: float, station: str, fleet: str) -> Balance:
        key = (station, fleet)
        stock = int(self._tables.fleets[fleet].at.get(station, 0))
        name = self._tables.stock_name(station, fleet)
        out, back = (by.get(key, 0.0) for by in (goods.out, goods.back))
        return Balance(name, out, back, stock, come * WEEK)

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
