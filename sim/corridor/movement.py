"""Steps between stations: onto a line or track, through a gate, over the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.step import Step

if TYPE_CHECKING:
    from sim.corridor.bank import Bank
    from sim.corridor.clock import Agenda
    from sim.corridor.fifo import Fifo
    from sim.corridor.gate import Gate
    from sim.corridor.profile import Profile
    from sim.corridor.queues import Places
    from sim.corridor.step import Shared
    from sim.corridor.streams import Draws
    from sim.corridor.train import Train
    from sim.corridor.yard import Yard


class Enter(Step):
    """Wait for a place: a track, or a place on a line."""

    __slots__ = ("_shared", "_stage", "places")

    def __init__(self, shared: Shared, places: Places, stage: int) -> None:
        super().__init__()
        self._shared = shared
        self._stage = stage
        self.places = places

    def enter(self, train: Train, time: float) -> float | None:
        """Queue for the place."""
        places = self.places
        if places.take(train, time):
            places.holders[train] = None
            return time
        train.since = time
        train.open = (self._stage, time, None)
        train.waits_for, train.waits_since = places, time
        if not places.agenda.lazy:
            self._shared.gridlock.check(train)
        return None

    def turn(self, train: Train, time: float) -> float:
        """The place is taken."""
        train.waits_for = train.open = None
        self._shared.journal.stages.extend((train.number, self._stage, train.since, time, time))
        self.places.holders[train] = None
        return time

    def shared(self) -> list[Places | Gate | Fifo | Bank]:
        """The place."""
        return [self.places]

    def is_seen(self) -> bool:
        """Not for itself: whether trains can come to stand for ever is seen to apart."""
        return False

    def wanted(self) -> Places | Yard | None:
        """The place."""
        return self.places

    def goes_by(self, agenda: Agenda) -> None:
        """Tell the place."""
        self.places.goes_by(agenda)


class Pass(Step):
    """Wait for a path, or for acceptance by the railway beyond."""

    __slots__ = ("_stage", "_stages", "gate")

    def __init__(self, shared: Shared, gate: Gate, stage: int) -> None:
        super().__init__()
        self._stages = shared.journal.stages
        self._stage = stage
        self.gate = gate

    def enter(self, train: Train, time: float) -> float | None:
        """Queue at the gate."""
        if self.gate.take(train, time):
            self._stages.extend((train.number, self._stage, time, time, time))
            return time
        train.since = time
        train.open = (self._stage, time, None)
        return None

    def turn(self, train: Train, time: float) -> float:
        """Through."""
        train.open = None
        self._stages.extend((train.number, self._stage, train.since, time, time))
        return time

    def shared(self) -> list[Places | Gate | Fifo | Bank]:
        """The gate."""
        return [self.gate]

    def is_seen(self) -> bool:
        """Never."""
        return False

    def goes_by(self, agenda: Agenda) -> None:
        """Tell the gate."""
        self.gate.goes_by(agenda)


class Leave(Step):
    """Give up the place before, once the train has the next one and may go there."""

    __slots__ = ("_departs", "places")

    def __init__(self, places: Places | None, departs: bool) -> None:
        super().__init__(ahead=True)
        self.places = places
        self._departs = departs

    def enter(self, train: Train, time: float) -> float:
        """Takes no time."""
        if train.place is not None:
            train.leave_place(time)
        train.place = self.places
        if self._departs and train.departed is None:
            train.departed = time
        return time

    def is_seen(self) -> bool:
        """Never."""
        return False

    def holds(self, before: Places | None) -> Places | None:
        """The next place."""
        return self.places


class Run(Step):
    """Run over a line; closures make trains stand where they are."""

    __slots__ = ("_draws", "_hours", "_profile", "_stage", "_stages")

    def __init__(
        self, shared: Shared, hours: float, draws: Draws | None, profile: Profile, stage: int
    ) -> None:
        super().__init__(ahead=True)
        self._stages = shared.journal.stages
        self._hours = hours
        self._draws = draws
        self._profile = profile
        self._stage = stage

    def enter(self, train: Train, time: float) -> float:
        """Known as soon as the train sets out."""
        hours = self._hours
        if self._draws is not None:
            hours *= self._draws.at(train.serial)
        end = self._profile.finish(time, hours)
        self._stages.extend((train.number, self._stage, time, time, end))
        return end

    def is_seen(self) -> bool:
        """Never."""
        return False
