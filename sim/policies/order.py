"""Who is next at a queue: a rule gives each train a key when it joins; the least key goes first.

Ties go to who came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sim.policies.registry import Registry


class Queued(Protocol):
    """What a rule may know of a waiting train."""

    @property
    def train_class(self) -> str:
        """The class that limits and priorities see."""

    @property
    def formed(self) -> float:
        """When the train was formed or appeared, hours."""


class OrderRule(Protocol):
    """Gives the key of a train that joins a queue."""

    def key(self, train: Queued) -> float:
        """Less is sooner."""


class FirstCome:
    """In the order of joining this queue."""

    def key(self, train: Queued) -> float:
        """The same for all."""
        return 0.0


class ClassPriority:
    """By class, in the order named; classes not named come last.

    Args:
        classes: `[container, transit]`; train classes, the first served first
    """

    def __init__(self, classes: Sequence[str]) -> None:
        if isinstance(classes, str) or not classes:
            raise ValueError("classes: expected a list of train classes, the first served first")
        self._rank = {name: float(i) for i, name in enumerate(classes)}

    def key(self, train: Queued) -> float:
        """Position of the train's class in the list."""
        return self._rank.get(train.train_class, float(len(self._rank)))


class LongestWaiting:
    """Who has been on the way longest, since it was formed or appeared."""

    def key(self, train: Queued) -> float:
        """The time of forming."""
        return train.formed


ORDER: Registry[OrderRule] = Registry("order")
ORDER.add("first-come", FirstCome)
ORDER.add("class-priority", ClassPriority)
ORDER.add("longest-waiting", LongestWaiting)
