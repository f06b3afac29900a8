"""Empties that come to a terminal: emptied there, by trains as the rule has it, or by themselves.

They are what stations empty and do not fill again, as a flow through the services.  Each terminal
is looked at as if it were the only one that is short: what comes is the most that can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.corridor.profile import INF
from sim.policies.durations import hours
from sim.results.spans import WEEK
from sim.scenario.journey import end_of
from sim.study.means.timetable import trains_an_hour

if TYPE_CHECKING:
    from sim.scenario.vocabulary import ScenarioTables, Service
    from sim.study.means.goods import Goods
    from sim.study.means.months import Months

MOST = 64.0
"""Growth of goods beyond which empties are called no limit."""


class EmptiesFlow:
    """Rates are boxes an hour, means over the horizon."""

    def __init__(self, tables: ScenarioTables, goods: Goods, months: Months) -> None:
        self._tables = tables
        self._goods = goods
        self._months = months
        self._rule = tables.policies.empties

    def can_come(self, station: str, fleet: str) -> float:
        """The same when a terminal's own goods grow as far as the empties for them still come.

        What they go out in is what comes back, so that a closed round has no limit by itself:
        infinite where no slots on the way back limit it.
        """
        asked = self._goods.out.get((station, fleet), 0.0) / WEEK
        come = self.come(station, fleet)
        if come < asked * (1.0 - 1e-9) or asked <= 0.0:
            return come
        enough, growth = 1.0, 2.0
        while self._fits(station, fleet, growth, asked):
            if growth >= MOST:
                return INF
            enough, growth = growth, 2.0 * growth
        for _ in range(40):  # what comes grows by less and less, and falls short at one place
            middle = (enough + growth) / 2.0
            fits = self._fits(station, fleet, middle, asked)
            enough, growth = (middle, growth) if fits else (enough, middle)
        return enough * asked

    def _fits(self, station: str, fleet: str, growth: float, asked: float) -> bool:
        return self.come(station, fleet, growth) >= growth * asked * (1.0 - 1e-12)

    def come(self, station: str, fleet: str, growth: float = 1.0) -> float:
        """Empties that come to a terminal: emptied there, brought there, or gone there.

        Args:
            growth: factor on the goods that go out from there in boxes of the fleet.
        """
        import networkx as nx

        more = self._more(station, fleet, growth - 1.0)
        graph = nx.DiGraph()
        graph.add_nodes_from(["emptied", ("at", station)])
        ways = {way.origin: way.to for way in self._tables.fleets[fleet].returns}
        for place in self._tables.stations:
            emptied = self._goods.back.get((place, fleet), 0.0) / WEEK + more.get(place, 0.0)
            if place in ways:  # goes away by itself, whatever is asked for here
                _add(graph, "emptied", ("at", ways[place]), emptied)
                continue
            filled = self._goods.out.get((place, fleet), 0.0) / WEEK
            spare = emptied if place == station else max(emptied - filled, 0.0)
            _add(graph, "emptied", ("at", place), spare)
        if self._moved_to(station, fleet):
            for name, table in self._tables.services.items():
                free = self._free(name, table)
                if free > 0.0 and table.origin != station:
                    _add(graph, ("at", table.origin), ("at", end_of(self._tables, table)), free)
        return float(nx.maximum_flow_value(graph, "emptied", ("at", station)))

    def _more(self, station: str, fleet: str, growth: float) -> dict[str, float]:
        """Boxes more that are emptied at each destination of a terminal's goods."""
        more: dict[str, float] = {}
        for name, supply in self._tables.supplies.items():
            if supply.terminal == station and self._tables.loaded_into(supply) == fleet:
                for end, share in supply.to.items():
                    more[end] = more.get(end, 0.0) + growth * self._goods.rate[name] * float(share)
        return more

    def _moved_to(self, station: str, fleet: str) -> bool:
        """Whether the rule has empties taken there by trains at all."""
        if self._rule.rule == "safety-stock":
            return self._tables.stock_name(station, fleet) in self._rule.parameters["stock"]
        return self._rule.rule != "none"

    def _free(self, name: str, table: Service) -> float:
        """Slots an hour of a service that no laden box takes."""
        if table.carries != "containers":
            return 0.0
        laden = self._months.sum(self._goods.boxes[name]) / self._months.total
        length, rule = int(table.length), table.dispatch
        if table.passing is not None:
            slots = length * table.passing.free.mean / table.passing.every.mean
        elif rule.rule == "timetable":
            trains = trains_an_hour(table, self._months)
            slots = length * self._months.sum(trains) / self._months.total
        elif rule.rule == "when-full":
            return 0.0  # full of laden ones
        elif rule.rule == "threshold":
            most = min(int(rule.parameters["boxes"]), length)
            longest = hours(rule.parameters["longest_hold"], "longest_hold")
            held = min(1.0 / longest, laden) if longest > 0.0 else laden
            slots = max(laden / most, held) * length
        else:  # sent for the empties themselves
            return INF
        return max(slots - laden, 0.0)


def _add(graph: Any, a: object, b: object, rate: float) -> None:
    """So much more from one node of a networkx graph to another; without limit if infinite."""
    if graph.has_edge(a, b):
        rate += graph[a][b].get("capacity", INF)
        graph.remove_edge(a, b)
    graph.add_edge(a, b, **({} if rate == INF else {"capacity": rate}))
