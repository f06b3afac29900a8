"""Supplies: goods that come to terminals, lot by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.supply import PortChoice, Region, arrivals, contract_lots
from sim.policies import CROSSING, PORT
from sim.scenario.drawn import DurationDistribution
from sim.scenario.journey import chosen_chains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.building.context import Context
    from sim.corridor.supply import Destination, Lot
    from sim.scenario.vocabulary import Supply


class Supplies:
    """One region a supply, each a process of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def supply(self, name: str) -> None:
        """Make a supply and start it."""
        context, tables = self._context, self._context.tables
        table = tables.supplies[name]
        rule = tables.policies.crossing
        destinations = self._destinations(table)
        region = Region(
            context.env,
            context.boxes,
            list(tables.supplies).index(name),
            table.commodity,
            self._lots(name, table),
            tables.unit_load(table),
            context.streams.uniforms("supply", name, "lots"),
            destinations,
            context.corridor.terminals[table.terminal, tables.loaded_into(table)],
            CROSSING.make(rule.rule, rule.parameters),
            context.border,
            self._port_choice(),
        )
        context.env.process(region.run())

    def _destinations(self, table: Supply) -> list[Destination]:
        """By name, each with the shortest chain of services over each crossing.

        A lot's luck falls on one of them in that order, whatever the order in which they are
        written: scenarios that differ in it have one hash, and are one.
        """
        tables, services = self._context.tables, self._context.corridor.services
        stations = list(tables.stations)
        carries = tables.carried_as(table)
        found = []
        for destination, share in sorted(table.to.items()):
            ways = self._context.chains.between(table.terminal, destination, carries)
            chains = {
                crossing: tuple(services[name] for name in chain)
                for crossing, chain in chosen_chains(tables, ways).items()
            }
            found.append((float(share), stations.index(destination), destination, chains))
        return found

    def _lots(self, name: str, table: Supply) -> Iterator[Lot]:
        context = self._context
        load, lot = context.tables.unit_load(table), int(table.lot)
        rate = context.rates.offered(table, load * lot)
        if rate is None:
            return contract_lots(context.rates.contracts(table), load, lot)
        context.boxes.expect(1.05 * rate.work(context.corridor.end) * lot)
        gaps = None
        if table.arrivals == "poisson":
            gaps = context.streams.draws(
                DurationDistribution.of("exponential(mean: 1 h)"), "supply", name
            )
        return ((time, lot, load) for time in arrivals(rate, gaps))

    def _port_choice(self) -> PortChoice | None:
        rule = self._context.tables.policies.port
        if rule.rule == "fixed":
            return None
        return PortChoice(PORT.make(rule.rule, rule.parameters), self._context.ports)
