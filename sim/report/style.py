"""What all pictures share: colours, dates, labels, bands, and a word where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colors, dates, ticker

from sim.results.run import Results
from sim.results.series import start_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C3C", "#555555")
"""Okabe and Ito's colours that the colour-blind tell apart, strongest first."""
REFERENCE = "#8A8A8A"
TEXT = "#222222"
FAINT = "#666666"
BETTER, WORSE, UNCLEAR = "#0072B2", "#D55E00", REFERENCE

RC: Any = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.color": TEXT,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": "#BBBBBB",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "steppe",
    "path.simplify": True,
}


def colour(number: int) -> str:
    """The n-th colour, again from the first when they run out."""
    return PALETTE[number % len(PALETTE)]


def dark(name: str) -> tuple[float, float, float]:
    """The colour, dark enough for text."""
    red, green, blue = colors.to_rgb(name)
    return red * 0.75, green * 0.75, blue * 0.75


def as_runs(results: Any) -> list[Any]:
    """One run or several replications of it, as a list."""
    return [results] if isinstance(results, Results) else list(results)


def network_of(run: Any) -> Mapping[str, Any] | None:
    """The corridor that a run, or the weeks of one, went through; None where that is not known."""
    return run.meta.get("network") if isinstance(run, Results) else run.network


def days_of(results: Results, hours: Any) -> NDArray[np.float64]:
    """Hours since the start as matplotlib's days, for an axis of dates."""
    begin = float(dates.date2num(start_of(results)))  # type: ignore[no-untyped-call]
    return begin + np.asarray(hours, dtype=np.float64) / 24.0


def date_axis(ax: Axes, results: Results, begin: float = 0.0, end: float | None = None) -> None:
    """Dates below, from one hour of the run to another; over the whole run if not given."""
    day_axis(ax, *days_of(results, [begin, results.horizon_h if end is None else end]))


def day_axis(ax: Axes, begin: float, end: float) -> None:
    """Dates below, between two of matplotlib's days."""
    spec = ax.get_subplotspec()
    beside = 1 if spec is None else spec.get_gridspec().ncols
    locator = dates.AutoDateLocator(minticks=3, maxticks=14 // beside, interval_multiples=False)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(_Dates())
    ax.set_xlim(begin, end)
    ax.grid(visible=False, axis="x")


class _Dates(ticker.Formatter):
    """Hours, days or months as the ticks are apart, with what changes seldom on a second line."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """One date in full."""
        return f"{dates.num2date(x):%-d %b %Y}"  # type: ignore[no-untyped-call]

    def format_ticks(self, values: Any) -> list[str]:
        """All ticks; the first and those with a new year (or day) say it."""
        moments = [dates.num2date(v) for v in values]  # type: ignore[no-untyped-call]
        step = float(np.diff(values).min()) if len(values) > 1 else 1.0
        if step >= 364:
            return [f"{m:%Y}" for m in moments]
        short, long = ("%H:%M", "%-d %b %Y") if step < 1 else ("%-d %b", "%Y")
        short = "%b" if step >= 27 else short
        labels, before = [], ""
        for moment in moments:
            seldom = f"{moment:{long}}"
            labels.append(f"{moment:{short}}\n" + (seldom if seldom != before else " "))
            before = seldom
        return labels


def day_edges(end: float) -> NDArray[np.float64]:
    """Edges of the days up to an hour, the last day cut there; one day at least."""
    edges = np.minimum(np.arange(max(1, int(np.ceil(end / 24))) + 1) * 24.0, end)
    return np.asarray(edges[:-1] if len(edges) > 2 and edges[-1] <= edges[-2] else edges)


def legend_above(ax: Axes, **options: Any) -> None:
    """A legend in rows between title and axes, so that it hides no line."""
    usual: dict[str, Any] = {"ncols": 6, "handlelength": 1.2, "columnspacing": 1.4, "fontsize": 9}
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.2,
        handletextpad=0.5,
        **{**usual, **options},
    )


def warmup(ax: Axes, results: Results) -> None:
    """Shade the time that no key figure counts."""
    if not 0 < results.warmup_h < results.horizon_h:
        return
    begin, end = days_of(results, [0.0, results.warmup_h])
    ax.axvspan(begin, end, color="#F2F2F2", zorder=0, lw=0)
    ax.annotate(
        "warm-up",
        (begin, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(4, -4),
        textcoords="offset points",
        color=FAINT,
        size=8,
        va="top",
    )


def thousands(axis: Any) -> None:
    """Numbers with separators, from zero up to whole steps."""
    axis.set_major_formatter(ticker.FuncFormatter(lambda x, _: f"{x:,.10g}"))


def nothing(ax: Axes, why: str) -> Axes:
    """Say that there is nothing to show, and why."""
    ax.set_axis_off()
    ax.text(
        0.5,
        0.5,
        f"Nothing to show:\n{why}",
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=FAINT,
        size=12,
    )
    return ax


def band(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Mean over replications (rows) and half width of its 95 % interval, None for one row.

    The interval is Student's, point by point.
    """
    mean = values.mean(axis=0)
    count = len(values)
    if count < 2:
        return mean, None
    from scipy import stats

    quantile = float(stats.t.ppf(0.975, count - 1))
    return mean, quantile * values.std(axis=0, ddof=1) / np.sqrt(count)


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]], gap: float = 0.06) -> None:
    """Name lines at the right end: (height in data, text, colour), moved apart where they meet.

    ``gap`` is the least distance as a share of the axis.  Call it when the limits are set.
    """
    low, high = ax.get_ylim()
    order = sorted(labels, key=lambda label: label[0])
    wanted = np.array([(y - low) / (high - low) for y, _, _ in order])
    placed = spread(np.maximum(wanted, gap / 3), gap)
    for at, (_, text, name) in zip(placed, order, strict=True):
        ax.annotate(
            text,
            (1.0, at),
            xycoords="axes fraction",
            xytext=(6, 0),
            textcoords="offset points",
            color=dark(name),
            va="center",
            size=9,
            annotation_clip=False,
        )


def beside(ax: Axes, y: float, text: str, colour: Any) -> None:
    """Words at the right of the axes, at a height in data."""
    ax.annotate(
        text,
        (1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(10, 0),
        textcoords="offset points",
        va="center",
        size=8.5,
        annotation_clip=False,
        color=colour,
    )


def spread(wanted: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Heights in [0, 1], in rising order, moved as little as need be to be ``gap`` apart."""
    if not len(wanted):
        return wanted
    steps = gap * np.arange(len(wanted))
    free = wanted - steps  # apart by the gap means rising in these
    blocks: list[list[float]] = []
    for value in free:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            before, count = blocks.pop()
            blocks.append([(before * count + mean * size) / (count + size), count + size])
    level = np.concatenate([np.full(int(size), mean) for mean, size in blocks])
    top = max(0.0, 1.0 - steps[-1])
    return np.asarray(np.clip(level, 0.0, top) + steps)


def period_words(results: Results) -> str:
    """First and last day of the run, for a subtitle."""
    begin = start_of(results)
    end = begin + timedelta(hours=results.horizon_h)
    return f"{begin:%-d %b %Y} to {end:%-d %b %Y}"
