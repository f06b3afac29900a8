"""Whether a train may set out toward a border that may be full.

A rule answers one question: from when on may this train start?  A train that may not start yet is
asked again at the time that the rule gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from sim.policies.durations import hours
from sim.policies.registry import Registry


class Applicant(Protocol):
    """What a rule may know of a train that wants to set out."""

    @property
    def number(self) -> int:
        """The same number at each asking, another for each train."""

    @property
    def train_class(self) -> str:
        """The class that limits and priorities see."""

    @property
    def origin(self) -> str:
        """Station where the train is formed or appears."""


class Approach(Protocol):
    """A border line and the way to it, as a rule sees them."""

    @property
    def line(self) -> str:
        """Name of the line over the border."""

    def held(self) -> int:
        """Trains that stand before the border line or wait to get onto the way to it."""


class AdmissionRule(Protocol):
    """Decides from when on a train may set out."""

    def admit(self, train: Applicant, approach: Approach, now: float) -> float:
        """Now if it may; otherwise when to ask again, later than now."""


class NoAdmission:
    """Every train may set out at once."""

    def admit(self, train: Applicant, approach: Approach, now: float) -> float:
        """Now."""
        return now


class Embargo:
    """No train of the classes is loaded from ``above`` trains held until ``below`` are left.

    Two thresholds (hysteresis) keep the embargo from flickering.  It is reviewed when a train
    asks, and by those that wait every ``review``.

    Args:
        above: trains (`60`) held before the border line, from which on it closes
        below: trains (`30`) held, at which it opens again
        classes: `[container, transit]`; train classes that it holds for; all if absent
        review: a time (`24 h`); from one look to the next
    """

    def __init__(
        self,
        above: int,
        below: int,
        classes: Sequence[str] | None = None,
        review: float | str = "24 h",
    ) -> None:
        self._above = _whole(above, "above")
        self._below = _whole(below, "below")
        if self._below > self._above:
            raise ValueError(f"below: {below} is more than above: {above}; expected at most that")
        self._classes = _classes(classes)
        self._review = hours(review, "review")
        if self._review <= 0.0:
            raise ValueError(f"review: {review!r} must be more than 0 h")
        self._closed: set[str] = set()

    def admit(self, train: Applicant, approach: Approach, now: float) -> float:
        """At the next review while the embargo holds."""
        if self._classes is not None and train.train_class not in self._classes:
            return now
        held = approach.held()
        if approach.line in self._closed:
            if held <= self._below:
                self._closed.discard(approach.line)
        elif held >= self._above:
            self._closed.add(approach.line)
        return _next(now, self._review) if approach.line in self._closed else now


class Metering:
    """At most ``per_day`` trains of the classes a day to each border line.

    ``regions`` gives stations of origin a number of their own; the others share what is general.

    Args:
        per_day: trains (`8`) a day to each border line
        regions: trains a day by station of origin (`{burundai: 3}`), beside the others
        classes: `[container, transit]`; train classes that it holds for; all if absent
    """

    def __init__(
        self,
        per_day: int,
        regions: dict[str, int] | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        self._per_day = _whole(per_day, "per_day")
        self._regions = {
            name: _whole(number, f"regions: {name}") for name, number in (regions or {}).items()
        }
        self._classes = _classes(classes)
        self._day = -1
        self._used: dict[tuple[str, str], int] = {}

    def admit(self, train: Applicant, approach: Approach, now: float) -> float:
        """At midnight (UTC) when the day's number is used up."""
        if self._classes is not None and train.train_class not in self._classes:
            return now
        day = math.floor(now / 24.0)
        if day != self._day:
            self._day, self._used = day, {}
        region = train.origin if train.origin in self._regions else ""
        key = (approach.line, region)
        used = self._used.get(key, 0)
        if used >= self._regions.get(region, self._per_day):
            return _next(now, 24.0)
        self._used[key] = used + 1
        return now


class Booking:
    """Each train books the next free slot to the border line, at least ``notice`` ahead.

    Slots follow each other at ``every``; one that nobody booked in time is lost.

    Args:
        every: a time (`2 h`); from one slot to the next
        notice: a time (`48 h`); how long ahead a slot must be booked
        classes: `[container, transit]`; train classes that it holds for; all if absent
    """

    def __init__(
        self,
        every: float | str,
        notice: float | str = "0 h",
        classes: Sequence[str] | None = None,
    ) -> None:
        self._every = hours(every, "every")
        self._notice = hours(notice, "notice")
        if self._every <= 0.0:
            raise ValueError(f"every: {every!r} must be more than 0 h")
        self._classes = _classes(classes)
        self._booked: dict[tuple[str, int], float] = {}
        self._next: dict[str, float] = {}

    def admit(self, train: Applicant, approach: Approach, now: float) -> float:
        """At the slot booked when it first asked."""
        if self._classes is not None and train.train_class not in self._classes:
            return now
        key = (approach.line, train.number)
        if key not in self._booked:
            first = math.ceil((now + self._notice) / self._every - 1e-9) * self._every
            slot = max(first, self._next.get(approach.line, 0.0))
            self._booked[key] = slot
            self._next[approach.line] = slot + self._every
        slot = self._booked[key]
        if slot > now:
            return slot
        del self._booked[key]
        return now


def _next(now: float, step: float) -> float:
    """The first multiple of the step after now."""
    return (math.floor(now / step + 1e-9) + 1) * step


def _whole(value: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name}: {value!r} is not a number of trains; expected 0 or more")
    if int(value) != value:
        raise ValueError(f"{name}: {value!r} is not a whole number of trains")
    return int(value)


def _classes(classes: Sequence[str] | None) -> frozenset[str] | None:
    if classes is None:
        return None
    if isinstance(classes, str) or not classes:
        raise ValueError("classes: expected a list of train classes")
    return frozenset(classes)


ADMISSION: Registry[AdmissionRule] = Registry("admission")
ADMISSION.add("none", NoAdmission)
ADMISSION.add("embargo", Embargo)
ADMISSION.add("metering", Metering)
ADMISSION.add("booking", Booking)
