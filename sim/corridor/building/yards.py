"""The yards of stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.yard import TakeSlots, Yard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.building.context import Context


class Yards:
    """One yard a station, for all that bring boxes there or take them away."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._yards: dict[str, Yard | None] = {}

    def yard(self, station: str) -> Yard | None:
        """The yard of a station whose slots are limited, or whose load a rule looks at."""
        if station not in self._yards:
            context = self._context
            table = context.tables.stations[station]
            watched = context.tables.policies.port.rule != "fixed" and bool(table.liners)
            self._yards[station] = None
            if table.yard is not None or watched:
                slots = INF if table.yard is None else table.yard.at(0.0)
                changes = [] if table.yard is None else context.changes(table.yard)
                yard = Yard(context.env, context.journal, station, slots, changes)
                self._yards[station] = context.ports.yards[station] = yard
        return self._yards[station]

    def take_slots(self, station: str) -> Iterator[TakeSlots]:
        """The step of a train that is about to be unloaded; none where there is room for all."""
        yard = self.yard(station)
        if yard is not None:
            stage = self._context.stage(station, "yard", f"{station}: yard full")
            yield TakeSlots(self._context.shared, yard, stage)
