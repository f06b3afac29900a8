"""What a sweep found: key figures over factors, and which factors matter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report import style
from sim.report.studies import legend, sheet
from sim.report.words import kpi_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = 8
"""Values of a second factor that are drawn as lines."""
BARS = ("mu_star", "S1", "ST")


def draw_response(
    means: pl.DataFrame,
    factors: Sequence[str],
    kpis: Sequence[tuple[str, str]],
    path: Path,
    subtitle: str,
    *,
    grid: bool,
) -> Path:
    """Each key figure over each factor, with 95 % intervals.

    With one factor, or two on a grid, lines with bands; else every point as a dot, a row of panels
    for each key figure.

    Args:
        means: of ``Sweep.means``.
        kpis: names and units.
        grid: whether the points are all combinations.
    """
    done = means.filter(pl.col("n") > 0)
    title = "How the figures respond"
    few = len(factors) == 1 or (len(factors) == 2 and done[factors[1]].n_unique() <= LINES)
    if few and (grid or len(factors) == 1):
        lines = [partial(_lines, done, factors, kpi) for kpi in kpis]
        return sheet(path, title, subtitle, lines, columns=min(3, len(kpis)), size=(4.8, 3.6))
    dots = [partial(_dots, done, factor, kpi) for kpi in kpis for factor in factors]
    return sheet(path, title, subtitle, dots, columns=len(factors), size=(3.3, 2.9))


def _lines(done: pl.DataFrame, factors: Sequence[str], kpi: tuple[str, str], ax: Axes) -> None:
    name, unit = kpi
    keys = ["variant"] if done["variant"].n_unique() > 1 else []
    keys += list(factors[1:])
    groups = done.group_by(keys, maintain_order=True) if keys else [((), done)]
    for number, (key, rows) in enumerate(groups):
        mine = rows.sort(factors[0]).filter(pl.col(name).is_not_null())
        label = ", ".join(_named(k, v) for k, v in zip(keys, key, strict=True)) or None
        x, y = mine[factors[0]].to_list(), mine[name].to_list()
        colour = style.colour(number)
        ax.plot(x, y, color=colour, lw=1.8, marker="o", ms=4, label=label)
        sure = mine.filter(pl.col(f"{name}_half").is_not_null())
        low = (sure[name] - sure[f"{name}_half"]).to_list()
        high = (sure[name] + sure[f"{name}_half"]).to_list()
        ax.fill_between(sure[factors[0]].to_list(), low, high, color=colour, alpha=0.2, lw=0)
    _frame(ax, factors[0], name, unit)
    if keys:
        legend(ax, 2, 7.5)


def _named(key: str, value: Any) -> str:
    if key == "variant":
        return str(value)
    return f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"


def _dots(done: pl.DataFrame, factor: str, kpi: tuple[str, str], ax: Axes) -> None:
    name, unit = kpi
    variants = done["variant"].unique(maintain_order=True).to_list()
    for number, variant in enumerate(variants):
        rows = done.filter(pl.col("variant") == variant, pl.col(name).is_not_null())
        label = variant if len(variants) > 1 else None
        x, y = rows[factor].to_list(), rows[name].to_list()
        half = rows[f"{name}_half"].fill_null(0.0).to_list()
        colour = style.colour(number)
        ax.vlines(
            x,
            [a - b for a, b in zip(y, half, strict=True)],
            [a + b for a, b in zip(y, half, strict=True)],
            color=colour,
            lw=1.2,
            alpha=0.5,
        )
        ax.plot(x, y, color=colour, marker="o", ms=4, lw=0, alpha=0.7, label=label)
    _frame(ax, factor, name, unit)
    if len(variants) > 1:
        legend(ax, 2, 7.5)


def _frame(ax: Axes, factor: str, kpi: str, unit: str) -> None:
    ax.set_xlabel(factor)
    ax.set_ylabel(f"{kpi_words(kpi)}, {unit}" if unit not in ("", "1") else kpi_words(kpi))
    style.thousands(ax.yaxis)


def draw_sensitivity(indices: pl.DataFrame, path: Path, subtitle: str) -> Path:
    """Indices by factor with their 95 % intervals, one panel a key figure and variant.

    Args:
        indices: of ``sensitivity``.
    """
    shown = indices.filter(pl.col("index").is_in(list(BARS)))
    panels = []
    for (variant, kpi), rows in shown.group_by(["variant", "kpi"], maintain_order=True):
        several = shown["variant"].n_unique() > 1
        title = f"{kpi_words(str(kpi))}{f' ({variant})' if several else ''}"
        panels.append(partial(_bars, rows, title))
    count = shown["factor"].n_unique()
    size = (5.6, 1.5 + 0.55 * max(count, 2))
    return sheet(path, "Which factors matter", subtitle, panels, columns=2, size=size)


def _bars(rows: pl.DataFrame, title: str, ax: Axes) -> None:
    indices = rows["index"].unique(maintain_order=True).to_list()
    factors = rows["factor"].unique(maintain_order=True).to_list()
    height = 0.7 / len(indices)
    for number, index in enumerate(indices):
        colour = style.colour(number)
        for y, factor in enumerate(factors):
            (row,) = rows.filter(pl.col("index") == index, pl.col("factor") == factor).iter_rows(
                named=True
            )
            if row["value"] is None:
                continue
            at = y + (number - (len(indices) - 1) / 2) * height
            label = index if y == 0 else None
            ax.barh([at], [row["value"]], height * 0.85, color=colour, label=label)
            if row["low"] is not None:
                ax.plot([row["low"], row["high"]], [at, at], color=style.TEXT, lw=1.4)
    ax.set_yticks(range(len(factors)), factors)
    ax.set_ylim(len(factors) - 0.4, -0.6)
    ax.axvline(0, color=style.REFERENCE, lw=1.0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_title(title)
    style.thousands(ax.xaxis)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower right", fontsize=8)
    else:
        style.nothing(ax, "nothing varies, or runs are missing.")
