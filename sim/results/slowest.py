"""Who waits longest: what the slowest twentieth of the exports are made of."""

from __future__ import annotations

from calendar import month_name
from typing import TYPE_CHECKING

import polars as pl

from sim.results.series import start_of

if TYPE_CHECKING:
    from sim.results.run import Results

SHARE = 0.95
"""Share of the containers whose lead times are shorter."""
BY = ("commodity", "origin", "destination", "crossing")
MONTH = "ready in"
"""The group of a month, whatever the year."""
OWN = ("flow", "ready_h", "delivered_h", *BY)


def by_group(results: Results, *, flow: str = "exports") -> dict[str, tuple[float, float]]:
    """By group its mean lead time, h, and its share of the slowest twentieth.

    Groups are such as `origin burundai` or `ready in January`; of one way to divide them (what the
    name begins with) shares add up to 1.  Of the containers of a flow that the lead times of key
    figures count; none where nothing was delivered.
    """
    counted = (pl.col("flow") == flow) & (pl.col("ready_h") >= results.warmup_h)
    counted &= pl.col("delivered_h") <= results.horizon_h
    began = pl.lit(start_of(results)) + pl.duration(seconds=pl.col("ready_h") * 3600.0)
    taken = (
        *(pl.col(name).cast(pl.String) for name in BY),
        began.dt.month().alias(MONTH),
        (pl.col("delivered_h") - pl.col("ready_h")).alias("lead"),
    )
    parts = results.parts("containers", list(OWN))
    mine = pl.concat([part.filter(counted).select(taken) for part in parts])
    if mine.is_empty():
        return {}
    late = mine["lead"] >= mine["lead"].quantile(SHARE, "higher")
    mine = mine.with_columns(late.alias("late"))
    found: dict[str, tuple[float, float]] = {}
    for column in (*BY, MONTH):
        groups = mine.drop_nulls(column).group_by(column)
        rows = groups.agg(pl.col("lead").mean(), pl.col("late").sum() / late.sum()).sort(column)
        for name, hours, share in rows.iter_rows():
            called = month_name[name] if column == MONTH else name
            found[f"{column} {called}"] = hours, share
    return found
