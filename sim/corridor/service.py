"""A train service: the boxes that wait for it, and the process that forms its trains."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.admission import Admission, Applicant
from sim.corridor.bans import Bans
from sim.corridor.clock import INF, Bell, Clock, Process, at
from sim.corridor.equipment import CARRIED, UNDER_TRAIN, Equipment
from sim.corridor.journal import Journal, Leg
from sim.corridor.step import Route
from sim.corridor.stock import NO_UNITS, Units
from sim.corridor.train import Train
from sim.corridor.waiting import Waiting

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.repositioning import Repositioning
    from sim.corridor.rows import Rows, Times
    from sim.corridor.stock import Pool
    from sim.corridor.streams import Draws
    from sim.corridor.yard import Yard
    from sim.policies.dispatch import DispatchRule


NO_BANS = Bans()
NO_ROWS = range(0)
NO_TIMES = np.zeros(0)
MOST_AT_ONCE = 10_000
"""Trains of one service that leave in one instant, beyond which its rule is at fault."""


class ServiceLine:
    """The trains of one service: forms them when its rule says so and the wagons are there.

    ``beside`` are other services that take the same boxes.
    """

    def __init__(
        self,
        env: simpy.Environment,
        journal: Journal,
        boxes: Boxes,
        name: str,
        origin: str,
        train_class: str,
        route: Route,
        waiting: Waiting,
        rule: DispatchRule,
        pool: Pool | None,
        formation: int,
        equipment: Equipment,
        empties: Repositioning | None,
        admission: Admission | None = None,
        yard: Yard | None = None,
    ) -> None:
        self.name = name
        self.origin = origin
        self.waiting = waiting
        self.formation = formation
        self._env = env
        self._journal = journal
        self._boxes = boxes
        self._class = train_class
        self._route = route
        self._rule = rule
        self._by_clock: bool = getattr(rule, "by_clock", False)
        self._pool = pool
        self._equipment = equipment
        self.empties = empties
        self.border = None if admission is None else admission.approach.line
        self.bans = NO_BANS if admission is None else admission.bans
        self.slots: int | None = waiting.length
        self._admission = admission
        self._yard = yard
        self._clock = Clock(env)
        self._bell = Bell(env)
        self._serial = 0
        self._formed: deque[Train] = deque()
        self.asking: tuple[float, float | None] | None = None
        self.beside: tuple[ServiceLine, ...] = ()
        if empties is not None:
            self.waiting.on_empties = lambda: sum(empties.wanted(self._free_slots()))

    def collect(self, rows: Rows, ready: Times, way: int = -1) -> None:
        """Boxes for this service; times may be ahead of now.  ``way`` if all take the same one."""
        self.waiting.add(rows, ready, way)
        self.hear()
        for service in self.beside:
            service.hear()

    def hear(self) -> None:
        """More boxes are known, of which the rule is told if it minds."""
        if not self._by_clock and self._bell.is_awaited():
            self._bell.ring(self._rule.next_departure(self.waiting, self._env._now))

    def run(self) -> Process:
        """Wait for the rule, then for wagons, then let a train go; for ever."""
        env, at_once, instant = self._env, 0, -INF
        while True:
            time = self._rule.next_departure(self.waiting, env._now)
            if time is None or time > env._now:
                yield self._first_go(self._bell.wait(time))
                continue
            due = env._now
            at_once = at_once + 1 if due == instant else 1
            instant = due
            if at_once > MOST_AT_ONCE:
                raise RuntimeError(
                    f"{self.name}: {MOST_AT_ONCE:,} trains left at {due:g} h and the dispatch rule "
                    f"{type(self._rule).__name__} lets one more go now; expected a later time, or "
                    "None, once a train has left"
                )
            self.asking = (due, None)
            self.waiting.claim(due)
            if self._admission is not None:
                yield from self._admitted(self._admission)
            admitted = env._now
            self.asking = (due, admitted)
            wagons: Units = NO_UNITS
            if self._pool is not None:
                taken = self._pool.take(self.formation)
                if isinstance(taken, simpy.Event):
                    taken = yield self._first_go(taken)
                wagons = taken
            self.asking = None
            self._formed.append(self._form(due, admitted, wagons))

    def kept_from_leaving(self) -> list[Train] | None:
        """Trains under whose wagons the next train waits; none at all if boxes are what it lacks.

        None where it will leave in time.
        """
        if self.asking is not None:
            waits = self.asking[1] is not None and self._pool is not None
            if not waits or self._pool is None or self._pool.stock.next_time() < INF:
                return None
            return self._equipment.trains_with(self._pool.fleet)
        leaves = self._rule.next_departure(self.waiting, self._env._now)
        return [] if leaves is None else None

    def _free_slots(self) -> int:
        """Slots that a train which left now would have to spare."""
        return max(self.waiting.length - self.waiting.count(self._env._now), 0)

    def _admitted(self, admission: Admission) -> Process:
        """Ask, and ask again, until a train may be loaded."""
        env = self._env
        self._journal.applications += 1
        train = Applicant(-self._journal.applications, self._class, self.origin)
        while True:
            over = admission.bans.over(env._now)
            time = over if over > env._now else admission.ask(train, env._now)
            if time <= env._now:
                return
            yield self._first_go(at(env, time))

    def _first_go(self, event: simpy.Event) -> simpy.Event:
        """Before this process waits for an event, the trains it has formed set out."""
        while self._formed:
            self._formed.popleft().go(self._env._now)
        return event

    def _form(self, due: float, admitted: float, wagons: Units, most: int | None = None) -> Train:
        now = self._env._now
        taken = self.waiting.take(now, most)
        rows: Rows = NO_ROWS if taken is None else taken.rows
        if self._yard is not None:
            self._yard.leave(len(rows))
        self.waiting.last_departure = now
        if self._journal.before_train is not None:
            self._journal.before_train(now)
        train = Train(
            self._journal,
            self.name,
            "service",
            self._class,
            self._route,
            self._serial,
            now,
            len(rows),
            self._clock,
        )
        self._serial += 1
        ready, way = (NO_TIMES, -1) if taken is None else (taken.ready, taken.way)
        train.leg = Leg(train, due, admitted, rows, ready, way)
        self._journal.legs.append(train.leg)
        if len(wagons):
            train.wagons = wagons
            self._equipment.log(wagons, now, self.origin, UNDER_TRAIN, train.number)
        if self.empties is not None and most is None:
            for units in self.empties.load(train, self.waiting.length - len(rows)):
                train.boxes += len(units)
                self._equipment.log(units, now, self.origin, CARRIED, train.number)
        return train


class PassingLine(ServiceLine):
    """Transit trains that pass with free slots and take boxes that are ready; they wait for none.

    Cranes on their way move all boxes of the train, ours among them.
    """

    def passing(self, every: Draws, free: Draws) -> None:
        """How trains follow each other, and the share of each that is free."""
        self.slots = None  # most of a train's slots are not ours to fill
        self._every = every
        self._free = free

    def run(self) -> Process:
        """One train after another."""
        env, time = self._env, 0.0
        while True:
            time += self._every.at(self._serial)
            yield self._first_go(at(env, time))
            share = min(max(self._free.at(self._serial), 0.0), 1.0)
            train = self._form(
                env._now, env._now, NO_UNITS, int(share * self.waiting.length + 1e-9)
            )
            train.boxes = self.waiting.length
            self._formed.append(train)
