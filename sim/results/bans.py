"""Border lines that trains are loaded for, and when they were not, from what a run says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.results.tables import LOADING

if TYPE_CHECKING:
    from sim.results.run import Results


def border_line(results: Results, service: str) -> str:
    """The first line with acceptance on the way of a service, for which its trains are loaded.

    The service itself where there is none.
    """
    gates = {r["place"] for r in results.meta["resources"] if r["activity"] == "acceptance"}
    way = results.meta.get("network", {}).get("routes", {}).get(service, [])
    return next((place for place in way if place in gates), service)


def bans(results: Results, line: str, train_class: str | None = None) -> Iterator[dict[str, Any]]:
    """The loading bans toward a line as ``meta['network']['disruptions']`` has them.

    Of one class alone, if it is named.
    """
    for period in results.meta.get("network", {}).get("disruptions", ()):
        classes = period.get("classes", ())
        mine = train_class is None or not classes or train_class in classes
        if f"{line}/{LOADING}" in period["on"] and mine:
            yield period


def banned_within(results: Results, line: str, train_class: str, begin: float, end: float) -> float:
    """Hours from begin to end in which a ban of that class held."""
    hours, since = 0.0, begin
    for period in sorted(bans(results, line, train_class), key=lambda p: p["begin_h"]):
        first, last = max(period["begin_h"], since), min(period["end_h"], end)
        if last > first:
            hours, since = hours + last - first, last
    return hours
