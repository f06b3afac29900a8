"""Trains of others, which share tracks, paths, acceptance and cranes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.lazy import agendas
from sim.corridor.profile import ALWAYS, Profile, product
from sim.corridor.supply import Flow, Flows, arrivals
from sim.scenario.drawn import DurationDistribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.building.context import Context
    from sim.corridor.building.routes import Routes
    from sim.scenario.vocabulary import Background


class BackgroundFlows:
    """Flows are all made first, and started together."""

    def __init__(self, context: Context, routes: Routes) -> None:
        self._context = context
        self._routes = routes
        self._together = Flows(context.env, context.journal)
        self._flows: list[Flow] = []

    def flow(self, name: str) -> None:
        """Make a flow."""
        context = self._context
        table = context.tables.background[name]
        stride = max(int(table.boxes), 1)
        route = self._routes.route(
            name, table.origin, table.route, stride, None, asks_as=table.train_class
        )
        flow = Flow(
            self._together,
            context.journal,
            name,
            table.train_class,
            route,
            int(table.boxes),
            self._times(name, table),
            float("inf") if table.limit is None else int(table.limit),
        )
        flow.sets = 0 if table.trainsets is None else int(table.trainsets)
        self._flows.append(flow)

    def _times(self, name: str, table: Background) -> Iterator[float]:
        """When its trains come, in order."""
        context, rates = self._context, self._context.rates
        if table.arrivals == "intervals":
            assert table.interval is not None
            return arrivals(ALWAYS, context.streams.draws(table.interval, "background", name))
        parts = [rates.dated(table.trains), rates.dated(context.tables.background_volume)]
        season = rates.season(table.season)
        parts += [] if season is None else [season]
        gaps = None
        if table.arrivals == "poisson":
            gaps = context.streams.draws(
                DurationDistribution.of("exponential(mean: 1 h)"), "background", name
            )
        return arrivals(Profile(product(*parts)), gaps)

    def start(self) -> None:
        """Trains of others go by an agenda where nobody needs to see them at their times."""
        context, flows = self._context, self._flows
        each = [(flow.route, flow.sets == 0) for flow in flows]
        for flow, agenda in zip(flows, agendas(context.env, self._routes.all, each), strict=True):
            if agenda is not None and agenda not in context.corridor.agendas:
                context.corridor.agendas.append(agenda)
            flow.start(context.shared.clock if agenda is None else agenda)
