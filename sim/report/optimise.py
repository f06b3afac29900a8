"""What measures bring for what they cost."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sim.report import style
from sim.report.studies import sheet
from sim.report.words import kpi_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOK = {
    "reaches": (style.PALETTE[2], "reaches the goal in the search"),
    "front": (style.PALETTE[2], "on the front in the search"),
}


def draw_optimum(
    tried: pl.DataFrame,
    confirmed: pl.DataFrame,
    kpis: list[tuple[str, str]],
    path: Path,
    subtitle: str,
) -> Path:
    """Cost against each key figure: all combinations, and those run again with fresh numbers.

    Args:
        tried, confirmed: of ``Optimum.table``.
        kpis: names and units.
    """
    panels = [partial(_cost, tried, confirmed, name, unit) for name, unit in kpis]
    columns = 1 if len(panels) == 1 else 2
    size = (9.5, 4.8) if columns == 1 else (6.2, 4.4)
    return sheet(
        path, "What measures bring for their cost", subtitle, panels, columns=columns, size=size
    )


def _cost(tried: pl.DataFrame, confirmed: pl.DataFrame, kpi: str, unit: str, ax: Axes) -> None:
    others = tried.filter(~pl.col("verdict").is_in(list(LOOK)))
    _dots(ax, others, kpi, style.REFERENCE, "other combinations")
    for verdict, (colour, label) in LOOK.items():
        _dots(ax, tried.filter(pl.col("verdict") == verdict), kpi, colour, label)
    for number, row in enumerate(confirmed.iter_rows(named=True)):
        if row[kpi] is None:
            continue
        sure = row["verdict"] in ("confirmed", "front")
        x, y, half = row["cost"] / 1e6, row[kpi], row[f"{kpi}_half"] or 0.0
        colour = style.BETTER if sure else style.WORSE
        ax.plot([x, x], [y - half, y + half], color=colour, lw=2)
        ax.plot(
            [x],
            [y],
            color=colour,
            marker="D",
            lw=0,
            ms=7,
            mfc=colour if sure else "white",
            label="run again, 95 %" if number == 0 else None,
        )
        if number < 6:
            # what costs more lies to the right at the same height: words go where there is room
            left = x > 0.5 * float(tried["cost"].max() or 0.0) / 1e6  # type: ignore[arg-type]
            ax.annotate(
                row["measures"],
                (x, y),
                xytext=(-8, -4) if left else (8, -4),
                textcoords="offset points",
                size=7.5,
                color=style.FAINT,
                ha="right" if left else "left",
                va="top",
            )
    ax.set_xlabel("cost, million USD a year")
    ax.set_ylabel(f"{kpi_words(kpi)}, {unit}" if unit not in ("", "1") else kpi_words(kpi))
    style.thousands(ax.yaxis)
    ax.margins(x=0.15)
    ax.legend(loc="best", fontsize=8)


def _dots(ax: Axes, rows: pl.DataFrame, kpi: str, colour: str, label: str) -> None:
    known = rows.filter(pl.col(kpi).is_not_null())
    if known.height:
        x = (known["cost"] / 1e6).to_list()
        half = known[f"{kpi}_half"].fill_null(0.0)
        low, high = (known[kpi] - half).to_list(), (known[kpi] + half).to_list()
        ax.vlines(x, low, high, color=colour, lw=1.2, alpha=0.6)
        ax.plot(
            x, known[kpi].to_list(), color=colour, marker="o", lw=0, ms=5, alpha=0.7, label=label
        )
