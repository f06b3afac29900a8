"""What lowers rates for a time, and the same scenario without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sim.scenario.altering import Change, altered, written
from sim.scenario.changes import dated_changes
from sim.scenario.dated import moment

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.changes import DatedChange


@dataclass(frozen=True)
class Event:
    """A disruption, or dated changes that lower a rate of a line or station for a time.

    ``on`` are lines, stations and station/work as disruptions name them.  ``period`` is from when
    to when, hours since the start; None for a random disruption, whose periods each run draws.
    """

    name: str
    title: str
    on: tuple[str, ...]
    period: tuple[float, float] | None
    _without: Change

    def without(self, scenario: Scenario) -> Scenario:
        """The scenario as it would be had this not come."""
        return altered(scenario, [self._without], f"{scenario.name} without {self.name}")


def events(scenario: Scenario) -> list[Event]:
    """All events of a scenario, disruptions first.

    One that is over by the end of the warm-up or begins after the horizon is none, nor are
    breakdowns by use: there is no single moment at which they begin.
    """
    begins, ends = float(scenario.tables.warmup), float(scenario.tables.horizon)
    return [
        event
        for event in (*_disruptions(scenario), *_lowerings(scenario))
        if event.period is None or (event.period[0] < ends and event.period[1] > begins)
    ]


@dataclass(frozen=True)
class Spell:
    """Dated events taken as one: ``on`` all that they are on, from the first begin to the last end.

    ``begin`` and ``end`` are hours since the start.
    """

    names: tuple[str, ...]
    title: str
    on: tuple[str, ...]
    begin: float
    end: float


def spell(scenario: Scenario, names: Sequence[str]) -> Spell:
    """The events of these names as one.

    Raises:
        ValueError: one is not there, or comes at random.
    """
    known: dict[str, list[Event]] = {}
    for event in events(scenario):
        known.setdefault(event.name, []).append(event)
    for name in names:
        if name not in known:
            there = f"expected one of {', '.join(known)}" if known else "it has none"
            raise ValueError(f"there is no event {name!r} in {scenario.name}; {there}")
    mine = [event for name in dict.fromkeys(names) for event in known[name]]
    periods = [event.period for event in mine if event.period is not None]
    if len(periods) < len(mine):
        raise ValueError(
            f"{' and '.join(e.name for e in mine if e.period is None)} in {scenario.name} comes at "
            "random, so there is no moment from which all recover; expected an event with dates"
        )
    return Spell(
        tuple(dict.fromkeys(names)),
        " and ".join(dict.fromkeys(event.title for event in mine)),
        tuple(dict.fromkeys(on for event in mine for on in event.on)),
        min(begin for begin, _ in periods),
        max(end for _, end in periods),
    )


def calm(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """The scenario without any event of these names."""
    left = scenario
    while mine := [event for event in events(left) if event.name in names]:
        left = mine[0].without(left)
    return left


def _disruptions(scenario: Scenario) -> Iterator[Event]:
    tables = scenario.tables
    for name, table in tables.disruptions.items():
        if table.after is not None:
            continue
        period = None
        if table.begin is not None and table.days is not None:
            begin = moment(table.begin, tables.start)
            period = (begin, begin + float(table.days))
        without = Change(f"disruptions.{name}", None)
        yield Event(name, table.title or name, tuple(table.on), period, without)


def _lowerings(scenario: Scenario) -> Iterator[Event]:
    """A lowering takes a value below that of the start, until it is there again or to the horizon.

    The end of a rise for a time is none.
    """
    horizon = float(scenario.tables.horizon)
    for path, changes in groupby(dated_changes(scenario.tables), key=lambda c: c.path):
        place = _place(path)
        if place is None:
            continue
        since: DatedChange | None = None
        usual: float | None = None
        for change in changes:
            usual = change.before if usual is None else usual
            if since is None and change.after < usual:
                since = change
            elif since is not None and change.after >= usual:
                yield _lowering(scenario, path, place, since.time_h, change.time_h)
                since = None
        if since is not None:
            yield _lowering(scenario, path, place, since.time_h, max(horizon, since.time_h))


def _lowering(scenario: Scenario, path: str, place: str, begin: float, end: float) -> Event:
    start = scenario.tables.start
    plain = dict(written(scenario, path))
    kept = {d: v for d, v in plain["changes"].items() if not begin <= moment(d, start) < end}
    plain["changes"] = kept
    title = f"{place}: {path.split('.')[-1]} lowered"
    return Event(path, title, (place,), (begin, end), Change(path, plain))


def _place(path: str) -> str | None:
    """The line, station or station/work that a value belongs to; None for all others."""
    steps = path.split(".")
    if steps[0] == "lines":
        return steps[1]
    if steps[0] == "stations":
        work = len(steps) > 3 and steps[2] == "work"
        return f"{steps[1]}/{steps[3]}" if work else steps[1]
    return None
