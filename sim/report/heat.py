"""How hard each resource worked and how many trains waited for it, week by week, as heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from matplotlib.colors import LinearSegmentedColormap

from sim.report import style
from sim.results.levels import StepSeries, at_laboratories, step_series
from sim.results.run import Results
from sim.results.series import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MOST = 12
# one hue each, from light to dark, so that they read in grey and by the colour-blind
USE = LinearSegmentedColormap.from_list("use", ("#F4F7FA", "#56B4E9", "#0072B2", "#002B45"))
QUEUE = LinearSegmentedColormap.from_list("queue", ("#FAF6F3", "#F0A66E", "#D55E00", "#4A2000"))


def weekly_use(results: Results) -> dict[str, NDArray[np.float64]]:
    """Share of each resource used in each week, by name, for those that trains or boxes tell of.

    Gates count the trains that passed.  Hours worked are those of ``meta["resources"]``, spread
    over the weeks as trains were in work; under cranes a train counts by its boxes, since several
    trains share the cranes; the slots of a laboratory are held by boxes.  What there was is the
    capacity in the levels, with hours, dated changes and disruptions in it; where a run has none,
    the same every week.
    Null weeks (nothing there to use) are NaN.
    """
    edges = np.asarray(periods(results, "week"))
    capacity = _capacity(results)
    found = {}
    laboratories = at_laboratories(results)
    for one in results.meta.get("resources", ()):
        if one["kind"] == "laboratory slots":
            if str(one["name"]) in laboratories and one["busy"] is not None:
                level = laboratories[str(one["name"])].analysis
                used = level.means(edges) * np.diff(edges)
                found[str(one["name"])] = _share(results, one, used, capacity, edges)
            continue
        if one["kind"] == "tracks":  # stages tell who waited for one, not who stood on it
            continue
        rows = _stages_of(results, one)
        if rows.is_empty() or one["busy"] is None:
            continue
        start = rows["start_h"].to_numpy()
        if one["kind"] == "gate":
            used = np.histogram(start, edges)[0].astype(float)
        else:
            stop = rows["end_h"].fill_null(results.horizon_h).to_numpy()
            rate = np.ones(len(start))
            if one["kind"] == "cranes":
                rate = rows["boxes"].to_numpy() / np.maximum(stop - start, 1e-9)
            at_work = step_series(start, stop, weights=(rate, rate))
            used = at_work.means(edges) * np.diff(edges)
            counted = at_work.time_mean(results.warmup_h, results.horizon_h)
            counted *= results.horizon_h - results.warmup_h
            used *= float(one["used"]) / counted if counted > 0.0 else 0.0
        found[str(one["name"])] = _share(results, one, used, capacity, edges)
    return found


def _share(
    results: Results,
    resource: dict[str, Any],
    used: NDArray[np.float64],
    capacity: dict[str, StepSeries],
    edges: NDArray[np.float64],
) -> NDArray[np.float64]:
    """What was used of what there was in each week."""
    name = str(resource["name"])
    if name in capacity:
        there = capacity[name].means(edges) * np.diff(edges)
    else:
        per_hour = float(resource["available"]) / max(results.horizon_h - results.warmup_h, 1e-9)
        there = per_hour * np.diff(edges)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(there > 1e-9, np.minimum(used / there, 1.0), np.nan)


def _stages_of(results: Results, resource: dict[str, Any]) -> pl.DataFrame:
    """Stages that used the resource and have begun."""
    place, activity = str(resource["place"]), str(resource["activity"])
    rows = results.stages.filter(pl.col("start_h").is_not_null(), pl.col("place") == place)
    rows = rows.join(results.trains.select("train", "boxes"), on="train")
    if activity == "paths":  # of both ways
        return rows.filter(pl.col("activity") == "path")
    if not activity.startswith("paths toward "):
        return rows.filter(pl.col("activity") == activity)
    end = activity.removeprefix("paths toward ")
    routes = (results.meta.get("network") or {}).get("routes", {})
    mine = [n for n, r in routes.items() if place in r and r[r.index(place) + 1] == end]
    trains = results.trains.filter(pl.col("service").is_in(mine)).select("train")
    return rows.filter(pl.col("activity") == "path").join(trains, on="train", how="semi")


def _capacity(results: Results) -> dict[str, StepSeries]:
    capacity = pl.col("series").str.ends_with(": capacity")
    rows = results.each(
        "levels",
        ["series", "time_h", "level"],
        lambda part: part.filter(capacity),
    )
    return {
        str(name).removesuffix(": capacity"): StepSeries(
            frame["time_h"].to_numpy(), frame["level"].to_numpy()
        )
        for (name,), frame in rows.group_by("series", maintain_order=True)
    }


def weekly_waiting(results: Results) -> dict[str, NDArray[np.float64]]:
    """Mean number of trains waiting in each week, by `place/activity`."""
    edges = np.asarray(periods(results, "week"))
    found = {}
    for (place, activity), rows in results.stages.group_by("place", "activity"):
        waits = step_series(rows["in_h"], rows["start_h"].fill_null(float("inf")))
        if len(waits.time):
            found[f"{place}/{activity}"] = waits.means(edges)
    return dict(sorted(found.items()))


def utilisation(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Share of what there was of each resource that was used, by week; the most used on top.

    Of several replications the mean is drawn.
    """
    runs = style.as_runs(results)
    if runs[0].horizon_h <= 0.0:
        return style.nothing(ax, "the run has no length.")
    rows = _mean([weekly_use(r) for r in runs])
    if not rows:
        return style.nothing(ax, "no train used anything that is counted.")
    ax.set_title("share used of what there was, weekly")
    return _map(runs[0], ax, rows, most, USE, 1.0, lambda v: f"{v:.0%}", "% used")


def waiting(results: Results | Sequence[Results], ax: Axes, *, most: int = MOST) -> Axes:
    """Trains that waited for each work, track, path or acceptance, weekly means, most on top.

    Of several replications the mean is drawn.
    """
    runs = style.as_runs(results)
    if runs[0].horizon_h <= 0.0:
        return style.nothing(ax, "the run has no length.")
    rows = _mean([weekly_waiting(r) for r in runs])
    rows = {n: v for n, v in rows.items() if np.nanmax(v) > 0.0}
    if not rows:
        return style.nothing(ax, "no train waited for anything.")
    ax.set_title("trains waiting, weekly mean")
    top = max(float(np.nanmax(v)) for v in rows.values())
    return _map(runs[0], ax, rows, most, QUEUE, top, lambda v: f"{v:,.1f}", "trains waiting")


def _mean(several: Sequence[dict[str, NDArray[np.float64]]]) -> dict[str, NDArray[np.float64]]:
    names = dict.fromkeys(n for one in several for n in one)
    length = max((len(v) for one in several for v in one.values()), default=0)
    nothing = np.zeros(length)
    return {n: np.mean([one.get(n, nothing) for one in several], axis=0) for n in names}


def _map(
    first: Results,
    ax: Axes,
    rows: dict[str, NDArray[np.float64]],
    most: int,
    colours: LinearSegmentedColormap,
    top: float,
    words: Any,
    unit: str,
) -> Axes:
    weeks = np.asarray(periods(first, "week"))
    counted = np.minimum(weeks[1:], first.horizon_h) - np.maximum(weeks[:-1], first.warmup_h)
    weight = np.maximum(counted, 0.0)

    def mean(values: NDArray[np.float64]) -> float:
        known = ~np.isnan(values) & (weight > 0.0)
        return float(np.average(values[known], weights=weight[known])) if known.any() else 0.0

    order = sorted(rows, key=lambda n: (-mean(rows[n]), n))[:most]
    matrix = np.array([rows[n] for n in order])
    edges = style.days_of(first, weeks)
    mesh = ax.pcolormesh(
        edges,
        np.arange(len(order) + 1),
        np.ma.masked_invalid(matrix),
        cmap=colours,
        vmin=0,
        vmax=top,
    )
    mesh.set_edgecolor("white")
    mesh.set_linewidth(0.4)
    ax.set_ylim(len(order), 0)
    ax.set_yticks(np.arange(len(order)) + 0.5, order, size=8.5)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    for spine in ax.spines.values():
        spine.set_visible(False)
    style.date_axis(ax, first)
    ax.grid(visible=False)
    for row, name in enumerate(order):
        ax.annotate(
            words(mean(rows[name])),
            (1.0, row + 0.5),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=style.FAINT,
            annotation_clip=False,
        )
    ax.annotate(
        "mean",
        (1.0, 1.0),
        xycoords="axes fraction",
        xytext=(5, 4),
        textcoords="offset points",
        size=8.5,
        color=style.FAINT,
        annotation_clip=False,
    )
    figure = ax.get_figure()
    assert figure is not None
    bar = figure.colorbar(mesh, ax=ax, pad=0.07, fraction=0.03, aspect=25)
    bar.outline.set_visible(False)
    bar.set_label(unit, color=style.FAINT)
    if unit.startswith("%"):
        bar.set_ticks([0, 0.25, 0.5, 0.75, 1.0], labels=["0", "25", "50", "75", "100"])
    return ax
