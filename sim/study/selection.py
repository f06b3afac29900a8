"""The best of several variants, with a guarantee: ranking and selection by Kim and Nelson.

KN is fully sequential: each variant is simulated once more at a time, and one that falls behind is
dropped.  If the best is better than all others by at least the indifference, it is chosen with
the confidence asked for, also under common random numbers; if others are within the indifference
of it, one of these is chosen (Kim and Nelson 2001, A fully sequential procedure for
indifference-zone selection in simulation, ACM TOMACS 11(3), 251-273, with c = 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sim.study.paired import Paired
from sim.study.statistics import moments

FIRST = 10
"""Replications of each variant before any is dropped."""

More = Callable[[Sequence[int], Sequence[int]], Mapping[int, Mapping[int, float]]]
"""Values of (variants, replications): by variant and replication, without those that failed."""


@dataclass(frozen=True)
class Selection:
    """What was chosen, and the way there.

    ``best`` is None where no variant is left with values.  ``sure`` is False where the cap ended
    it: then ``left`` names the variants still in the race, and the guarantee does not hold.
    """

    best: int | None
    sure: bool
    left: tuple[int, ...]
    runs: dict[int, int]
    means: dict[int, float]
    dropped: dict[int, int]
    """Pairs of replications after which each variant fell behind."""
    broken: int
    """Replications left out for all, since one of them failed."""


def eta(variants: int, first: int, confidence: float) -> float:
    """The constant of the procedure for c = 1.

    Raises:
        ValueError: fewer than two variants or first replications.
    """
    if variants < 2 or first < 2:
        raise ValueError("selection needs two variants and two first replications, or more")
    alpha = 1.0 - confidence
    power = -2.0 / (first - 1)
    return 0.5 * (math.pow(2.0 * alpha / (variants - 1), power) - 1.0)


def select(
    variants: int,
    indifference: float,
    more: More,
    *,
    largest: bool = True,
    confidence: float = 0.95,
    first: int = FIRST,
    most: int = 1000,
    ahead: int = 1,
) -> Selection:
    """Choose the variant with the best mean.

    Args:
        variants: how many there are.
        indifference: difference of means, in the figure's unit, that is worth detecting.
        more: makes runs; called with variants still in the race and replication numbers.
        largest: whether more is better.
        most: cap on the replications of each variant.
        ahead: replications made at a time; those after a decision are not looked at.

    Raises:
        ValueError: a number out of its range.
    """
    if not indifference > 0.0:
        raise ValueError(f"indifference: {indifference:g} is not above 0")
    if not 0.5 < confidence < 1.0:
        raise ValueError(f"confidence: {confidence:g} is not between 0.5 and 1")
    width = 2.0 * eta(variants, first, confidence) * (first - 1)
    race = list(range(variants))
    values: dict[int, dict[int, float]] = {i: {} for i in race}
    made, asked = 0, dict.fromkeys(race, 0)
    dropped: dict[int, int] = {}
    pairs: list[int] = []
    variance: dict[tuple[int, int], float] = {}
    sums = dict.fromkeys(race, 0.0)
    while True:
        if made >= most:
            return _ended(race, values, pairs, asked, dropped, made, largest, sure=False)
        step = first - len(pairs) if not variance else ahead
        numbers = range(made, min(made + max(step, 1), most))
        made = numbers.stop
        for i, found in more(race, numbers).items():
            values[i].update(found)
        for i in race:
            asked[i] = made
        for number in numbers:
            # A replication that one of them lacks counts for none: the others keep their pairs.
            if not all(number in values[i] for i in race):
                continue
            pairs.append(number)
            for i in race:
                sums[i] += values[i][number] if largest else -values[i][number]
            r = len(pairs)
            if r < first:
                continue
            if not variance:
                variance = _variances(race, values, pairs)
            reach = {
                pair: max(0.0, indifference / 2.0 * (width * v / indifference**2 - r))
                for pair, v in variance.items()
            }
            behind = [
                i
                for i in race
                if any(sums[i] < sums[j] - reach[min(i, j), max(i, j)] for j in race if j != i)
            ]
            for i in behind:
                dropped[i] = r
            race = [i for i in race if i not in dropped]
            if len(race) == 1:
                return _ended(race, values, pairs, asked, dropped, made, largest, sure=True)
            last = max(
                width * variance[i, j] / indifference**2 for i in race for j in race if i < j
            )
            if r >= math.floor(last) + 1:
                return _ended(race, values, pairs, asked, dropped, made, largest, sure=True)


def _variances(
    race: Sequence[int], values: Mapping[int, Mapping[int, float]], pairs: Sequence[int]
) -> dict[tuple[int, int], float]:
    """Variances of the differences of all pairs over the first replications."""
    found = {}
    for i, j in combinations(race, 2):
        apart = Paired(*(tuple(values[k][r] for r in pairs) for k in (j, i))).differences
        found[i, j] = moments(apart)[1] or 0.0
    return found


def _ended(
    race: Sequence[int],
    values: Mapping[int, Mapping[int, float]],
    pairs: Sequence[int],
    asked: Mapping[int, int],
    dropped: Mapping[int, int],
    made: int,
    largest: bool,
    *,
    sure: bool,
) -> Selection:
    means = {}
    for i, known in values.items():
        mine = [known[r] for r in pairs if r in known]
        if mine:
            means[i] = moments(mine)[0]
    left = [i for i in race if i in means]
    best = (max if largest else min)(left, key=lambda i: means[i]) if left and pairs else None
    return Selection(
        best,
        sure and best is not None,
        tuple(race),
        dict(asked),
        means,
        dict(dropped),
        made - len(pairs),
    )
