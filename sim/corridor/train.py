"""A train: it goes through the steps of its route, ahead of the clock as far as its way is sure.

Whatever it carries, a train costs something only where it comes to what others use too; the
boxes on board are rows in columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.queues import Customer
from sim.corridor.stock import NO_UNITS, Units

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.corridor.bank import CraneMoves
    from sim.corridor.clock import Clock
    from sim.corridor.journal import Journal, Leg
    from sim.corridor.queues import Places
    from sim.corridor.step import Route
    from sim.corridor.yard import Yard


class Train(Customer):
    """One train on its way.

    ``leg`` names the containers followed on board, ``empties`` and ``wagons`` the units of
    equipment; ``boxes`` counts all boxes that cranes must move, empties too.  What the train does
    next goes on ``clock``; ``followed`` says that this is the clock of the run itself.
    ``departed`` and ``ended`` may lie ahead.
    """

    __slots__ = (
        "at",
        "boxes",
        "clock",
        "departed",
        "empties",
        "ended",
        "kind",
        "leg",
        "moves",
        "now",
        "number",
        "on_end",
        "open",
        "outcome",
        "route",
        "serial",
        "service",
        "share",
        "since",
        "wagons",
        "waits_for",
        "waits_since",
    )

    def __init__(
        self,
        journal: Journal,
        service: str,
        kind: str,
        train_class: str,
        route: Route,
        serial: int,
        formed: float,
        boxes: int,
        clock: Clock,
    ) -> None:
        super().__init__(train_class, formed, not clock.lazy)
        self.number = journal.enter_train(self)
        self.service = service
        self.kind = kind
        self.route = route
        self.serial = serial
        self.boxes = boxes
        self.clock = clock
        self.empties: Units = NO_UNITS
        self.wagons: Units = NO_UNITS
        self.leg: Leg | None = None
        self.departed: float | None = None
        self.ended: float | None = None
        self.outcome = "running"
        self.open: tuple[int, float, float | None] | None = None
        self.waits_for: Places | Yard | None = None
        self.waits_since = formed
        self.at = 0
        self.share = 1.0
        self.moves: CraneMoves | None = None
        self.now = self.since = formed
        self.on_end: Callable[[float], None] | None = None

    @property
    def origin(self) -> str:
        """Station where its route begins."""
        return self.route.origin

    def go(self, now: float) -> None:
        """Go on with the next step, and further as long as it is known when a step is over."""
        self.now = now
        self._walk(now)

    def turn(self, now: float) -> None:
        """It is this train's turn at what it waits for."""
        self.now = now
        over = self.route.steps[self.at - 1].turn(self, now)
        if over is not None:
            self._walk(over)

    def _walk(self, time: float) -> None:
        """The last step is over at that time, which may be ahead."""
        steps, now, at = self.route.steps, self.now, self.at
        for step in steps[at:] if at else steps:
            if time > now and (not step.ahead or time == INF):
                self.clock.put(time, self.go)
                return
            self.at = at = at + 1
            over = step.enter(self, time)
            if over is None:
                return
            time = over
        if time > now and (self.on_end is not None or time == INF):
            self.clock.put(time, self.go)
        else:
            self._end(time)

    def turned_away(self, time: float) -> None:
        """A full station takes it no further."""
        self.outcome = "refused"
        self._end(time)

    def leave_place(self, time: float) -> None:
        """Give up the place it holds, now or at a time ahead."""
        if self.place is not None:
            self.place.leave(self, time, time > self.now)
            self.place = None

    def _end(self, time: float) -> None:
        if self.outcome == "running":
            self.outcome = "done"
        self.ended = time
        self.leave_place(time)
        if self.on_end is not None:
            self.on_end(time)
