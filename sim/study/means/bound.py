"""The largest flow of exports that the inputs allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.corridor.profile import INF
from sim.corridor.rates import Rates
from sim.corridor.streams import Streams
from sim.scenario.journey import end_of, lines_along
from sim.scenario.vocabulary import Servers
from sim.study.means.loads import work_of
from sim.study.means.rounds import least_round
from sim.study.means.timetable import most_trains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.scenario.vocabulary import ScenarioTables, Service, Supply
    from sim.study.means.equipment import FleetCapacity


def bound(tables: ScenarioTables, equipment: FleetCapacity) -> tuple[float, list[str]] | None:
    """Tonnes over the horizon that no run can exceed, and the stages that bind them.

    Background traffic and random disruptions are left out.  None where nothing binds.
    """
    exports = [s for s in tables.supplies.values() if s.flow == "exports"]
    if not exports or not tables.services:
        return None
    import networkx as nx

    try:
        graph = _Graph(tables, equipment).of(exports)
        value, (reached, _) = nx.minimum_cut(graph, "source", "sink")
    except nx.NetworkXUnbounded:
        return None
    cut = {a.removesuffix(" in") for a, b in graph.edges if a in reached and b not in reached}
    return float(value) * max(tables.unit_load(s) for s in exports), sorted(cut)


class _Graph:
    """A network of stages, each an edge with the most boxes that pass it within the horizon."""

    def __init__(self, tables: ScenarioTables, equipment: FleetCapacity) -> None:
        import networkx as nx

        self._tables = tables
        self._equipment = equipment
        self._horizon = float(tables.horizon)
        self._longest = max(int(t.length) for t in tables.services.values())
        dated = {name: d for name, d in tables.disruptions.items() if d.every is None}
        calm = tables.model_copy(update={"disruptions": dated})
        self._rates = Rates(calm, Streams(tables.seed, 0))
        self._graph = nx.DiGraph()

    def of(self, exports: list[Supply]) -> Any:
        """From ``source`` over terminals and services to destinations and ``sink``."""
        graph = self._graph
        for terminal in dict.fromkeys(s.terminal for s in exports):
            here, out = self._node(f"{terminal}: empties", self._empties(terminal))
            for fleet in self._loaded(terminal):
                graph.add_edge(self._trips(fleet, terminal, exports), here)
            graph.add_edge(out, f"at {terminal}")
        for name, table in self._tables.services.items():
            timetabled = table.dispatch.rule == "timetable"
            here, last = self._node(f"{name}: slots", self._slots(table) if timetabled else INF)
            graph.add_edge(f"at {table.origin}", here)
            for stage, trains in self._gates(table):
                here, end = self._node(stage, trains * self._longest)
                graph.add_edge(last, here)
                last = end
            graph.add_edge(last, f"at {end_of(self._tables, table)}")
        for destination in dict.fromkeys(d for s in exports for d in s.to):
            graph.add_edge(f"at {destination}", "sink")
        return graph

    def _node(self, name: str, capacity: float) -> tuple[str, str]:
        ends = (f"{name} in", f"{name} out")
        if not self._graph.has_edge(*ends):
            if capacity == INF:
                self._graph.add_edge(*ends)
            else:
                self._graph.add_edge(*ends, capacity=int(capacity) + 1)
        return ends

    def _slots(self, table: Service) -> float:
        """Slots of all trains that a timetable can send."""
        return most_trains(table, self._horizon) * int(table.length)

    def _loaded(self, terminal: str) -> list[str]:
        supplies = [s for s in self._tables.supplies.values() if s.terminal == terminal]
        return sorted({self._tables.loaded_into(s) for s in supplies})

    def _trips(self, fleet: str, terminal: str, exports: list[Supply]) -> str:
        """The node from which boxes of a fleet come: as often as they can go round, all in all."""
        if self._equipment.boundless(terminal, fleet):
            return "source"
        turn = least_round(self._tables, fleet, exports)
        if not 0.0 < turn < INF:
            return "source"
        boxes = float(sum(self._tables.fleets[fleet].at.values()))
        trips = boxes * (1.0 + self._horizon / turn)
        here, out = self._node(
            f"{fleet}: {boxes:,.0f} in all, out and back in {turn / 24.0:.3g} d", trips
        )
        self._graph.add_edge("source", here)
        return out

    def _empties(self, terminal: str) -> float:
        """Boxes that can ever be at hand at a terminal: its stock and all slots of trains to it."""
        tables = self._tables
        supplies = [s for s in tables.supplies.values() if s.terminal == terminal]
        loaded = self._loaded(terminal)
        returning = any(w.to == terminal for f in loaded for w in tables.fleets[f].returns)
        if returning or any(self._equipment.boundless(terminal, fleet) for fleet in loaded):
            return INF
        boxes = float(sum(tables.fleets[fleet].at.get(terminal, 0) for fleet in loaded))
        moved = tables.policies.empties.rule != "none"
        emptied_there = any(
            terminal in s.to and tables.loaded_into(s) in loaded for s in tables.supplies.values()
        )
        for table in tables.services.values() if moved or emptied_there else ():
            if table.carries == "containers" and end_of(tables, table) == terminal:
                if table.dispatch.rule != "timetable":
                    return INF
                boxes += self._slots(table)
        emptied = tables.stations[terminal].delivery is not None
        if emptied and any(terminal in s.to for s in supplies):
            return INF
        return boxes

    def _gates(self, table: Service) -> Iterator[tuple[str, float]]:
        """Gates and servers on a route, with the most trains that pass within the horizon."""
        rates, horizon = self._rates, self._horizon
        lines = iter(lines_along(self._tables, table.origin, table.route))
        for item in table.route:
            work = work_of(self._tables, item)
            if isinstance(work, Servers) and self._binds(work):
                station = item.partition("/")[0]
                profile = rates.profile(station, item, rate=work.servers, hours=work.hours)
                yield item, profile.work(horizon) / work.time.mean + work.servers.most
            elif work is None:
                _, _, toward = next(lines)
                line = self._tables.lines[item]
                if line.paths is not None:
                    profile = rates.profile(item, f"{item}/paths", rate=line.paths)
                    yield line.paths_stage(item, toward), profile.work(horizon) + 1.0
                accept = line.acceptance
                if accept is not None and accept.toward == toward and accept.variation is None:
                    profile = rates.with_reserve(item, accept)
                    yield f"{item}: acceptance", profile.work(horizon) + 1.0

    def _binds(self, work: Servers) -> bool:
        """Whether every train takes the same working time there, more than none."""
        shortened = work.check is not None and self._tables.policies.customs.rule != "at-border"
        return work.time.is_constant and work.time.mean > 0.0 and not shortened
