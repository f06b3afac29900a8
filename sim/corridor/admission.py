"""Admission to the line: trains ask the scenario's rule before they set out toward a border."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.corridor.step import Step

if TYPE_CHECKING:
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
    """The rule and the way it is asked about."""

    __slots__ = ("approach", "rule")

    def __init__(self, rule: AdmissionRule, approach: WayToBorder) -> None:
        self.rule = rule
        self.approach = approach


class SetOut(Step):
    """First step of a train that is there already: stand until the rule lets it set out."""

    __slots__ = ("_admission", "_shared", "_stage")

    def __init__(self, shared: Shared, admission: Admission, stage: int) -> None:
        super().__init__()
        self._shared = shared
        self._admission = admission
        self._stage = stage

    def enter(self, train: Train, time: float) -> float | None:
        """No event for a train that may set out at once."""
        return time if self._may(train, time) else None

    def turn(self, train: Train, time: float) -> float | None:
        """Ask again."""
        if not self._may(train, time):
            return None
        since, train.open = train.formed, None
        self._shared.journal.stages.extend((train.number, self._stage, since, time, time))
        return time

    def _may(self, train: Train, now: float) -> bool:
        time = self._admission.rule.admit(train, self._admission.approach, now)
        if time <= now:
            return True
        train.open = (self._stage, train.formed, None)
        train.clock.put(time, train.turn)
        return False
