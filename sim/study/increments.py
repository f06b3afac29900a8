"""For every resource of a scenario: the change that gives one more unit, or a tenth more rate.

What has no limit in the scenario has no increment.  A unit is what one buys of it: a server, a
crane, a track, a place, a path or an accepted train a day, a truck, a berth, a train a week, a slot
on every train; a trainload of boxes, wagons or yard places where single ones are small change.
Trains and their length are also raised on all services at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.policies.durations import hours
from sim.scenario.altering import Change, raised, scaled
from sim.scenario.vocabulary import Cranes, Laboratory, Servers

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.vocabulary import Line, Service, Station

What = Literal["unit", "rate"]
TENTH = 1.1
DAILY = 1.0 / 24.0


@dataclass(frozen=True)
class Increment:
    """A resource with a little more of it; ``amount`` says in words how much."""

    resource: str
    kind: str
    amount: str
    changes: tuple[Change, ...]


def increments(scenario: Scenario, what: What = "unit") -> list[Increment]:
    """All increments of a scenario, in its order.

    Raises:
        ValueError: ``what`` is neither unit nor rate.
    """
    if what not in ("unit", "rate"):
        raise ValueError(f"{what!r} is no step; expected unit or rate")
    maker = _Maker(scenario, what == "unit")
    return [one for one in maker.all() if one is not None]


class _Maker:
    def __init__(self, scenario: Scenario, unit: bool) -> None:
        self.scenario = scenario
        self.tables = scenario.tables
        self.unit = unit
        self.load = max((int(s.length) for s in self.tables.services.values()), default=1)

    def all(self) -> Iterator[Increment | None]:
        for name, station in self.tables.stations.items():
            yield from self._station(name, station)
        for name, line in self.tables.lines.items():
            yield from self._line(name, line)
        for name, fleet in self.tables.fleets.items():
            more = self.load if fleet.kind == "containers" else self._formation(name)
            for place in fleet.at:
                at = f"fleets.{name}.at.{place}"
                yield self._stock(f"{name} at {place}", fleet.kind, at, more, fleet.kind)
        single: list[Increment] = []
        for name, service in self.tables.services.items():
            single += [one for one in self._service(name, service) if one is not None]
        yield from single
        yield self._every(single, "trains")
        yield self._every(single, "train length")

    # -- one kind of thing each ------------------------------------------------------------

    def _station(self, name: str, table: Station) -> Iterator[Increment | None]:
        at = f"stations.{name}"
        if table.tracks is not None:
            yield self._stock(f"{name}: tracks", "tracks", f"{at}.tracks", 1, "track")
        for gauge in table.gauge_tracks:
            label, path = f"{name}: tracks of {gauge} mm", f"{at}.gauge_tracks.{gauge}"
            yield self._stock(label, "tracks", path, 1, "track")
        if table.yard is not None:
            yield self._stock(f"{name}: yard", "yard", f"{at}.yard", self.load, "places")
        for part, work in table.work.items():
            here = f"{at}.work.{part}"
            label = f"{name}/{part}"
            if isinstance(work, Servers):
                yield self._worker(label, "servers", f"{here}.servers", "server", f"{here}.time")
            elif isinstance(work, Cranes):
                yield self._worker(label, "cranes", f"{here}.cranes", "crane", f"{here}.time")
                if work.tracks is not None:
                    tracks = f"{here}.tracks"
                    yield self._stock(f"{label} tracks", "tracks", tracks, 1, "track")
            elif isinstance(work, Laboratory):
                if work.slots is not None:
                    slots = f"{here}.slots"
                    yield self._stock(f"{label}: slots", "laboratory", slots, self.load, "places")
                if not self.unit:
                    yield self._faster(label, "laboratory", f"{here}.time")
        if table.stuffing is not None:
            here = f"{at}.stuffing"
            label = f"{name}/stuffing"
            yield self._worker(label, "stuffing", f"{here}.lines", "line", f"{here}.time")
        delivery = table.delivery
        if delivery is not None and delivery.trucks is not None:
            here = f"{at}.delivery"
            yield self._worker(
                f"{name}: trucks", "trucks", f"{here}.trucks", "truck", f"{here}.time"
            )
        if table.berths is not None:
            yield self._stock(f"{name}: berths", "berths", f"{at}.berths", 1, "berth")
        for liner in table.liners:
            here = f"{at}.liners.{liner}"
            label = f"{name}/{liner}"
            yield self._stock(f"{label}: slots", "ship slots", f"{here}.slots", 1, "slot")
            yield self._worker(label, "quay cranes", f"{here}.cranes", "crane", f"{here}.time")
            if not self.unit:
                every = scaled(self.scenario, f"{here}.every", 1.0 / TENTH)
                yield Increment(f"{label}: calls", "ships", "a tenth more calls", (every,))

    def _line(self, name: str, table: Line) -> Iterator[Increment | None]:
        at = f"lines.{name}"
        if table.paths is not None:
            yield self._gate(f"{name}: paths", "paths", f"{at}.paths", "path a day")
        if table.places is not None:
            yield self._stock(f"{name}: places", "places", f"{at}.places", 1, "place")
        if not self.unit:
            faster = scaled(self.scenario, f"{at}.speed", TENTH)
            yield Increment(f"{name}: speed", "speed", "a tenth faster", (faster,))
        accept = table.acceptance
        if accept is not None:
            here = f"{at}.acceptance"
            yield self._gate(f"{name}: acceptance", "acceptance", f"{here}.per_day", "train a day")
            for train_class in accept.classes:
                label = f"{name}: acceptance of {train_class}"
                limit = f"{here}.classes.{train_class}"
                yield self._gate(label, "acceptance", limit, "train a day")

    def _service(self, name: str, table: Service) -> Iterator[Increment | None]:
        at = f"services.{name}"
        if table.passing is not None:
            often = self._share(table.passing.every.mean)
            every = scaled(self.scenario, f"{at}.passing.every", often)
            yield Increment(f"{name}: trains", "trains", self._trains(), (every,))
        elif table.dispatch.rule == "timetable":
            interval = hours(table.dispatch.parameters["every"], "every")
            every = Change(f"{at}.dispatch.every", f"{interval * self._share(interval):.12g} h")
            yield Increment(f"{name}: trains", "trains", self._trains(), (every,))
        yield self._stock(f"{name}: length", "train length", f"{at}.length", 1, "slot a train")

    def _every(self, single: list[Increment], kind: str) -> Increment | None:
        """All services at once: trains go round a loop, and one leg alone may bring nothing."""
        alike = [one for one in single if one.kind == kind]
        if len(alike) < 2:
            return None
        changes = tuple(change for one in alike for change in one.changes)
        words = "trains" if kind == "trains" else "length"
        return Increment(f"all services: {words}", kind, f"{alike[0].amount}, each", changes)

    # -- kinds of increments --------------------------------------------------------------------

    def _worker(self, label: str, kind: str, count: str, noun: str, time: str) -> Increment:
        """A server: one more of them, or each a tenth faster."""
        if self.unit:
            return Increment(label, kind, f"+1 {noun}", (raised(self.scenario, count, 1.0),))
        return self._faster(label, kind, time)

    def _faster(self, label: str, kind: str, time: str) -> Increment:
        return Increment(label, kind, "a tenth faster", (scaled(self.scenario, time, 1.0 / TENTH),))

    def _stock(self, label: str, kind: str, path: str, more: int, noun: str) -> Increment:
        """Places and equipment: no rate of their own, so a tenth more of them, rounded up."""
        if self.unit:
            return Increment(label, kind, f"+{more} {noun}", (raised(self.scenario, path, more),))
        tenth = scaled(self.scenario, path, TENTH, up=True)
        return Increment(label, kind, "a tenth more, rounded up", (tenth,))

    def _gate(self, label: str, kind: str, path: str, noun: str) -> Increment:
        if self.unit:
            return Increment(label, kind, f"+1 {noun}", (raised(self.scenario, path, DAILY),))
        return Increment(label, kind, "a tenth more", (scaled(self.scenario, path, TENTH),))

    def _share(self, interval: float) -> float:
        """What is left of an interval with one more train a week, or a tenth more trains."""
        if self.unit:
            weekly = 168.0 / interval
            return weekly / (weekly + 1.0)
        return 1.0 / TENTH

    def _trains(self) -> str:
        return "+1 train a week" if self.unit else "a tenth more trains"

    def _formation(self, fleet: str) -> int:
        lengths: list[Any] = [
            s.formation if s.formation is not None else s.length
            for s in self.tables.services.values()
            if s.wagons == fleet
        ]
        return max((int(x) for x in lengths), default=1)
