"""What is ready and not delivered, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.results.levels import backlog as backlog_series
from sim.results.levels import reached_by
from sim.results.run import Results
from sim.results.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PLACES = (
    ("ready_h", "before stuffing"),
    ("stuffed_h", "waiting for a train"),
    ("departed_h", "on the way to the border"),
    ("border_in_h", "at the border"),
    ("border_out_h", "on the way from the border"),
    ("arrived_h", "at the destination"),
    ("delivered_h", ""),
)
"""Moments of a container, and where it is from each of them on."""


def backlog_split(results: Results, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tonnes of exports in each of ``PLACES`` but the last (rows) at each time (columns).

    A moment that a container skips (a corridor without a border) counts as the one after it.
    What a laboratory turns back is no backlog from then on.
    """
    reached = np.zeros((len(PLACES), len(hours)))
    moments = [moment for moment, _ in PLACES]
    for part in results.parts("containers", ["flow", "refused", "tonnes", "rejected_h", *moments]):
        rows = plain(part).filter(pl.col("flow") == "exports", ~pl.col("refused"))
        after = rows["rejected_h"].fill_null(float("inf")).to_numpy()
        for place in reversed(range(len(PLACES))):
            times = rows[moments[place]].fill_null(float("inf")).to_numpy()
            after = np.minimum(times, after)
            reached[place] += reached_by(hours, after, rows["tonnes"].to_numpy())
    return np.maximum(-np.diff(reached, axis=0), 0.0)


def _exports(results: Results) -> bool:
    """Whether any became ready."""
    return any("exports" in part["flow"] for part in results.parts("containers", ["flow"]))


def backlog(results: Results | Sequence[Results], ax: Axes) -> Axes:
    """Tonnes of exports ready and not delivered over time, split by where they are.

    Of several replications the mean is drawn with its 95 % interval, not split.
    """
    runs = style.as_runs(results)
    first = runs[0]
    hours = np.linspace(0.0, first.horizon_h, 1201)  # fine enough to look like steps
    days = style.days_of(first, hours)
    if not any(_exports(run) for run in runs):
        return style.nothing(ax, "no exports became ready in this run.")
    style.warmup(ax, first)
    if len(runs) > 1:
        mean, half = style.band(np.array([backlog_series(run).at(hours) for run in runs]))
        ax.plot(days, mean, color=style.PALETTE[0], lw=2, label="ready and not delivered")
        if half is not None:
            ax.fill_between(
                days,
                np.maximum(mean - half, 0),
                mean + half,
                lw=0,
                alpha=0.25,
                color=style.PALETTE[0],
                label="95 % interval",
            )
    else:
        parts = backlog_split(first, hours)
        labels, shown = [words for _, words in PLACES[:-1]], list(range(len(PLACES) - 1))
        if not first.meta.get("crossings"):
            # without a border all that is under way is in the part before it
            labels[2], shown = "on the way", [0, 1, 2, 5]
        parts = parts[shown]
        ax.stackplot(
            days,
            parts,
            labels=[labels[i] for i in shown],
            colors=[style.colour((1, 5, 4, 0, 2, 3)[i]) for i in shown],
            lw=0,
        )
    ax.set_ylim(bottom=0)
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("tonnes")
    style.legend_above(ax, handlelength=1.0, columnspacing=1.2)
    return ax
