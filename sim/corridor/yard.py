"""Boxes on the ground at one station, in a limited number of slots."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, Alarm, Clock, call_at
from sim.corridor.step import Step

if TYPE_CHECKING:
    from sim.corridor.journal import Journal
    from sim.corridor.queues import Places
    from sim.corridor.step import Shared
    from sim.corridor.train import Train


class Yard:
    """Slots that boxes take with their train or from stuffing, and leave one by one.

    Trains wait first come, first served, until there is room for all boxes they bring: a train
    half unloaded would stand on its track with the wagons it should give back.  A slot is free
    again when the box is lifted onto a train, truck or ship; those times may lie ahead.
    """

    def __init__(
        self,
        env: simpy.Environment,
        journal: Journal,
        station: str,
        slots: float,
        changes: Sequence[tuple[float, float]] = (),
    ) -> None:
        self.station = station
        self.name = f"{station}: yard"
        self.slots = slots
        self._changes = list(changes)
        self.on_room: list[Callable[[], None]] = []
        self._env = env
        self._clock = Clock(env)
        self._journal = journal
        self._series = journal.level(f"{station}: boxes in the yard", "containers")
        self._held = 0
        self._leaving: list[float] = []
        self._queue: deque[tuple[int, Callable[[float], None]]] = deque()
        self._alarm = Alarm(self._clock, self._on_alarm)
        for time, value in changes:
            call_at(env, time, lambda v=value: self._resize(v))  # type: ignore[misc]

    def level(self) -> int:
        """Slots taken now, those of boxes under the cranes too."""
        leaving, now = self._leaving, self._env._now
        while leaving and leaving[0] <= now:
            heappop(leaving)
            self._held -= 1
        return self._held

    def room(self) -> int:
        """Slots free for who does not queue: none while a train does."""
        if self._queue:
            return 0
        # a yard without limit is there for a rule that looks at its load
        slots = sys.maxsize if self.slots == INF else int(self.slots)
        return max(slots - self.level(), 0)

    def take(self, boxes: int, turn: Callable[[float], None]) -> bool:
        """For the boxes of a train: whether the slots are taken at once; if not, who to tell."""
        if not self._queue and self.level() + boxes <= self.slots:
            self._hold(boxes)
            return True
        self._queue.append((boxes, turn))
        self._watch()
        return False

    def hold(self, boxes: int) -> None:
        """Take slots that are free, for boxes that do not come by train.

        Raises:
            RuntimeError: there are not so many.
        """
        if boxes > self.room():
            raise RuntimeError(f"{boxes} boxes for {self.room()} slots at {self.station}")
        self._hold(boxes)

    def leave(self, boxes: int) -> None:
        """So many boxes have left now.

        Raises:
            RuntimeError: more than there were.
        """
        if boxes > self.level():
            raise RuntimeError(f"{boxes} boxes leave a yard of {self._held}")
        if boxes:
            self._held -= boxes
            self._journal.moves.append((self._series, self._env._now, -boxes))
            self._pump()

    def leave_at(self, time: float) -> None:
        """One box leaves at that time, not before now."""
        if time != INF:
            heappush(self._leaving, time)
            self._journal.moves.append((self._series, time, -1))
            self._watch()

    def size(self) -> float:
        """How many slots there are now."""
        return self.slots

    def taken(self) -> int:
        """How many are taken now."""
        return self.level()

    def lacking(self) -> int:
        """Slots that the next train in the queue is short of."""
        return self.level() + self._queue[0][0] - int(self.slots) if self._queue else 0

    def will_grow(self) -> bool:
        """Whether a dated change brings more slots."""
        now = self._env._now
        return any(time > now and value > self.slots for time, value in self._changes)

    def _hold(self, boxes: int) -> None:
        self._held += boxes
        if boxes:
            self._journal.moves.append((self._series, self._env._now, boxes))

    def _watch(self) -> None:
        if (self._queue or self.on_room) and self._leaving:
            self._alarm.set(max(self._leaving[0], self._env._now))

    def _on_alarm(self, _time: float) -> None:
        self._pump()
        self._watch()

    def _pump(self) -> None:
        while self._queue and self.level() + self._queue[0][0] <= self.slots:
            boxes, turn = self._queue.popleft()
            self._hold(boxes)
            self._clock.put(self._env._now, turn)
        if not self._queue:
            for call in self.on_room:
                call()

    def _resize(self, slots: float) -> None:
        self.slots = slots
        self._pump()


class TakeSlots(Step):
    """Wait until the yard has room for the boxes that leave the train here."""

    __slots__ = ("_shared", "_stage", "yard")

    def __init__(self, shared: Shared, yard: Yard, stage: int) -> None:
        super().__init__()
        self._shared = shared
        self.yard = yard
        self._stage = stage

    def enter(self, train: Train, time: float) -> float | None:
        """No event where there is room."""
        if self.yard.take(0 if train.leg is None else len(train.leg.rows), train.turn):
            return time
        train.since = time
        train.open = (self._stage, time, None)
        train.waits_for, train.waits_since = self.yard, time
        self._shared.gridlock.check(train)
        return None

    def turn(self, train: Train, time: float) -> float:
        """The slots are taken."""
        train.waits_for = train.open = None
        self._shared.journal.stages.extend((train.number, self._stage, train.since, time, time))
        return time

    def wanted(self) -> Places | Yard | None:
        """Room in the yard."""
        return self.yard
