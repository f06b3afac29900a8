"""From a wait back to the event that began it, by the tables of the run alone.

Each wait is explained by what held its place at that time: a queue by who was before and by what
its busy period was made of (``load``), a full place by what those in it waited for, missing wagons
and empty boxes by where the fleet stood (``links``).  That in turn is a wait of others, and so on,
until an event, a rule or plain overload is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from sim.results.causes import Cause, cause_of
from sim.results.links.closures import banned, closed
from sim.results.links.equipment import empties, wagons
from sim.results.links.link import Found, Link, Traced
from sim.results.links.places import full, yard
from sim.results.links.queues import queue
from sim.results.links.rooms import room
from sim.results.links.rules import admission, end
from sim.results.why import Account, Stretch

if TYPE_CHECKING:
    from sim.results.scene import Scene

DEEPEST = 6
MOST = 3
"""Waits of one journey that are traced."""
CONSIDERABLE = 0.1
"""Share of all waiting from which a wait is traced, besides the longest."""

FINDERS: dict[str, Callable[[Traced], Found]] = {
    "acceptance": queue,
    "path": queue,
    "busy": queue,
    "track": full,
    "place": full,
    "closed": closed,
    "wagons": wagons,
    "empties": empties,
    "room": room,
    "admission": admission,
    "ban": banned,
    "yard": yard,
}
"""What finds the next link, by the key of a cause; ``end`` where there is none."""


@dataclass(frozen=True)
class Chain:
    """A wait and the links from it back to what began it."""

    wait: Stretch
    links: tuple[Link, ...]

    @property
    def root(self) -> str:
        """What it ends in."""
        return next((link.root for link in reversed(self.links) if link.root), "not known")


def chains(scene: Scene, account: Account) -> list[Chain]:
    """The longest wait of a journey and the other considerable ones, each traced back."""
    waits = _whole([s for s in account.stretches if s.cause is not None])
    longest = sorted(waits, key=lambda s: (-s.hours, s.begin_h))
    limit = CONSIDERABLE * account.waiting_h
    traced = [s for i, s in enumerate(longest[:MOST]) if i == 0 or s.hours >= limit]
    own = account.number if account.what == "train" else None
    return [Chain(s, tuple(trace(scene, s, s.train if own is None else own))) for s in traced]


def _whole(waits: list[Stretch]) -> list[Stretch]:
    """Waits with those that share a stretch put together, under the cause of most of it."""
    found: dict[tuple[str, float, float], Stretch] = {}
    for wait in waits:
        key = (wait.stage, wait.begin_h, wait.end_h)
        other = found.get(key)
        if other is None:
            found[key] = wait
        else:
            most = max(wait, other, key=lambda s: s.hours)
            found[key] = replace(most, hours=wait.hours + other.hours)
    return list(found.values())


def trace(scene: Scene, wait: Stretch, train: int | None = None) -> list[Link]:
    """The links from one wait, of a container or of a train, back to what began it.

    The same cause is never followed twice.
    """
    assert wait.cause is not None
    traced = Traced(scene, cause_of(wait.cause), wait, train)
    seen: set[str] = set()
    links: list[Link] = []
    while True:
        seen.add(traced.cause.text)
        link, onward = FINDERS.get(traced.cause.key, end)(traced)
        links.append(link)
        if onward is None:
            return links
        if onward.cause in seen or len(links) == DEEPEST:
            text = f"and there the circle closes: {onward.cause}"
            root = f"the loop of {onward.cause}"
            return [*links, Link(onward.cause, text, onward.time, root)]
        traced = _example(scene, cause_of(onward.cause), onward.time)


def _example(scene: Scene, cause: Cause, time: float) -> Traced:
    """Who has waited longest for a cause at a time, else the moment itself."""
    now = scene.trains_at(time).filter(pl.col("waits") & (pl.col("cause") == cause.text))
    if now.height:
        row = now.sort("in_h", "train").row(0, named=True)
        until = min(row["start_h"], scene.results.horizon_h)
        name = f"{row['place']}: {row['activity']}"
        wait = Stretch(name, cause.text, row["in_h"], until, until - row["in_h"])
        return Traced(scene, cause, wait, row["train"])
    boxes = scene.results.chosen(
        "waits",
        (pl.col("cause") == cause.text) & (pl.col("begin_h") <= time) & (time < pl.col("end_h")),
    ).sort("begin_h", "container")
    if boxes.height:
        row = boxes.row(0, named=True)
        wait = Stretch(row["stage"], cause.text, row["begin_h"], row["end_h"], row["hours"])
        return Traced(scene, cause, wait, row["train"])
    return Traced(scene, cause, Stretch(cause.place, cause.text, time, time, 0.0), None)
