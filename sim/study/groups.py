"""Who waits longer: lead times of groups of exports in two variants, paired within replications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.study.paired import Paired, paired
from sim.study.statistics import estimate, moments

if TYPE_CHECKING:
    from sim.study.replications import Replications

GROUP_COLUMNS = {
    "variant": "text",
    "against": "text",
    "group": "text",
    "reference": "number",
    "value": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "reference_share": "number",
    "share": "number",
    "n": "whole",
}


def leads(reference: Replications, variant: Replications) -> dict[str, Paired]:
    """Mean lead time by group, h, in the pairs of runs in which both have it."""
    names = dict.fromkeys(name for o in (*reference.good, *variant.good) for name in o.leads)
    sides = (reference.good, variant.good)
    found = {
        name: paired(*({o.replication: o.leads.get(name) for o in side} for side in sides))
        for name in names
    }
    return {name: pairs for name, pairs in found.items() if pairs.n}


def group_row(
    contrast: tuple[str, str],
    group: str,
    pairs: Paired,
    sides: tuple[Replications, Replications],
    confidence: float,
) -> dict[str, Any]:
    """One group: its lead time in both, and its share of the slowest twentieth of each."""
    found = pairs.interval(confidence)
    shares = [estimate(o.slowest.get(group, 0.0) for o in side.good).mean for side in sides]
    return {
        "variant": contrast[0],
        "against": contrast[1],
        "group": group,
        "reference": moments(pairs.reference)[0],
        "value": moments(pairs.variant)[0],
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        "reference_share": shares[0],
        "share": shares[1],
        "n": pairs.n,
    }
