"""Gates that let trains through at a rate: paths of a line, acceptance by the railway beyond.

A train passes at once if it is due, and is otherwise told when it is its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, Clock
from sim.corridor.profile import Onward, Profile
from sim.corridor.queues import Customer, Queue

if TYPE_CHECKING:
    from sim.corridor.clock import Agenda
    from sim.corridor.reserve import Reserve
    from sim.policies.order import OrderRule

# Working time is a float; a train due now may be an ulp or two early after the round trip.
SLACK = 1e-9


class Gate:
    """Lets trains through one after another, at a headway of one unit of its profile's work.

    The profile's rate is in trains per hour, with hours, dated changes, daily variation and
    closures in it.  Classes with a limit of their own wait in lanes of their own, so that a class
    at its limit does not stop the others.  ``accepts`` tells the gate of a railway that accepts
    trains at the border from that of a line's paths.  With a ``reserve`` the profile is what that
    says: when it changes, what is done of the headway stays done, and the rest is done at the new
    rate.
    """

    __slots__ = (
        "_due",
        "_early",
        "_env",
        "_hours",
        "_lanes",
        "_only",
        "_profile",
        "_pump_at",
        "_rates",
        "_reserve",
        "_when",
        "accepts",
        "agenda",
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
        reserve: Reserve | None = None,
    ) -> None:
        self.name = name
        self.accepts = accepts
        self.agenda: Clock = Clock(env)
        self._env = env
        self._profile = profile
        self._hours = Onward(profile)
        self._reserve = reserve
        known = () if reserve is None else (reserve.quota, reserve.raised)
        self._rates = [(rate, Onward(rate)) for rate in known]
        self._due = 0.0
        self._lanes = {"": _Lane(order, None)}
        for train_class, limit in (classes or {}).items():
            self._lanes[train_class] = _Lane(order, limit)
        self._only = None if classes else self._lanes[""]
        self._pump_at = INF
        self._early = self._when = -INF
        self.passed = 0

    def __len__(self) -> int:
        self.agenda.settle(self._env._now)
        return sum(len(lane.queue) for lane in self._lanes.values())

    def goes_by(self, agenda: Agenda) -> None:
        """What trains that are not followed do here is on that agenda."""
        self.agenda = agenda

    def count(self) -> int:
        """Trains let through before now."""
        self.agenda.settle_before(self._env._now)
        return self.passed

    def offered(self) -> Profile:
        """Trains that could have passed an hour, until now."""
        if self._reserve is None:
            return self._profile
        self.agenda.settle_before(self._env._now)
        return self._reserve.offered()

    def is_open(self) -> bool:
        """Whether trains are let through now."""
        return self._profile.rate(self._env._now) > 0.0

    def expected_wait(self, others: int = 0) -> float:
        """Hours until a train that joined now would pass, behind the queue and so many others."""
        now = self._env._now
        ahead = len(self) + others
        return self._profile.when(max(self._due, self._profile.work(now)) + ahead) - now

    def trains(self) -> list[Customer]:
        """Who waits, lane by lane."""
        return [train for lane in self._lanes.values() for train in lane.trains()]

    def take(self, train: Customer, now: float) -> bool:
        """Whether the train passes at once; otherwise it waits to be told."""
        if train.followed:
            self.agenda.settle(now)
        lane = self._only
        if lane is not None:
            if not lane.queue and self._next(now) <= now:
                self._pass(lane, now)
                return True
        else:
            lane = self._lanes.get(train.train_class, self._lanes[""])
            if (
                not lane.queue
                and max(self._next(now), lane.next_time(now)) <= now
                and not any(o.queue and o.next_time(now) <= now for o in self._lanes.values())
            ):
                self._pass(lane, now)
                return True
        lane.join(train, now)
        if train.followed:
            self.agenda.watch(1)
        if self._reserve is not None:
            self._review(self._reserve, now)
        self._schedule(now)
        return False

    def _let_through(self, lane: _Lane, now: float, through: list[Customer]) -> None:
        self._pass(lane, now)
        train = lane.next_train()
        if train.followed:
            self.agenda.watch(-1)
        through.append(train)
        if self._reserve is not None:
            self._review(self._reserve, now)

    def _review(self, reserve: Reserve, now: float) -> None:
        """Call the reserve, or give it back, by how many wait."""
        waiting = sum(len(lane.queue) for lane in self._lanes.values())
        if reserve.review(waiting, now):
            self._go_by(reserve, now)
            if reserve.held:
                self.agenda.put(reserve.ends, self._run_out)

    def _run_out(self, now: float) -> None:
        reserve = self._reserve
        if reserve is not None and reserve.run_out(now):
            self._go_by(reserve, now)
            self._schedule(now)

    def _go_by(self, reserve: Reserve, now: float) -> None:
        """Work at the rate that holds now; the next time to look is another."""
        left = self._due - self._hours.work(now)
        self._profile, self._hours = self._rates[reserve.held]
        self._due = self._hours.work(now) + left
        self._early, self._pump_at = -INF, INF

    def _next(self, now: float) -> float:
        # Before this time the next train is surely not due, and passes when its work is done.
        if now < self._early:
            return self._when
        if self._hours.work(now) + SLACK >= self._due:
            return self._profile.opens(now)
        when = self._hours.when(self._due)
        return when if when > now else now

    def _pass(self, lane: _Lane, now: float) -> None:
        hours = self._hours
        work = hours.work(now)
        self._due = due = (self._due if self._due > work else work) + 1.0
        self._early = hours.when(due - 2.0 * SLACK)
        self._when = hours.when(due)
        self.passed += 1
        if lane.limit is not None:
            lane.passed(now)

    def _first(self, now: float) -> tuple[float, _Lane | None]:
        """Which lane moves next, and when; ties go to the least key, then to who came first."""
        only = self._only
        if only is not None:
            return (self._next(now), only) if only.queue else (INF, None)
        gate = self._next(now)
        best: tuple[tuple[float, float, float], _Lane | None] = ((INF, INF, INF), None)
        for lane in self._lanes.values():
            if lane.queue:
                rank = (max(gate, lane.next_time(now)), *lane.head())
                if best[1] is None or rank < best[0]:
                    best = (rank, lane)
        return best[0][0], best[1]

    def _schedule(self, now: float) -> None:
        if self._only is not None and self._pump_at < INF:
            return  # the gate's next time does not depend on who comes
        time, lane = self._first(now)
        if lane is not None and time < self._pump_at:
            self._pump_at = time
            self.agenda.put(time, self._pump)

    def _pump(self, now: float) -> None:
        if now + SLACK < self._pump_at:
            return
        self._pump_at = INF
        through: list[Customer] = []
        time, lane = self._first(now)
        while lane is not None and time <= now:
            self._let_through(lane, now, through)
            time, lane = self._first(now)
        if lane is not None:
            self._pump_at = time
            self.agenda.put(time, self._pump)
        # This is an event already: the trains go on in it.
        for train in through:
            train.turn(now)


def _next_time(profile: Profile, due: float, now: float) -> float:
    """The earliest time from now on at which a train that is due at that work may pass."""
    if profile.work(now) + SLACK >= due:
        return profile.opens(now)
    return max(profile.when(due), now)


class _Lane(Queue):
    """The trains of one class at a gate, with the class's own limit."""

    __slots__ = ("_due", "limit")

    def __init__(self, order: OrderRule, limit: Profile | None) -> None:
        super().__init__(order)
        self.limit = limit
        self._due = 0.0

    def next_time(self, now: float) -> float:
        return now if self.limit is None else _next_time(self.limit, self._due, now)

    def passed(self, now: float) -> None:
        if self.limit is not None:
            self._due = max(self._due, self.limit.work(now)) + 1.0

    def head(self) -> tuple[float, float]:
        # Serial numbers are the lane's own; the time of joining settles ties between lanes.
        return self.queue[0][0], self.queue[0][2].joined
