"""Events at exact times, and processes that cost no event of their own.

SimPy's timeouts take a delay, and ``now + (t - now)`` is not always ``t``.  Container times are
computed ahead, so the clock must meet them to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL

INF = float("inf")
Process = Generator[simpy.Event, Any, None]


class _Moment(simpy.Event):
    """An event that is sure to happen; somebody puts it on the clock."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None


def at(env: simpy.Environment, time: float) -> simpy.Event:
    """An event that happens at that time, not before now; never if the time is infinite."""
    if time == INF:
        return env.event()
    event = _Moment(env)
    now = env._now
    heappush(env._queue, (time if time > now else now, NORMAL, next(env._eid), event))
    return event


def call_at(env: simpy.Environment, time: float, action: Callable[[], None]) -> None:
    """Do something at a time not before now; never if the time is infinite."""
    if time != INF:
        callbacks: Any = at(env, time).callbacks
        callbacks.append(lambda _event: action())


def happen(event: simpy.Event) -> None:
    """Let an event happen now, inside another, rather than as an event of its own at this time.

    Not for the middle of a process: who waits goes on before this returns.
    """
    callbacks: Any = event.callbacks
    event._ok, event._value, event.callbacks = True, None, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)


class Journey(simpy.Process):
    """A process that begins when it is made and whose end nobody waits for.

    A SimPy process costs an event to begin and one to end.  Here the first step is taken at once,
    so make it last, just before its maker waits: that is when SimPy would begin it.  An exception
    of the process comes out of the run as it is.  Only events that never fail may be waited for.
    """

    def __init__(self, env: simpy.Environment, generator: Process) -> None:
        self.env = env
        self.callbacks = []
        self._generator = generator
        outer = env._active_proc
        self._resume(_Moment(env))
        env._active_proc = outer

    def _resume(self, event: simpy.Event) -> None:
        env = self.env
        env._active_proc = self
        step = self._generator.send
        while True:
            try:
                event = step(event._value)
            except StopIteration as end:
                self._ok, self._value, self.callbacks = True, end.value, None  # type: ignore[assignment]
                break
            if event.callbacks is not None:
                event.callbacks.append(self._resume)
                break
        self._target = event
        env._active_proc = None


def run_until(env: simpy.Environment, end: float) -> None:
    """Take all events before a time, and leave the clock there.

    What ``env.run(until=end)`` does, in one loop.
    """
    queue = env._queue
    while queue and queue[0][0] < end:
        env._now, _, _, event = heappop(queue)
        callbacks: Any = event.callbacks
        event.callbacks = None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value
    env._now = end


class Bell:
    """Wakes one process when there is news, or at a time it asked for."""

    __slots__ = ("_env", "_event", "_set_for")

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._event: simpy.Event | None = None
        self._set_for = -1.0

    def wait(self, time: float | None) -> simpy.Event:
        """Event to yield; it comes at the time given at the latest."""
        self._event = self._env.event()
        if time is not None and time != self._set_for:
            self._set_for = time
            call_at(self._env, time, self._strike)
        return self._event

    def _strike(self) -> None:
        """A timer is an event already; a late one of an earlier wait only makes it look again."""
        if self._event is not None and not self._event.triggered:
            happen(self._event)

    def ring(self) -> None:
        """There is news."""
        if self._event is not None and not self._event.triggered:
            self._event.succeed()
