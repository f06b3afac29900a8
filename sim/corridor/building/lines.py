"""Tracks of stations; places, paths and acceptance of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.gate import Gate
from sim.corridor.movement import Enter, Leave, Pass, Run
from sim.corridor.queues import Places
from sim.corridor.reserve import Reserve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.building.context import Context
    from sim.corridor.profile import Profile, Steps
    from sim.corridor.step import Step
    from sim.scenario.dated import DatedRate
    from sim.scenario.vocabulary import Acceptance, Rule


class Lines:
    """What trains need to come onto a line, and off it into a station.

    ``tracks`` are by station, ``places`` and ``gates`` by line and the station that it leads to.
    Both ways of a single track have the same gate for its paths.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.tracks: dict[str, Places | None] = {}
        self.places: dict[tuple[str, str], Places | None] = {}
        self.gates: dict[tuple[str, str], tuple[tuple[Gate, int], ...]] = {}
        self._shared_paths: dict[str, tuple[Gate, int]] = {}

    def start(self, station: str) -> Iterator[Step]:
        """Trains are on a track before they set out, where there are tracks."""
        if self._track(station) is not None:
            yield from self._enter_station(station)

    def over(self, owner: str, name: str, toward: str) -> Iterator[Step]:
        """From the station at one end of a line into the station at the other."""
        yield from self._enter_line(name, toward)
        yield self._run(owner, name)
        if self._track(toward) is not None or self.places[name, toward] is not None:
            yield from self._enter_station(toward)

    def _track(self, station: str) -> Places | None:
        if station not in self.tracks:
            context = self._context
            table = context.tables.stations[station]
            tracks = None
            if table.tracks is not None:
                tracks = context.places(f"{station}: tracks", table.tracks, table.order)
                there = context.rates.profile(rate=table.tracks)
                context.meter(station, "track", "tracks", "h", tracks.held_hours, there)
            self.tracks[station] = tracks
        return self.tracks[station]

    def _enter_station(self, station: str) -> Iterator[Step]:
        stage = self._context.stage(station, "track", f"{station}: no track free")
        tracks = self._track(station)
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
            yield Pass(context.shared, gate, number)
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
