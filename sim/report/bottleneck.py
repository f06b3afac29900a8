"""Where the bottleneck is and how it shifts: over the year of a run, or as volumes rise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.report.hues import Hues
from sim.results.levels import step_series
from sim.results.run import Results
from sim.results.series import periods
from sim.results.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MOST = 7
OTHERS = "all other causes"
MIGRATION = ("x", "cause", "share")


def waiting_by_week(results: Results) -> dict[str, NDArray[np.float64]]:
    """Mean number of export containers that wait in each week, by cause.

    A stretch that two causes share counts for each with its part.
    """
    edges = np.asarray(periods(results, "week"))
    found: dict[str, NDArray[np.float64]] = {}
    told = ["container", "cause", "begin_h", "end_h", "hours"]
    for boxes, all_waits in results.together(containers=["container", "flow"], waits=told):
        exports = plain(boxes).filter(pl.col("flow") == "exports").select("container")
        waits = all_waits.filter(
            pl.col("cause").is_not_null(),
            pl.col("begin_h").is_not_null(),
            pl.col("end_h") > pl.col("begin_h"),
        ).join(exports, on="container", how="semi")
        share = (waits["hours"] / (waits["end_h"] - waits["begin_h"])).alias("share")
        for (cause,), rows in waits.with_columns(share).group_by("cause", maintain_order=True):
            weights = (rows["share"].to_numpy(), rows["share"].to_numpy())
            level = step_series(rows["begin_h"], rows["end_h"], weights=weights).means(edges)
            # means of those of each part add up to that of all
            found[str(cause)] = found.get(str(cause), 0.0) + level
    return dict(sorted(found.items()))


def shifting(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Export containers waiting, by cause, weekly means, stacked; the largest causes by name.

    What they wait for most is the bottleneck of that week.  Of several replications the mean is
    drawn.
    """
    runs = style.as_runs(results)
    first = runs[0]
    if first.horizon_h <= 0.0:
        return style.nothing(ax, "the run has no length.")
    several = [waiting_by_week(run) for run in runs]
    causes = dict.fromkeys(c for one in several for c in one)
    edges = np.asarray(periods(first, "week"))
    zero = np.zeros(len(edges) - 1)
    levels = {c: np.mean([one.get(c, zero) for one in several], axis=0) for c in causes}
    if not levels:
        return style.nothing(ax, "no export container waited for anything.")
    order = sorted(levels, key=lambda c: (-float(levels[c].max()), c))
    alone = sorted(order[:most], key=lambda c: (-float(levels[c].mean()), c))
    colours = Hues(style.network_of(first)).of_causes(alone)
    parts = [(c, levels[c], colours[c]) for c in alone]
    if order[most:]:
        rest = np.sum([levels[c] for c in order[most:]], axis=0)
        parts.append((OTHERS, rest, "#BBBBBB"))
    style.warmup(ax, first)
    days = style.days_of(first, edges)
    base = zero
    for name, level, colour in parts:
        ax.stairs(base + level, days, baseline=base, fill=True, color=colour, label=name, lw=0)
        base = base + level
    ax.set_ylim(0, float(base.max()) * 1.05)
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("export containers waiting, weekly mean")
    style.legend_above(ax, ncols=2, fontsize=8.5)
    return ax


def migration(frame: pl.DataFrame, ax: Axes, *, xlabel: str = "volume") -> Axes:
    """Share of all hours waited by cause at each x, stacked; the largest causes by name.

    Args:
        frame: columns ``MIGRATION``; shares of one x add up to 1 at most.

    Raises:
        ValueError: a column is missing.
    """
    missing = [c for c in MIGRATION if c not in frame.columns]
    if missing:
        raise ValueError(f"the migration lacks {', '.join(missing)}")
    if frame.is_empty():
        return style.nothing(ax, "nothing waited for anything.")
    xs = frame["x"].unique().sort().to_numpy()
    peaks = (
        frame.group_by("cause")
        .agg(pl.col("share").max())
        .sort(["share", "cause"], descending=[True, False])
    )
    alone = peaks["cause"].to_list()[:MOST]

    def shares(rows: pl.DataFrame) -> NDArray[np.float64]:
        known = dict(rows.group_by("x").agg(pl.col("share").sum()).iter_rows())
        return np.array([known.get(x, 0.0) for x in xs])

    parts = [(c, shares(frame.filter(pl.col("cause") == c))) for c in alone]
    rest = shares(frame.filter(~pl.col("cause").is_in(alone)))
    base = np.zeros(len(xs))
    places = np.arange(len(xs))
    for number, (name, share) in enumerate([*parts, (OTHERS, rest)]):
        if not share.any():
            continue
        colour = style.PALETTE[number % 7] if name != OTHERS else "#BBBBBB"
        ax.bar(places, 100 * share, 0.8, 100 * base, color=colour, label=name, lw=0)
        base = base + share
    ax.set_xticks(places, [f"{x:,.4g}" for x in xs])
    ax.set_ylim(0, 100)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("% of all hours waited")
    style.legend_above(ax, ncols=2, fontsize=8.5)
    return ax
