"""Events at exact times.

SimPy's timeouts take a delay, and ``now + (t - now)`` is not always ``t``.  Container times are
computed ahead, so the clock must meet them to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL

INF = float("inf")
Process = Generator[simpy.Event, Any, None]


def at(env: simpy.Environment, time: float) -> simpy.Event:
    """An event that happens at that time, not before now; never if the time is infinite."""
    event = env.event()
    if time != INF:
        event._ok = True
        event._value = None
        now = env._now
        heappush(env._queue, (time if time > now else now, NORMAL, next(env._eid), event))
    return event


def call_at(env: simpy.Environment, time: float, action: Callable[[], None]) -> None:
    """Do something at a time not before now; never if the time is infinite."""
    if time != INF:
        callbacks: Any = at(env, time).callbacks
        callbacks.append(lambda _event: action())


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
            call_at(self._env, time, self.ring)
        return self._event

    def ring(self) -> None:
        """There is news; a late timer of an earlier wait only makes the process look again."""
        if self._event is not None and not self._event.triggered:
            self._event.succeed()
