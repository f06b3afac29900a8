"""A train: a SimPy process that runs a route step by step.

Whatever it carries, a train costs one event for each thing it really waits for or works at; the
boxes on board are rows in columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import Process
from sim.corridor.stock import NO_UNITS, Units

if TYPE_CHECKING:
    from sim.corridor.journal import Journal, Leg
    from sim.corridor.queues import Places
    from sim.corridor.route import Route
    from sim.corridor.yard import Yard


class Train:
    """One train on its way.

    ``leg`` names the containers followed on board, ``empties`` and ``wagons`` the units of
    equipment; ``boxes`` counts all boxes that cranes must move, empties too.
    """

    __slots__ = (
        "boxes",
        "departed",
        "empties",
        "ended",
        "formed",
        "joined",
        "kind",
        "leg",
        "number",
        "open",
        "outcome",
        "place",
        "route",
        "serial",
        "service",
        "train_class",
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
    ) -> None:
        self.number = journal.enter_train(self)
        self.service = service
        self.kind = kind
        self.train_class = train_class
        self.route = route
        self.serial = serial
        self.formed = formed
        self.boxes = boxes
        self.empties: Units = NO_UNITS
        self.wagons: Units = NO_UNITS
        self.leg: Leg | None = None
        self.departed: float | None = None
        self.ended: float | None = None
        self.outcome = "running"
        self.place: Places | None = None
        self.joined = formed
        self.open: tuple[int, float, float | None] | None = None
        self.waits_for: Places | Yard | None = None
        self.waits_since = formed

    @property
    def origin(self) -> str:
        """Station where its route begins."""
        return self.route.origin

    def run(self, env: simpy.Environment) -> Process:
        """The whole journey over the route; leaves early when a full station turns it away."""
        for step in self.route.steps:
            yield from step.run(self)
            if self.outcome == "refused":
                break
        else:
            self.outcome = "done"
        self.ended = env.now
        if self.place is not None:
            del self.place.holders[self]
            self.place.release()
            self.place = None
