"""Why a mean lead time falls while the slowest take longer, or the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.words import between, figure, share, step_of

Row = Mapping[str, Any]
MEAN, TAIL = "lead_time_mean_h", "lead_time_p95_h"
_OF = {
    "commodity": "exports of {}",
    "origin": "exports from {}",
    "destination": "exports to {}",
    "crossing": "exports by {}",
    "ready": "exports ready {}",
}
"""Groups by what their names begin with."""


def tail_words(differences: Sequence[Row], groups: Sequence[Row]) -> tuple[str, ...]:
    """A sentence for each pair of variants whose mean and P95 surely move apart.

    It names those who surely wait longer (shorter, if it is the P95 that falls) and what they have
    of the slowest twentieth; there is none where no group is told so.

    Args:
        differences: columns as ``sim.study.contrast.COLUMNS``.
        groups: of ``Comparison.groups``.
    """
    known = {(r["variant"], r.get("against"), r["kpi"]): r for r in differences}
    said = []
    for (variant, against, kpi), mean in known.items():
        tail = known.get((variant, against, TAIL))
        if kpi != MEAN or tail is None or {mean["verdict"], tail["verdict"]} != {"better", "worse"}:
            continue
        mine = [r for r in groups if (r["variant"], r["against"]) == (variant, against)]
        told = _who(mine, 1.0 if tail["verdict"] == "worse" else -1.0, str(against))
        if told:
            down, up = "falls", "rises"
            ways = (down, up) if mean["verdict"] == "better" else (up, down)
            said.append(
                f"{variant}: the mean lead time {ways[0]} and the P95 {ways[1]}, since {told}."
            )
    return tuple(said)


def _who(rows: Sequence[Row], way: float, against: str) -> str:
    """Of the groups that surely go the way of the P95 the one with most of the slowest.

    Beside it, of those that the same division has, the one that goes the other way most.
    """
    sure = [r for r in rows if r["low"] is not None]
    with_it = [r for r in sure if min(r["low"] * way, r["high"] * way) > 0.0 and _late(r) > 0.0]
    if not with_it:
        return ""
    longer, less = ("longer", "less") if way > 0.0 else ("less", "longer")
    first = max(with_it, key=lambda r: (_late(r), r["difference"] * way))
    told = (
        f"{_named(first)} take surely {longer} ({_change(first)}) and are {share(first['share'])} "
        f"of its slowest twentieth, {share(first['reference_share'])} of that of {against}"
    )
    kind = first["group"].split()[0]
    others = [r for r in sure if max(r["low"] * way, r["high"] * way) < 0.0]
    beside = [r for r in others if r["group"].split()[0] == kind]
    if not beside:
        return told
    other = min(beside, key=lambda r: r["difference"] * way)
    return f"{told}, while {_named(other)} take surely {less} ({_change(other)})"


def _late(row: Row) -> float:
    """Its share of the slowest, in the scenario in which that is larger."""
    return max(row["share"] or 0.0, row["reference_share"] or 0.0)


def _named(row: Row) -> str:
    kind, _, name = str(row["group"]).partition(" ")
    return _OF[kind].format(name)


def _change(row: Row) -> str:
    sign, ends = "+" if row["difference"] > 0.0 else "", (row["low"], row["high"])
    return f"{sign}{figure(row['difference'], '', step_of(*ends))} h, {between(*ends)}"
