"""What measures bring for what they cost."""

from __future__ import annotations

import textwrap
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report import style
from sim.report.studies import sheet
from sim.report.words import kpi_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 76
"""Letters on a line under a panel."""
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
    panels = [partial(cost, tried, confirmed, name, unit) for name, unit in kpis]
    columns = 1 if len(panels) == 1 else 2
    size = (9.5, 4.8) if columns == 1 else (6.2, 4.4)
    return sheet(
        path, "What measures bring for their cost", subtitle, panels, columns=columns, size=size
    )


def cost(tried: pl.DataFrame, confirmed: pl.DataFrame, kpi: str, unit: str, ax: Axes) -> None:
    """Cost against one key figure; what was run again has numbers, and names under the panel."""
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
        # names of what costs nearly the same would lie upon each other
        look: dict[str, Any] = {"size": 8.5, "weight": "bold", "color": style.dark(colour)}
        ax.annotate(str(number + 1), (x, y), (6, 3), textcoords="offset points", **look)
    ax.set_xlabel(f"cost, million USD a year{_numbered(confirmed['measures'].to_list())}")
    ax.set_ylabel(f"{kpi_words(kpi)}, {unit}" if unit not in ("", "1") else kpi_words(kpi))
    style.thousands(ax.yaxis)
    ax.margins(x=0.06)
    style.legend_above(ax, ncols=3, fontsize=8)


def _numbered(names: list[str]) -> str:
    """What was run again, by the numbers beside the dots, under the name of an axis."""
    said = [f"{n} {name}".replace(" ", "\u00a0") for n, name in enumerate(names, 1)]
    return "".join(f"\n{line}" for line in ["", *textwrap.wrap(" · ".join(said), WIDE)] if said)


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
