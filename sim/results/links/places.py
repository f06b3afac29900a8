"""Tracks, places on a line and yards that were full: by what they were taken."""

from __future__ import annotations

import polars as pl

from sim.results.links.link import Found, Traced, most_waits, told
from sim.results.scene import busy_since, counts, waiting_of
from sim.results.tracks import tracks_of


def full(traced: Traced) -> Found:
    """What the trains did that held all tracks of a station, or all places on a line."""
    cause, wait = traced.cause, traced.wait
    time = max(traced.middle, wait.begin_h)
    now = traced.scene.trains_at(time)
    here = [_holds(traced, row) for row in now.iter_rows(named=True)]
    doing = counts(now.filter(pl.Series(here, dtype=pl.Boolean))["doing"])
    what = "tracks" if cause.key == "track" else "places"
    rows = traced.scene.queue(cause.place, "track" if cause.key == "track" else "enter")
    if cause.key == "track" and traced.train is not None:
        rows = rows.filter(pl.col("service").is_in(_on_same_tracks(traced)))
    since = min(busy_since(waiting_of(rows), wait.end_h), wait.begin_h)
    text = (
        f"all {what} of {cause.place} were taken on {traced.when(time)}, with others waiting "
        f"for one since {traced.when(since)}: {told(doing, 3)}"
    )
    onward = most_waits(doing)
    if onward is None:
        return traced.ends(text, since, f"trains at work on all {what} of {cause.place}")
    return traced.goes_on(text, since, onward, time)


def _holds(traced: Traced, row: dict[str, object]) -> bool:
    """Whether a train at its stage holds a track of the station, or a place on the line."""
    scene, cause = traced.scene, traced.cause
    place, activity, service = row["place"], row["activity"], str(row["service"])
    if cause.place not in scene.routes.get(service, []):
        return False
    if cause.key == "track" and service not in _on_same_tracks(traced):
        return False
    if place == cause.place:
        return activity not in ("track", "enter")
    if place != scene.after(service, cause.place):
        return False
    gates = ("enter", "path", "acceptance") if cause.key == "track" else ("track",)
    return activity in gates and bool(row["waits"])


def _on_same_tracks(traced: Traced) -> list[str]:
    """Services and flows whose trains stand on the tracks that the traced one waited for."""
    scene, place = traced.scene, traced.cause.place
    if traced.train is None:
        return list(scene.routes)
    mine = str(traced.results.trains["service"][traced.train])
    tracks = tracks_of(scene.network, mine, place)
    return [s for s in scene.routes if tracks_of(scene.network, s, place) == tracks]


def yard(traced: Traced) -> Found:
    """What the boxes waited for that filled a yard."""
    place, time, begin = traced.cause.place, traced.middle, traced.wait.begin_h
    origins = [s for s, way in traced.scene.routes.items() if way and way[0] == place]
    stages = [f"{s}: yard" for s in origins] + [f"{place}: yard", f"{place}: truck"]
    boxes = traced.scene.boxes_at(time)
    doing = counts(boxes.filter(pl.col("stage").is_in(stages))["doing"])
    text = f"the yard of {place} was full on {traced.when(time)}: {told(doing, 3)}"
    onward = most_waits(doing)
    if onward is None:
        return traced.ends(text, begin, f"yard of {place} too small")
    return traced.goes_on(text, begin, onward, time)
