"""A train's route, and what all of its steps have in common.

A step is entered at a time and says when it is over, which may be ahead, or that the train must
wait for its turn.  A train gives up the place it holds only when it has the next one, so that a
full station blocks the line before it and a full line blocks the station before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.corridor.ahead import Pace
from sim.corridor.clock import Clock

if TYPE_CHECKING:
    import simpy

    from sim.corridor.bank import Bank
    from sim.corridor.clock import Agenda
    from sim.corridor.fifo import Fifo
    from sim.corridor.gate import Gate
    from sim.corridor.gridlock import Gridlock
    from sim.corridor.journal import Journal
    from sim.corridor.queues import Places
    from sim.corridor.train import Train
    from sim.corridor.yard import Yard


class Step:
    """One part of a route.

    ``ahead`` says that it may be entered before its time, since nobody can come in between.
    """

    __slots__ = ("ahead",)

    def __init__(self, ahead: bool = False) -> None:
        self.ahead = ahead

    def enter(self, train: Train, time: float) -> float | None:
        """Take the train through: when that is over, or None if it must wait for its turn."""
        raise NotImplementedError

    def turn(self, train: Train, time: float) -> float | None:
        """It is the turn of a train that has waited: when the step is over.

        What makes no train wait is entered then.
        """
        return self.enter(train, time)

    def shared(self) -> list[Places | Gate | Fifo | Bank]:
        """What trains share with others here."""
        return []

    def is_seen(self) -> bool:
        """Whether something must know at its very time what a train does here.

        A step says so unless it knows better.
        """
        return True

    def wanted(self) -> Places | Yard | None:
        """What a train may have to wait for here while it holds its place before."""
        return None

    def holds(self, before: Places | None) -> Places | None:
        """The place that a train holds from here on, if it held that one before."""
        return before

    def goes_by(self, agenda: Agenda) -> None:
        """What trains that are not followed do with what is shared here is on that agenda."""


@dataclass
class Route:
    """The steps that all trains of one service or background flow take, from where they start."""

    origin: str
    steps: list[Step] = field(default_factory=list)


class Shared:
    """What every step needs: the clock, the journal, the detector of gridlock, the pace."""

    __slots__ = ("clock", "env", "gridlock", "journal", "pace")

    def __init__(
        self, env: simpy.Environment, journal: Journal, gridlock: Gridlock, end: float
    ) -> None:
        self.env = env
        self.pace = Pace(env, end)
        self.clock = Clock(env)
        self.journal = journal
        self.gridlock = gridlock
