"""Rules, and causes that end a chain by their nature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from sim.results.scene import counts

if TYPE_CHECKING:
    from sim.results.links.link import Found, Traced


def admission(traced: Traced) -> Found:
    """What stood before the border for which the rule kept trains back."""
    place, begin = traced.cause.place, traced.wait.begin_h
    text = f"the admission rule let no train set out for {place}"
    now = traced.scene.trains_at(traced.middle).filter(pl.col("waits"))
    gate = f"{place}: acceptance"
    number = dict(counts(now["doing"])).get(gate, 0)
    if number:
        text += f", where {number} trains stood"
        return traced.goes_on(text, begin, gate, traced.middle)
    return traced.ends(text, begin, f"admission rule of {place}")


def end(traced: Traced) -> Found:
    """What nothing else is asked of."""
    cause, place = traced.cause, traced.cause.place
    texts = {
        "due": (
            f"the dispatch rule of {place} had no train due before",
            f"dispatch rule of {place}",
        ),
        "analysis": (
            "the laboratory had taken a sample; this is how long its answer took",
            f"sampled at {place}",
        ),
        "slot": (f"all slots of {place} were taken", f"{place} full"),
        "before": (
            "the cranes moved other boxes of its train, and of trains before, first",
            f"its place on the train ({place})",
        ),
        "dwell": ("the consignee had not yet called for it", f"consignees at {place}"),
        "truck": (f"all trucks of {place} were on the road", f"trucks of {place}"),
        "ship": (
            f"the next ship of {place} with a slot left had not come",
            f"sailings of {place}",
        ),
    }
    text, root = texts.get(cause.key, (cause.kind, cause.text))
    return traced.ends(text, traced.wait.begin_h, root)
