"""What stands at stations, and the corridor's running totals, packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.report.replay.pack import varints, zigzag
from sim.results import levels as step
from sim.results.text import plain

if TYPE_CHECKING:
    from sim.results.run import Results

GOODS, READY, EMPTY, ARRIVED, WAGONS, OTHER = range(6)
"""Goods without a box, boxes for a train, empty boxes, boxes to deliver, free wagons, others."""


@dataclass
class Stocks:
    """``made`` describes the series in ``data``: station, what, title, unit, most, changes."""

    made: list[dict[str, Any]]
    data: bytes


def stocks(results: Results) -> Stocks:
    """Stocks of every station over time, to the minute; those that stay at nothing left out."""
    made: list[dict[str, Any]] = []
    numbers: list[int] = []
    for station, what, title, unit, series in _series(results):
        minutes = np.round(series.time * 60.0).astype(int)
        level = np.round(series.level).astype(int)
        if not len(level) or not level.any():
            continue
        made.append(
            {
                "station": station,
                "what": what,
                "title": title,
                "unit": unit,
                "most": int(level.max()),
                "changes": len(level),
            }
        )
        gaps, jumps = np.diff(minutes, prepend=0), np.diff(level, prepend=0)
        for gap, jump in zip(gaps.tolist(), jumps.tolist(), strict=True):
            numbers += [gap, zigzag(jump)]
    return Stocks(made, varints(numbers))


def _series(results: Results) -> list[tuple[str, int, str, str, step.StepSeries]]:
    network = results.meta["network"]
    found: list[tuple[str, int, str, str, step.StepSeries]] = []
    ready: dict[str, list[step.StepSeries]] = {}
    for (name, unit), series in _levels(results).items():
        owner, _, thing = name.partition(": ")
        if thing == "boxes waiting for a train" and owner in network["routes"]:
            ready.setdefault(network["routes"][owner][0], []).append(series)
        elif owner in network["stations"] and thing != "trains waiting":
            found.append((owner, _what(thing), thing, unit, series))
    for station, parts in ready.items():
        found.append((station, READY, "boxes ready for a train", "containers", _sum(parts)))
    for station, series in _arrived(results).items():
        found.append((station, ARRIVED, "boxes arrived, not delivered", "containers", series))
    return sorted(found, key=lambda f: f[:3])


def _levels(results: Results) -> dict[tuple[str, str], step.StepSeries]:
    """All series by name and unit, the last level of each minute; part by part."""
    found: dict[tuple[str, str], list[step.StepSeries]] = {}
    for part in results.parts("levels", ["series", "unit", "time_h", "level"]):
        for (name, unit), rows in part.group_by("series", "unit", maintain_order=True):
            minutes = np.round(rows["time_h"].to_numpy() * 60.0)
            one = _last(minutes, rows["level"].to_numpy())
            found.setdefault((str(name), str(unit)), []).append(one)
    made = {}
    for key, parts in found.items():
        # a minute may be in two parts
        whole = _last(
            np.concatenate([p.time for p in parts]), np.concatenate([p.level for p in parts])
        )
        made[key] = step.StepSeries(whole.time / 60.0, whole.level)
    return made


def _last(times: Any, levels: Any) -> step.StepSeries:
    """The last level of each time; times are in order."""
    last = np.append(times[1:] != times[:-1], True)
    return step.StepSeries(times[last], levels[last])


def _arrived(results: Results) -> dict[str, step.StepSeries]:
    """Boxes that arrived and are not delivered, by station, to the minute; part by part."""
    size = round(results.horizon_h * 60.0) + 1
    found: dict[str, Any] = {}
    for part in results.parts("containers", ["destination", "arrived_h", "delivered_h"]):
        came = part.drop_nulls("arrived_h")
        for (station,), rows in came.group_by("destination", maintain_order=True):
            change = found.setdefault(str(station), np.zeros(size, dtype=np.int64))
            for moment, sign in (("arrived_h", 1), ("delivered_h", -1)):
                minutes = np.round(rows[moment].drop_nulls().to_numpy() * 60.0).astype(int)
                change += sign * np.bincount(minutes, minlength=size)
    made = {}
    for station, change in found.items():
        minutes = np.flatnonzero(change)
        level = np.cumsum(change[minutes]).astype(float)
        made[station] = step.StepSeries(minutes / 60.0, level)
    return made


def _what(thing: str) -> int:
    if thing == "goods waiting for empties":
        return GOODS
    if thing.startswith("empty "):
        return EMPTY
    return WAGONS if thing.startswith("free ") else OTHER


def _sum(parts: list[step.StepSeries]) -> step.StepSeries:
    times = np.unique(np.concatenate([p.time for p in parts]))
    return step.StepSeries(times, sum((p.at(times) for p in parts), np.zeros(len(times))))


@dataclass
class Totals:
    """``data`` holds three series, each a figure for every hour and one for the end."""

    hours: int
    most: dict[str, int]
    data: bytes


def totals(results: Results) -> Totals:
    """Backlog and delivered exports (tonnes, the latter since the warm-up) and trains held."""
    end = results.horizon_h
    hours = np.append(np.arange(0.0, end), end)
    backlog, delivered = np.zeros(len(hours)), np.zeros(len(hours))
    columns = ["flow", "refused", "tonnes", "ready_h", "delivered_h", "rejected_h"]
    for part in results.parts("containers", columns):
        exports = plain(part).filter(pl.col("flow") == "exports")
        there = (~exports["refused"]).to_numpy()
        tonnes, gone = exports["tonnes"].to_numpy(), _hours(exports, "delivered_h")
        counted = np.where(gone >= results.warmup_h, gone, np.inf)
        delivered += step.reached_by(hours, counted, tonnes)
        gone = np.minimum(gone, _hours(exports, "rejected_h"))[there]
        backlog += step.reached_by(hours, _hours(exports, "ready_h")[there], tonnes[there])
        backlog -= step.reached_by(hours, gone, tonnes[there])
    held = step.waiting(results.stages).at(hours)
    numbers: list[int] = []
    most = {}
    for name, one in (("backlog", backlog), ("delivered", delivered), ("held", held)):
        levels = np.round(one).astype(int)
        most[name] = int(levels.max(initial=0))
        numbers += [zigzag(v) for v in np.diff(levels, prepend=0).tolist()]
    return Totals(len(hours), most, varints(numbers))


def _hours(frame: pl.DataFrame, column: str) -> Any:
    return frame[column].fill_null(float("inf")).to_numpy()
