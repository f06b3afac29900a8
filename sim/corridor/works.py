"""Steps at stations: work on the whole train by a server, or on its boxes by cranes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.ahead import Ahead
from sim.corridor.fifo import Fifo
from sim.corridor.queues import Places
from sim.corridor.step import Step

if TYPE_CHECKING:
    from sim.corridor.bank import Bank, CraneMoves
    from sim.corridor.clock import Agenda
    from sim.corridor.gate import Gate
    from sim.corridor.profile import Profile
    from sim.corridor.step import Shared
    from sim.corridor.streams import Draws, Uniforms
    from sim.corridor.train import Train
    from sim.corridor.unloading import Unloading
    from sim.corridor.use import Tally
    from sim.corridor.wear import Wear
    from sim.policies.customs import CustomsRule, Treatment


class Customs:
    """How the scenario's rule treats trains of one kind at one check."""

    __slots__ = ("_check", "_lucks", "_rule")

    def __init__(self, rule: CustomsRule, check: str, lucks: Uniforms) -> None:
        self._rule = rule
        self._check = check
        self._lucks = lucks

    @property
    def by_luck(self) -> bool:
        """Whether the rule does not mind when it is asked."""
        return bool(getattr(self._rule, "by_luck", False))

    def treat(self, train: Train) -> Treatment:
        """By the train's own luck."""
        return self._rule.treat(self._check, train, self._lucks.at(train.serial))


class _Work(Step):
    """What works on trains have in common."""

    __slots__ = ("_stage", "_stages", "clock")

    def __init__(self, shared: Shared, stage: int) -> None:
        super().__init__()
        self.clock = shared.clock
        self._stages = shared.journal.stages
        self._stage = stage

    def _done(self, train: Train, start: float, end: float) -> float:
        train.open = None
        self._stages.extend((train.number, self._stage, train.since, start, end))
        return end


class Serve(_Work):
    """Work on the whole train by one of several servers.

    They are a ``Fifo`` where nobody can be overtaken, turned away or kept by a breakdown.
    """

    __slots__ = ("_draws", "_profile", "_room", "customs", "servers", "tally", "wear")

    def __init__(
        self,
        shared: Shared,
        servers: Places | Fifo,
        tally: Tally,
        draws: Draws,
        profile: Profile,
        room: int | None,
        stage: int,
        customs: Customs | None,
        wear: Wear | None,
    ) -> None:
        super().__init__(shared, stage)
        self.servers = servers
        self.tally = tally
        self._draws = draws
        self._profile = profile
        self._room = room
        self.customs = customs
        self.wear = wear

    def enter(self, train: Train, time: float) -> float | None:
        """Queue, be worked on, go on; or be turned away where there is no room."""
        share = 1.0
        if self.customs is not None:
            treatment = self.customs.treat(train)
            share = treatment.share
            if share <= 0.0:
                return time
            if treatment.beside:
                # A lane of its own, with the same hours.
                start = self._profile.opens(time)
                train.since = time
                return self._done(train, start, self._ends(train, start, share))
        servers = self.servers
        train.since, train.share = time, share
        if isinstance(servers, Fifo):
            if train.followed:
                self.clock.settle(time)
            start = servers.begin(time)
            end = self._ends(train, start, share)
            servers.end(end)
            self._count(train, time, start, end)
            return self._done(train, start, end)
        servers.look(time)
        if self._room is not None and servers.held + len(servers) >= self._room:
            train.turned_away(time)
            return None
        if servers.take(train, time):
            return self.turn(train, time)
        train.open = (self._stage, time, None)
        return None

    def turn(self, train: Train, time: float) -> float | None:
        """A server is there."""
        if train.open is not None and train.open[2] is not None:
            return self._worn(train, time)
        assert isinstance(self.servers, Places)
        end = self._ends(train, time, train.share)
        self._count(train, time, time, end)
        if self.wear is None:
            self.servers.release_at(None, end)
            return self._done(train, time, end)
        train.open = (self._stage, train.since, time)
        train.clock.put(end, train.turn)
        return None

    def _worn(self, train: Train, time: float) -> float:
        """The work is over, and the server may have to be mended."""
        assert train.open is not None and train.open[2] is not None
        assert isinstance(self.servers, Places) and self.wear is not None
        mending = self.wear.mending(self._draws.at(train.serial) * train.share, time)
        if mending > 0.0:
            self.servers.release_at(None, time + mending)
        else:
            self.servers.release(time)
        return self._done(train, train.open[2], time)

    def _ends(self, train: Train, start: float, share: float) -> float:
        return self._profile.finish(start, self._draws.at(train.serial) * share)

    def _count(self, train: Train, now: float, start: float, end: float) -> None:
        work = self._draws.at(train.serial) * train.share
        self.tally.add(now, end, work, start)

    def shared(self) -> list[Places | Gate | Fifo | Bank]:
        """The servers."""
        return [self.servers]

    def is_seen(self) -> bool:
        """Where use breaks servers, or a rule minds when it is asked."""
        return self.wear is not None or (self.customs is not None and not self.customs.by_luck)

    def goes_by(self, agenda: Agenda) -> None:
        """Trains that are followed have it settled first."""
        self.clock = agenda
        if isinstance(self.servers, Places):
            self.servers.goes_by(agenda)


class Lift(_Work):
    """Cranes move the boxes of the train, and a laboratory may keep some of them.

    Where boxes leave the train here, the times at which they are free go straight to the yard:
    they are exact as soon as the train is under the cranes.
    """

    __slots__ = ("_ahead", "_unloading", "bank", "tally", "tracks")

    def __init__(
        self,
        shared: Shared,
        bank: Bank,
        tally: Tally,
        tracks: Places | Fifo | None,
        draws: Draws,
        stride: int,
        stage: int,
        unloading: Unloading | None,
    ) -> None:
        super().__init__(shared, stage)
        self._ahead = Ahead(draws, stride, shared.pace)
        self.bank = bank
        self.tally = tally
        self.tracks = tracks
        self._unloading = unloading

    def enter(self, train: Train, time: float) -> float | None:
        """Wait for a crane track, then all is known until the last box is moved."""
        if train.followed:
            self.clock.settle(time)
        train.since = time
        tracks = self.tracks
        if isinstance(tracks, Places):
            if tracks.take(train, time):
                return self.turn(train, time)
            train.open = (self._stage, time, None)
            return None
        if tracks is None:
            return self.turn(train, time)
        start = tracks.begin(time)
        train.moves = moves = self._move(train, time, start)
        tracks.end_held(time, start, moves.end)
        if start > time and self._unloading is not None:
            train.open = (self._stage, time, None)
            train.clock.put(start, train.turn)
            return None
        return self._moved(train, moves)

    def turn(self, train: Train, time: float) -> float:
        """A crane track is there."""
        if train.moves is not None:
            return self._moved(train, train.moves)
        moves = self._move(train, time, time)
        if isinstance(self.tracks, Places):
            self.tracks.release_at(None, moves.end)
        return self._moved(train, moves)

    def _move(self, train: Train, now: float, start: float) -> CraneMoves:
        """What the cranes do for a train that is under them from ``start`` on."""
        bank = self.bank
        moves = bank.serve_train(start, self._ahead.of(train.serial, train.boxes, bank.servers))
        self.tally.add(now, moves.end, moves.work, start, moves)
        return moves

    def _moved(self, train: Train, moves: CraneMoves) -> float:
        train.moves = None
        if self._unloading is not None:
            self._unloading.take(train, self._stage, *moves.each())
        return self._done(train, moves.start, moves.end)

    def shared(self) -> list[Places | Gate | Fifo | Bank]:
        """The cranes and their tracks."""
        return [self.bank] if self.tracks is None else [self.bank, self.tracks]

    def is_seen(self) -> bool:
        """Where use breaks cranes."""
        return self.bank.wear is not None

    def goes_by(self, agenda: Agenda) -> None:
        """Trains that are followed have it settled first."""
        self.clock = agenda
        if isinstance(self.tracks, Places):
            self.tracks.goes_by(agenda)
