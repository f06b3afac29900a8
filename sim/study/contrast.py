"""A variant held against its reference: the rows of a comparison, key figures and causes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.study.paired import Paired, paired
from sim.study.statistics import Interval, interval, moments, outlook

if TYPE_CHECKING:
    from sim.results.kpi import Definition
    from sim.study.replications import Replications

Contrast = tuple[str, str]
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
    "negligible": "number",
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
    contrast: Contrast,
    reference: Replications,
    variant: Replications,
    definition: Definition,
    confidence: float,
    indifference: float | None,
) -> dict[str, Any]:
    """One key figure of two variants: the columns of ``COLUMNS``.

    ``indifference`` is the share of the reference's mean up to which a difference is of no
    interest, None where it was not said.
    """
    pairs = paired(reference.values(definition.name), variant.values(definition.name))
    numbers = {o.replication for o in (*reference.outcomes, *variant.outcomes)}
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(
        variant=contrast[0],
        against=contrast[1],
        kpi=definition.name,
        unit=definition.unit,
        n=pairs.n,
        dropped=len(numbers) - pairs.n,
        verdict="not told apart",
    )
    if not pairs.n:
        return row
    row.update(_means(pairs, confidence))
    difference = pairs.interval(confidence)
    small = None if indifference is None else indifference * abs(row["reference"])
    row["verdict"] = _verdict(difference, definition, small)
    if row["verdict"] == "not told apart":
        found = outlook(difference, row["reference"], confidence, indifference)
        row.update(negligible=found.negligible, more_runs=found.more_runs)
    row["variance_ratio"] = _variance_ratio(pairs, difference)
    return row


def _means(pairs: Paired, confidence: float) -> dict[str, float | None]:
    """Columns reference, value, difference, low and high."""
    difference = pairs.interval(confidence)
    return {
        "reference": moments(pairs.reference)[0],
        "value": moments(pairs.variant)[0],
        "difference": difference.mean,
        "low": difference.low,
        "high": difference.high,
    }


def _verdict(difference: Interval, definition: Definition, small: float | None) -> str:
    if small is not None and difference.within(-small, small):
        return "same"
    if not (difference.above(0.0) or difference.below(0.0)):
        return "not told apart"
    if not definition.better:
        return "differs"
    return "better" if difference.above(0.0) == (definition.better == "up") else "worse"


def _variance_ratio(pairs: Paired, difference: Interval) -> float | None:
    """Variance of the difference against that of independent runs.

    None where nothing varies, or where the variant leaves the figure as it is in every run: that
    says what the variant touches, and nothing of what pairing saves.
    """
    if pairs.reference == pairs.variant:
        return None
    apart = [interval(side).deviation or 0.0 for side in (pairs.reference, pairs.variant)]
    independent = apart[0] ** 2 + apart[1] ** 2
    return (difference.deviation or 0.0) ** 2 / independent if independent > 0.0 else None


def by_cause(reference: Replications, variant: Replications) -> dict[str, Paired]:
    """Hours by cause in each pair of runs; a cause that a run has not is none of its hours."""
    base, other = ({o.replication: o.causes for o in side.good} for side in (reference, variant))
    both = sorted(base.keys() & other.keys())
    if not both:
        return {}
    names = dict.fromkeys(n for r in both for n in (*base[r], *other[r]))
    total = ({r: math.fsum(side[r].values()) for r in both} for side in (base, other))
    found = {ALL: paired(*total)}
    for name in names:
        found[name] = paired(*({r: side[r].get(name, 0.0) for r in both} for side in (base, other)))
    return found


def cause_row(contrast: Contrast, cause: str, pairs: Paired, confidence: float) -> dict[str, Any]:
    """Hours of one cause in each pair of runs: the columns of ``CAUSE_COLUMNS``."""
    return {
        "variant": contrast[0],
        "against": contrast[1],
        "cause": cause,
        **_means(pairs, confidence),
        "n": pairs.n,
    }
