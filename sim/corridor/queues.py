"""Where trains wait: places, and gates that let trains through at a rate.

Both grant at once when they can, without an event, and otherwise hand out an event to wait for.
Queues are heaps keyed by (order rule, serial), so a long queue costs no more per train than a
short one, and equal keys are first come, first served.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, call_at, happen
from sim.corridor.profile import ALWAYS, Profile

if TYPE_CHECKING:
    from sim.corridor.train import Train
    from sim.policies.order import OrderRule

# Working time is a float; a train due now may be an ulp or two early after the round trip.
SLACK = 1e-9


class Queue:
    """Trains that wait for one thing, least key first."""

    __slots__ = ("_env", "_heap", "_order", "_serial")

    def __init__(self, env: simpy.Environment, order: OrderRule) -> None:
        self._env = env
        self._order = order
        self._heap: list[tuple[float, int, simpy.Event, Train]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._heap)

    def join(self, train: Train) -> simpy.Event:
        """Queue up; the event succeeds when it is this train's turn."""
        event = self._env.event()
        self._serial += 1
        train.joined = self._env._now
        heappush(self._heap, (self._order.key(train), self._serial, event, train))
        return event

    def trains(self) -> list[Train]:
        """Who waits, first to go first."""
        return [entry[3] for entry in sorted(self._heap, key=lambda e: e[:2])]


class Places(Queue):
    """A number of places that trains hold: tracks, places on a line, servers.

    With opening hours (a profile), places are taken only while open; who holds one keeps it.

    Raises:
        RuntimeError: more places given back than taken.
    """

    __slots__ = (
        "_area",
        "_most",
        "_profile",
        "_pump_at",
        "_since",
        "begun",
        "capacity",
        "held",
        "holders",
        "name",
        "worked",
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
        super().__init__(env, order)
        self.name = name
        self.capacity = capacity
        self.held = 0
        self.holders: dict[Train, None] = {}
        self._most = list(changes)
        self.worked = 0.0
        self.begun: dict[Train, float] = {}
        self._area = 0.0
        self._since = 0.0
        self._profile = profile
        self._pump_at = -1.0
        for time, value in changes:
            call_at(env, time, lambda v=value: self._resize(v))  # type: ignore[misc]

    def take(self, train: Train) -> simpy.Event | None:
        """None if a place is taken at once, otherwise the event to wait for."""
        if self.held < self.capacity and not self._heap and self._open():
            self._hold(1)
            return None
        event = self.join(train)
        if self.held < self.capacity:
            self._pump()
        return event

    def release(self) -> None:
        """Give one place back; the next train in the queue gets it."""
        if self.held <= 0:
            raise RuntimeError(f"{self.name}: a place was given back that nobody held")
        self._hold(-1)
        if self._heap:
            self._pump()

    def size(self) -> float:
        """How many there are now."""
        return self.capacity

    def taken(self) -> int:
        """How many are taken now."""
        return self.held

    def will_grow(self) -> bool:
        """Whether a dated change brings more than now."""
        now = self._env._now
        return any(time > now and value > self.capacity for time, value in self._most)

    def held_hours(self) -> float:
        """Hours that places were held so far, all together."""
        return self._area + self.held * (self._env._now - self._since)

    def under_way(self, now: float, profile: Profile) -> float:
        """Hours worked by now, in working time, at trains not counted in ``worked`` yet."""
        return sum(profile.work(now) - profile.work(start) for start in self.begun.values())

    def _hold(self, more: int) -> None:
        now = self._env._now
        self._area += self.held * (now - self._since)
        self._since = now
        self.held += more

    def _open(self) -> bool:
        return self._profile.constant is not None or self._profile.rate(self._env._now) > 0.0

    def _pump(self) -> None:
        while self._heap and self.held < self.capacity:
            now = self._env._now
            if not self._open():
                opens = self._profile.opens(now)
                if opens != self._pump_at:
                    self._pump_at = opens
                    call_at(self._env, opens, self._pump)
                return
            self._hold(1)
            heappop(self._heap)[2].succeed()

    def _resize(self, capacity: float) -> None:
        self.capacity = capacity
        self._pump()


class Gate:
    """Lets trains through one after another, at a headway of one unit of its profile's work.

    The profile's rate is in trains per hour, with hours, dated changes, daily variation and
    closures in it.  Classes with a limit of their own wait in lanes of their own, so that a class
    at its limit does not stop the others.  ``accepts`` tells the gate of a railway that accepts
    trains at the border from that of a line's paths.
    """

    __slots__ = (
        "_due",
        "_early",
        "_env",
        "_lanes",
        "_profile",
        "_pump_at",
        "_when",
        "accepts",
        "name",
        "passed",
    )

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        profile: Profile,
        order: OrderRule,
        classes: dict[str, Profile] | None = None,
        accepts: bool = False,
    ) -> None:
        self.name = name
        self.accepts = accepts
        self._env = env
        self._profile = profile
        self._due = 0.0
        self._lanes = {"": _Lane(env, order, None)}
        for train_class, limit in (classes or {}).items():
            self._lanes[train_class] = _Lane(env, order, limit)
        self._pump_at = INF
        self._early = self._when = -INF
        self.passed = 0

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def count(self) -> int:
        """Trains let through so far."""
        return self.passed

    def is_open(self) -> bool:
        """Whether trains are let through now."""
        return self._profile.rate(self._env._now) > 0.0

    def expected_wait(self, others: int = 0) -> float:
        """Hours until a train that joined now would pass, behind the queue and so many others."""
        now = self._env._now
        ahead = max(self._due, self._profile.work(now)) + len(self) + others
        return self._profile.when(ahead) - now

    def trains(self) -> list[Train]:
        """Who waits, lane by lane."""
        return [train for lane in self._lanes.values() for train in lane.trains()]

    def take(self, train: Train) -> simpy.Event | None:
        """None if the train passes at once, otherwise the event to wait for."""
        lane = self._lanes.get(train.train_class, self._lanes[""])
        now = self._env._now
        if (
            not lane
            and max(self._next(), lane.next_time(now)) <= now
            and not any(other and other.next_time(now) <= now for other in self._lanes.values())
        ):
            self._pass(lane)
            return None
        event = lane.join(train)
        self._schedule()
        return event

    def _next(self) -> float:
        now = self._env._now
        # Before this time the next train is surely not due, and passes when its work is done.
        return self._when if now < self._early else _next_time(self._profile, self._due, now)

    def _pass(self, lane: _Lane) -> None:
        now, profile = self._env._now, self._profile
        self._due = max(self._due, profile.work(now)) + 1.0
        self._early = profile.when(self._due - 2.0 * SLACK)
        self._when = profile.when(self._due)
        self.passed += 1
        lane.passed(now)

    def _first(self) -> tuple[float, _Lane | None]:
        """Which lane moves next, and when; ties go to the least key, then to who came first."""
        gate = self._next()
        if len(self._lanes) == 1:
            only = self._lanes[""]
            return (gate, only) if only else (INF, None)
        best: tuple[tuple[float, float, float], _Lane | None] = ((INF, INF, INF), None)
        for lane in self._lanes.values():
            if lane:
                rank = (max(gate, lane.next_time(self._env._now)), *lane.head())
                if best[1] is None or rank < best[0]:
                    best = (rank, lane)
        return best[0][0], best[1]

    def _schedule(self) -> None:
        time, lane = self._first()
        if lane is not None and time < self._pump_at:
            self._pump_at = time
            call_at(self._env, time, self._pump)

    def _pump(self) -> None:
        if self._env._now + SLACK < self._pump_at:
            return
        self._pump_at = INF
        through = []
        while True:
            time, lane = self._first()
            if lane is None or time > self._env._now:
                break
            self._pass(lane)
            through.append(lane.leave())
        self._schedule()
        # This is an event already: the trains go on in it.
        for turn in through:
            happen(turn)


def _next_time(profile: Profile, due: float, now: float) -> float:
    """The earliest time from now on at which a train that is due at that work may pass."""
    if profile.work(now) + SLACK >= due:
        return profile.opens(now)
    return max(profile.when(due), now)


class _Lane(Queue):
    """The trains of one class at a gate, with the class's own limit."""

    __slots__ = ("_due", "_limit")

    def __init__(self, env: simpy.Environment, order: OrderRule, limit: Profile | None) -> None:
        super().__init__(env, order)
        self._limit = limit
        self._due = 0.0

    def next_time(self, now: float) -> float:
        return now if self._limit is None else _next_time(self._limit, self._due, now)

    def passed(self, now: float) -> None:
        if self._limit is not None:
            self._due = max(self._due, self._limit.work(now)) + 1.0

    def head(self) -> tuple[float, float]:
        # Serial numbers are the lane's own; the time of joining settles ties between lanes.
        return self._heap[0][0], self._heap[0][3].joined

    def leave(self) -> simpy.Event:
        return heappop(self._heap)[2]
