"""What is closed or reduced on a way, shaded in the time-distance diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.report.way import Way
    from sim.results.run import Results


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
    named: set[str] = set()
    texts: dict[float, int] = {}
    for calendar in network.get("calendars", {}).values():
        for on in calendar["on"]:
            for a, b in calendar["closed"]:
                _shade(results, ax, way, low, high, on, (max(a, begin), min(b, end)), "#D9D9D9")
    for one in network.get("disruptions", ()):
        for on in one["on"]:
            period = (max(one["begin_h"], begin), min(one["end_h"], end))
            line, _, part = on.partition("/")
            banned = part == "loading"
            # A ban keeps trains where they start; the line itself goes on.
            shown = way.stations[0] if banned and line in way.lines else on
            where = _shade(results, ax, way, low, high, shown, period, "#F3D9B1")
            if where is None or one["name"] in named:
                continue
            named.add(one["name"])
            left = "closed" if one["factor"] == 0 else f"at {one['factor']:.0%}"
            if banned:
                left = f"{', '.join(one.get('classes', ())) or 'all trains'} not loaded"
            texts[where] = texts.get(where, 0) + 1
            ax.annotate(
                f"{one['title']}: {left}",
                (style.days_of(results, [period[0]])[0], where),
                xytext=(3, 12 * texts[where] - 10),
                textcoords="offset points",
                size=8,
                color=style.TEXT,
                va="bottom",
                zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
            )


def _shade(
    results: Results,
    ax: Axes,
    way: Way,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    on: str,
    period: tuple[float, float],
    name: str,
) -> float | None:
    """Draw one closure; its upper edge, or None where it is not on the way or not in the time."""
    place = on.split("/")[0]
    if period[1] <= period[0]:
        return None
    if place in way.stations:
        at = way.stations.index(place)
        edges = (low[at], high[at])
    elif place in way.lines:
        at = way.lines.index(place)
        # at least visible: an exchange of a dozen kilometres is thinner than a pen
        least = 0.004 * (high[-1] - low[0])
        edges = (high[at] - least, low[at + 1] + least)
    else:
        return None
    begin, stop = style.days_of(results, list(period))
    ax.add_patch(
        Rectangle((begin, edges[0]), stop - begin, edges[1] - edges[0], color=name, lw=0, zorder=1)
    )
    return float(edges[1])
