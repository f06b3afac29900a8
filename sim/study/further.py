"""What each further tonne costs: the ratio of two paired differences, USD over tonnes.

An average cost a tonne says nothing of what a measure's own tonnes cost.  The interval of the
ratio is Fieller's (1954, Journal of the Royal Statistical Society B 16); there is none where the
difference in tonnes is not told apart from nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.study.statistics import t_quantile

if TYPE_CHECKING:
    from sim.study.paired import Pair
    from sim.study.replications import Replications

FURTHER_COLUMNS = {
    "variant": "text",
    "against": "text",
    "tonnes": "number",
    "usd": "number",
    "usd_per_t": "number",
    "low": "number",
    "high": "number",
    "n": "whole",
}


@dataclass(frozen=True)
class Ratio:
    """A ratio of means with its interval; no ratio and no ends where the divisor may be nothing."""

    value: float | None
    low: float | None
    high: float | None


def ratio(above: Sequence[float], below: Sequence[float], confidence: float) -> Ratio:
    """Mean of ``above`` over mean of ``below``, paired, with Fieller's interval.

    Raises:
        ValueError: fewer than two pairs, or not as many of both.
    """
    n = len(below)
    if n < 2 or len(above) != n:
        raise ValueError("a ratio needs two pairs or more")
    y, x = math.fsum(above) / n, math.fsum(below) / n
    yy = math.fsum((a - y) ** 2 for a in above) / (n - 1)
    xx = math.fsum((b - x) ** 2 for b in below) / (n - 1)
    xy = math.fsum((a - y) * (b - x) for a, b in zip(above, below, strict=True)) / (n - 1)
    t = t_quantile(n - 1, confidence)
    if x == 0.0 or (g := t * t * xx / (n * x * x)) >= 1.0:
        return Ratio(None, None, None)
    r = y / x
    rest = yy - 2.0 * r * xy + r * r * xx
    if xx > 0.0:
        rest -= g * (yy - xy * xy / xx)
    half = t / abs(x) * math.sqrt(max(rest, 0.0) / n)
    middle = r - g * xy / xx if xx > 0.0 else r
    return Ratio(r, (middle - half) / (1.0 - g), (middle + half) / (1.0 - g))


def further_row(
    pair: Pair, reference: Replications, variant: Replications, confidence: float
) -> dict[str, Any] | None:
    """What the variant delivers more, what that costs more, and both for a tonne.

    None where a scenario has no costs, or fewer than two pairs of runs are whole.
    """
    base, other = _delivered(reference), _delivered(variant)
    both = sorted(base.keys() & other.keys())
    if len(both) < 2:
        return None
    tonnes = [other[r][0] - base[r][0] for r in both]
    usd = [other[r][1] - base[r][1] for r in both]
    found = ratio(usd, tonnes, confidence)
    return {
        "variant": pair[0],
        "against": pair[1],
        "tonnes": math.fsum(tonnes) / len(both),
        "usd": math.fsum(usd) / len(both),
        "usd_per_t": found.value,
        "low": found.low,
        "high": found.high,
        "n": len(both),
    }


def _delivered(made: Replications) -> dict[int, tuple[float, float]]:
    """Tonnes delivered and what they cost, by replication."""
    found = {}
    for outcome in made.good:
        tonnes = outcome.kpis["delivered_t"].value
        each = outcome.kpis["cost_per_t"].value
        if tonnes is not None and each is not None:
            found[outcome.replication] = (tonnes, tonnes * each)
    return found
