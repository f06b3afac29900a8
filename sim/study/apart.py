"""Whose breakpoint is surely higher: differences of breakpoints, paired within replications."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from sim.study.breakpoint import RESOLUTION, Breakpoint
from sim.study.paired import paired
from sim.study.statistics import together

if TYPE_CHECKING:
    import polars as pl

    from sim.study.ramp import Ramp


def apart(ramp: Ramp) -> pl.DataFrame:
    """Each policy's breakpoint against every one before it.

    Columns: variant, against, difference (of the factors; mean of the pairs), low, high (they hold
    together with 95 % over all pairs of policies, half of the last bracket of each search added;
    null below two replications, and on the side that a search ended on, which went no further up),
    verdict (higher, lower, not told apart), n (pairs).
    """
    import polars as pl

    named = list(combinations(ramp.breakpoints.items(), 2))
    confidence = together(len(named))
    rows = [
        {"variant": b, "against": a, **_difference(below, above, confidence)}
        for (a, below), (b, above) in named
    ]
    schema: dict[str, Any] = {
        **dict.fromkeys(("variant", "against"), pl.String),
        **dict.fromkeys(("difference", "low", "high"), pl.Float64),
        "verdict": pl.String,
        "n": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _difference(reference: Breakpoint, other: Breakpoint, confidence: float) -> dict[str, Any]:
    pairs = paired(*(dict(zip(b.replications, b.values, strict=True)) for b in (reference, other)))
    row: dict[str, Any] = {"n": pairs.n, "verdict": "not told apart"}
    if not pairs.n:
        return row
    found = pairs.interval(confidence)
    row["difference"] = found.mean
    if found.low is None or found.high is None:
        return row
    brackets = RESOLUTION * sum((*pairs.reference, *pairs.variant)) / pairs.n / 2.0
    # one that carried all that was tried may carry more, so that only one side of it is known
    if not reference.censored:
        row["low"] = found.low - brackets
        row["verdict"] = "higher" if row["low"] > 0.0 else row["verdict"]
    if not other.censored:
        row["high"] = found.high + brackets
        row["verdict"] = "lower" if row["high"] < 0.0 else row["verdict"]
    return row
