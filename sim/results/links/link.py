"""Links of a blame chain, and what all that find them need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results.causes import Cause, cause_of
from sim.results.scene import WORKING
from sim.results.why import Stretch, when

if TYPE_CHECKING:
    from sim.results.run import Results
    from sim.results.scene import Scene

SEASON = 30 * 24.0
"""Hours from which more than usual is called a season rather than a surge."""


@dataclass(frozen=True)
class Link:
    """One step of a blame chain: what was so, since when, and whether it ends the chain.

    ``root`` names what the chain ends in, in a few words; None where it goes on.
    """

    cause: str
    text: str
    since_h: float
    root: str | None = None


@dataclass(frozen=True)
class Next:
    """Where a chain goes on: what others waited for, and when."""

    cause: str
    time: float


Found = tuple[Link, Next | None]


@dataclass(frozen=True)
class Traced:
    """A wait that is to be explained: its cause, and the train that waited if one did."""

    scene: Scene
    cause: Cause
    wait: Stretch
    train: int | None

    @property
    def results(self) -> Results:
        """The tables of the run."""
        return self.scene.results

    @property
    def middle(self) -> float:
        """Half way through the wait."""
        return (self.wait.begin_h + self.wait.end_h) / 2.0

    def when(self, hours: float) -> str:
        """A time as it is told."""
        return when(self.results, hours)

    def ends(self, text: str, since: float, root: str) -> Found:
        """The last link of a chain."""
        return Link(self.cause.text, text, since, root), None

    def goes_on(self, text: str, since: float, cause: str, time: float) -> Found:
        """A link, and what others waited for at a time."""
        return Link(self.cause.text, text, since), Next(cause, time)


def is_wait(doing: str) -> bool:
    """Whether that is a wait for others."""
    return doing != WORKING and cause_of(doing).key not in ("other", "dwell")


def told(found: list[tuple[str, int]], most: int) -> str:
    """How many do what, the most frequent first."""
    shown = (f"{n:,} {'waiting: ' if is_wait(doing) else ''}{doing}" for doing, n in found[:most])
    return ", ".join(shown)


def most_waits(found: list[tuple[str, int]]) -> str | None:
    """What most of those wait for that are not at work."""
    return next((doing for doing, _ in found if doing != WORKING), None)
