"""Common random numbers: what differs within each replication.

Replication r of every scenario of a study draws the same numbers, so that scenarios are held
against each other in the replications that all of them have: one that failed or deadlocked in one
of them counts for none.  The interval of a difference is Student's t of the paired differences
(Law, Simulation Modeling and Analysis, 5th ed., ch. 10.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.study.statistics import CONFIDENCE, Interval, interval

Values = Mapping[int, float | None]
"""A figure by number of replication; None, or no entry, where a run does not have it."""


def in_all(sides: Sequence[Values]) -> dict[int, tuple[float, ...]]:
    """The values of all sides by number of replication, where every side has one."""
    numbers = set.intersection(*(set(side) for side in sides)) if sides else set()
    found = {}
    for number in sorted(numbers):
        values = [side[number] for side in sides]
        known = tuple(value for value in values if value is not None)
        if len(known) == len(values):
            found[number] = known
    return found


@dataclass(frozen=True)
class Paired:
    """Values of a reference and of what is held against it, in the order of replications."""

    reference: tuple[float, ...]
    variant: tuple[float, ...]

    @property
    def n(self) -> int:
        """Pairs."""
        return len(self.reference)

    @property
    def differences(self) -> tuple[float, ...]:
        """Variant minus reference in each pair."""
        return tuple(b - a for a, b in zip(self.reference, self.variant, strict=True))

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Mean difference.

        Raises:
            ValueError: there is no pair.
        """
        return interval(self.differences, confidence)


def paired(reference: Values, variant: Values) -> Paired:
    """The pairs of two sides, by number of replication."""
    both = in_all((reference, variant)).values()
    return Paired(tuple(a for a, _ in both), tuple(b for _, b in both))
