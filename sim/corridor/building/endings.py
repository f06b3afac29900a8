"""What happens where the trains of a service end: to boxes, goods and wagons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.corridor.laboratory import Refusals
from sim.corridor.unloading import GoodsOut, Unloading, Wagons
from sim.scenario.journey import unloading_cranes
from sim.scenario.vocabulary import Cranes, Laboratory

if TYPE_CHECKING:
    from sim.corridor.building.context import Context
    from sim.corridor.building.works import Works
    from sim.corridor.building.yards import Yards
    from sim.corridor.laboratory import Checks
    from sim.scenario.vocabulary import Service


@dataclass(frozen=True)
class Ending:
    """What happens where the trains of a service end."""

    unloading: Unloading
    wagons: Wagons | None


class Endings:
    """One ending a service."""

    def __init__(self, context: Context, works: Works, yards: Yards) -> None:
        self._context = context
        self._works = works
        self._yards = yards

    def ending(self, name: str, table: Service) -> Ending:
        """What becomes of all that comes by the trains of a service."""
        context = self._context
        here = context.chains.ends[name]
        checks, refusals = self._laboratory(table, here)
        unloading = Unloading(
            context.boxes,
            checks,
            refusals,
            context.corridor.deliveries.get(here),
            here,
            context.equipment,
            self._goods_out(name, table, here),
            # Ways are of the first of all services that take the same boxes.
            context.chains.beside[name][0],
        )
        wagons = None if table.wagons is None else self._set_free(table.wagons, here, name)
        return Ending(unloading, wagons)

    def _laboratory(self, table: Service, here: str) -> tuple[Checks | None, Refusals | None]:
        checks = refusals = None
        for item in table.route:
            work = self._context.work(item) if "/" in item else None
            if isinstance(work, Laboratory):
                checks = self._works.check(item, work)
                refusals = self._refusals(item, work, here)
        return checks, refusals

    def _refusals(self, item: str, work: Laboratory, station: str) -> Refusals | None:
        """Where the boxes of each supply go that the laboratory turns back."""
        if float(work.reject) <= 0.0:
            return None
        context, tables = self._context, self._context.tables
        stations = list(tables.stations)
        ways: list[tuple[int, tuple[str, ...]] | None] = []
        for supply in tables.supplies.values():
            boxed = tables.carried_as(supply) == "containers"
            chains = context.chains.between(station, supply.terminal) if boxed else []
            home = stations.index(supply.terminal)
            takes = tables.stations[supply.terminal].delivery is not None
            ways.append((home, chains[0]) if chains and takes else None)
        return Refusals(
            context.env,
            context.boxes,
            station,
            ways,
            context.corridor.services,
            context.draws_by_supply(work.disposal, *item.split("/"), "disposal"),
            context.equipment,
            context.emptied(station),
            self._yards.yard(station),
        )

    def _goods_out(self, name: str, table: Service, station: str) -> GoodsOut | None:
        """Where a service ends at cranes that lift goods out of what they came in."""
        context = self._context
        cranes = unloading_cranes(context.tables, table.route)
        work = None if cranes is None else context.work(table.route[cranes])
        if not isinstance(work, Cranes) or work.lifts == "boxes":
            return None
        ways = {
            number: self._set_free(fleet, station, name)
            for number, fleet in enumerate(context.tables.fleets)
        }
        return GoodsOut(context.boxes, context.equipment, ways)

    def _set_free(self, fleet: str, station: str, owner: str) -> Wagons:
        """Where units of a fleet go that are set free at a station."""
        equipment = self._context.equipment
        for way in self._context.tables.fleets[fleet].returns:
            if way.origin == station:
                draws = self._context.streams.draws(way.time, station, "return", fleet, owner)
                return Wagons(equipment, station, way.to, draws)
        return Wagons(equipment, station, station, None)
