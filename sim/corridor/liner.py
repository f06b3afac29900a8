"""Ships: calls by a timetable, a berth, quay cranes, a number of slots, and boxes that sail."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.ahead import Ahead, Pace
from sim.corridor.clock import Process, Timer, at, happen
from sim.corridor.queues import Customer, Places
from sim.corridor.rows import numbers
from sim.corridor.streams import Draws, Uniforms, draw_all
from sim.corridor.waiting import Waiting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.boxes import Boxes
    from sim.corridor.emptied import Emptied
    from sim.corridor.rows import Rows
    from sim.corridor.yard import Yard


class Vessel(Customer):
    """One call of a ship, as a queue for berths sees it."""

    __slots__ = ("berthed",)

    def __init__(self, env: simpy.Environment, name: str, due: float) -> None:
        super().__init__(name, due, followed=True)
        self.berthed = env.event()

    def turn(self, now: float) -> None:
        """A berth is free."""
        happen(self.berthed)


class LinerService:
    """The calls of one liner service at one port."""

    def __init__(
        self,
        env: simpy.Environment,
        boxes: Boxes,
        number: int,
        name: str,
        every: float,
        first: float,
        delay: Draws | None,
        slots: int,
        cranes: int,
        times: Draws,
        pace: Pace,
        voyage: Draws,
        berths: Places | None,
        emptied: Emptied,
        yard: Yard | None,
    ) -> None:
        self.number = float(number)
        self.waiting = Waiting(slots)
        self._env = env
        self._boxes = boxes
        self._name = name
        self._every = every
        self._first = first
        self._delay = delay
        self._slots = slots
        self._cranes = cranes
        self._ahead = Ahead(times, slots, pace, pace.calls(first, every))
        self._voyage = voyage
        self._berths = berths
        self._emptied = emptied
        self._yard = yard

    def next_sailing(self, now: float) -> float:
        """Hours until the next call that still has slots for a box more, by the timetable."""
        call = (
            max(math.ceil((now - self._first) / self._every), 0) + len(self.waiting) // self._slots
        )
        return self._first + call * self._every - now

    def run(self) -> Process:
        """One process for each call, so that a late ship does not hold up the next."""
        call, timer = 0, Timer(self._env)
        while True:
            due = self._first + call * self._every
            yield timer.at(due)
            self._env.process(self._call(call, due))
            call += 1

    def _call(self, call: int, due: float) -> Process:
        env, boxes = self._env, self._boxes
        if self._delay is not None:
            yield at(env, due + self._delay.at(call))
        if self._berths is not None:
            vessel = Vessel(env, self._name, due)
            if not self._berths.take(vessel, env._now):
                yield vessel.berthed
        taken = self.waiting.take(env._now)
        rows: Rows = range(0) if taken is None else taken.rows
        moves = self._ahead.of(call, len(rows), self._cranes)
        starts, ends = moves.served(env._now)
        if self._yard is not None:
            for start in starts.tolist():
                self._yard.leave_at(start)
        sailed = float(np.maximum.reduce(ends, initial=env._now))
        boxes.deliveries.put(rows, starts, starts, sailed)
        yield at(env, sailed)
        self._emptied.free_together(rows, sailed + self._voyage.at(call))
        if self._berths is not None:
            self._berths.release(env._now)


class Liners:
    """Shares the boxes that arrive at a port among its ships by each box's own luck."""

    def __init__(
        self, boxes: Boxes, services: list[tuple[float, LinerService]], lucks: list[Uniforms]
    ) -> None:
        self._boxes = boxes
        self._services = services
        self._lucks = lucks

    def take_share(
        self, rows: Rows, times: NDArray[np.float64]
    ) -> tuple[Rows, NDArray[np.float64]]:
        """Puts the boxes that sail into the yards of their ships; returns the others."""
        boxes = self._boxes
        share, service = self._services[0]
        if share >= 1.0:
            # Whatever their luck, which is below one.
            boxes.set("onward", rows, service.number)
            service.waiting.add(rows, times)
            return range(0), times[:0]
        rows = numbers(rows)
        marks = draw_all(self._lucks, boxes.supply[rows], boxes.serial[rows])
        left = np.ones(len(rows), dtype=bool)
        for share, service in self._services:
            marks = marks - share
            mine = left & (marks < 0.0)
            if mine.any():
                boxes.set("onward", rows[mine], service.number)
                service.waiting.add(rows[mine], times[mine])
                left &= ~mine
        return rows[left], times[left]
