"""What an event left behind it: extra trains that wait, until there are no more."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import dates

from sim.report import style
from sim.report.recovered import fewer_waited, no_queue, unrecovered
from sim.report.studies import sheet
from sim.results.spans import DAY

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

EVENT, BAND = style.WORSE, style.UNCLEAR


def draw_recovery(
    events: pl.DataFrame, curves: pl.DataFrame, start: date, path: Path, subtitle: str
) -> Path:
    """Extra trains over time, a panel a dated event: the mean, and what eight in ten runs had.

    Args:
        events, curves: of ``Recovery.table`` and ``Recovery.curves``.
        start: the scenario's first day.
    """
    zero = float(dates.date2num(start))  # type: ignore[no-untyped-call]
    shown = curves["event"].unique(maintain_order=True).to_list()
    rows = {row["event"]: row for row in events.iter_rows(named=True)}
    panels = [
        partial(_panel, rows[name], curves.filter(curves["event"] == name), zero) for name in shown
    ]
    title = "How long the corridor takes to recover"
    if not panels:
        return sheet(path, title, subtitle, [_nothing], columns=1, size=(10.5, 3.0))
    # above all panels: inside one it hides the line of an event that takes trains away
    return sheet(path, title, subtitle, panels, columns=1, size=(10.5, 3.0), named=True)


def _nothing(ax: Axes) -> None:
    style.nothing(ax, "no dated event has a pair of runs to show.")


def _panel(row: dict[str, Any], curve: pl.DataFrame, zero: float, ax: Axes) -> None:
    times = zero + curve["time_h"].to_numpy() / DAY
    low, mean, high = (curve[name].to_numpy() for name in ("low", "mean", "high"))
    begin, end = (zero + row[name] / DAY for name in ("begin_h", "end_h"))
    ax.axvspan(begin, end, color=EVENT, alpha=0.13, lw=0, label="the event")
    ax.fill_between(times, low, high, color=BAND, alpha=0.35, lw=0, label="eight in ten runs")
    ax.plot(times, mean, color=style.TEXT, lw=1.6, label="mean")
    ax.axhline(0.0, color=style.REFERENCE, lw=1.0)
    nothing = fewer_waited(row) is not None or no_queue(row)  # that had to recover
    middle = None if nothing else row["recovered_p50_h"]
    look: dict[str, Any] = {"marker": "o", "ms": 6, "lw": 0, "color": EVENT, "clip_on": False}
    at = [] if middle is None else [end + middle / DAY]
    (dot,) = ax.plot(at, [0.0] * len(at), zorder=4, label="half of the runs have recovered", **look)
    dot.set_in_layout(False)  # where there is none it would stand in the corner of the page
    ax.set_title(f"{row['title']}: {_said(row)}", loc="left", fontsize=10)
    ax.set_ylabel("extra trains")
    if not (low.any() or high.any()):
        ax.set_ylim(0.0, 1.0)  # of nothing but noughts the axis would have no length
    style.day_axis(ax, float(times[0]), float(times[-1]))


def _said(row: dict[str, Any]) -> str:
    middle, low, high = (row[f"recovered_{q}_h"] for q in ("p50", "p10", "p90"))
    fewer = fewer_waited(row)
    if fewer is not None:
        return f"fewer wait than without it, {fewer:.0f} train-days in all"
    if no_queue(row):
        return "no more wait at its end than without it"
    if not row["periods"]:
        return "had not ended by the horizon"
    if middle is None:
        return f"{unrecovered(row)} by the horizon"
    far = "beyond the horizon" if high is None else f"{high / DAY:.0f} days"
    between = f" ({low / DAY:.0f} … {far})" if row["periods"] > 1 else ""
    return f"recovered after {middle / DAY:.0f} days{between}"
