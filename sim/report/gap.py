"""What was offered and not delivered, as the gap between two cumulative curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.results.levels import reached_by
from sim.results.series import Weekly
from sim.results.tables import Results
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
    what is on the way, waits or was refused, their distance sideways how long goods take (Newell's
    cumulative curves).  Of several replications the means are drawn, delivered with its 95 %
    interval.
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
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("tonnes of exports since the start")
    refused = _refused(runs)
    missing = float(offered[-1] - delivered[-1])
    sure = "" if half is None else f" ± {half[-1]:,.0f}"
    words = f"not delivered\n{missing:,.0f} t ({missing / offered[-1]:.0%})"
    if refused:
        words += f"\nof which refused\n{refused:,.0f} t"
    style.end_labels(
        ax,
        [
            (float(offered[-1]), f"offered\n{offered[-1]:,.0f} t", style.REFERENCE),
            (float((offered[-1] + delivered[-1]) / 2), words, style.PALETTE[1]),
            (float(delivered[-1]), f"delivered\n{delivered[-1]:,.0f}{sure} t", blue),
        ],
        gap=0.16 if refused else 0.13,
    )
    return ax


def _refused(runs: Sequence[Results | Weekly]) -> float:
    """Mean tonnes never taken, where the runs have their tables."""
    known = [r for r in runs if isinstance(r, Results)]
    if len(known) < len(runs):
        return 0.0
    lost = pl.col("refused") & (pl.col("flow") == "exports")
    tonnes = [
        run.each(
            "containers",
            ["flow", "refused", "tonnes"],
            lambda part: part.filter(lost).select("tonnes"),
        )
        for run in known
    ]
    return float(np.mean([frame["tonnes"].sum() for frame in tonnes]))
