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

from sim.study.paired import in_all
from sim.study.statistics import moments, t_quantile

if TYPE_CHECKING:
    from sim.study.contrast import Contrast
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
    if len(above) != n:
        raise ValueError(f"{len(above)} values over {n}; expected as many of both")
    (y, yy), (x, xx) = moments(above), moments(below)
    if yy is None or xx is None:
        raise ValueError("a ratio needs two pairs or more; expected more replications")
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
    contrast: Contrast, reference: Replications, variant: Replications, confidence: float
) -> dict[str, Any] | None:
    """What the variant delivers more, what that costs more, and both for a tonne.

    None where a scenario has no costs, or fewer than two pairs of runs are whole.
    """
    sides = (*_delivered(reference), *_delivered(variant))
    both = in_all(sides).values()
    if len(both) < 2:
        return None
    tonnes = [more - less for less, _, more, _ in both]
    usd = [more - less for _, less, _, more in both]
    found = ratio(usd, tonnes, confidence)
    return {
        "variant": contrast[0],
        "against": contrast[1],
        "tonnes": moments(tonnes)[0],
        "usd": moments(usd)[0],
        "usd_per_t": found.value,
        "low": found.low,
        "high": found.high,
        "n": len(both),
    }


def _delivered(made: Replications) -> tuple[dict[int, float | None], dict[int, float | None]]:
    """Tonnes delivered and what they cost, by replication; None in runs without either."""
    tonnes, each = made.values("delivered_t"), made.values("cost_per_t")
    usd = {
        r: None if t is None or (cost := each[r]) is None else t * cost for r, t in tonnes.items()
    }
    return tonnes, usd
