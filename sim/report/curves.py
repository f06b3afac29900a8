"""Response and capacity curves: a figure against what was varied, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("x", "mean", "low", "high", "series")


def response(
    frame: pl.DataFrame,
    ax: Axes,
    *,
    xlabel: str = "",
    ylabel: str = "",
    reference: str | None = None,
    breaks: Mapping[str, float] | None = None,
) -> Axes:
    """One line a series with its interval as a band, named at its end; the reference in grey.

    Args:
        frame: columns ``COLUMNS``; low and high may be null; a column ``bound`` (the most that
            could be) is drawn as a dashed line.
        reference: the series the others are held against.
        breaks: where each series breaks, as x by series; marked by a line down.

    Raises:
        ValueError: a column is missing.
    """
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise ValueError(f"the curve lacks {', '.join(missing)}")
    known = frame.filter(pl.col("mean").is_not_null()).sort("x", maintain_order=True)
    if known.is_empty():
        return style.nothing(ax, "there is no figure to draw.")
    names = frame["series"].unique(maintain_order=True).to_list()
    others = [n for n in names if n != reference]
    labels, floor = [], 0.0
    for name in names:
        rows = known.filter(pl.col("series") == name)
        if rows.is_empty():
            continue
        colour = style.REFERENCE if name == reference else style.colour(others.index(name))
        x, mean = rows["x"].to_numpy(), rows["mean"].to_numpy()
        ax.plot(x, mean, color=colour, lw=2, marker="o", ms=4.5, zorder=3)
        low, high = (rows[c].cast(pl.Float64).to_numpy() for c in ("low", "high"))
        sure = ~np.isnan(low) & ~np.isnan(high)
        if sure.any():
            ax.fill_between(x[sure], low[sure], high[sure], color=colour, alpha=0.2, lw=0)
            floor = min(floor, float(low[sure].min()))
        if "bound" in rows.columns and rows["bound"].null_count() < rows.height:
            bound = rows["bound"].cast(pl.Float64).to_numpy()
            ax.plot(x, bound, color=colour, lw=1.2, ls="--", zorder=2)
        labels.append((float(mean[-1]), str(name), colour))
        at = (breaks or {}).get(str(name))
        if at is not None:
            ax.axvline(at, color=colour, lw=1, ls=":", zorder=1)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(floor, 0.0, float(known["mean"].min() or 0.0)), top + 0.02 * (top - bottom))  # type: ignore[arg-type]
    style.thousands(ax.yaxis)
    style.thousands(ax.xaxis)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if len(labels) > 1 or reference is not None:
        style.end_labels(ax, labels)
    notes = []
    if known["low"].null_count() < known.height:
        notes.append("bands: 95 % intervals")
    if "bound" in frame.columns and frame["bound"].null_count() < frame.height:
        notes.append("dashed: the most that could pass")
    if breaks:
        notes.append("dotted: breakpoint")
    ax.set_title(", ".join(notes), weight="normal", size=9, color=style.FAINT)
    return ax


def from_ramp(table: pl.DataFrame, kpi: str) -> pl.DataFrame:
    """The curve of one key figure from the table of a ramp (variant, volume, kpi, mean, …).

    Raises:
        ValueError: the table has no such figure.
    """
    rows = table.filter(pl.col("kpi") == kpi)
    if rows.is_empty():
        raise ValueError(
            f"{kpi!r} is not in the table; expected one of "
            f"{', '.join(table['kpi'].unique(maintain_order=True))}"
        )
    bound = [pl.col("bound_t").alias("bound")] if "bound_t" in table.columns else []
    return rows.select(
        pl.col("volume").alias("x"),
        "mean",
        "low",
        "high",
        pl.col("variant").alias("series"),
        *bound,
    )
