"""Events at exact times, and an agenda of what nobody needs to see at its time.

SimPy's timeouts take a delay, and ``now + (t - now)`` is not always ``t``.  Container times are
computed ahead, so the clock must meet them to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL

INF = float("inf")
Process = Generator[simpy.Event, Any, None]
Action = Callable[[float], None]
"""Something to be done at a time, which it is told."""


class _Moment(simpy.Event):
    """An event that is sure to happen; somebody puts it on the clock."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        self.made = env._now


class _Call:
    """All that SimPy's loop needs of an event that nobody waits for: something to be called."""

    __slots__ = ("action", "callbacks", "made", "time")
    _ok = True

    def __init__(self, time: float, made: float, action: Action) -> None:
        self.time = time
        self.made = made
        self.action = action
        self.callbacks: tuple[Callable[[_Call], None], ...] | None = _CALL


_CALL: tuple[Callable[[_Call], None], ...] = (lambda call: call.action(call.time),)


def at(env: simpy.Environment, time: float) -> simpy.Event:
    """An event that happens at that time, not before now; never if the time is infinite."""
    if time == INF:
        return env.event()
    event = _Moment(env)
    now = env._now
    heappush(env._queue, (time if time > now else now, NORMAL, next(env._eid), event))
    return event


class Timer:
    """One event that one process waits for, again and again."""

    __slots__ = ("_env", "_event")

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._event = _Moment(env)

    def at(self, time: float) -> simpy.Event:
        """As ``at``; what was waited for before is over."""
        if time == INF:
            return self._env.event()
        event, now = self._event, self._env._now
        event.callbacks = []
        event.made = now
        queue: Any = self._env._queue
        heappush(queue, (time if time > now else now, NORMAL, next(self._env._eid), event))
        return event


def call_at(env: simpy.Environment, time: float, action: Callable[[], None]) -> None:
    """Do something at a time not before now; never if the time is infinite."""
    if time != INF:
        _call(env, time, lambda _: action())


def _call(env: simpy.Environment, time: float, action: Action) -> None:
    now = env._now
    if time < now:
        time = now
    queue: Any = env._queue
    heappush(queue, (time, NORMAL, next(env._eid), _Call(time, now, action)))


def happen(event: simpy.Event) -> None:
    """Let an event happen now, inside another, rather than as an event of its own at this time.

    Not for the middle of a process: who waits goes on before this returns.
    """
    callbacks: Any = event.callbacks
    event._ok, event._value, event.callbacks = True, None, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)


def run_until(
    env: simpy.Environment, end: float, after_each: Callable[[], None] | None = None
) -> None:
    """Take all events before a time, and leave the clock there.

    What ``env.run(until=end)`` does, in one loop; and an agenda can tell when the event was made
    that happens now.
    """
    queue: Any = env._queue
    clock: Any = env
    event: Any
    while queue and queue[0][0] < end:
        env._now, _, _, event = heappop(queue)
        if isinstance(event, _Call):
            clock.made = event.made
            event.action(event.time)
        else:
            clock.made = getattr(event, "made", env._now)
            callbacks = event.callbacks
            event.callbacks = None
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
        if after_each is not None:
            after_each()
    env._now = end


class Clock:
    """Does everything at its time, each as an event of its own."""

    __slots__ = ("env",)
    lazy = False

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env

    def put(self, time: float, action: Action) -> None:
        """Do it at a time not before now; never if the time is infinite."""
        if time != INF:
            _call(self.env, time, action)

    def settle(self, until: float) -> None:
        """All that is due by now is done."""

    def settle_before(self, end: float) -> None:
        """The same."""

    def watch(self, more: int) -> None:
        """The clock is always watched."""


class Alarm:
    """Does something at the time it is set for, or sooner: then who set it must set it again.

    Set for a later time while it is set for a sooner one it costs nothing, and it is never set
    twice for one time, however often its owner sets it anew.
    """

    __slots__ = ("_action", "_times", "clock")

    def __init__(self, clock: Clock, action: Action) -> None:
        self.clock = clock
        self._action = action
        self._times: list[float] = []

    def set(self, time: float) -> None:
        """Ring at that time at the latest, but not before now; never if it is infinite."""
        times = self._times
        if time != INF and not (times and times[0] <= time):
            heappush(times, time)
            self.clock.put(time, self._ring)

    def _ring(self, time: float) -> None:
        heappop(self._times)
        self._action(time)


class Agenda(Clock):
    """What trains that nobody follows do next: done when somebody looks, as of its own time.

    Trains of others share places, gates and works only among each other and with the trains that
    are followed.  Whoever comes to such a place, or looks at it, has the agenda settled first;
    so what lies on it costs no event.  Only while a train that is followed waits there (it
    ``watches``) each of its items is done at its time, for one of them will be that train's turn.
    """

    __slots__ = ("_alarm", "_busy", "_items", "_now", "_serial", "_watchers")
    lazy = True

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__(env)
        self._items: list[tuple[float, float, int, Action]] = []
        self._now = 0.0
        self._serial = 0
        self._watchers = 0
        self._alarm = Alarm(Clock(env), self._on_alarm)
        self._busy = False

    def items(self) -> int:
        """Things put on it so far."""
        return self._serial

    def put(self, time: float, action: Action) -> None:
        """Do it as of that time; never if the time is infinite."""
        if time != INF:
            self._serial += 1
            made = self._now if self._busy else self.env._now
            heappush(self._items, (time, made, self._serial, action))
            if self._watchers and not self._busy:
                self._ring()

    def settle(self, until: float) -> None:
        """Do all that is due by that time, in order."""
        items = self._items
        if not self._busy and items and items[0][0] <= until:
            # Of what happens in one instant, that goes first which was known first.
            self._do(until, getattr(self.env, "made", INF) if until == self.env._now else INF)

    def _do(self, until: float, made: float) -> None:
        """Do all that is due before that time, and at it if it was known by another."""
        items, last = self._items, (until, made, INF)
        self._busy = True
        while items and items[0] <= last:
            self._now, _, _, action = heappop(items)
            action(self._now)
        self._busy = False
        if self._watchers:
            self._ring()

    def settle_before(self, end: float) -> None:
        """Do all that is due before that time."""
        self.settle(math.nextafter(end, -INF))

    def watch(self, more: int) -> None:
        """So many trains that are followed begin to wait here, or end to if negative."""
        self._watchers += more
        if self._watchers and not self._busy:
            self._ring()

    def _ring(self) -> None:
        if self._items:
            self._alarm.set(self._items[0][0])

    def _on_alarm(self, time: float) -> None:
        queue = self.env._queue
        alone = not queue or queue[0][0] > time
        if not self._busy:
            self._do(time, INF if alone else getattr(self.env, "made", INF))


class Bell:
    """Wakes one process at a time that it asked for, which news may change."""

    __slots__ = ("_env", "_event", "_set_for")

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._event: simpy.Event | None = None
        self._set_for = -1.0

    def wait(self, time: float | None) -> simpy.Event:
        """Event to yield; it comes at the time given, unless news changes that."""
        self._event = self._env.event()
        if time is not None:
            self._set(time)
        return self._event

    def is_awaited(self) -> bool:
        """Whether the process waits for it now."""
        return self._event is not None and not self._event.triggered

    def ring(self, time: float | None) -> None:
        """There is news, by which the process is to be woken at that time, if at all."""
        if self._event is None or self._event.triggered or time is None:
            return
        if time <= self._env._now:
            self._event.succeed()
        else:
            self._set(time)

    def _set(self, time: float) -> None:
        if time != self._set_for:
            self._set_for = time
            call_at(self._env, time, self._strike)

    def _strike(self) -> None:
        """A timer is an event already; a late one of an earlier wait only makes it look again."""
        if self._event is not None and not self._event.triggered:
            happen(self._event)
