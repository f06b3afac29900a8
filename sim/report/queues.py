"""Trains that wait, and where; boxes at laboratories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.report import style
from sim.report.events import mark
from sim.report.hues import SOLID, Hues
from sim.results.levels import Sampled, StepSeries, at_laboratories, waiting_by_place
from sim.results.run import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 6


def any_sampled(results: Results | Sequence[Results]) -> bool:
    """Whether a laboratory of any of the runs took a sample."""
    return any(at_laboratories(run) for run in style.as_runs(results))


def laboratories(results: Results | Sequence[Results], ax: Axes) -> Axes:
    """Daily mean of the boxes at each laboratory, and of those of them that wait for a slot."""
    runs = style.as_runs(results)
    first = runs[0]
    series = [at_laboratories(run) for run in runs]
    empty = StepSeries(np.empty(0), np.empty(0))
    none = Sampled(empty, empty, empty)
    names = sorted({name for one in series for name in one})
    edges = style.day_edges(first.horizon_h)
    middle = style.days_of(first, (edges[1:] + edges[:-1]) / 2)
    style.warmup(ax, first)
    colours = Hues(style.network_of(first)).of(names)
    labels = []
    for name in names:
        mine = [one.get(name, none) for one in series]
        mean, half = style.band(np.array([one.there.means(edges) for one in mine]))
        waiting = np.mean([one.waiting.means(edges) for one in mine], axis=0)
        ax.plot(middle, mean, color=colours[name], lw=1.5)
        if half is not None:
            low = np.maximum(mean - half, 0)
            ax.fill_between(middle, low, mean + half, color=colours[name], alpha=0.2, lw=0)
        if waiting.any():
            ax.plot(middle, waiting, color=colours[name], lw=1.2, ls=":")
        size = np.mean([one.there.time_mean(first.warmup_h, first.horizon_h) for one in mine])
        labels.append((float(mean[-7:].mean()), f"{name}\n(mean {size:,.1f})", colours[name]))
    ax.set_ylim(bottom=0)
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("boxes, daily mean")
    style.end_labels(ax, labels, gap=0.2)
    ax.set_title(
        "boxes sampled and not yet released at each laboratory; dotted, those that wait for a slot",
        weight="normal",
        color=style.FAINT,
        size=9,
    )
    return ax


def queues(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Daily mean of the trains that wait at each gate; the gates where most wait.

    Waiting is for acceptance, a track or a place on the line.  Of several replications the mean
    is drawn with its 95 % interval.
    """
    runs = style.as_runs(results)
    first = runs[0]
    series = [waiting_by_place(run.stages) for run in runs]
    begin, end = first.warmup_h, first.horizon_h
    empty = StepSeries(np.empty(0), np.empty(0))

    def size(place: str) -> float:
        return float(np.mean([s.get(place, empty).time_mean(begin, end) for s in series]))

    places = sorted({p for s in series for p in s}, key=lambda p: (-size(p), p))
    places = [p for p in places if size(p) > 0]
    if not places:
        return style.nothing(ax, "no train waited for acceptance, a track or a place on a line.")
    edges = style.day_edges(end)
    middle = style.days_of(first, (edges[1:] + edges[:-1]) / 2)
    style.warmup(ax, first)
    labels = []
    hues = Hues(style.network_of(first))
    colours = hues.of(places)
    for number, place in enumerate(places[:most]):
        mean, half = style.band(np.array([s.get(place, empty).means(edges) for s in series]))
        name = colours[place]
        ax.plot(middle, mean, color=name, lw=1.5, ls=hues.dashes(place), zorder=3 - number / 10)
        if half is not None:
            ax.fill_between(
                middle, np.maximum(mean - half, 0), mean + half, color=name, alpha=0.2, lw=0
            )
        labels.append((float(mean[-7:].mean()), f"{place}\n(mean {size(place):,.1f})", name))
    ax.set_ylim(bottom=0)
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel("trains waiting, daily mean")
    style.end_labels(ax, labels, gap=0.11)
    said = []
    if len(places) > most:
        said.append(f"{most} gates where most wait, of {len(places)} where any does")
    if {hues.dashes(p) for p in places[:most]} > {SOLID}:
        said.append("stations solid, lines dashed")
    ax.set_title("; ".join(said), weight="normal", color=style.FAINT, size=9)
    return ax
