"""What was offered and not delivered, as the gap between two cumulative curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.results.levels import reached_by
from sim.results.run import Results
from sim.results.series import Weekly, weekly
from sim.results.text import holding

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def cumulative(
    results: Results | Weekly, moment: str, hours: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tonnes of exports that had reached a moment (ready_h or delivered_h) by each hour."""
    if isinstance(results, Weekly):
        frame = results.frame
        column = "offered_t" if moment == "ready_h" else "delivered_t"
        ends = np.append(0.0, (frame["begin_h"] + frame["hours"]).to_numpy())
        return np.asarray(
            np.interp(hours, ends, np.append(0.0, frame[column].cum_sum().to_numpy()))
        )
    total = np.zeros(len(hours))
    for part in results.parts("containers", ["flow", "tonnes", moment]):
        rows = part.filter(pl.Series(holding(part["flow"], "exports")))
        moments = rows[moment].fill_null(float("inf"))
        total += reached_by(hours, moments.to_numpy(), rows["tonnes"].to_numpy())
    return total


def gap(results: Results | Sequence[Results] | Sequence[Weekly], ax: Axes) -> Axes:
    """Tonnes of exports offered and delivered since the start, the gap between them shaded.

    The upper curve is what became ready, the lower what was delivered; their distance upward is
    what is on the way, waits, was refused or turned back, their distance sideways how long goods
    take (Newell's cumulative curves).  Of several replications the means are drawn, delivered with
    its 95 % interval.
    """
    runs = style.as_runs(results)
    first = runs[0]
    hours = np.linspace(0.0, first.horizon_h, 733)
    days = style.days_of(first, hours)
    offered, _ = style.band(np.array([cumulative(r, "ready_h", hours) for r in runs]))
    delivered, half = style.band(np.array([cumulative(r, "delivered_h", hours) for r in runs]))
    if not offered[-1]:
        return style.nothing(ax, "no exports became ready in this run.")
    style.warmup(ax, first)
    blue = style.PALETTE[0]
    ax.fill_between(days, delivered, offered, color=style.PALETTE[1], alpha=0.28, lw=0)
    ax.plot(days, offered, color=style.REFERENCE, lw=2, label="offered")
    ax.plot(days, delivered, color=blue, lw=2, label="delivered")
    if half is not None:
        ax.fill_between(days, delivered - half, delivered + half, color=blue, alpha=0.25, lw=0)
    ax.set_ylim(0, 1.05 * float(max(offered[-1], delivered[-1])))
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("tonnes of exports since the start")
    lost = {
        words: tonnes
        for words, column in (("refused", "refused_t"), ("turned back", "rejected_t"))
        if (tonnes := _lost(runs, column))
    }
    missing = float(offered[-1] - delivered[-1])
    sure = "" if half is None else f" ± {half[-1]:,.0f}"
    words = f"not delivered\n{missing:,.0f} t ({missing / offered[-1]:.0%})"
    for what, tonnes in lost.items():
        words += f"\nof which {what}\n{tonnes:,.0f} t"
    style.end_labels(
        ax,
        [
            (float(offered[-1]), f"offered\n{offered[-1]:,.0f} t", style.REFERENCE),
            (float((offered[-1] + delivered[-1]) / 2), words, style.PALETTE[1]),
            (float(delivered[-1]), f"delivered\n{delivered[-1]:,.0f}{sure} t", blue),
        ],
        gap=0.13 + 0.03 * len(lost),
    )
    return ax


def _lost(runs: Sequence[Results | Weekly], column: str) -> float:
    """Mean tonnes never taken (refused_t), or turned back by a laboratory (rejected_t)."""
    weeks = [run if isinstance(run, Weekly) else weekly(run) for run in runs]
    return float(np.mean([run.frame[column].sum() for run in weeks]))
