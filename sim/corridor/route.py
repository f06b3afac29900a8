"""The steps of a train's route: onto a line, over the border, to a station, through its works.

A train gives up the place it holds only when it has the next one, so that a full station blocks
the line before it and a full line blocks the station before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import simpy

from sim.corridor.ahead import Ahead
from sim.corridor.bank import Bank
from sim.corridor.clock import Process, at, call_at
from sim.corridor.profile import Profile
from sim.corridor.queues import Gate, Places
from sim.corridor.streams import Draws, Uniforms
from sim.corridor.train import Train

if TYPE_CHECKING:
    from sim.corridor.gridlock import Gridlock
    from sim.corridor.journal import Journal
    from sim.corridor.unloading import Unloading
    from sim.corridor.wear import Wear
    from sim.policies.customs import CustomsRule, Treatment


class Step(Protocol):
    """One part of a route."""

    def run(self, train: Train) -> Process:
        """Take the train through."""


@dataclass
class Route:
    """The steps that all trains of one service or background flow take, from where they start."""

    origin: str
    steps: list[Step] = field(default_factory=list)


class Shared:
    """What every step needs: the clock, the journal and the detector of gridlock."""

    __slots__ = ("env", "gridlock", "journal")

    def __init__(self, env: simpy.Environment, journal: Journal, gridlock: Gridlock) -> None:
        self.env = env
        self.journal = journal
        self.gridlock = gridlock


class TakePlace:
    """Wait for a place (a track, or a place on a line) and give up the one before.

    ``gate`` and ``border`` are passed in between: a train that has its place on the line still
    needs a path, and acceptance by the railway beyond.
    """

    __slots__ = ("_departs", "_gates", "_places", "_shared", "_stage")

    def __init__(
        self,
        shared: Shared,
        places: Places | None,
        stage: int,
        departs: bool,
        gates: tuple[tuple[Gate, int], ...] = (),
    ) -> None:
        self._shared = shared
        self._departs = departs
        self._places = places
        self._stage = stage
        self._gates = gates

    def run(self, train: Train) -> Process:
        """Queue for the place, then for each gate."""
        env, journal = self._shared.env, self._shared.journal
        if self._places is not None:
            since = env._now
            turn = self._places.take(train)
            if turn is not None:
                train.open = (self._stage, since, None)
                train.waits_for, train.waits_since = self._places, since
                self._shared.gridlock.check(train)
                yield turn
                train.waits_for = train.open = None
                journal.stages.append((train.number, self._stage, since, env._now, env._now))
            self._places.holders[train] = None
        for gate, stage in self._gates:
            since = env._now
            turn = gate.take(train)
            if turn is not None:
                train.open = (stage, since, None)
                yield turn
                train.open = None
            journal.stages.append((train.number, stage, since, env._now, env._now))
        if train.place is not None:
            del train.place.holders[train]
            train.place.release()
        train.place = self._places
        if self._departs and train.departed is None:
            train.departed = env._now


class Run:
    """Run over a line; closures make trains stand where they are."""

    __slots__ = ("_draws", "_hours", "_profile", "_shared", "_stage")

    def __init__(
        self, shared: Shared, hours: float, draws: Draws | None, profile: Profile, stage: int
    ) -> None:
        self._shared = shared
        self._hours = hours
        self._draws = draws
        self._profile = profile
        self._stage = stage

    def run(self, train: Train) -> Process:
        """One timeout for the whole line."""
        env = self._shared.env
        time = self._hours
        if self._draws is not None:
            time *= self._draws.at(train.serial)
        since = env._now
        train.open = (self._stage, since, since)
        yield at(env, self._profile.finish(since, time))
        train.open = None
        self._shared.journal.stages.append((train.number, self._stage, since, since, env._now))


class Customs:
    """How the scenario's rule treats trains of one kind at one check."""

    __slots__ = ("_check", "_lucks", "_rule")

    def __init__(self, rule: CustomsRule, check: str, lucks: Uniforms) -> None:
        self._rule = rule
        self._check = check
        self._lucks = lucks

    def treat(self, train: Train) -> Treatment:
        """By the train's own luck."""
        return self._rule.treat(self._check, train, self._lucks.at(train.serial))


class Serve:
    """Work on the whole train by one of several servers."""

    __slots__ = ("_customs", "_draws", "_profile", "_room", "_shared", "_stage", "servers", "wear")

    def __init__(
        self,
        shared: Shared,
        servers: Places,
        draws: Draws,
        profile: Profile,
        room: int | None,
        stage: int,
        customs: Customs | None,
        wear: Wear | None,
    ) -> None:
        self._shared = shared
        self.servers = servers
        self._draws = draws
        self._profile = profile
        self._room = room
        self._stage = stage
        self._customs = customs
        self.wear = wear

    def run(self, train: Train) -> Process:
        """Queue, be worked on, go on; or be turned away where there is no room."""
        env, servers = self._shared.env, self.servers
        share = 1.0
        if self._customs is not None:
            treatment = self._customs.treat(train)
            share = treatment.share
            if share <= 0.0:
                return
            if treatment.beside:
                yield from self._beside(train, share)
                return
        if self._room is not None and servers.held + len(servers) >= self._room:
            train.outcome = "refused"
            return
        since = env._now
        train.open = (self._stage, since, None)
        turn = servers.take(train)
        if turn is not None:
            yield turn
        start = env._now
        train.open = (self._stage, since, start)
        work = self._draws.at(train.serial) * share
        servers.begun[train] = start
        yield at(env, self._profile.finish(start, work))
        del servers.begun[train]
        servers.worked += work
        mending = 0.0 if self.wear is None else self.wear.mending(work, env._now)
        if mending > 0.0:
            call_at(env, env._now + mending, servers.release)
        else:
            servers.release()
        train.open = None
        self._shared.journal.stages.append((train.number, self._stage, since, start, env._now))

    def _beside(self, train: Train, share: float) -> Process:
        """A lane of its own, with the same hours."""
        env = self._shared.env
        since = env._now
        opens = self._profile.opens(since)
        if opens > since:
            train.open = (self._stage, since, None)
            yield at(env, opens)
        start = env._now
        train.open = (self._stage, since, start)
        yield at(env, self._profile.finish(start, self._draws.at(train.serial) * share))
        train.open = None
        self._shared.journal.stages.append((train.number, self._stage, since, start, env._now))


class Lift:
    """Cranes move the boxes of the train, and a laboratory may keep some of them.

    Where boxes leave the train here, the times at which they are free go straight to the yard:
    they are exact as soon as the train is under the cranes.
    """

    __slots__ = ("_ahead", "_bank", "_shared", "_stage", "_tracks", "_unloading")

    def __init__(
        self,
        shared: Shared,
        bank: Bank,
        tracks: Places | None,
        draws: Draws,
        stride: int,
        stage: int,
        unloading: Unloading | None,
    ) -> None:
        self._shared = shared
        self._ahead = Ahead(draws, stride)
        self._bank = bank
        self._tracks = tracks
        self._stage = stage
        self._unloading = unloading

    def run(self, train: Train) -> Process:
        """Wait for a crane track, then one timeout until the last box is moved."""
        env = self._shared.env
        since = env._now
        train.open = (self._stage, since, None)
        if self._tracks is not None:
            turn = self._tracks.take(train)
            if turn is not None:
                yield turn
        start = env._now
        train.open = (self._stage, since, start)
        bank = self._bank
        ahead = self._ahead.of(train.serial, train.boxes, bank.servers)
        starts, ends, last = bank.serve_now(start, ahead.times, ahead)
        if self._unloading is not None:
            self._unloading.take(train, self._stage, starts, ends)
        bank.begun[train] = (starts, ends)
        yield at(env, last)
        del bank.begun[train]
        bank.worked += ahead.work
        if self._tracks is not None:
            self._tracks.release()
        train.open = None
        self._shared.journal.stages.append((train.number, self._stage, since, start, env._now))
