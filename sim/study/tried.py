"""A combination of measures with its runs, and what can be said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.study.measures_taken import Taken
from sim.study.statistics import CONFIDENCE, interval


@dataclass
class Tried:
    """A combination with its runs: key figures by replication, and what went wrong.

    ``margins`` are by how much each condition holds, by replication; ``confidence`` is that of the
    intervals of a verdict.
    """

    taken: Taken
    cost: float
    kpis: list[dict[str, float]]
    margins: list[list[float]]
    trouble: str | None = None
    confidence: float = CONFIDENCE

    def mean(self, kpi: str) -> float | None:
        """Mean of a key figure; None where no run has it."""
        known = [k[kpi] for k in self.kpis if kpi in k]
        return sum(known) / len(known) if known else None

    @property
    def lacks(self) -> list[float]:
        """By how much each condition is missed in the mean; 0 or below where it is met."""
        if self.trouble is not None:
            return [float("inf")] * max(len(self.margins), 1)
        return [-sum(m) / len(m) if m else float("inf") for m in self.margins]

    @property
    def reaches(self) -> bool:
        """Whether all conditions hold in the mean."""
        return self.trouble is None and all(x <= 0.0 for x in self.lacks)

    @property
    def verdict(self) -> str:
        """confirmed, missed, or not told apart: every condition by its interval."""
        if self.trouble is not None:
            return self.trouble
        verdict = "confirmed"
        for values in self.margins:
            if not values:
                return "not told apart"
            found = interval(values, self.confidence)
            if found.below(0.0):
                return "missed"
            if found.low is None:
                return "not told apart"
            if found.low < 0.0:
                verdict = "not told apart"
        return verdict


def nearest(tried: Sequence[Tried]) -> list[Tried]:
    """Combinations that miss the goal, nearest to it first; those with trouble come last.

    How far each condition is missed counts as a share of how far any of them misses it.
    """
    missed = [t for t in tried if not t.reaches]
    lacks = {t.taken: [max(x, 0.0) for x in t.lacks] for t in missed}
    finite = [v for v in lacks.values() if float("inf") not in v]
    worst = [max(each) for each in zip(*finite, strict=True)]

    def far(one: Tried) -> float:
        mine = lacks[one.taken]
        if float("inf") in mine:
            return float("inf")
        return math.fsum(x / most for x, most in zip(mine, worst, strict=True) if most > 0.0)

    return sorted(missed, key=lambda t: (far(t), t.cost, t.taken))


def front(tried: Sequence[Tried], kpi: str) -> list[Tried]:
    """Combinations that no other beats in both cost and a key figure, cheapest first."""
    from sim.results.kpi import KPIS

    if kpi not in KPIS:
        return []
    sign = -1.0 if KPIS[kpi].better == "down" else 1.0
    known = [
        (t.cost, sign * value, t)
        for t in tried
        if t.trouble is None and (value := t.mean(kpi)) is not None
    ]
    best, kept = float("-inf"), []
    for _, value, one in sorted(known, key=lambda k: (k[0], -k[1], k[2].taken)):
        if value > best:
            best = value
            kept.append(one)
    return kept
