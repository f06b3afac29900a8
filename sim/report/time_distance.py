"""The time-distance diagram: trains as lines over distance and time, stays in a band a station.

The railway's string line chart, with the occupation of tracks drawn out: a station with waiting
trains is as high as it has trains at once, each train on a line of its own, so that a queue is
seen as an area and not as one line.  Kilometres are true between stations.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import style
from sim.report.shading import closures
from sim.report.way import LineRun, Stay, Way, find_way, movements
from sim.results.levels import step_series
from sim.results.run import Results
from sim.results.series import start_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

OUT, BACK, OTHERS, WAIT = style.PALETTE[0], style.PALETTE[2], "#A8A8A8", style.PALETTE[5]
OTHERS_WAIT = "#F3B48F"
DAYS = 14.0
BANDS = 0.45
"""Most of the height that stays may take, as a share of the distance's."""


def time_distance(
    results: Results | Sequence[Results],
    ax: Axes,
    *,
    route: str | None = None,
    begin: str | date | float | None = None,
    days: float = DAYS,
) -> Axes:
    """Trains on one way through the corridor; of several replications the first is drawn.

    Args:
        route: a crossing, a service or a background flow; the way that most exports took if None.
        begin: first day (a date), or an hour since the start; the days in which most trains stood
            along the way if None.
        days: length of the window.

    Raises:
        ValueError: an unknown route, a begin that is no day of the run, days not above 0.
    """
    first: Results = style.as_runs(results)[0]
    if not days > 0.0:
        raise ValueError(f"days: {days} is not a length; expected more than 0")
    way = find_way(first, route)
    if way is None or first.horizon_h <= 0.0:
        return style.nothing(ax, "the run knows no lines that trains could run on.")
    span = min(24.0 * days, first.horizon_h)
    since = _worst(first, way, span) if begin is None else _hour(first, begin)
    since = max(0.0, min(since, first.horizon_h - span))
    runs, stays = movements(first, way, since, since + span)
    if not runs and not stays:
        return style.nothing(ax, f"no train was on the way {way.name} in these days.")
    low, high, slots, unit = _heights(way, stays)
    # a train's line is as thick as its slot is high; the axes fill most of a usual picture
    pen = float(np.clip(0.95 * unit / (high[-1] - low[0]) * 72 * 5.6, 0.5, 4.0))
    colours = _colours(first, way)
    closures(first, ax, way, low, high, since, since + span)
    _draw_runs(first, ax, runs, low, high, colours)
    _draw_stays(first, ax, stays, slots, low, high, colours, pen)
    _axes(first, ax, way, low, high, since, since + span)
    return ax


def _hour(results: Results, begin: str | date | float) -> float:
    if isinstance(begin, (int, float)):
        hours = float(begin)
    else:
        try:
            day = date.fromisoformat(begin) if isinstance(begin, str) else begin
        except ValueError:
            raise ValueError(
                f"begin: {begin!r} is no date; expected one such as 2024-03-01"
            ) from None
        midnight = datetime(day.year, day.month, day.day, tzinfo=start_of(results).tzinfo)
        hours = (midnight - start_of(results)) / timedelta(hours=1)
    if not 0.0 <= hours < results.horizon_h:
        raise ValueError(f"begin: {begin} is not in the run, {style.period_words(results)}")
    return hours


def _worst(results: Results, way: Way, span: float) -> float:
    """Begin (a midnight) of the window in which most trains waited along the way."""
    import polars as pl

    rows = results.stages.filter(pl.col("place").is_in([*way.stations, *way.lines]))
    waiting = step_series(rows["in_h"], rows["start_h"].fill_null(float("inf")))
    edges = style.day_edges(results.horizon_h)
    means = waiting.means(edges)
    window = max(1, round(span / 24.0))
    if len(means) <= window:
        return 0.0
    sums = np.convolve(means, np.ones(window), "valid")
    return float(edges[int(np.argmax(sums))])


def _heights(
    way: Way, stays: Sequence[Stay]
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[Stay, float], float]:
    """Lower and upper edge of each station in km with the bands added; slots of stays.

    A slot is a share of its band; the last figure is the height of one.
    """
    slot: dict[Stay, int] = {}
    most = np.ones(len(way.stations))
    for station in range(len(way.stations)):
        busy: list[tuple[float, int]] = []
        free: list[int] = []
        used = 0
        for stay in sorted(
            (s for s in stays if s.station == station), key=lambda s: (s.begin, s.train)
        ):
            while busy and busy[0][0] <= stay.begin:
                heapq.heappush(free, heapq.heappop(busy)[1])
            if free:
                slot[stay] = heapq.heappop(free)
            else:
                slot[stay], used = used, used + 1
            heapq.heappush(busy, (stay.end, slot[stay]))
        most[station] = max(1, used)
    length = max(way.km[-1], 1.0)
    unit = min(0.008, BANDS / float(most.sum())) * length
    bands = np.maximum(most * unit, 0.012 * length)
    low = np.asarray(way.km) + np.concatenate([[0.0], np.cumsum(bands)[:-1]])
    share = {s: (n + 0.5) / most[s.station] for s, n in slot.items()}
    return low, low + bands, share, unit


def _colours(results: Results, way: Way) -> dict[int, str]:
    """Colour of each train: services along the way, against it, and all others."""
    routes = results.meta["network"]["routes"]
    order = {name: i for i, name in enumerate(way.stations)}
    by_service = {}
    for name, places in routes.items():
        known = [order[p] for p in places[::2] if p in order]
        by_service[name] = BACK if len(known) > 1 and known[-1] < known[0] else OUT
    trains = results.trains.select("train", "service", "kind")
    return {
        train: by_service.get(service, OUT) if kind == "service" else OTHERS
        for train, service, kind in trains.iter_rows()
    }


def _draw_runs(
    results: Results,
    ax: Axes,
    runs: Sequence[LineRun],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    colours: dict[int, str],
) -> None:
    for others in (True, False):
        mine = [r for r in runs if (colours[r.train] == OTHERS) == others]
        segments = []
        for run in mine:
            up = run.to > run.origin
            ends = (high[run.origin], low[run.to]) if up else (low[run.origin], high[run.to])
            days = style.days_of(results, [run.begin, run.end])
            segments.append(list(zip(days.tolist(), ends, strict=True)))
        names = [colours[r.train] for r in mine]
        width = 0.7 if others else 1.3
        ax.add_collection(
            LineCollection(segments, colors=names, lw=width, zorder=2 if others else 4)
        )


def _draw_stays(
    results: Results,
    ax: Axes,
    stays: Sequence[Stay],
    slots: dict[Stay, float],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    colours: dict[int, str],
    pen: float,
) -> None:
    present: list[Any] = []
    names: list[str] = []
    waits: list[Any] = []
    waiting: list[str] = []
    # ours last, so that no other train hides them
    for stay in sorted(stays, key=lambda s: (colours[s.train] != OTHERS, s.begin, s.train)):
        y = low[stay.station] + slots[stay] * (high[stay.station] - low[stay.station])
        begin, end = style.days_of(results, [stay.begin, stay.end])
        present.append([(begin, y), (end, y)])
        names.append(colours[stay.train])
        for wait in stay.waits:
            begin, end = style.days_of(results, list(wait))
            waits.append([(begin, y), (end, y)])
            waiting.append(OTHERS_WAIT if colours[stay.train] == OTHERS else WAIT)
    ax.add_collection(LineCollection(present, colors=names, lw=pen, zorder=3, capstyle="butt"))
    ax.add_collection(LineCollection(waits, colors=waiting, lw=pen, zorder=3.5, capstyle="butt"))


def _axes(
    results: Results,
    ax: Axes,
    way: Way,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    begin: float,
    end: float,
) -> None:
    stations = results.meta["network"]["stations"]
    margin = 0.01 * (high[-1] - low[0])
    ax.set_ylim(low[0] - margin, high[-1] + margin)
    style.date_axis(ax, results, begin, end)
    for at in range(len(way.stations)):
        ax.axhspan(low[at], high[at], color="#F6F6F6", lw=0, zorder=0)
        for y in (low[at], high[at]):
            ax.axhline(y, color="#D0D0D0", lw=0.6, zorder=0.5)
    middle = (low + high) / 2
    height = high[-1] - low[0] + 2 * margin
    placed = style.spread((middle - low[0] + margin) / height, 0.032)
    ax.set_yticks([])
    for at, name in enumerate(way.stations):
        title = str(stations.get(name, {}).get("title") or name).split(" (")[0]
        ax.annotate(
            f"{title}  {way.km[at]:,.0f} km",
            (0.0, placed[at]),
            xycoords="axes fraction",
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            size=8.5,
            color=style.TEXT,
            annotation_clip=False,
        )
    ax.set_title(way.name, pad=24)
    ax.set_xlabel(
        "distance in km, true between the stations; a station's band is as high as trains stand "
        "there at once, each on a line of its own",
        size=8.5,
    )
    ax.grid(visible=True, axis="x", color="#EEEEEE")
    handles: list[Any] = [
        Line2D([], [], color=OUT, lw=1.6, label="services outward"),
        Line2D([], [], color=BACK, lw=1.6, label="services back"),
        Line2D([], [], color=OTHERS, lw=1.6, label="other trains"),
        Line2D([], [], color=WAIT, lw=2.4, label="service waiting"),
        Line2D([], [], color=OTHERS_WAIT, lw=2.4, label="other train waiting"),
        Patch(color="#F3D9B1", label="disrupted"),
        Patch(color="#D9D9D9", label="closed hours"),
    ]
    style.legend_above(ax, handles=handles, ncols=7, columnspacing=1.0, fontsize=8.5)
