"""The steps of trains from where they start to where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.building.lines import At
from sim.corridor.step import Route
from sim.corridor.unloading import EndOfRun
from sim.scenario.journey import gauges_along, stations_along, unloading_cranes
from sim.scenario.vocabulary import Cranes, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.building.borders import Borders
    from sim.corridor.building.context import Context
    from sim.corridor.building.endings import Ending
    from sim.corridor.building.lines import Lines
    from sim.corridor.building.works import Works
    from sim.corridor.building.yards import Yards
    from sim.corridor.step import Step


class Routes:
    """Makes routes, and knows all that were made."""

    def __init__(
        self, context: Context, lines: Lines, borders: Borders, works: Works, yards: Yards
    ) -> None:
        self._context = context
        self._lines = lines
        self._borders = borders
        self._works = works
        self._yards = yards
        self.all: list[Route] = []

    def route(
        self,
        owner: str,
        origin: str,
        items: tuple[str, ...],
        stride: int,
        ending: Ending | None,
        asks_as: str | None,
    ) -> Route:
        """The route of a service or a flow.

        Args:
            owner: its name, which its random streams bear.
            origin: the station where it starts.
            items: lines and works in order, as the scenario has them.
            stride: boxes of a train at most.
            ending: what happens where its trains end; none of trains that are known by number.
            asks_as: the class of trains that are there already, and ask before they set out.
        """
        made = Route(origin, list(self._steps(owner, origin, items, stride, ending, asks_as)))
        self.all.append(made)
        return made

    def _steps(
        self,
        owner: str,
        origin: str,
        items: tuple[str, ...],
        stride: int,
        ending: Ending | None,
        asks_as: str | None,
    ) -> Iterator[Step]:
        if asks_as is not None:
            yield from self._borders.set_out(origin, items, asks_as)
        tables = self._context.tables
        stops = zip(
            stations_along(tables, origin, items), gauges_along(tables, origin, items), strict=True
        )
        ends = iter([At(station, gauge) for station, gauge in stops])
        here = next(ends)
        yield from self._lines.start(here)
        cranes = unloading_cranes(tables, items)
        for i, item in enumerate(items):
            if "/" not in item:
                before, here = here, next(ends)
                yield from self._lines.over(owner, item, before, here)
                continue
            work = self._context.work(item)
            if isinstance(work, Servers):
                yield self._works.serve(owner, item, work)
            elif isinstance(work, Cranes):
                unloading = None if ending is None or i != cranes else ending.unloading
                if unloading is not None:
                    yield from self._yards.take_slots(here.station)
                yield self._works.lift(owner, item, work, stride, unloading)
        if ending is not None:
            if cranes is None:
                yield from self._yards.take_slots(here.station)
            stage = self._context.stage(here.station, "arrival", None)
            yield EndOfRun(None if cranes is not None else ending.unloading, stage, ending.wagons)
