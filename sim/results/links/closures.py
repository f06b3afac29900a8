"""What was closed: by an event, or by its hours."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sim.results.bans import bans
from sim.results.causes import cause_of
from sim.results.links.link import Found, Traced
from sim.results.links.queues import queue


def closed(traced: Traced) -> Found:
    """The disruption or the calendar that closed a place."""
    cause, wait, network = traced.cause, traced.wait, traced.scene.network
    place = cause.place.partition("/")[0]
    for period in network.get("disruptions", ()):
        hit = {cause.place, place} & {t.removesuffix("/acceptance") for t in period["on"]}
        over = period["begin_h"] < wait.end_h and period["end_h"] > wait.begin_h
        if hit and over and period["factor"] == 0.0:
            name = _titled(period)
            text = (
                f"{cause.place} was closed by {name}, {traced.when(period['begin_h'])} to "
                f"{traced.when(period['end_h'])}"
            )
            return traced.ends(text, period["begin_h"], name)
    for name, calendar in network.get("calendars", {}).items():
        if cause.place in calendar["on"]:
            return _shut(traced, f"{cause.place} works by {name} ({calendar['title']})")
    text = f"{cause.place} let nothing through on these days"
    return traced.ends(text, wait.begin_h, f"{cause.place} closed")


def banned(traced: Traced) -> Found:
    """The loading ban that a train waited for."""
    wait, line = traced.wait, traced.cause.place
    for period in bans(traced.results, line, _class_of(traced)):
        if period["begin_h"] < wait.end_h and period["end_h"] > wait.begin_h:
            name = _titled(period)
            text = (
                f"loading for {line} was banned by {name}, {traced.when(period['begin_h'])} to "
                f"{traced.when(period['end_h'])}"
            )
            return traced.ends(text, period["begin_h"], name)
    return traced.ends(f"loading for {line} was banned", wait.begin_h, f"loading ban of {line}")


def _class_of(traced: Traced) -> str | None:
    """The class of the train that waited, or that a box in the yard of a service waited for."""
    trains = traced.results.trains
    if traced.train is not None:
        return str(trains["train_class"][traced.train])
    service = traced.wait.stage.partition(": ")[0]
    classes = trains.filter(pl.col("service") == service)["train_class"]
    return str(classes[0]) if len(classes) else None


def _shut(traced: Traced, hours: str) -> Found:
    """A wait for opening; that of a queue which had not been served when it last shut."""
    cause, wait = traced.cause, traced.wait
    place, _, activity = cause.place.partition("/")
    if activity and traced.train is not None:
        before = traced.scene.queue(place, activity).filter(
            (pl.col("start_h") > wait.begin_h) & (pl.col("start_h") < wait.end_h - 1e-9)
        )
        if before.height:
            link, _ = queue(replace(traced, cause=cause_of(f"{cause.place}: busy")))
            return replace(link, cause=cause.text, text=f"{hours}; {link.text}"), None
    root = f"opening hours of {cause.place}"
    return traced.ends(f"{hours}; these hours it was shut", wait.begin_h, root)


def _titled(period: dict[str, object]) -> str:
    name, title = str(period["name"]), str(period["title"])
    return name if name == title else f"{name} ({title})"
