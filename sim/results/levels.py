"""Step series: how many are there, exactly, at every instant.

A thing that is there from its plus to its minus changes the level by one at each.  All changes at
one instant are one step, so a thing that goes just as another comes is never counted with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.results.tables import LOADING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from sim.results.run import Results

HELD = ("acceptance", "enter", "track")
"""Activities that a train waits for while it is held: the border, a place on the line, a track."""

NOT_LOADED = (LOADING, "admission")
"""Activities of trains that may not set out yet: they stand where they start."""

CAPACITY = "capacity"
"""Series `<place>/<activity>: capacity` hold what there is of each resource over time."""


@dataclass(frozen=True)
class StepSeries:
    """A level that is ``initial`` before the first time and ``level[i]`` from ``time[i]`` on.

    Times are hours, strictly increasing; consecutive levels differ.
    """

    time: NDArray[np.float64]
    level: NDArray[np.float64]
    initial: float = 0.0

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """Level at each of the times, changes at that instant included."""
        where = np.searchsorted(self.time, np.asarray(times, dtype=float), side="right")
        return np.concatenate([[self.initial], self.level])[where]

    def maximum(self, begin: float, end: float) -> float:
        """Largest level in [begin, end]."""
        inside = (self.time > begin) & (self.time <= end)
        return float(max(self.at(begin), self.level[inside].max(initial=-np.inf)))

    def minus(self, other: StepSeries) -> StepSeries:
        """By how much the level is above another's, over time."""
        times: NDArray[np.float64] = np.union1d(self.time, other.time)
        levels = self.at(times) - other.at(times)
        initial = self.initial - other.initial
        new = np.diff(levels, prepend=initial) != 0.0
        return StepSeries(times[new], levels[new], initial)

    def first_at_most(self, level: float, since: float, until: float) -> float | None:
        """The first time in [since, until) with this level or less; None if there is none."""
        if since >= until:
            return None
        if self.at(since) <= level:
            return since
        low = (self.time > since) & (self.time < until) & (self.level <= level)
        return float(self.time[low][0]) if low.any() else None

    def means(self, edges: ArrayLike) -> NDArray[np.float64]:
        """Time mean of the level between consecutive edges, which must increase."""
        cuts = np.asarray(edges, dtype=float)
        return np.diff(self._integral(cuts)) / np.diff(cuts)

    def time_mean(self, begin: float, end: float) -> float:
        """Time mean of the level in [begin, end]; the level itself when they are equal."""
        if end <= begin:
            return float(self.at(begin))
        return float(self.means([begin, end])[0])

    def _integral(self, until: NDArray[np.float64]) -> NDArray[np.float64]:
        """Area under the level from the first time (or the first edge) to each edge."""
        begin = min(until[0], self.time[0]) if len(self.time) else until[0]
        times = np.concatenate([[begin], self.time])
        levels = np.concatenate([[self.initial], self.level])
        area = np.concatenate([[0.0], np.cumsum(np.diff(times) * levels[:-1])])
        where = np.searchsorted(times, until, side="right") - 1
        return np.asarray(area[where] + (until - times[where]) * levels[where])


def step_series(
    plus: ArrayLike, minus: ArrayLike, initial: float = 0.0, *, weights: Any = None
) -> StepSeries:
    """The series that rises at every ``plus`` and falls at every ``minus`` (hours, any order).

    ``weights`` is a pair of arrays, the sizes of the rises and of the falls; one each if None.
    Times that are not finite never happen.
    """
    up, down = np.asarray(plus, dtype=float), np.asarray(minus, dtype=float)
    if weights is None:
        (up, rises), (down, falls) = _at_once(up), _at_once(down)
    else:
        rises, falls = weights
    times = np.concatenate([up, down])
    changes = np.concatenate([rises, -np.asarray(falls, dtype=float)])
    finite = np.isfinite(times)
    if not finite.all():
        times, changes = times[finite], changes[finite]
    # Times mostly come in order, which a stable sort makes use of.
    order = np.argsort(times, kind="stable")
    times, changes = times[order], changes[order]
    new = np.ones(len(times), dtype=bool)
    new[1:] = times[1:] != times[:-1]
    moments = times[new]
    levels = initial + np.cumsum(np.bincount(np.cumsum(new) - 1, changes, minlength=len(moments)))
    keep = levels != np.concatenate([[initial], levels[:-1]])
    return StepSeries(moments[keep], levels[keep], initial)


def _at_once(times: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times, those that stand beside their like once, and how many stood there."""
    new = np.ones(len(times), dtype=bool)
    np.not_equal(times[1:], times[:-1], out=new[1:])
    first = np.flatnonzero(new)
    return times[first], np.diff(first, append=len(times)).astype(float)


def waiting(stages: pl.DataFrame, activities: Iterable[str] = HELD) -> StepSeries:
    """Trains that have asked for one of the activities and not yet got it, over time."""
    rows = stages.filter(pl.col("activity").is_in(list(activities)))
    return _waiting(rows)


def waiting_by_place(
    stages: pl.DataFrame, activities: Iterable[str] = HELD
) -> dict[str, StepSeries]:
    """Trains that wait at each place that they ever waited at, by name of the place."""
    rows = stages.filter(pl.col("activity").is_in(list(activities)))
    found = {str(place): _waiting(group) for (place,), group in rows.group_by("place")}
    return {place: found[place] for place in sorted(found) if len(found[place].time)}


@dataclass(frozen=True)
class Sampled:
    """Boxes at one laboratory over time: those that wait for a slot, and those under analysis."""

    waiting: StepSeries
    analysis: StepSeries
    there: StepSeries


def at_laboratories(results: Results) -> dict[str, Sampled]:
    """Boxes at each laboratory that sampled any, by ``station/work``; all flows."""
    whats = (": no slot free", ": analysis")
    rows = results.each(
        "waits",
        ["cause", "begin_h", "end_h"],
        lambda part: part.filter(
            pl.col("cause").str.ends_with(whats[0]) | pl.col("cause").str.ends_with(whats[1])
        ),
    )
    found: dict[str, list[pl.DataFrame]] = {}
    for (cause,), frame in rows.group_by("cause"):
        name, _, what = str(cause).rpartition(": ")
        pair = found.setdefault(name, [rows.clear(), rows.clear()])
        pair[what == "analysis"] = frame
    return {name: _sampled(*found[name]) for name in sorted(found)}


def _sampled(waiting: pl.DataFrame, analysis: pl.DataFrame) -> Sampled:
    # what is under way at the horizon ends there, and would step down at that instant
    return Sampled(
        *(
            step_series(frame["begin_h"], frame["end_h"])
            for frame in (waiting, analysis, pl.concat([waiting, analysis]))
        )
    )


def full_lines(results: Results) -> list[tuple[str, float, float]]:
    """Lines with no place free, so that trains could not set out: name, hours of it, most trains.

    From the warm-up to the horizon, the longest first.
    """
    begin, end = results.warmup_h, results.horizon_h
    found = []
    for line, series in waiting_by_place(results.stages, ["enter"]).items():
        moments = np.concatenate([[begin], series.time[series.time > begin], [end]])
        full = np.diff(moments)[series.at(moments[:-1]) > 0.0].sum()
        if full > 0.0:
            found.append((line, float(full), series.maximum(begin, end)))
    return sorted(found, key=lambda row: (-row[1], row[0]))


def waiting_levels(stages: pl.DataFrame) -> pl.DataFrame:
    """The rows of the levels table that stages imply: `<place>: trains waiting`."""
    from sim.results.tables import LEVELS

    frames = [
        pl.DataFrame({"time_h": s.time, "level": s.level}).select(
            pl.lit(f"{place}: trains waiting").alias("series"),
            pl.lit("trains").alias("unit"),
            "time_h",
            "level",
        )
        for place, s in waiting_by_place(stages).items()
    ]
    return LEVELS.cast(pl.concat(frames)) if frames else LEVELS.empty()


def backlog(results: Results, flow: str | None = "exports") -> StepSeries:
    """Tonnes ready, not refused and neither delivered nor rejected; of all flows when None."""
    which = ~pl.col("refused")
    if flow is not None:
        which &= pl.col("flow") == flow
    kept = ["tonnes", "ready_h", "delivered_h", "rejected_h"]
    rows = results.each(
        "containers",
        [*kept, "refused", "flow"],
        lambda part: part.filter(which).select(kept),
    )
    tonnes = rows["tonnes"].to_numpy()
    ready = _hours(rows, "ready_h")
    gone = np.minimum(_hours(rows, "delivered_h"), _hours(rows, "rejected_h"))
    return step_series(ready, gone, weights=(tonnes, tonnes))


def reached_by(hours: ArrayLike, moments: ArrayLike, tonnes: ArrayLike) -> NDArray[np.float64]:
    """Tonnes whose moment has come by each of the hours, which increase.

    Moments that are not finite never come.  Of parts of a run the sums add up.
    """
    edges = np.asarray(hours, dtype=float)
    by = np.searchsorted(edges, np.asarray(moments, dtype=float), side="left")
    return np.cumsum(np.bincount(by, np.asarray(tonnes), len(edges) + 1)[:-1])


def _waiting(rows: pl.DataFrame) -> StepSeries:
    return step_series(_hours(rows, "in_h"), _hours(rows, "start_h"))


def _hours(frame: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return frame[column].fill_null(float("inf")).to_numpy()
