"""Admission to the line: loading bans, and the scenario's rule, before trains set out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.corridor.step import Step

if TYPE_CHECKING:
    from sim.corridor.bans import Bans
    from sim.corridor.step import Shared
    from sim.corridor.train import Train
    from sim.policies.admission import AdmissionRule


class Sized(Protocol):
    """A queue of trains."""

    def __len__(self) -> int: ...


class WayToBorder:
    """A line over the border with the queues before it; the view that an admission rule gets.

    ``queues`` is asked once, when all parts of the corridor are there.
    """

    def __init__(self, line: str, queues: Callable[[], list[Sized]]) -> None:
        self.line = line
        self._find = queues
        self._queues: list[Sized] | None = None

    def held(self) -> int:
        """Trains that stand before the border line or wait to get onto the way to it."""
        if self._queues is None:
            self._queues = self._find()
        return sum(map(len, self._queues))


@dataclass(frozen=True)
class Applicant:
    """A train that is not formed yet and asks whether it may be loaded."""

    number: int
    train_class: str
    origin: str


class Admission:
    """What trains of one class are asked before they are loaded: bans first, then the rule.

    The rule is None where the scenario has none.  A ban that begins while a train waits for the
    rule is what it waits for from then on.
    """

    __slots__ = ("approach", "bans", "rule")

    def __init__(self, rule: AdmissionRule | None, approach: WayToBorder, bans: Bans) -> None:
        self.rule = rule
        self.approach = approach
        self.bans = bans

    def ask(self, train: Applicant | Train, now: float) -> float:
        """Now if the rule lets it set out, no ban holding; else when to ask again."""
        if self.rule is None:
            return now
        time = self.rule.admit(train, self.approach, now)
        return time if time <= now else min(time, self.bans.next(now))


class SetOut(Step):
    """First step of a train that is there already: stand until it may set out."""

    __slots__ = ("_admission", "_banned", "_stage", "_stages")

    def __init__(self, shared: Shared, admission: Admission, stage: int, banned: int) -> None:
        super().__init__()
        self._stages = shared.journal.stages
        self._admission = admission
        self._stage = stage
        self._banned = banned

    def enter(self, train: Train, time: float) -> float | None:
        """No event for a train that may set out at once, or when a ban is over."""
        train.since = time
        return self.turn(train, time)

    def turn(self, train: Train, time: float) -> float | None:
        """Ask, or ask again."""
        admission = self._admission
        over = admission.bans.over(time)
        if over > time:
            self._waited(train, time)
            self._stages.extend((train.number, self._banned, time, over, over))
            train.since = over
            if admission.rule is None:
                return over
            train.clock.put(over, train.turn)
            return None
        again = admission.ask(train, time)
        if again <= time:
            self._waited(train, time)
            return time
        train.open = (self._stage, train.since, None)
        train.clock.put(again, train.turn)
        return None

    def _waited(self, train: Train, time: float) -> None:
        """What it waited for the rule is over."""
        train.open = None
        if time > train.since:
            self._stages.extend((train.number, self._stage, train.since, time, time))

    def is_seen(self) -> bool:
        """Where a rule looks at the queues."""
        return self._admission.rule is not None
