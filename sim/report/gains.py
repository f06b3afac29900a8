"""What a little more of each resource delivers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report import style
from sim.report.studies import sheet

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

LOOK = {"gains": (style.BETTER, True), "loses": (style.WORSE, True)}


def draw_gains(table: pl.DataFrame, path: Path, subtitle: str) -> Path:
    """Gains of the refined steps, t a year, with the intervals that hold together.

    Args:
        table: of ``Bottleneck.table``.
    """
    rows = table.filter(table["stage"] == "refined")
    height = max(2.4, 1.3 + 0.38 * rows.height)
    panels = [partial(_gains, rows)]
    title = "What a little more of each resource would deliver"
    return sheet(path, title, subtitle, panels, size=(11.0, height))


def _gains(rows: pl.DataFrame, ax: Axes) -> None:
    if rows.is_empty():
        style.nothing(ax, "no resource of this scenario has a limit.")
        return
    for y, row in enumerate(rows.iter_rows(named=True)):
        colour, full = LOOK.get(row["verdict"], (style.UNCLEAR, False))
        if row["gain"] is None:
            continue
        if row["gain_low"] is not None:
            ax.plot([row["gain_low"], row["gain_high"]], [y, y], color=colour, lw=2)
        face = colour if full else "white"
        ax.plot([row["gain"]], [y], color=colour, marker="o", lw=0, mfc=face, ms=7)
    labels = [f"{r['resource']}  ({r['step']})" for r in rows.iter_rows(named=True)]
    ax.set_yticks(range(rows.height), labels)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.set_ylim(rows.height - 0.4, -0.6)
    ax.axvline(0, color=style.REFERENCE, lw=1.2, zorder=1)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    style.thousands(ax.xaxis)
    ax.set_xlabel(
        "tonnes a year more, with 95 % interval (all together); filled: told apart from 0"
    )
