"""A queue of trains: who was before, and what made its busy period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.links.link import SEASON, Found, Traced
from sim.results.load import Attribution, parts_of
from sim.results.scene import Scene, busy_since, counts, waiting_of

if TYPE_CHECKING:
    from sim.results.causes import Cause

ENOUGH = 0.5
"""Share of a queue from which one thing is called its cause."""
KINDS = {
    "surge": "more came than usual",
    "overload": "overload",
    "luck": "days of low capacity",
}


def queue(traced: Traced) -> Found:
    """The queue that a train or a box stood in, and what its length is put down to."""
    scene, cause = traced.scene, traced.cause
    place, activity = cause.place, cause.key
    if cause.key == "busy":
        place, _, activity = cause.place.partition("/")
    service = None
    if traced.train is not None:
        service = str(traced.results.trains["service"][traced.train])
    rows = scene.queue(place, activity, service)
    begin, end = traced.wait.begin_h, traced.wait.end_h
    if rows.is_empty():
        text = "others were before it; all that work there were taken"
        return traced.ends(text, begin, cause.text)
    series = waiting_of(rows)
    since = min(busy_since(series, max(end, begin + 1e-9)), begin)
    resource = f"{place}/{activity}" if activity != "path" else scene.paths(place, service)
    parts, asked, usual_in, there, usual = parts_of(scene, resource, rows, since, end)
    most = series.maximum(since, max(end, since))
    text = (
        f"the queue for {_name(cause)} had not been empty since {traced.when(since)} "
        f"(up to {most:.0f} trains); {_before(rows, begin, end)}"
    )
    per_day = f"asked {asked:.1f} a day (usually {usual_in:.1f})"
    if np.isfinite(there):
        per_day += f", could pass {there:.1f} (usually {usual:.1f})"
    verdict, root = _verdict(traced, parts, rows, since, usual_in, usual)
    passed = _passed(rows, begin, end)
    if 2 * passed.filter(pl.col("in_h") > begin).height > passed.height:
        root += ", and others first by the order rule"
    return traced.ends(f"{text}; {per_day}: {verdict}", since, root)


def _name(cause: Cause) -> str:
    return cause.place if cause.key == "busy" else cause.text.removesuffix(" free")


def _passed(rows: pl.DataFrame, begin: float, end: float) -> pl.DataFrame:
    """Trains that went while it waited."""
    return rows.filter((pl.col("start_h") > begin) & (pl.col("start_h") < end - 1e-9))


def _before(rows: pl.DataFrame, begin: float, end: float) -> str:
    """Who went before: so many trains, how many of them of others, how many came later."""
    before = _passed(rows, begin, end)
    if before.is_empty():
        return "no train went before"
    other = before.filter(pl.col("kind") == "background").height
    text = f"{before.height} trains went before"
    if other:
        text += f", {other} of them background trains"
    later = before.filter(pl.col("in_h") > begin)
    if later.height:
        classes = ", ".join(f"{n} {name}" for name, n in counts(later["train_class"])[:3])
        text += f"; {later.height} came after it and went first by the order rule ({classes})"
    return text


def _verdict(
    traced: Traced,
    parts: list[Attribution],
    rows: pl.DataFrame,
    since: float,
    asked: float,
    usual: float,
) -> tuple[str, str]:
    """What the queue is put down to, as a sentence and in a few words."""
    name, end = _name(traced.cause), traced.wait.end_h
    load = f"load {asked / usual:.0%}" if usual and np.isfinite(usual) else "its load"
    first = _first(parts)
    if first is None:
        return f"no single event, chance at {load}", f"chance at {load} ({name})"
    shares = (f"{KINDS.get(p.kind, p.what)} {p.trains:.0f}" for p in parts[:3] if p.trains >= 0.5)
    told = f"of the trains too many: {', '.join(shares)}"
    if first.kind == "overload":
        text = f"no single event but overload, {asked:.1f} a day against {usual:.1f}; {told}"
        return text, f"overload of {name}"
    if first.kind == "luck":
        return told, f"days of low capacity, {load} ({name})"
    if first.kind == "surge":
        flows = _surge(traced.scene, rows, since, end)
        span = "season" if end - since >= SEASON else "surge"
        root = f"{span} of {flows.partition(' +')[0]} ({name}, {load})"
        return f"{told}; more than usual of {flows}", root
    return told, first.what


def _first(parts: list[Attribution]) -> Attribution | None:
    """The part that a queue is called by: an event where it did enough; None of a short queue."""
    total = sum(p.trains for p in parts)
    if total < 1.0 or not parts:
        return None
    events = [p for p in parts if p.kind in ("disruption", "change")]
    if events and sum(p.trains for p in events) >= ENOUGH * total:
        return events[0]
    return parts[0]


def _surge(scene: Scene, rows: pl.DataFrame, since: float, end: float) -> str:
    """Which flows came more than usual."""
    horizon, hours = scene.results.horizon_h, end - since
    usual = dict(counts(rows["service"]))
    came = rows.filter(pl.col("in_h").is_between(since, end, closed="left"))
    more = [(n - usual[s] / horizon * hours, s) for s, n in counts(came["service"])]
    named = [f"{s} +{n:.0f}" for n, s in sorted(more, reverse=True)[:2] if n >= 0.5]
    return ", ".join(named) or "all trains"
