"""From a checked scenario to a corridor that is ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.building.background import BackgroundFlows
from sim.corridor.building.borders import Borders
from sim.corridor.building.context import Context
from sim.corridor.building.deliveries import DeliveriesByStation
from sim.corridor.building.empties import Empties
from sim.corridor.building.endings import Endings
from sim.corridor.building.lines import Lines
from sim.corridor.building.routes import Routes
from sim.corridor.building.services import Services
from sim.corridor.building.supplies import Supplies
from sim.corridor.building.terminals import Terminals
from sim.corridor.building.works import Works
from sim.corridor.building.yards import Yards
from sim.corridor.clock import at, call_at

if TYPE_CHECKING:
    from sim.corridor.clock import Process
    from sim.corridor.corridor import Corridor
    from sim.scenario.vocabulary import ScenarioTables


class Builder:
    """Gives those who make a part what they need, and has all parts made in their order.

    Of what happens in one instant, that which was made first comes first; and the journal numbers
    stages and levels as they are made.
    """

    def __init__(self, tables: ScenarioTables, seed: int, replication: int) -> None:
        context = self.context = Context(tables, seed, replication)
        yards, lines, works = Yards(context), Lines(context), Works(context)
        borders = Borders(context, lines)
        self._terminals = Terminals(context, yards)
        self._deliveries = DeliveriesByStation(context, yards)
        endings = Endings(context, works, yards)
        routes = Routes(context, lines, borders, works, yards)
        self._empties = Empties(context)
        self._services = Services(context, routes, endings, borders, self._empties, yards)
        self._supplies = Supplies(context)
        self._background = BackgroundFlows(context, routes)

    def build(self) -> Corridor:
        """The corridor with all processes started."""
        context, tables = self.context, self.context.tables
        for name in tables.stations:
            self._terminals.terminal(name)
        for name in tables.stations:
            self._deliveries.delivery(name)
        for name in tables.services:
            self._services.service(name)
        self._empties.link()
        for name in tables.supplies:
            self._supplies.supply(name)
        for name in tables.background:
            self._background.flow(name)
        self._background.start()
        for name in tables.disruptions:
            if context.rates.periods[name]:
                context.env.process(_disruption(context, name))
        warmup = float(tables.warmup)
        if warmup > 0.0:
            call_at(context.env, warmup, self._warm)
        return context.corridor

    def _warm(self) -> None:
        corridor = self.context.corridor
        corridor.settle()
        corridor.meters.start(corridor.env.now)


def _disruption(context: Context, name: str) -> Process:
    """Says when a disruption begins and ends; its effect is in the profiles already."""
    series = context.journal.level(f"{name}: disruption", "1")
    for begin, end, _ in context.rates.periods[name]:
        if end <= 0.0:
            continue
        yield at(context.env, begin)
        context.journal.moves.append((series, context.env.now, 1.0))
        yield at(context.env, end)
        context.journal.moves.append((series, context.env.now, -1.0))
