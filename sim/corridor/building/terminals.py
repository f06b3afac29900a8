"""Terminals of loading: where goods are stuffed into boxes or loaded into wagons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.terminal import Elevator, Terminal

if TYPE_CHECKING:
    from sim.corridor.building.context import Context
    from sim.corridor.building.yards import Yards
    from sim.corridor.profile import Profile
    from sim.scenario.vocabulary import Stuffing


class Terminals:
    """A terminal for each fleet that a station loads; they share its lines and its storage."""

    def __init__(self, context: Context, yards: Yards) -> None:
        self._context = context
        self._yards = yards

    def terminal(self, name: str) -> None:
        """The terminals of a station, if it has any."""
        context = self._context
        stuffing = context.tables.stations[name].stuffing
        if stuffing is None:
            return
        profile = context.rates.profile(name, f"{name}/stuffing", hours=stuffing.hours)
        context.corridor.stuffing[name] = profile
        self._meter(name, stuffing, profile)
        lines = context.bank(stuffing.lines, profile)
        times = context.draws_by_supply(stuffing.time, name, "stuffing")
        elevator = Elevator(INF if stuffing.storage is None else float(stuffing.storage))
        supplies = context.tables.supplies.values()
        fleets = [context.tables.loaded_into(s) for s in supplies if s.terminal == name]
        for fleet in dict.fromkeys([stuffing.fleet, *fleets]):
            terminal = context.corridor.terminals[name, fleet] = Terminal(
                context.env,
                context.boxes,
                lines,
                times,
                elevator,
                name,
                context.tables.stock_name(name, fleet),
                context.equipment,
                fleet,
                context.equipment.stock(name, fleet),
                context.empties_rule,
                self._yards.yard(name),
            )
            context.equipment.listen(name, fleet, terminal.news, terminal.waits)

    def _meter(self, name: str, stuffing: Stuffing, profile: Profile) -> None:
        env, boxes, rates = self._context.env, self._context.boxes, self._context.rates
        supplies = self._context.tables.supplies.values()
        mine = [i for i, supply in enumerate(supplies) if supply.terminal == name]
        self._context.meter(
            name,
            "stuffing",
            "stuffing lines",
            "h",
            lambda: boxes.stuffing_hours(mine, env.now, profile),
            rates.profile(name, f"{name}/stuffing", rate=stuffing.lines, hours=stuffing.hours),
            lambda: boxes.stuffing_under_way(mine, env.now, profile),
        )
