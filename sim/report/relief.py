"""The course of a queue after an event, all scenarios in one frame."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import dates

from sim.report import style
from sim.report.labels import called
from sim.report.relieved import recovered_in
from sim.report.studies import sheet
from sim.results.spans import DAY

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes


def draw_relief(
    rows: pl.DataFrame, curves: pl.DataFrame, start: date, path: Path, subtitle: str
) -> Path:
    """Trains held over time: a line a scenario, the calm runs dashed, the event shaded.

    Args:
        rows, curves: of ``Relief.table`` and ``Relief.curves``.
        start: the first day of the scenarios.
    """
    drawn = partial(panel, rows.to_dicts(), curves, start)
    title = f"The queue after {rows['event'][0]}, and what would have helped"
    height = 4.6 + 0.22 * rows.height
    return sheet(path, title, subtitle, [drawn], columns=1, size=(10.5, height))


def panel(rows: list[dict[str, Any]], curves: pl.DataFrame, start: date, ax: Axes) -> None:
    """The lines in one frame, scenarios by their titles."""
    if curves.is_empty():
        style.nothing(ax, "no run reached the horizon.")
        return
    zero = float(dates.date2num(start))  # type: ignore[no-untyped-call]
    names = [row["variant"] for row in rows]
    titles = called({row["variant"]: row["title"] for row in rows}, names[0])
    begin, end = (zero + rows[0][name] / DAY for name in ("begin_h", "end_h"))
    ax.axvspan(begin, end, color=style.WORSE, alpha=0.13, lw=0, label=rows[0]["event"])
    for (variant,), curve in curves.group_by("variant", maintain_order=True):
        name = str(variant)
        days, held = zero + curve["time_h"].to_numpy() / DAY, curve["mean"].to_numpy()
        if name not in names:
            said = f"{titles[names[0]]}, {name} (mean of the runs)"
            ax.plot(days, held, color=style.TEXT, lw=1.1, ls=(0, (4, 3)), label=said, zorder=4)
            continue
        row, colour = rows[names.index(name)], style.colour(names.index(name))
        said = f"{titles[name]}: as without it {recovered_in(row)}"
        # the base broad and below, so that it is seen where a variant is no other
        wide, below = (3.4, 2) if name == names[0] else (1.5, 3)
        ax.plot(days, held, color=colour, lw=wide, label=said, zorder=below)
        if row["recovered_p50_h"] is not None:
            at = end + row["recovered_p50_h"] / DAY
            look: dict[str, Any] = {"marker": "o", "ms": 7, "mec": "white", "lw": 0, "zorder": 5}
            ax.plot([at], [np.interp(at, days, held)], color=colour, **look)
    dot: dict[str, Any] = {"marker": "o", "ms": 6, "lw": 0, "color": style.TEXT}
    ax.plot([], [], label="half of the runs have recovered", **dot)
    ax.set_ylabel("trains that wait there or before it")
    ax.set_ylim(bottom=0)
    shown = zero + curves["time_h"].to_numpy() / DAY
    style.day_axis(ax, float(shown.min()), float(shown.max()))
    style.legend_above(ax, ncols=1)
