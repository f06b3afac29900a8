"""How long exports take, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.results.run import Results
from sim.results.waited import lead_time_by_stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MOST = 14
WHY_EMPTY = "no exports became ready after\nthe warm-up and were delivered."


def lead_times(results: Results) -> NDArray[np.float64]:
    """Days from ready to delivered of exports ready after the warm-up, as the KPIs count them."""
    which = (
        (pl.col("flow") == "exports")
        & pl.col("ready_h").is_between(results.warmup_h, results.horizon_h)
        & (pl.col("delivered_h") <= results.horizon_h)
    )
    hours = results.each(
        "containers",
        ["flow", "ready_h", "delivered_h"],
        lambda part: part.filter(which).select(pl.col("delivered_h") - pl.col("ready_h")),
    )
    return hours.to_series().to_numpy() / 24.0


def lead_time(results: Results | Sequence[Results], ax: Axes) -> Axes:
    """Distribution of the lead time with the 50th and 95th percentile marked.

    Of several replications the containers are drawn together; the percentiles are means over the
    replications with the half width of their 95 % interval.
    """
    runs = style.as_runs(results)
    samples = [s for s in map(lead_times, runs) if len(s)]
    if not samples:
        return style.nothing(ax, WHY_EMPTY)
    pooled = np.concatenate(samples)
    longest = max(float(np.quantile(pooled, 0.995)), 1e-6)
    width = next((w for w in (0.25, 0.5, 1, 2, 5, 10, 20) if longest / w <= 50), longest / 50)
    edges = np.arange(0.0, longest + 2 * width, width)
    counts, _ = np.histogram(np.minimum(pooled, edges[-1]), edges)
    share = 100 * counts / len(pooled)
    ax.bar(edges[:-1], share, width * 0.92, align="edge", color=style.PALETTE[0], alpha=0.75, lw=0)
    ax.set_ylim(0, max(share.max(), 1e-9) * 1.25)
    for quantile, height in ((0.50, 0.96), (0.95, 0.86)):
        mean, half = style.band(np.array([[np.quantile(s, quantile)] for s in samples]))
        at = float(mean[0])
        error = "" if half is None else _error(half[0])
        ax.axvline(at, color=style.TEXT, lw=1.1, ls="-" if quantile == 0.5 else "--")
        right = at < 0.62 * edges[-1]
        ax.annotate(
            f"P{quantile * 100:.0f} {at:,.1f}{error} d",
            (at, height),
            xycoords=("data", "axes fraction"),
            xytext=(4 if right else -4, 0),
            textcoords="offset points",
            size=9,
            va="center",
            ha="left" if right else "right",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    ax.set_xlim(0, edges[-1])
    ax.set_xlabel(
        "days from ready to delivered"
        + (
            f"; the last bar holds all longer than {edges[-2]:,.4g} d"
            if pooled.max() > edges[-1]
            else ""
        )
    )
    ax.set_ylabel(f"% of containers, {width:g}-day bars")
    ax.set_title(f"{len(pooled):,} containers delivered")
    return ax


def lead_time_stages(results: Results | Sequence[Results], ax: Axes) -> Axes:
    """Mean days that these containers worked and waited in each part of the chain.

    The parts that take longest are drawn, longest first, and the rest as one.
    """
    runs = style.as_runs(results)
    frames = [f for f in map(lead_time_by_stage, runs) if not f.is_empty()]
    if not frames:
        return style.nothing(ax, WHY_EMPTY)
    names = list(dict.fromkeys(stage for f in frames for stage in f["stage"].to_list()))

    def days(frame: pl.DataFrame, column: str) -> list[float]:
        found = dict(zip(frame["stage"], frame[column] / 24.0, strict=True))
        return [found.get(name, 0.0) for name in names]

    working = np.mean([days(f, "working_h") for f in frames], axis=0)
    waits = np.array([days(f, "waiting_h") for f in frames])
    waiting, _ = style.band(waits)
    total = working + waiting
    order = np.argsort(-total, kind="stable")
    if len(order) > MOST:
        rest = order[MOST - 1 :]
        names = [*(names[i] for i in order[: MOST - 1]), f"{len(rest)} others"]
        groups = [*([i] for i in order[: MOST - 1]), list(rest)]
    else:
        names, groups = [names[i] for i in order], [[i] for i in order]
    working = np.array([working[g].sum() for g in groups])
    waiting, half = style.band(np.stack([waits[:, g].sum(axis=1) for g in groups], axis=1))
    at = np.arange(len(names))
    ax.barh(at, working, 0.66, color="#BDBDBD", label="working", lw=0)
    ax.barh(at, waiting, 0.66, left=working, color=style.PALETTE[5], label="waiting", lw=0)
    longest = float((working + waiting).max()) or 1.0
    for y, (w, h) in enumerate(zip(working, waiting, strict=True)):
        error = "" if half is None else _error(half[y])
        text = f"{w + h:,.1f}" + (f", waiting {h:,.1f}{error}" if h >= 0.05 else "")
        ax.annotate(
            text,
            (w + h, y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=8,
            color=style.FAINT,
        )
    ax.set_yticks(at, names)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.set_xlim(0, longest * 1.45)
    ax.set_xlabel("mean days per container")
    style.legend_above(ax, ncols=2, handlelength=1.0)
    return ax


def _error(half: float) -> str:
    return f" ± {half:,.1f}" if half >= 0.1 else f" ± {half:,.2f}"
