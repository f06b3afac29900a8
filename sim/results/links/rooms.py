"""Boxes that trains left behind: fewer trains, more boxes, or boxes that came together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.bans import banned_within, border_line
from sim.results.links.link import SEASON, Found, Traced
from sim.results.links.rules import end as ends_there
from sim.results.text import plain

if TYPE_CHECKING:
    from sim.results.scene import Scene

LONGER = 12.0
"""Hours beyond the usual from which boxes are said to have been held before."""


@dataclass(frozen=True)
class _Late:
    """Trains that left late: the worst of them, and what it waited for."""

    hours: float
    want: str
    trains: int
    cause: str
    time: float


def room(traced: Traced) -> Found:
    """Since when trains of a service left boxes behind, and what made it so."""
    scene, results, wait, service = traced.scene, traced.results, traced.wait, traced.cause.place
    series = scene.level(f"{service}: boxes waiting for a train")
    runs = results.trains.filter(pl.col("service") == service).sort("formed_h")
    formed = runs["formed_h"].to_numpy()
    if series is None or not len(formed):
        return ends_there(traced)
    left = series.at(formed)
    # The trains one after another that left boxes behind, up to the last before it got on.
    last = int(np.searchsorted(formed, wait.end_h + 1e-9)) - 1
    first = max(last, 0)
    while first > 0 and left[first - 1] > 0.0:
        first -= 1
    since = min(float(formed[first]), wait.begin_h)
    start = float(formed[first - 1]) if first > 0 else 0.0
    end = max(wait.end_h, since)
    hours, horizon = max(end - start, 1.0), results.horizon_h
    came = float(series.at(end) - series.at(start)) + _boarded(scene, service, start, end)
    usual_came = (_boarded(scene, service, 0.0, horizon) + float(series.at(horizon))) / horizon
    slots = runs["slots"].fill_null(runs["boxes"]).to_numpy()
    usual_room, there = float(slots.sum()) / horizon, float(slots[first : last + 1].sum())
    surge = came - usual_came * hours
    fewer = usual_room * hours - there
    text = (
        f"trains of {service} left boxes behind since {traced.when(since)}; when it came "
        f"{series.at(wait.begin_h):,.0f} boxes waited; from then on {came / hours * 24:.1f} a "
        f"day came (usually {usual_came * 24:.1f}) and there was room for "
        f"{there / hours * 24:.1f} (usually {usual_room * 24:.1f})"
    )
    late = _late(scene, runs[first : last + 1])
    if fewer > max(surge, 0.0) and late is not None and late.hours >= 0.25 * wait.hours:
        text += (
            f"; {late.trains} of its trains left late, one of them {late.hours:.0f} h, "
            f"for want of {late.want}"
        )
        return traced.goes_on(text, since, late.cause, late.time)
    if usual_came >= 0.98 * usual_room and surge <= usual_came * hours * 0.25:
        text += ": no single event, as many boxes come as there is room for, or more"
        return traced.ends(text, since, f"too little room on {service}")
    if fewer > max(surge, 0.0):
        return traced.ends(
            f"{text}: fewer trains ran than usual", since, f"fewer trains of {service}"
        )
    held = _held_before(scene, service, start, end)
    if held is not None:
        cause, extra, time = held
        text += (
            f"; they came late and together: on the way there {cause} held each "
            f"{extra:.0f} h longer than usual"
        )
        return traced.goes_on(text, since, cause, time)
    span = "a season" if hours >= SEASON else "a surge"
    root = f"{span} of more boxes than usual for {service}"
    return traced.ends(f"{text}: {span} of more goods", since, root)


def _trains(scene: Scene, service: str) -> pl.Expr:
    """Rows of a service's trains."""
    mine = scene.results.trains.filter(pl.col("service") == service)["train"]
    return pl.col("train").is_in(mine.implode())


def _legs(scene: Scene, service: str) -> pl.DataFrame:
    return scene.results.chosen("legs", _trains(scene, service))


def _boarded(scene: Scene, service: str, begin: float, end: float) -> float:
    """Followed boxes that left with a service after begin, until end."""
    boarded = (pl.col("boarded_h") > begin) & (pl.col("boarded_h") <= end)
    return _legs(scene, service).filter(boarded).height


def _late(scene: Scene, runs: pl.DataFrame) -> _Late | None:
    """How late trains left; None if on time."""
    known = runs.filter(pl.col("due_h").is_not_null()).with_columns(
        late=pl.col("formed_h") - pl.col("due_h"),
        wagons=pl.col("formed_h") - pl.col("admitted_h"),
    )
    if known.is_empty() or float(known["late"].sum()) < 1.0:
        return None
    row = known.sort("late", descending=True).row(0, named=True)
    trains = known.filter(pl.col("late") > 0.0).height
    service = row["service"]
    if row["wagons"] * 2.0 >= row["late"]:
        time = row["formed_h"] - row["wagons"] / 2.0
        return _Late(row["late"], "wagons", trains, f"{service}: no wagons", time)
    line = border_line(scene.results, service)
    time = (row["due_h"] + row["admitted_h"]) / 2.0
    asked = row["admitted_h"] - row["due_h"]
    banned = banned_within(scene.results, line, row["train_class"], row["due_h"], row["admitted_h"])
    if banned * 2.0 >= asked:
        want, cause = "loading, which was banned", f"{line}: loading banned"
        return _Late(row["late"], want, trains, cause, time)
    return _Late(row["late"], "admission", trains, f"{line}: not admitted", time)


def _held_before(
    scene: Scene, service: str, begin: float, end: float
) -> tuple[str, float, float] | None:
    """The cause that held the boxes of a time most beyond the usual before they came there."""
    lately = (pl.col("came") > begin) & (pl.col("came") <= end)
    before = (pl.col("end_h") <= pl.col("came") + 1e-6) & pl.col("train").is_not_null()
    trains = _trains(scene, service)
    every = recent = 0
    hours, waited = [], []
    told = ["container", "cause", "begin_h", "end_h", "hours", "train"]
    for all_waits, all_legs in scene.results.together(
        waits=told, legs=["container", "train", "ready_h"]
    ):
        legs = all_legs.filter(trains).select("container", came="ready_h")
        every += legs.height
        recent += legs.filter(lately).height
        waits = plain(all_waits.filter(pl.col("cause").is_not_null()))
        waits = waits.join(legs, on="container", how="inner", maintain_order="left").filter(before)
        hours.append(waits.group_by("cause").agg(pl.col("hours").sum()))
        waited.append(waits.filter(lately))
    if not recent:
        return None
    usual = pl.concat(hours).group_by("cause").agg(pl.col("hours").sum() / every)
    now = (
        pl.concat(waited)
        .group_by("cause")
        .agg(now=pl.col("hours").sum() / recent, time=pl.col("begin_h").median())
        .join(usual, on="cause")
        .with_columns(extra=pl.col("now") - pl.col("hours"))
        .sort(["extra", "cause"], descending=[True, False])
    )
    if now.is_empty() or now["extra"][0] < LONGER:
        return None
    # the wait of the box in the middle, so that someone is there to be looked at
    cause = str(now["cause"][0])
    return cause, float(now["extra"][0]), float(now["time"][0]) + 1e-3
