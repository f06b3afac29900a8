"""Tracks of stations; places, paths and acceptance of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.gate import Gate
from sim.corridor.movement import Enter, Leave, Pass, Run
from sim.corridor.queues import Places
from sim.corridor.reserve import Reserve
from sim.corridor.train import Train

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.admission import Sized
    from sim.corridor.building.context import Context
    from sim.corridor.profile import Profile, Steps
    from sim.corridor.step import Step
    from sim.scenario.dated import DatedCount, DatedRate
    from sim.scenario.vocabulary import Acceptance, Rule


@dataclass(frozen=True)
class At:
    """A station of a route, and the gauge on which its trains stand there."""

    station: str
    gauge: int | None


class OneWay:
    """Trains at a gate that go one way, where those of both ways take its paths."""

    def __init__(self, gate: Gate, passes: set[Step]) -> None:
        self._gate = gate
        self._passes = passes

    def __len__(self) -> int:
        if not len(self._gate):
            return 0
        waiting = (train for train in self._gate.trains() if isinstance(train, Train))
        return sum(train.route.steps[train.at - 1] in self._passes for train in waiting)


class Lines:
    """What trains need to come onto a line, and off it into a station.

    ``places``, ``gates`` and ``tracks_before`` (the tracks from which trains go there) are by line
    and the station that it leads to.  Both ways of a single track have one gate for its paths.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.tracks_before: dict[tuple[str, str], list[Places]] = {}
        self.places: dict[tuple[str, str], Places | None] = {}
        self.gates: dict[tuple[str, str], tuple[tuple[Gate, int], ...]] = {}
        self._shared_paths: dict[str, tuple[Gate, int]] = {}
        self._tracks: dict[tuple[str, str], Places | None] = {}
        self._passes: dict[tuple[str, str], set[Step]] = {}

    def waiting(self, name: str, toward: str) -> list[Sized]:
        """The trains at each gate of a line that go that way."""
        key, shared = (name, toward), self._shared_paths.get(name)
        return [
            OneWay(gate, self._passes[key]) if shared is not None and gate is shared[0] else gate
            for gate, _ in self.gates[key]
        ]

    def start(self, here: At) -> Iterator[Step]:
        """Trains are on a track before they set out, where there are tracks."""
        if self._track(here) is not None:
            yield from self._enter_station(here)

    def over(self, owner: str, name: str, here: At, there: At) -> Iterator[Step]:
        """From the station at one end of a line into the station at the other."""
        toward = there.station
        yield from self._enter_line(name, toward)
        tracks, before = self._track(here), self.tracks_before.setdefault((name, toward), [])
        if tracks is not None and tracks not in before:
            before.append(tracks)
        yield self._run(owner, name)
        if self._track(there) is not None or self.places[name, toward] is not None:
            yield from self._enter_station(there)

    def _track(self, at: At) -> Places | None:
        """The tracks on which a train stands: those of its gauge, or those of the station."""
        table = self._context.tables.stations[at.station]
        gauge = str(at.gauge) if str(at.gauge) in table.gauge_tracks else ""
        number = table.gauge_tracks[gauge] if gauge else table.tracks
        key = (at.station, gauge)
        if key not in self._tracks:
            self._tracks[key] = None if number is None else self._make_tracks(*key, number)
        return self._tracks[key]

    def _make_tracks(self, station: str, gauge: str, number: DatedCount) -> Places:
        context = self._context
        of = f" of {gauge} mm" if gauge else ""
        order = context.tables.stations[station].order
        tracks = context.places(f"{station}: tracks{of}", number, order)
        there = context.rates.profile(rate=number)
        context.meter(station, f"track{of}", "tracks", "h", tracks.held_hours, there)
        return tracks

    def _enter_station(self, at: At) -> Iterator[Step]:
        station, tracks = at.station, self._track(at)
        stage = self._context.stage(station, "track", f"{station}: no track free")
        if tracks is not None:
            yield Enter(self._context.shared, tracks, stage)
        yield Leave(tracks, departs=False)

    def _enter_line(self, name: str, toward: str) -> Iterator[Step]:
        context = self._context
        key = (name, toward)
        if key not in self.places:
            self.places[key] = self._places(name, toward)
            self.gates[key] = tuple(self._gates(name, toward))
        stage = context.stage(name, "enter", f"{name}: no place free on the line")
        places = self.places[key]
        if places is not None:
            yield Enter(context.shared, places, stage)
        for gate, number in self.gates[key]:
            step = Pass(context.shared, gate, number)
            self._passes.setdefault(key, set()).add(step)
            yield step
        yield Leave(places, departs=True)

    def _places(self, name: str, toward: str) -> Places | None:
        context, line = self._context, self._context.tables.lines[name]
        if line.places is None:
            return None
        places = context.places(f"{name}: places toward {toward}", line.places, line.order)
        there = context.rates.profile(rate=line.places)
        context.meter(name, f"places toward {toward}", "places", "h", places.held_hours, there)
        return places

    def _gates(self, name: str, toward: str) -> Iterator[tuple[Gate, int]]:
        """The paths of a line and the acceptance at its end, each with the number of its stage."""
        context, line = self._context, self._context.tables.lines[name]
        if line.paths is not None and line.shared_paths:
            if name not in self._shared_paths:
                self._shared_paths[name] = self._paths(name, line.paths, line.order, "paths")
            yield self._shared_paths[name]
        elif line.paths is not None:
            yield self._paths(name, line.paths, line.order, f"paths toward {toward}")
        accept = line.acceptance
        if accept is not None and accept.toward == toward:
            daily = context.rates.daily(accept.variation, name, "acceptance")
            targets = (name, f"{name}/acceptance")
            profile = context.rates.profile(*targets, rate=accept.per_day, more=daily)
            classes = {
                c: context.rates.profile(*targets, rate=limit)
                for c, limit in accept.classes.items()
            }
            gate = Gate(
                context.env,
                f"{name}: acceptance",
                profile,
                context.order(accept.order),
                classes,
                accepts=True,
                reserve=self._reserve(name, accept, profile, daily),
            )
            context.meter(name, "acceptance", "gate", "trains", gate.count, gate.offered)
            yield gate, context.stage(name, "acceptance", f"{name}: acceptance", profile)

    def _paths(self, name: str, rate: DatedRate, order: Rule, called: str) -> tuple[Gate, int]:
        context = self._context
        profile = context.rates.profile(name, f"{name}/paths", rate=rate)
        gate = Gate(context.env, f"{name}: paths", profile, context.order(order))
        context.meter(name, called, "gate", "trains", gate.count, profile)
        return gate, context.stage(name, "path", f"{name}: no path free", profile)

    def _reserve(
        self, name: str, accept: Acceptance, quota: Profile, daily: Steps | None
    ) -> Reserve | None:
        if accept.reserve is None:
            return None
        table, raised = accept.reserve, self._context.rates.with_reserve(name, accept, daily)
        longest = INF if table.longest is None else float(table.longest)
        return Reserve(quota, raised, table.above, table.below, longest)

    def _run(self, owner: str, name: str) -> Run:
        context, line = self._context, self._context.tables.lines[name]
        draws = None
        if line.variation is not None:
            draws = context.streams.draws(line.variation, name, "run", owner)
        profile = context.rates.profile(name)
        hours = float(line.length) / float(line.speed)
        return Run(context.shared, hours, draws, profile, context.stage(name, "run", None, profile))
