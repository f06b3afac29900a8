"""Where trains wait: queues, and places that are held.

A place is granted at once if there is one, and otherwise the train is told when it is its turn.
Queues are heaps keyed by (order rule, serial), so a long queue costs no more per train than a
short one, and equal keys are first come, first served.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, Alarm, Clock, call_at
from sim.corridor.profile import ALWAYS, Profile

if TYPE_CHECKING:
    from sim.corridor.clock import Agenda
    from sim.corridor.train import Train
    from sim.policies.order import OrderRule


class Customer:
    """Who waits in a queue: a train, or a call of a ship.

    ``formed`` and ``joined`` in hours; ``followed`` says that the clock of the run itself is told
    what it does; ``place`` is what it holds meanwhile.
    """

    __slots__ = ("followed", "formed", "joined", "place", "train_class")

    def __init__(self, train_class: str, formed: float, followed: bool) -> None:
        self.train_class = train_class
        self.formed = formed
        self.joined = formed
        self.followed = followed
        self.place: Places | None = None

    def turn(self, now: float) -> None:
        """It is its turn at what it waits for."""
        raise NotImplementedError


class Queue:
    """Trains or ships that wait for one thing, least key first."""

    __slots__ = ("_order", "_serial", "queue")

    def __init__(self, order: OrderRule) -> None:
        self._order = order
        self._serial = 0
        self.queue: list[tuple[float, int, Customer]] = []

    def join(self, train: Customer, time: float) -> None:
        """Queue up."""
        self._serial += 1
        train.joined = time
        heappush(self.queue, (self._order.key(train), self._serial, train))

    def next_train(self) -> Customer:
        """The first leaves the queue."""
        return heappop(self.queue)[2]

    def trains(self) -> list[Customer]:
        """Who waits, first to go first."""
        return [entry[2] for entry in sorted(self.queue, key=lambda e: e[:2])]


class Places(Queue):
    """A number of places that trains hold: tracks, places on a line, servers.

    With opening hours (a profile), places are taken only while open; who holds one keeps it.
    A place may be given back at a time ahead: that costs nothing unless somebody waits for it.
    ``agenda`` holds what trains that are not followed will do here; it is settled before anybody
    comes or looks.

    Raises:
        RuntimeError: more places given back than taken.
    """

    __slots__ = (
        "_alarm",
        "_always",
        "_area",
        "_env",
        "_leaving",
        "_most",
        "_profile",
        "_since",
        "agenda",
        "capacity",
        "held",
        "holders",
        "name",
    )

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        capacity: float,
        order: OrderRule,
        changes: Sequence[tuple[float, float]] = (),
        profile: Profile = ALWAYS,
    ) -> None:
        super().__init__(order)
        self._env = env
        self.agenda: Clock = Clock(env)
        self.name = name
        self.capacity = capacity
        self.held = 0
        self.holders: dict[Train, None] = {}
        self._most = list(changes)
        self._area = 0.0
        self._since = 0.0
        self._profile = profile
        self._always = profile.constant is not None
        self._alarm = Alarm(self.agenda, self._on_alarm)
        self._leaving: list[tuple[float, int, Train | None]] = []
        for time, value in changes:
            call_at(env, time, lambda t=time, v=value: self._resize(t, v))  # type: ignore[misc]

    def __len__(self) -> int:
        self.agenda.settle(self._env._now)
        return len(self.queue)

    def goes_by(self, agenda: Agenda) -> None:
        """What trains that are not followed do here is on that agenda."""
        self.agenda = self._alarm.clock = agenda

    def take(self, train: Customer, time: float) -> bool:
        """Whether a place is taken at once; otherwise the train waits to be told."""
        if train.followed:
            self.agenda.settle(time)
        if self._leaving and self._leaving[0][0] <= time:
            self._let_go(time)
            if self.queue:
                self._pump(time)
        held = self.held
        if held < self.capacity and not self.queue and (self._always or self._open(time)):
            self._area += held * (time - self._since)
            self._since = time
            self.held = held + 1
            return True
        self.join(train, time)
        if train.followed:
            self.agenda.watch(1)
        self._pump(time)
        return False

    def leave(self, train: Train, time: float, ahead: bool) -> None:
        """A holder gives its place back; now, or at a time ahead."""
        if ahead:
            self.release_at(train, time)
        else:
            self.holders.pop(train, None)
            if train.followed:
                self.agenda.settle(time)
            self.release(time)

    def release(self, time: float) -> None:
        """Give one place back now; the next train in the queue gets it."""
        if self._leaving and self._leaving[0][0] <= time:
            self._let_go(time)
        self._give_back(time)
        if self.queue:
            self._pump(time)

    def release_at(self, train: Train | None, time: float) -> None:
        """One place will be given back at a time ahead."""
        if time != INF:
            self._serial += 1
            heappush(self._leaving, (time, self._serial, train))
            if self.queue:
                self._alarm.set(self._leaving[0][0])

    def look(self, time: float) -> None:
        """All that has happened by that time is done."""
        self.agenda.settle(time)
        self._let_go(time)

    def _let_go(self, time: float) -> None:
        leaving = self._leaving
        while leaving and leaving[0][0] <= time:
            end, _, train = heappop(leaving)
            if train is not None:
                self.holders.pop(train, None)
            self._give_back(end)

    def size(self) -> float:
        """How many there are now."""
        return self.capacity

    def taken(self) -> int:
        """How many are taken now."""
        self.look(self._env._now)
        return self.held

    def will_grow(self) -> bool:
        """Whether a dated change brings more than now."""
        now = self._env._now
        return any(time > now and value > self.capacity for time, value in self._most)

    def held_hours(self) -> float:
        """Hours that places were held so far, all together."""
        self.agenda.settle_before(self._env._now)
        self.look(math.nextafter(self._env._now, -INF))
        return self._area + self.held * (self._env._now - self._since)

    def _give_back(self, time: float) -> None:
        if self.held <= 0:
            raise RuntimeError(f"{self.name}: a place was given back that nobody held")
        self._hold(-1, time)

    def _hold(self, more: int, time: float) -> None:
        self._area += self.held * (time - self._since)
        self._since = time
        self.held += more

    def _open(self, time: float) -> bool:
        return self._always or self._profile.rate(time) > 0.0

    def _pump(self, time: float) -> None:
        """Give free places to who waits; be there when the next is given back, or doors open."""
        while self.queue and self.held < self.capacity:
            if not self._open(time):
                self._alarm.set(self._profile.opens(time))
                return
            self._hold(1, time)
            train = self.next_train()
            # In one instant trains go on in the order in which their turns came.
            turn = partial(self._turn, train) if train.followed else train.turn
            self.agenda.put(time, turn)
        if self.queue and self._leaving:
            self._alarm.set(self._leaving[0][0])

    def _turn(self, train: Customer, time: float) -> None:
        self.agenda.watch(-1)
        train.turn(time)

    def _on_alarm(self, time: float) -> None:
        self.look(time)
        self._pump(time)

    def _resize(self, time: float, capacity: float) -> None:
        self.look(time)
        self.capacity = capacity
        self._pump(time)
