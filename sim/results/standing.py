"""How long trains take on a line or at a work, once they have what they waited for.

A line without paths, places or acceptance has no queue: trains come onto it while it is closed and
stand there until it opens, which is running time and no wait for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from sim.results.text import plain

if TYPE_CHECKING:
    from sim.results.run import Results


def under_way(results: Results, targets: Sequence[str]) -> float:
    """Train-hours spent on these lines and at these works by the horizon, without waiting.

    Args:
        targets: lines, stations (all works there) and station/work, as disruptions name them.
    """
    horizon = results.horizon_h
    columns = ["place", "activity", "start_h", "end_h"]
    total = 0.0
    for part in results.parts("stages", columns):
        rows = plain(part)
        mine = pl.lit(False)
        for target in targets:
            place, _, activity = target.partition("/")
            here = pl.col("place") == place
            mine |= here & (pl.col("activity") == activity) if activity else here
        ends = pl.min_horizontal(pl.col("end_h").fill_null(horizon), horizon)
        took = rows.filter(mine & pl.col("start_h").is_not_null()).select(ends - pl.col("start_h"))
        total += float(took.to_series().sum())
    return total
