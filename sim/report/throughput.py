"""What is delivered each week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.report.hues import Hues
from sim.results.run import Results
from sim.results.series import By, Every, Weekly
from sim.results.series import throughput as per_period

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def throughput(
    results: Results | Sequence[Results] | Sequence[Weekly],
    ax: Axes,
    *,
    by: By | None = "destination",
    every: Every = "week",
) -> Axes:
    """Tonnes of exports delivered in each period, stacked, with what was offered as a grey line.

    Of several replications the mean is drawn with its 95 % interval, not split.  A short last
    period is left out, as it would look like a fall.
    """
    runs = style.as_runs(results)
    first = runs[0]
    offered = [_tonnes(run, every, "ready_h") for run in runs]
    delivered = [_tonnes(run, every, "delivered_h") for run in runs]
    if not any(frame["tonnes"].sum() for frame in offered):
        return style.nothing(ax, "no exports became ready in this run.")
    hours = offered[0]["hours"].to_numpy()
    whole = len(hours) - 1 if len(hours) > 1 and hours[-1] < 0.99 * hours[-2] else len(hours)
    begin = offered[0]["begin_h"].to_numpy()[:whole]
    edges = style.days_of(first, np.append(begin, begin[-1] + hours[whole - 1]))

    style.warmup(ax, first)
    mean_offered = np.mean([f["tonnes"].to_numpy()[:whole] for f in offered], axis=0)
    top = mean_offered.max()
    if len(runs) > 1 or by is None:
        matrix = np.array([f["tonnes"].to_numpy()[:whole] for f in delivered])
        mean, half = style.band(matrix)
        ax.stairs(mean, edges, baseline=None, color=style.PALETTE[0], lw=2, label="delivered")
        if half is not None:
            low, high = (np.append(v, v[-1]) for v in (np.maximum(mean - half, 0), mean + half))
            ax.fill_between(
                edges,
                low,
                high,
                step="post",
                color=style.PALETTE[0],
                alpha=0.25,
                lw=0,
                label="95 % interval",
            )
            mean = mean + half
        top = max(top, mean.max())
    else:
        assert isinstance(first, Results)
        frame = per_period(first, every, by=by)
        base = np.zeros(whole)
        sizes = (
            frame.group_by(by)
            .agg(pl.col("tonnes").sum())
            .sort("tonnes", by, descending=[True, False])
        )
        colours = Hues(style.network_of(first)).of(sizes[by].to_list())
        for group in sizes[by].to_list():
            tonnes = frame.filter(pl.col(by) == group)["tonnes"].to_numpy()[:whole]
            ax.bar(
                edges[:-1],
                tonnes,
                np.diff(edges) * 0.9,
                base,
                align="edge",
                color=colours[group],
                label=group,
                lw=0,
            )
            base = base + tonnes
        top = max(top, base.max())
    ax.stairs(mean_offered, edges, baseline=None, color="white", lw=3, alpha=0.8)
    ax.stairs(mean_offered, edges, baseline=None, color=style.REFERENCE, lw=1.4, label="offered")
    style.date_axis(ax, first)
    ax.set_ylim(0, top * 1.08)
    mark(ax, runs)
    ax.set_ylabel(f"tonnes per {every}")
    style.thousands(ax.yaxis)
    handles, words = ax.get_legend_handles_labels()
    last = words.index("offered")
    order = [*(i for i in range(len(words)) if i != last), last]
    style.legend_above(ax, handles=[handles[i] for i in order], labels=[words[i] for i in order])
    return ax


def _tonnes(run: Results | Weekly, every: Every, moment: str) -> pl.DataFrame:
    """begin_h, hours and tonnes that reached the moment in each period."""
    if isinstance(run, Results):
        return per_period(run, every, moment=moment)
    if every != "week":
        raise ValueError("replications are kept by week; use every=week")
    column = "offered_t" if moment == "ready_h" else "delivered_t"
    return run.frame.select("begin_h", "hours", tonnes=column)
