"""Where the level of a corridor settles, and what is left out as warm-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report import style

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes


def level(frame: pl.DataFrame, ax: Axes) -> Axes:
    """Mean level of the pilot runs over time; what is left out is shaded.

    ``frame`` has the columns time_h, level, unit, warmup_h and statistic.
    """
    days = frame["time_h"] / 24.0
    unit = {"t": "tonnes ready and not delivered"}.get(frame["unit"][0], "trains in the corridor")
    ax.plot(days, frame["level"], color=style.PALETTE[0], lw=1.4)
    ax.set_xlim(left=0, right=float(frame["time_h"].max()) / 24.0)  # type: ignore[arg-type]
    _left_out(frame, ax)
    ax.set_ylim(bottom=0)
    style.thousands(ax.yaxis)
    ax.set_ylabel(f"{unit},\nmean of the pilot runs")
    return ax


def statistic(frame: pl.DataFrame, ax: Axes) -> Axes:
    """MSER-5 against the time left out: the warm-up ends where it is least."""
    known = frame.drop_nulls("statistic")
    ax.plot(known["time_h"] / 24.0, known["statistic"], color=style.PALETTE[1], lw=1.4)
    ax.set_xlim(left=0, right=float(frame["time_h"].max()) / 24.0)  # type: ignore[arg-type]
    _left_out(frame, ax)
    ax.set_ylim(bottom=0)
    style.thousands(ax.yaxis)
    ax.set_ylabel("MSER-5 of what is left")
    ax.set_xlabel("days since the start")
    return ax


def _left_out(frame: pl.DataFrame, ax: Axes) -> None:
    end = float(frame["warmup_h"][0]) / 24.0
    if end > 0.0:
        ax.axvspan(0, end, color=style.FAINT, alpha=0.15, lw=0)
    ax.axvline(end, color=style.REFERENCE, lw=1.2)
    ax.annotate(
        f"warm-up {end:,.1f} d",
        (end, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(4, -12),
        textcoords="offset points",
        size=9,
        color=style.TEXT,
    )
