"""What takes boxes on from where trains end: trucks, and ships of liner services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.delivery import Deliveries
from sim.corridor.liner import Liners, LinerService
from sim.corridor.queues import Places
from sim.scenario.vocabulary import Rule

if TYPE_CHECKING:
    from sim.corridor.building.context import Context
    from sim.corridor.building.yards import Yards
    from sim.scenario.vocabulary import Liner


class DeliveriesByStation:
    """The trucks and the ships of each station."""

    def __init__(self, context: Context, yards: Yards) -> None:
        self._context = context
        self._yards = yards

    def delivery(self, name: str) -> None:
        """What takes boxes on from a station, if anything does."""
        context = self._context
        station = context.tables.stations[name]
        table = station.delivery
        if table is None and not station.liners:
            return
        context.corridor.deliveries[name] = Deliveries(
            context.env,
            context.boxes,
            None
            if table is None or table.trucks is None
            else context.bank(table.trucks, context.rates.profile(name, f"{name}/trucks")),
            context.draws_by_supply(table.dwell if table else None, name, "dwell"),
            context.draws_by_supply(table.time if table else None, name, "truck"),
            context.draws_by_supply(table.stripping if table else None, name, "stripping"),
            name,
            context.equipment,
            context.emptied(name),
            self._liners(name) if station.liners else None,
            by_truck=table is not None,
            yard=self._yards.yard(name),
        )

    def _liners(self, port: str) -> Liners:
        context = self._context
        station = context.tables.stations[port]
        berths = None
        if station.berths is not None:
            order = context.order(Rule(rule="first-come"))
            berths = Places(context.env, f"{port}: berths", int(station.berths), order)
        services = []
        for name, table in station.liners.items():
            service = self._liner(port, name, table, berths)
            context.ports.liners.setdefault(port, []).append(service)
            context.corridor.liners.append(f"{port}/{name}")
            context.env.process(service.run())
            services.append((float(table.share), service))
        return Liners(context.boxes, services, context.lucks_by_supply(port, "liner share"))

    def _liner(self, port: str, name: str, table: Liner, berths: Places | None) -> LinerService:
        context, streams = self._context, self._context.streams
        return LinerService(
            context.env,
            context.boxes,
            len(context.corridor.liners),
            name,
            float(table.every),
            float(table.first),
            None
            if table.delay is None
            else streams.draws(table.delay, port, "liner", name, "delay"),
            int(table.slots),
            int(table.cranes),
            streams.draws(table.time, port, "liner", name, "quay crane"),
            context.shared.pace,
            streams.draws(table.voyage, port, "liner", name, "voyage"),
            berths,
            context.emptied(port),
            self._yards.yard(port),
        )
