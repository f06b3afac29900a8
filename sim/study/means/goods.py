"""Boxes of all supplies: what they ask of terminals, laboratories, services and destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results.spans import WEEK
from sim.scenario.vocabulary import Laboratory
from sim.study.means.beside import Beside
from sim.study.means.loads import Loads, work_of
from sim.study.ways import box_flows, chains_used

if TYPE_CHECKING:
    from sim.corridor.rates import Rates
    from sim.scenario.vocabulary import ScenarioTables, Supply
    from sim.study.choke import BoxFlow
    from sim.study.means.months import Months


class Goods:
    """Rates are boxes an hour by month; wagonloads count as boxes of their wagons.

    Attributes:
        boxes: by service.
        rate: mean by supply.
        out: laden boxes a week out of a station, by station and fleet; ``back`` those into it.
        offered_t: tonnes of exports over the horizon.
        flows: all boxes, with the stages on their way.
    """

    def __init__(self, tables: ScenarioTables, rates: Rates, months: Months) -> None:
        self._tables = tables
        self._rates = rates
        self._months = months
        self.loads = Loads(months)
        self.boxes = {name: months.each(0.0) for name in tables.services}
        self.rate: dict[str, float] = {}
        self.out: dict[tuple[str, str], float] = {}
        self.back: dict[tuple[str, str], float] = {}
        self.offered_t = 0.0
        self.flows: list[BoxFlow] = []
        rates_of = {
            name: self._offered(table, tables.unit_load(table))
            for name, table in tables.supplies.items()
        }
        self._beside = Beside(tables, months, self._asked(rates_of))
        for name, table in tables.supplies.items():
            self._supply(name, table, rates_of[name])

    def _asked(self, rates_of: dict[str, list[float]]) -> dict[str, list[float]]:
        """Boxes by the services that ways name."""
        found: dict[str, list[float]] = {}
        for name, table in self._tables.supplies.items():
            for destination, share in table.to.items():
                for chain, weight in chains_used(self._tables, table, destination):
                    for service in chain:
                        known = found.setdefault(service, self._months.each(0.0))
                        for month, rate in enumerate(rates_of[name]):
                            known[month] += rate * share * weight
        return found

    def _supply(self, name: str, table: Supply, rate: list[float]) -> None:
        tables, total = self._tables, self._months.total
        load = tables.unit_load(table)
        boxes = self._months.sum(rate)
        self.rate[name] = boxes / total
        if table.flow == "exports":
            self.offered_t += boxes * load
        fleet = tables.loaded_into(table)
        here = (table.terminal, fleet)
        self.out[here] = self.out.get(here, 0.0) + boxes / total * WEEK
        self.loads.add("equipment", f"{table.terminal}>{fleet}", rate)
        self.loads.add("stuffing", table.terminal, rate)
        for destination, share in table.to.items():
            there = (destination, fleet)
            self.back[there] = self.back.get(there, 0.0) + boxes * share / total * WEEK
            self._destination(destination, [r * share for r in rate])
            sampled = tables.commodities[table.commodity].checked_as or ""
            for way, weight in chains_used(tables, table, destination):
                for chain, taken in self._beside.chains(way):
                    part = [r * share * weight * t for r, t in zip(rate, taken, strict=True)]
                    self.flows += box_flows(tables, table, chain, destination, part)
                    for service in chain:
                        known = self.boxes[service]
                        self.boxes[service] = [a + b for a, b in zip(known, part, strict=True)]
                        self._laboratories(service, sampled, part)

    def _offered(self, supply: Supply, load: float) -> list[float]:
        """Boxes an hour by month; contracts are counted in the month of their date."""
        profile = self._rates.offered(supply, load)
        if profile is not None:
            return self._months.means(profile)
        found = self._months.each(0.0)
        for time, tonnes in self._rates.contracts(supply):
            month = self._months.of(time)
            found[month] += tonnes / load / self._months.hours[month]
        return found

    def _destination(self, station: str, rate: list[float]) -> None:
        table = self._tables.stations[station]
        left = 1.0
        for name, liner in table.liners.items():
            left -= float(liner.share)
            self.loads.add("liner", f"{station}/{name}", [r * liner.share for r in rate])
        if table.delivery is not None:
            self.loads.add("trucks", station, [r * left for r in rate])

    def _laboratories(self, service: str, checked_as: str, rate: list[float]) -> None:
        for item in self._tables.services[service].route:
            work = work_of(self._tables, item)
            if isinstance(work, Laboratory) and work.slots is not None:
                share = float(work.share.get(checked_as, 0.0))
                self.loads.add("laboratory", item, [r * share for r in rate])
