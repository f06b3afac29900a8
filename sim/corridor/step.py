"""What all steps of a train's route have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.corridor.train import Train


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
