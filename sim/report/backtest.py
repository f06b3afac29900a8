"""What was observed beside what was simulated, one row an observation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl
from matplotlib import ticker

from sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    "episode", "title", "unit", "observed_low", "observed_high", "mean", "low", "high",
    "predicted_low", "predicted_high", "within", "calibrated",
)  # fmt: skip
LIMIT = 8.0
"""Ratio beyond which the axis ends and an arrow says that it goes on."""
_WITHIN, _MISS = ("#0072B2", "o"), ("#D55E00", "s")
_UNKNOWN = (style.REFERENCE, "D")
_TICKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def lines(frame: pl.DataFrame) -> int:
    """Lines that the picture needs, a heading for each episode included."""
    return frame.height + frame["episode"].n_unique()


def backtest(frame: pl.DataFrame, ax: Axes) -> Axes:
    """Simulated over observed on a logarithmic axis, with both figures in words at the right.

    ``frame`` has the columns ``COLUMNS``.  Observed is the bar at 1 (a range is as long as it is);
    a thick line is the interval of the mean, a thin one that of one more run.  A circle lies
    within, a square misses; hollow marks were calibrated on.

    Raises:
        ValueError: a column is missing.
    """
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise ValueError(f"the backtest lacks {', '.join(missing)}")
    if frame.is_empty():
        return style.nothing(ax, "no episode has a row.")
    ax.set_xscale("log")
    y, headings = 0, set[int]()
    ticks: list[int] = []
    names: list[str] = []
    for (episode,), rows in frame.group_by("episode", maintain_order=True):
        headings.add(len(names))
        ticks.append(y)
        names.append(str(episode))
        y += 1
        for row in rows.iter_rows(named=True):
            _row(ax, row, y)
            ticks.append(y)
            names.append(_cut(row["title"]))
            y += 1
    ax.axvline(1.0, color=style.REFERENCE, lw=1.0, zorder=1)
    ax.set_xlim(1 / LIMIT / 1.08, LIMIT * 1.08)
    ax.set_ylim(y - 0.4, -0.7)
    ax.set_yticks(ticks, names)
    for i, label in enumerate(ax.get_yticklabels()):
        label.set_fontweight("bold" if i in headings else "normal")
        label.set_fontsize(9)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.xaxis.set_major_locator(ticker.FixedLocator(_TICKS))
    ax.xaxis.set_minor_locator(ticker.NullLocator())
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(lambda x, _: _times(x)))
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("simulated ÷ observed")
    _legend(ax, frame)
    return ax


def _row(ax: Axes, row: dict[str, Any], y: int) -> None:
    low, high = row["observed_low"], row["observed_high"]
    base = (low + high) / 2.0
    name, marker = {True: _WITHIN, False: _MISS, None: _UNKNOWN}[row["within"]]
    if base > 0.0:
        if low == high:
            ax.plot([1.0], [y], color="black", marker="|", ms=11, mew=2.4, lw=0, zorder=2)
        else:
            ends = [_inside(low / base), _inside(high / base)]
            ax.plot(ends, [y, y], color="black", lw=9, alpha=0.3, solid_capstyle="butt", zorder=2)
        for columns, width in ((("predicted_low", "predicted_high"), 1.3), (("low", "high"), 4.0)):
            begin, end = (row[c] for c in columns)
            if begin is not None and end is not None:
                span = [_inside(begin / base), _inside(end / base)]
                ax.plot(span, [y, y], color=name, lw=width, solid_capstyle="butt", zorder=3)
        if row["mean"] is not None:
            ratio = row["mean"] / base
            beyond = not 1 / LIMIT <= ratio <= LIMIT
            ax.plot(
                [_inside(ratio)],
                [y],
                color=name,
                marker=(">" if ratio > 1 else "<") if beyond else marker,
                ms=7,
                lw=0,
                mew=1.6,
                mfc="white" if row["calibrated"] else name,
                zorder=4,
                clip_on=False,
            )
    style.beside(ax, y, _words(row), style.dark(name))


def _inside(ratio: float) -> float:
    return min(max(ratio, 1 / LIMIT), LIMIT)


def _words(row: dict[str, Any]) -> str:
    """Observed, simulated with the interval for one more run, and the mark of calibration."""
    low, high = row["observed_low"], row["observed_high"]
    seen = _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"
    if row["mean"] is None:
        made = "nothing simulated"
    elif row["predicted_low"] is None:
        made = f"{_figure(row['mean'])}, no interval"
    else:
        between = f"{_figure(row['predicted_low'])} … {_figure(row['predicted_high'])}"
        made = f"{_figure(row['mean'])} [{between}]"
    mark = "  · calibrated" if row["calibrated"] else ""
    return f"{seen} observed, {made} {row['unit']}{mark}"


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2g}"


def _times(value: float) -> str:
    return f"×{value:g}" if value >= 1 else f"×1/{1 / value:g}"


def _cut(title: str, most: int = 56) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _legend(ax: Axes, frame: pl.DataFrame) -> None:
    ax.plot(
        [], [], color="black", marker="|", ms=11, mew=2.2, lw=0, label="observed (grey: a range)"
    )
    for within, (name, marker), label in (
        (True, _WITHIN, "within"),
        (False, _MISS, "misses"),
        (None, _UNKNOWN, "not told"),
    ):
        mine = frame.filter(pl.col("within").eq_missing(pl.lit(within)))
        for calibrated in (False, True):
            if mine.filter(pl.col("calibrated") == calibrated).height:
                ax.plot(
                    [],
                    [],
                    color=name,
                    marker=marker,
                    lw=1.8,
                    mew=1.6,
                    mfc="white" if calibrated else name,
                    label=f"{label}, calibrated on" if calibrated else label,
                )
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, borderaxespad=0.2, fontsize=9)
