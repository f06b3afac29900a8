"""What is closed or reduced on a way, shaded in the time-distance diagram."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from sim.report import style
from sim.results.tables import LOADING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.report.way import Way
    from sim.results.run import Results


CLOSED, REDUCED = "#D9D9D9", "#F3D9B1"
"""Colours of hours in which nothing works, and of disruptions."""


def closures(
    results: Results,
    ax: Axes,
    way: Way,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    begin: float,
    end: float,
) -> None:
    """Shade what is closed or reduced, where and as long as it is, and name disruptions.

    Args:
        low, high: lower and upper edge of each station of the way.
        begin, end: hours of the picture.
    """
    network = results.meta["network"]
    edges = _edges(way, low, high)

    def shade(place: str, since: float, until: float, colour: str) -> bool:
        """Whether there was something to shade."""
        since, until = max(since, begin), min(until, end)
        if place not in edges or until <= since:
            return False
        (first, last), (lower, upper) = style.days_of(results, [since, until]), edges[place]
        ax.add_patch(
            Rectangle((first, lower), last - first, upper - lower, color=colour, lw=0, zorder=1)
        )
        return True

    for calendar in network.get("calendars", {}).values():
        for on in calendar["on"]:
            for since, until in calendar["closed"]:
                shade(on.partition("/")[0], since, until, CLOSED)
    named: set[str] = set()
    texts: Counter[str] = Counter()
    for one in network.get("disruptions", ()):
        for on in one["on"]:
            place, _, part = on.partition("/")
            left = "closed" if one["factor"] == 0 else f"at {one['factor']:.0%}"
            if part == LOADING and place in way.lines:
                # A ban keeps trains where they start; the line itself goes on.
                place = way.stations[0]
                left = f"{', '.join(one.get('classes', ())) or 'all trains'} not loaded"
            if not shade(place, one["begin_h"], one["end_h"], REDUCED) or one["name"] in named:
                continue
            named.add(one["name"])
            texts[place] += 1
            day = style.days_of(results, [max(one["begin_h"], begin)])[0]
            ax.annotate(
                f"{one['title']}: {left}",
                (day, edges[place][1]),
                xytext=(3, 12 * texts[place] - 10),
                textcoords="offset points",
                size=8,
                color=style.TEXT,
                va="bottom",
                zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
            )


def _edges(
    way: Way, low: NDArray[np.float64], high: NDArray[np.float64]
) -> dict[str, tuple[float, float]]:
    """Lower and upper edge of each station and line."""
    # at least visible: an exchange of a dozen kilometres is thinner than a pen
    least = 0.004 * float(high[-1] - low[0])
    edges = {
        name: (float(high[i]) - least, float(low[i + 1]) + least)
        for i, name in enumerate(way.lines)
    }
    return edges | {name: (float(low[i]), float(high[i])) for i, name in enumerate(way.stations)}
