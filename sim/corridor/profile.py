"""Rates over time, and the work they add up to.

Opening hours, dated changes, daily variation and disruptions are all one thing: a rate that is
constant between breakpoints.  Its integral turns clock time into working time and back, which
makes every service time, headway and arrival process exact, whatever closes in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

INF = float("inf")
Steps = tuple[Sequence[float], Sequence[float]]
"""Breakpoints in hours, the first 0, and the values that hold from each of them on."""


def steps_of_windows(windows: Sequence[tuple[float, float]]) -> Steps:
    """1 inside the windows (hours), 0 outside."""
    times, values = [0.0], [0.0]
    for opens, closes in windows:
        for time, value in ((max(opens, 0.0), 1.0), (closes, 0.0)):
            if time == times[-1]:
                values[-1] = value
            else:
                times.append(time)
                values.append(value)
    return times, values


def steps_of_reductions(reductions: Sequence[tuple[float, float, float]]) -> Steps:
    """Product of factors, each holding from a begin to an end in hours."""
    cuts = sorted({0.0, *(max(t, 0.0) for b, e, _ in reductions for t in (b, e))})
    values = []
    for cut in cuts:
        factor = 1.0
        for begin, end, left in reductions:
            if begin <= cut < end:
                factor *= left
        values.append(factor)
    return cuts, values


def product(*parts: Steps) -> Steps:
    """Pointwise product of piecewise constant functions."""
    times = np.array(sorted({time for part in parts for time in part[0]}))
    values = np.ones(len(times))
    for at, value in parts:
        values *= _at((at, value), times)
    keep = np.concatenate([[True], values[1:] != values[:-1]])
    return times[keep].tolist(), values[keep].tolist()


def taken_together(first: Steps, second: Steps) -> Steps:
    """Pointwise sum of piecewise constant functions; 0 where the first is."""
    times = np.array(sorted({*first[0], *second[0]}))
    own, more = (_at(part, times) for part in (first, second))
    return times.tolist(), np.where(own > 0.0, own + more, 0.0).tolist()


def _at(part: Steps, times: NDArray[np.float64]) -> NDArray[np.float64]:
    where = np.searchsorted(np.asarray(part[0], dtype=float), times, side="right") - 1
    return np.asarray(part[1], dtype=float)[where]


class Profile:
    """A rate over time with its integral and the inverse of the integral.

    ``constant`` is the rate when it never changes, otherwise None.
    """

    __slots__ = ("_rates", "_times", "_work", "constant")

    def __init__(self, steps: Steps = ((0.0,), (1.0,))) -> None:
        times, rates = list(steps[0]), list(steps[1])
        self.constant = rates[0] if len(rates) == 1 and rates[0] > 0 else None
        self._times = times
        self._rates = rates
        work = [0.0]
        for i in range(1, len(times)):
            work.append(work[-1] + rates[i - 1] * (times[i] - times[i - 1]))
        self._work = work

    @property
    def steps(self) -> Steps:
        """Breakpoints, hours, and the rate from each of them on."""
        return self._times, self._rates

    def rate(self, t: float) -> float:
        """The rate at time t."""
        if self.constant is not None:
            return self.constant
        return self._rates[bisect_right(self._times, t) - 1]

    def work(self, t: float) -> float:
        """Work done from 0 to t."""
        if self.constant is not None:
            return t * self.constant
        i = bisect_right(self._times, t) - 1
        return self._work[i] + self._rates[i] * (t - self._times[i])

    def when(self, work: float) -> float:
        """The earliest time at which that much work is done; infinity if never."""
        if self.constant is not None:
            return work / self.constant
        i = max(bisect_left(self._work, work) - 1, 0)
        rate = self._rates[i]
        if rate > 0.0:
            return self._times[i] + (work - self._work[i]) / rate
        return self._times[i] if work <= self._work[i] else INF

    def finish(self, t: float, amount: float) -> float:
        """When work of that amount ends that starts at t and pauses while the rate is 0."""
        if self.constant is not None:
            return t + amount / self.constant
        i = bisect_right(self._times, t) - 1
        rate = self._rates[i]
        if rate > 0.0:
            end = t + amount / rate
            if i + 1 == len(self._times) or end <= self._times[i + 1]:
                return end
        return max(self.when(self.work(t) + amount), t) if amount > 0.0 else t

    def opens(self, t: float) -> float:
        """The first time from t on with a rate above 0; infinity if never."""
        if self.constant is not None:
            return t
        i = bisect_right(self._times, t) - 1
        if self._rates[i] > 0.0:
            return t
        for j in range(i + 1, len(self._times)):
            if self._rates[j] > 0.0:
                return self._times[j]
        return INF

    def closed_hours(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hours with rate 0 between 0 and each t."""
        if self.constant is not None:
            return np.zeros(len(t))
        times = np.asarray(self._times)
        shut = np.asarray([r == 0.0 for r in self._rates])
        total = np.concatenate([[0.0], np.cumsum(np.diff(times) * shut[:-1])])
        i = np.searchsorted(times, t, side="right") - 1
        return np.asarray(total[i] + shut[i] * (t - times[i]))


def switched(first: Profile, second: Profile, switches: Sequence[float]) -> Profile:
    """The first until the first of the times, hours, then the second until the next, and so on."""
    if not switches:
        return first
    times = np.array(sorted({*first.steps[0], *second.steps[0], *switches}))
    number = np.searchsorted(np.asarray(switches), times, side="right")
    rates = np.where(number % 2 == 1, _at(second.steps, times), _at(first.steps, times))
    keep = np.concatenate([[True], rates[1:] != rates[:-1]])
    return Profile((times[keep].tolist(), rates[keep].tolist()))


class Onward:
    """A profile asked at times that never go back, and for work beyond that of the last of them.

    It answers to the last bit what the profile does, and looks for nothing from the start.
    """

    __slots__ = ("_at", "_rates", "_times", "_work")

    def __init__(self, profile: Profile) -> None:
        times, self._rates = profile.steps
        # The last breakpoint is followed by none.
        self._times = [*times, INF]
        self._work = [*(profile.work(time) for time in times), INF]
        self._at = 0

    def work(self, t: float) -> float:
        """Work done from 0 to t."""
        at, times = self._at, self._times
        while times[at + 1] <= t:
            at += 1
        self._at = at
        return self._work[at] + self._rates[at] * (t - times[at])

    def when(self, work: float) -> float:
        """The earliest time at which that much work is done; infinity if never."""
        at, done = self._at, self._work
        while done[at + 1] < work:
            at += 1
        rate = self._rates[at]
        if rate > 0.0:
            return self._times[at] + (work - done[at]) / rate
        return self._times[at] if work <= done[at] else INF


ALWAYS = Profile()
