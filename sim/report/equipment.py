"""Where the units of a fleet are over the year."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.report import style
from sim.report.events import mark
from sim.report.hues import Hues
from sim.results.levels import step_series
from sim.results.run import Results
from sim.results.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PLACES = 7
"""Stations with a colour of their own; the others are put together."""
MOVING = {
    "laden": "#8C8C8C",
    "under a train": "#8C8C8C",
    "carried empty": "#B5B5B5",
    "on its way back": "#D6D6D6",
}
GONE = "given back"


def whereabouts(
    results: Results, fleet: str, edges: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Mean units between the edges: at hand by station, and by state for those on the move."""
    found: dict[str, NDArray[np.float64]] = {}
    at_hand = pl.col("state") == "at hand"
    where = pl.when(at_hand).then("at " + pl.col("place")).otherwise("state").alias("where")
    mine = (pl.col("fleet") == fleet) & (pl.col("state") != GONE)
    for part in results.parts("equipment", ["fleet", "state", "place", "begin_h", "end_h"]):
        rows = plain(part).filter(mine).with_columns(where)
        for (name,), frame in rows.group_by("where", maintain_order=True):
            level = step_series(frame["begin_h"], frame["end_h"]).means(edges)
            # means of the units of each part add up to that of all
            found[str(name)] = found.get(str(name), 0.0) + level
    return found


def equipment(results: Results | Sequence[Results], ax: Axes, *, fleet: str | None = None) -> Axes:
    """Units of a fleet, stacked: at hand at each station, laden or under a train, on the way.

    Of several replications the mean is drawn.  The largest fleet of containers, or else the
    largest, if none is named.

    Raises:
        ValueError: there is no such fleet.
    """
    runs = style.as_runs(results)
    first = runs[0]
    fleets = fleets_of(first)
    if not fleets or first.horizon_h <= 0.0:
        return style.nothing(ax, "the run has no fleets.")
    if fleet is not None and fleet not in fleets:
        near = get_close_matches(fleet, fleets, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"fleet: {fleet!r} is none of {', '.join(fleets)}{hint}")
    fleet = fleet or fleets[0]
    edges = style.day_edges(first.horizon_h)
    middle = style.days_of(first, (edges[1:] + edges[:-1]) / 2)
    several = [whereabouts(run, fleet, edges) for run in runs]
    names = dict.fromkeys(n for one in several for n in one)
    zero = np.zeros(len(middle))
    levels = {n: np.mean([one.get(n, zero) for one in several], axis=0) for n in names}
    stations = [n.removeprefix("at ") for n in levels if n.startswith("at ")]
    parts = _parts(levels, Hues(style.network_of(first)).of(stations))
    style.warmup(ax, first)
    base = zero
    labels = []
    for text, (level, colour) in parts.items():
        ax.fill_between(middle, base, base + level, color=colour, lw=0, alpha=0.9)
        ax.plot(middle, base + level, color="white", lw=0.5)
        labels.append((float(base[-1] + level[-1] / 2), f"{text} {level.mean():,.0f}", colour))
        base = base + level
    ax.set_ylim(0, max(float(base.max()), 1.0) * 1.04)
    mark(ax, runs)
    style.date_axis(ax, first)
    style.thousands(ax.yaxis)
    ax.set_ylabel(f"units of {fleet}, daily mean")
    ax.set_title(
        f"{fleet}: the mean over the run stands beside each name",
        weight="normal",
        size=9,
        color=style.FAINT,
    )
    style.end_labels(ax, labels, gap=0.055)
    return ax


def fleets_of(results: Results) -> list[str]:
    """Fleets of the run: those that are laden first, then by number of units."""
    laden = (pl.col("state") == "laden").any().alias("boxes")
    rows = (
        results.each(
            "equipment",
            ["fleet", "state", "unit"],
            lambda part: part.group_by("fleet").agg(laden, pl.col("unit").n_unique()),
        )
        .group_by("fleet")
        .agg(pl.col("boxes").any(), pl.col("unit").sum().alias("units"))
    )
    rows = rows.sort(["boxes", "units", "fleet"], descending=[True, True, False])
    return [str(f) for f in rows["fleet"]]


def _parts(
    levels: dict[str, NDArray[np.float64]], colours: dict[str, str]
) -> dict[str, tuple[NDArray[np.float64], str]]:
    """What is drawn from below: on the move in greys, then stations, largest first."""
    parts = {s: (levels[s], c) for s, c in MOVING.items() if s in levels}
    stations = sorted(
        (n for n in levels if n.startswith("at ")), key=lambda n: (-levels[n].mean(), n)
    )
    for name in stations[:PLACES]:
        parts[name] = (levels[name], colours[name.removeprefix("at ")])
    rest = stations[PLACES:]
    if rest:
        parts[f"at {len(rest)} others"] = (np.sum([levels[n] for n in rest], axis=0), "#444444")
    return parts
