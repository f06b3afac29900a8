"""Which weeks of a run were worst for exports: when most waited, and when waiting began longest.

Weeks are counted from the start of the run.  Those before the warm-up are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.series import Weekly, periods
from sim.results.text import holding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results

LEAST, ARRIVED = 0.2, 0.95
"""A week is asked that has a fifth of a mean week's containers, nearly all of them arrived: the few
of a quiet week, and those that came quickest of a late one, say little of it."""


@dataclass(frozen=True)
class SlowWeek:
    """The week whose exports took longest, by when they became ready; times in hours."""

    begin_h: float
    lead_h: float
    containers: int
    whole_h: float
    """Mean lead time of all weeks."""


def left_over(weeks: Weekly) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Begins of weeks (h), and tonnes ready and not delivered at the end of each."""
    frame = weeks.frame
    gone = frame["delivered_t"] + frame["refused_t"] + frame["rejected_t"]
    left = (frame["offered_t"] - gone).cum_sum().to_numpy()
    begins = frame["begin_h"].to_numpy()
    counted = begins >= weeks.warmup_h
    return begins[counted], left[counted]


def slowest_week(results: Results) -> SlowWeek | None:
    """The week in which those exports became ready that took longest in the mean; None of none."""
    edges = np.asarray(periods(results, "week"))
    edges = edges[edges >= results.warmup_h]
    count = len(edges) - 1
    if count < 1:
        return None
    taken, arrived, hours = (np.zeros(count) for _ in range(3))
    for part in results.parts("containers", ["flow", "refused", "ready_h", "delivered_h"]):
        mine = part.filter(pl.Series(holding(part["flow"], "exports")) & ~part["refused"])
        mine = mine.filter(pl.col("ready_h").is_between(edges[0], edges[-1], closed="left"))
        there = mine.filter(pl.col("delivered_h").is_not_null())
        taken += _per_week(edges, mine["ready_h"])
        arrived += _per_week(edges, there["ready_h"])
        hours += _per_week(edges, there["ready_h"], there["delivered_h"] - there["ready_h"])
    asked = (taken >= max(LEAST * taken.mean(), 1.0)) & (arrived >= ARRIVED * taken)
    if not asked.any():
        return None
    means = np.where(asked, hours / np.maximum(arrived, 1.0), -np.inf)
    worst = int(means.argmax())
    whole = float(hours.sum() / arrived.sum())
    return SlowWeek(float(edges[worst]), float(means[worst]), int(taken[worst]), whole)


def _per_week(
    edges: NDArray[np.float64], moments: pl.Series, weights: pl.Series | None = None
) -> NDArray[np.float64]:
    weigh = None if weights is None else weights.to_numpy()
    return np.histogram(moments.to_numpy(), edges, weights=weigh)[0].astype(float)
