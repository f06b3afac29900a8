"""What stands at every place over the year, one row a place, all rows on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.report.hues import Hues
from sim.results.levels import StepSeries, at_laboratories, waiting_by_place
from sim.results.run import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 10
BOXES = {
    "goods waiting for empties": "goods waiting for empties",
    "boxes waiting for a train": "boxes waiting for a train",
}
EMPTY = StepSeries(np.empty(0), np.empty(0))


def trains_held(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Daily mean of the trains held at each place, for acceptance, a track or a path."""
    runs = style.as_runs(results)
    levels = [waiting_by_place(run.stages) for run in runs]
    ax.set_title("trains held, daily mean")
    return _rows(runs, levels, ax, most, "no train was held anywhere.")


def boxes_waiting(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Daily mean of the containers waiting at each place: for a box, a train or an answer."""
    runs = style.as_runs(results)
    levels = [stocks(run) for run in runs]
    ax.set_title("containers waiting, daily mean")
    return _rows(runs, levels, ax, most, "no container waited anywhere.")


def stocks(results: Results) -> dict[str, StepSeries]:
    """Containers that wait for an empty box, a train or a laboratory, by `place: what`."""
    boxes = pl.col("series").str.splitn(": ", 2).struct.field("field_1").is_in(list(BOXES))
    rows = results.each(
        "levels",
        ["series", "time_h", "level"],
        lambda part: part.filter(boxes),
    )
    found = {}
    for (name,), frame in rows.group_by("series", maintain_order=True):
        place, what = str(name).split(": ", 1)
        series = StepSeries(frame["time_h"].to_numpy(), frame["level"].to_numpy())
        found[f"{place}:\n{what}"] = series
    for name, sampled in at_laboratories(results).items():
        found[f"{name}:\nsampled, not released"] = sampled.there
    return found


def _rows(
    runs: Sequence[Results],
    levels: Sequence[Mapping[str, StepSeries]],
    ax: Axes,
    most: int,
    empty: str,
) -> Axes:
    first = runs[0]
    begin, end = first.warmup_h, first.horizon_h

    def size(place: str) -> float:
        return float(np.mean([s.get(place, EMPTY).time_mean(begin, end) for s in levels]))

    places = sorted({p for s in levels for p in s}, key=lambda p: (-size(p), p))
    places = [p for p in places if size(p) > 0.0]
    if not places or end <= 0.0:
        ax.set_title("")
        return style.nothing(ax, empty)
    left_out = len(places) - most
    places = places[:most]
    edges = style.day_edges(end)
    middle = style.days_of(first, (edges[1:] + edges[:-1]) / 2)
    bands = {
        p: style.band(np.array([s.get(p, EMPTY).means(edges) for s in levels])) for p in places
    }
    top = max(float(mean.max()) for mean, _ in bands.values())
    owners = {place: place.split(":\n")[0] for place in places}
    colours = Hues(style.network_of(first)).of(owners.values())
    for number, place in enumerate(places):
        name = colours[owners[place]]
        base = float(-number)
        mean, half = bands[place]
        height = base + 0.86 * mean / top
        ax.axhline(base, color="#DDDDDD", lw=0.8, zorder=1)
        ax.fill_between(middle, base, height, color=name, alpha=0.45, lw=0, zorder=2)
        ax.plot(middle, height, color=name, lw=1.1, zorder=3)
        if half is not None:
            low = base + 0.86 * np.maximum(mean - half, 0) / top
            high = base + 0.86 * np.minimum(mean + half, top) / top
            ax.fill_between(middle, low, high, color=name, alpha=0.3, lw=0, zorder=2)
        ax.annotate(
            f"most {mean.max():,.0f}\nmean {size(place):,.1f}",
            (1.0, base + 0.1),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            color=style.FAINT,
            size=8,
            va="bottom",
            annotation_clip=False,
        )
    ax.set_ylim(-len(places) + 0.85, 1.0)
    mark(ax, runs)
    ax.set_yticks([-n + 0.25 for n in range(len(places))], places, size=8.5)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    style.date_axis(ax, first)
    if left_out > 0:
        ax.set_xlabel(f"one scale for all rows; {left_out} smaller ones not drawn", size=8.5)
    else:
        ax.set_xlabel("one scale for all rows", size=8.5)
    return ax
