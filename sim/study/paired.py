"""Differences of two variants, taken within each replication by its number.

Their interval is Student's t of the paired differences (Law, ch. 10.2).  A pair of which one side
failed or deadlocked is left out on both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.study.statistics import interval, t_quantile

if TYPE_CHECKING:
    from sim.results.kpi import Definition
    from sim.study.replications import Replications

Pair = tuple[str, str]
"""Names of a variant and of what it is held against."""

COLUMNS = {
    "variant": "text",
    "kpi": "text",
    "unit": "text",
    "reference": "number",
    "value": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "verdict": "text",
    "n": "whole",
    "dropped": "whole",
    "variance_ratio": "number",
    "more_runs": "whole",
    "against": "text",
}
CAUSE_COLUMNS = {
    "variant": "text",
    "against": "text",
    "cause": "text",
    "reference": "number",
    "value": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "n": "whole",
}
ALL = "all causes"


def kpi_row(
    pair: Pair,
    reference: Replications,
    variant: Replications,
    definition: Definition,
    confidence: float,
    indifference: float | None,
) -> dict[str, Any]:
    """One key figure of two variants: the columns of ``COLUMNS``."""
    base = _by_replication(reference, definition.name)
    other = _by_replication(variant, definition.name)
    numbers = sorted({o.replication for o in (*reference.outcomes, *variant.outcomes)})
    pairs = [(base[r], other[r]) for r in numbers if r in base and r in other]
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(
        variant=pair[0],
        against=pair[1],
        kpi=definition.name,
        unit=definition.unit,
        n=len(pairs),
        dropped=len(numbers) - len(pairs),
        verdict="not told apart",
    )
    if not pairs:
        return row
    difference = interval([b - a for a, b in pairs], confidence)
    row.update(
        reference=math.fsum(a for a, _ in pairs) / len(pairs),
        value=math.fsum(b for _, b in pairs) / len(pairs),
        difference=difference.mean,
    )
    if difference.half_width is None:
        return row
    row.update(low=difference.low, high=difference.high)
    small = None if indifference is None else indifference * abs(row["reference"])
    if small is not None and -small <= difference.low and difference.high <= small:
        row["verdict"] = "same"
    elif difference.low > 0.0 or difference.high < 0.0:
        up = difference.mean > 0.0
        row["verdict"] = (
            "differs"
            if not definition.better
            else "better"
            if up == (definition.better == "up")
            else "worse"
        )
    elif difference.deviation:
        row["more_runs"] = _more(
            len(pairs), difference.mean, difference.deviation, confidence, small
        )
    apart = interval([a for a, _ in pairs]), interval([b for _, b in pairs])
    independent = (apart[0].deviation or 0.0) ** 2 + (apart[1].deviation or 0.0) ** 2
    if independent > 0.0:
        row["variance_ratio"] = (difference.deviation or 0.0) ** 2 / independent
    return row


def _by_replication(runs: Replications, kpi: str) -> dict[int, float]:
    values = {o.replication: o.kpis[kpi].value for o in runs.good}
    return {r: v for r, v in values.items() if v is not None}


def _more(
    n: int, mean: float, deviation: float, confidence: float, small: float | None
) -> int | None:
    """Pairs still to run until the two would be told apart, or found the same; None if hopeless."""
    need = n
    while need < 100_000:
        half = t_quantile(need - 1, confidence) * deviation / math.sqrt(need)
        if half < abs(mean) or (small is not None and abs(mean) + half <= small):
            return max(need - n, 1)
        need = max(need + 1, math.ceil(need * 1.05))
    return None


def by_cause(
    reference: Replications, variant: Replications
) -> dict[str, list[tuple[float, float]]]:
    """Hours by cause in each pair of runs; a cause that a run has not is none of its hours."""
    base = {o.replication: o.causes for o in reference.good}
    other = {o.replication: o.causes for o in variant.good}
    numbers = sorted(base.keys() & other.keys())
    names = dict.fromkeys(n for r in numbers for n in (*base[r], *other[r]))
    found = {ALL: [(math.fsum(base[r].values()), math.fsum(other[r].values())) for r in numbers]}
    for name in names:
        found[name] = [(base[r].get(name, 0.0), other[r].get(name, 0.0)) for r in numbers]
    return found if numbers else {}


def cause_row(
    pair: Pair, cause: str, both: Sequence[tuple[float, float]], confidence: float
) -> dict[str, Any]:
    """Hours of one cause in each pair of runs: the columns of ``CAUSE_COLUMNS``."""
    difference = interval([b - a for a, b in both], confidence)
    known = difference.half_width is not None
    return {
        "variant": pair[0],
        "against": pair[1],
        "cause": cause,
        "reference": math.fsum(a for a, _ in both) / len(both),
        "value": math.fsum(b for _, b in both) / len(both),
        "difference": difference.mean,
        "low": difference.low if known else None,
        "high": difference.high if known else None,
        "n": len(both),
    }
