"""What becomes of a train's boxes where the train ends: laboratory, next service, delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import Process
from sim.corridor.streams import Draws

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.delivery import Deliveries
    from sim.corridor.service import ServiceLine
    from sim.corridor.stock import Pool, Stock
    from sim.corridor.train import Train


class Checks:
    """A laboratory: boxes sampled by their own luck stand in the bonded yard until the answer.

    Slots go to boxes in the order in which their trains came under the cranes.
    """

    __slots__ = ("_draws", "_lucks", "_shares", "_slots", "stage")

    def __init__(
        self,
        slots: Bank | None,
        shares: list[float],
        lucks: list[Draws],
        draws: list[Draws],
        stage: int,
    ) -> None:
        self._slots = slots
        self._shares = shares
        self._lucks = lucks
        self._draws = draws
        self.stage = stage

    def check(
        self, boxes: Boxes, rows: list[int], free: list[float]
    ) -> tuple[list[float], list[float]]:
        """Start of analysis and release of each box; both the time of asking if not sampled."""
        starts, ends = list(free), list(free)
        for i, row in enumerate(rows):
            supply, serial = boxes.supply[row], boxes.serial[row]
            share = self._shares[supply]
            if share <= 0.0 or self._lucks[supply].at(serial) >= share:
                continue
            time = self._draws[supply].at(serial)
            if self._slots is None:
                ends[i] = free[i] + time
            else:
                (starts[i],), (ends[i],) = self._slots.serve([free[i]], [time])
        return starts, ends


class Unloading:
    """Where the trains of a service end: hands on boxes, empties and wagons."""

    def __init__(
        self,
        boxes: Boxes,
        checks: Checks | None,
        deliveries: Deliveries | None,
        empties: Stock | None,
        on_empties: Callable[[], None] | None,
    ) -> None:
        self._boxes = boxes
        self._checks = checks
        self._deliveries = deliveries
        self._empties = empties
        self._on_empties = on_empties

    def take(self, train: Train, stage: int, starts: list[float], ends: list[float]) -> None:
        """All boxes of the train, those followed first; start and end of each crane move."""
        leg = train.leg
        assert leg is not None
        number = len(leg.rows)
        leg.unloading = stage
        leg.start, leg.finish = starts[:number], ends[:number]
        leg.sampled = leg.released = leg.finish
        if self._checks is not None:
            leg.checking = self._checks.stage
            leg.sampled, leg.released = self._checks.check(self._boxes, leg.rows, leg.finish)
        self._hand_on(leg.rows, leg.released)
        if train.empties and self._empties is not None:
            self._empties.add_each(ends[number:])
            if self._on_empties is not None:
                self._on_empties()

    def _hand_on(self, rows: list[int], released: list[float]) -> None:
        onward: dict[ServiceLine, list[tuple[float, int]]] = {}
        here: list[tuple[float, int]] = []
        chain, leg = self._boxes.chain, self._boxes.leg
        for row, time in zip(rows, released, strict=True):
            services = chain[row]
            if leg[row] < len(services):
                onward.setdefault(services[leg[row]], []).append((time, row))
            else:
                here.append((time, row))
        for service, boxes in onward.items():
            service.collect(boxes)
        if here:
            assert self._deliveries is not None
            self._deliveries.receive(here)


class EndOfRun:
    """Last step of a service's route: boxes leave where no crane moved them, wagons are free."""

    __slots__ = ("_env", "_formation", "_stage", "_unloading", "_wagons")

    def __init__(
        self,
        env: simpy.Environment,
        unloading: Unloading | None,
        stage: int,
        formation: int,
        wagons: Wagons | None,
    ) -> None:
        self._env = env
        self._unloading = unloading
        self._stage = stage
        self._formation = formation
        self._wagons = wagons

    def run(self, train: Train) -> Process:
        """Hand on what the train still has; takes no time."""
        if self._unloading is not None:
            times = [self._env.now] * train.boxes
            self._unloading.take(train, self._stage, times, times)
        if self._wagons is not None:
            self._wagons.set_free(self._formation, train)
        return
        yield  # a step is a generator


class Wagons:
    """Where the wagons of trains that end at a station become available, and after how long."""

    __slots__ = ("_draws", "_env", "_pool")

    def __init__(self, env: simpy.Environment, pool: Pool, draws: Draws | None) -> None:
        self._env = env
        self._pool = pool
        self._draws = draws

    def set_free(self, units: int, train: Train) -> None:
        """The wagons of one train."""
        delay = 0.0 if self._draws is None else self._draws.at(train.serial)
        self._pool.add(units, self._env.now + delay)
