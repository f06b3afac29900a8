"""Services: trains that carry the scenario's goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.beside import Beside
from sim.corridor.corridor import Ends
from sim.corridor.service import PassingLine, ServiceLine
from sim.corridor.waiting import Waiting
from sim.policies import DISPATCH

if TYPE_CHECKING:
    from sim.corridor.building.borders import Borders
    from sim.corridor.building.context import Context
    from sim.corridor.building.empties import Empties
    from sim.corridor.building.endings import Endings
    from sim.corridor.building.routes import Routes
    from sim.corridor.building.yards import Yards
    from sim.scenario.vocabulary import Service


class Services:
    """One line of trains a service, each a process of its own."""

    def __init__(
        self,
        context: Context,
        routes: Routes,
        endings: Endings,
        borders: Borders,
        empties: Empties,
        yards: Yards,
    ) -> None:
        self._context = context
        self._routes = routes
        self._endings = endings
        self._borders = borders
        self._empties = empties
        self._yards = yards
        self._shared: dict[str, tuple[Waiting, list[Beside]]] = {}

    def service(self, name: str) -> None:
        """Make a service, make it known, and start it."""
        context = self._context
        table = context.tables.services[name]
        service = self._make(name, table)
        context.corridor.services[name] = service
        self._introduce(name)
        context.gridlock.services.setdefault(table.origin, []).append(service)
        context.corridor.ends[name] = self._ends(table)
        if table.crossing is not None:
            self._borders.show(table.crossing, table.origin, table.route, table.train_class)
        context.env.process(service.run())

    def _make(self, name: str, table: Service) -> ServiceLine:
        context, length = self._context, int(table.length)
        waiting = self._waiting(name, length)
        route = self._routes.route(
            name,
            table.origin,
            table.route,
            length,
            self._endings.ending(name, table),
            asks_as=None if table.passing is None else table.train_class,
        )
        kind = ServiceLine if table.passing is None else PassingLine
        service = kind(
            context.env,
            context.journal,
            context.boxes,
            name,
            table.origin,
            table.train_class,
            route,
            waiting,
            DISPATCH.make(table.dispatch.rule, table.dispatch.parameters),
            None if table.wagons is None else context.equipment.pool(table.origin, table.wagons),
            length if table.formation is None else int(table.formation),
            context.equipment,
            self._empties.repositioning(table),
            self._borders.admission(table.origin, table.route, table.train_class),
            self._yards.yard(table.origin),
        )
        if isinstance(service, PassingLine) and table.passing is not None:
            service.passing(
                context.streams.draws(table.passing.every, "passing", name, "every"),
                context.streams.draws(table.passing.free, "passing", name, "free"),
            )
        return service

    def _waiting(self, name: str, length: int) -> Waiting:
        """The boxes for a service, which may be those of others as well."""
        names = self._context.chains.beside[name]
        if len(names) == 1:
            return Waiting(length)
        boxes, views = self._shared.setdefault(names[0], (Waiting(length), []))
        return Beside(length, boxes, views, answers=name == names[0])

    def _introduce(self, name: str) -> None:
        """Once all are made, services that take the same boxes know each other."""
        known, names = self._context.corridor.services, self._context.chains.beside[name]
        if all(other in known for other in names):
            for one in names:
                known[one].beside = tuple(known[other] for other in names if other != one)

    def _ends(self, table: Service) -> Ends:
        lines = [item for item in table.route if "/" not in item]
        runs = [self._context.run_over(line) for line in lines]
        over_border = [self._context.tables.lines[line].acceptance is not None for line in lines]
        border = over_border.index(True) if True in over_border else 0
        return Ends(
            runs[-1] if runs else -1,
            runs[border - 1] if border > 0 else -1,
            table.crossing,
        )
