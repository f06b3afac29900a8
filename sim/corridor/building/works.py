"""Works at stations: servers, cranes, laboratories; each once, for all trains that come there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.fifo import Fifo
from sim.corridor.laboratory import Checks
from sim.corridor.profile import ALWAYS
from sim.corridor.use import Tally
from sim.corridor.wear import Wear
from sim.corridor.works import Customs, Lift, Serve
from sim.policies import CUSTOMS

if TYPE_CHECKING:
    from collections.abc import Callable

    import simpy

    from sim.corridor.bank import Bank
    from sim.corridor.building.context import Context
    from sim.corridor.profile import Profile
    from sim.corridor.queues import Places
    from sim.corridor.unloading import Unloading
    from sim.scenario.vocabulary import Cranes, Laboratory, Servers


class Works:
    """Steps of trains at works, which are made when a route first leads there."""

    def __init__(self, context: Context) -> None:
        self._context = context
        rule = context.tables.policies.customs
        self._customs_rule = CUSTOMS.make(rule.rule, rule.parameters)
        self._at_border = rule.rule == "at-border"
        self._servers: dict[str, tuple[Places | Fifo, Tally, Profile]] = {}
        self._banks: dict[str, tuple[Bank, Tally, Places | Fifo | None, Profile]] = {}
        self._checks: dict[str, Checks] = {}
        self._worn: dict[str, Wear | None] = {}

    # -- servers ---------------------------------------------------------------------------

    def serve(self, owner: str, item: str, work: Servers) -> Serve:
        """The step of the trains of one service or flow at servers."""
        context = self._context
        station, name = item.split("/")
        if item not in self._servers:
            self._servers[item] = self._make_servers(item, work)
        servers, tally, profile = self._servers[item]
        stage = context.stage(station, name, f"{item}: busy", profile)
        draws = context.streams.draws(work.time, station, name, owner)
        room = None if work.room is None else int(work.room)
        customs = None
        if work.check is not None and not self._at_border:
            lucks = context.streams.uniforms(station, name, "customs", owner)
            customs = Customs(self._customs_rule, work.check, lucks)
        wear = self._wear(item)
        return Serve(context.shared, servers, tally, draws, profile, room, stage, customs, wear)

    def _make_servers(self, item: str, work: Servers) -> tuple[Places | Fifo, Tally, Profile]:
        context = self._context
        station, name = item.split("/")
        profile = context.rates.profile(station, item, hours=work.hours)
        tally = Tally(profile)
        number = context.in_order(work.servers, work.order)
        servers = (
            context.places(item, work.servers, work.order, profile)
            if number is None or work.room is not None or self._wear(item) is not None
            else Fifo(number, profile)
        )
        there = context.rates.profile(station, item, rate=work.servers, hours=work.hours)
        self._meter(station, name, "servers", tally, there)
        return servers, tally, profile

    # -- cranes ----------------------------------------------------------------------------

    def lift(
        self, owner: str, item: str, work: Cranes, stride: int, unloading: Unloading | None
    ) -> Lift:
        """The step of the trains of one service or flow at cranes.

        Args:
            stride: moves of a train at most, so that its draws are apart from those of others.
            unloading: takes the boxes that are lifted, if the train ends here.
        """
        context = self._context
        station, name = item.split("/")
        if item not in self._banks:
            self._banks[item] = self._make_cranes(item, work)
        bank, tally, tracks, profile = self._banks[item]
        draws = context.streams.draws(work.time, station, name, owner)
        stage = context.stage(station, name, f"{item}: busy", profile)
        return Lift(context.shared, bank, tally, tracks, draws, stride, stage, unloading)

    def _make_cranes(
        self, item: str, work: Cranes
    ) -> tuple[Bank, Tally, Places | Fifo | None, Profile]:
        context = self._context
        station, name = item.split("/")
        profile = context.rates.profile(station, item, hours=work.hours)
        tracks: Places | Fifo | None = None
        if work.tracks is not None:
            number = context.in_order(work.tracks, work.order)
            tracks = (
                context.places(f"{item}: crane tracks", work.tracks, work.order)
                if number is None
                else Fifo(number)
            )
        tally = Tally(profile)
        cranes = context.bank(work.cranes, profile)
        cranes.wear = self._wear(item)
        there = context.rates.profile(station, item, rate=work.cranes, hours=work.hours)
        self._meter(station, name, "cranes", tally, there)
        if tracks is not None and work.tracks is not None:
            there = context.rates.profile(rate=work.tracks)
            held = _held(tracks, context.env)
            context.meter(station, f"{name} tracks", "tracks", "h", held, there)
        return cranes, tally, tracks, profile

    # -- laboratories ----------------------------------------------------------------------

    def check(self, item: str, work: Laboratory) -> Checks:
        """The laboratory as boxes of all services come to it."""
        if item not in self._checks:
            context = self._context
            station, name = item.split("/")
            commodities = context.tables.commodities
            shares = [
                float(work.share.get(commodities[s.commodity].checked_as or "", 0.0))
                for s in context.tables.supplies.values()
            ]
            tally = None
            # by its own name alone: its answers may come from far away, whatever shuts the station
            profile = context.rates.profile(item)
            if work.slots is not None:
                tally = Tally(ALWAYS)
                there = context.rates.profile(rate=work.slots)
                held = _in_slots(tally, context.env)
                context.meter(station, name, "laboratory slots", "h", held, there)
            self._checks[item] = Checks(
                context.env,
                None if work.slots is None else context.bank(work.slots, profile),
                tally,
                shares,
                work.by == "lot",
                context.lucks_by_supply(station, name, "sampled"),
                context.draws_by_supply(work.time, station, name),
                float(work.reject),
                context.lucks_by_supply(station, name, "verdict"),
                context.stage(station, name, f"{item}: no slot free"),
                profile,
            )
        return self._checks[item]

    # -- of all ----------------------------------------------------------------------------

    def _wear(self, item: str) -> Wear | None:
        """The breakdowns by use of a work, if a disruption names any."""
        if item not in self._worn:
            context = self._context
            self._worn[item] = None
            for name, table in context.tables.disruptions.items():
                if table.after is not None and table.lasts is not None and item in table.on:
                    series = context.journal.level(f"{name}: {item} down", "1")
                    after = context.streams.draws(table.after, "disruption", name, item, "after")
                    lasts = context.streams.draws(table.lasts, "disruption", name, item, "lasts")
                    self._worn[item] = Wear(context.journal, series, after, lasts)
        return self._worn[item]

    def _meter(self, station: str, name: str, kind: str, tally: Tally, there: Profile) -> None:
        env = self._context.env
        self._context.meter(
            station,
            name,
            kind,
            "h",
            lambda: tally.worked(env.now),
            there,
            lambda: tally.under_way(env.now),
        )


def _in_slots(tally: Tally, env: simpy.Environment) -> Callable[[], float]:
    return lambda: tally.worked(env.now) + tally.under_way(env.now)


def _held(tracks: Places | Fifo, env: simpy.Environment) -> Callable[[], float]:
    if isinstance(tracks, Fifo):
        return lambda: tracks.held_hours(env.now)
    return tracks.held_hours
