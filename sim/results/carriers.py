"""Which services carry exports out: the trains whose slots exports are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from sim.results.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.results.run import Results


def carriers(results: Results) -> frozenset[str]:
    """Of each way that exports take, the service over the border, else the first of many slots.

    A feeder by road brings one box at a time, so its departures are no trains; where a way leads
    over no border the first service with room for more than one box counts, and where there is
    none of these either, the first of all.  Ways are told by their first service.
    """
    crosses, size = _crossings(results), _sizes(results)
    firsts = _firsts(results)
    found = {s for s in firsts if s in crosses}
    # a train over the border from the origin is the answer, and so is one of a land without any
    rest = {s for s in firsts - found if crosses or size.get(s, 0) <= 1}
    found |= firsts - found - rest
    if not rest:
        return frozenset(found)
    after: dict[str, list[str]] = {s: [] for s in rest}
    for first, service in _onward(results, rest):
        if service not in after[first]:
            after[first].append(service)
    for first, onward in after.items():
        over = [s for s in onward if s in crosses]
        many = [s for s in (first, *onward) if size.get(s, 0) > 1]
        found.update(over or many[:1] or [first])
    return frozenset(found)


def services_of(results: Results) -> dict[str, dict[str, Any]]:
    """What the network says of each service: crossing, length, by_clock."""
    network: dict[str, dict[str, Any]] = results.meta.get("network") or {}
    return network.get("services", {})


def _crossings(results: Results) -> set[str]:
    return {name for name, s in services_of(results).items() if s["crossing"] is not None}


def _sizes(results: Results) -> dict[str, int]:
    """Boxes that fit on a train of each service."""
    rows = results.trains.group_by("service").agg(pl.col("slots").max().fill_null(0))
    return {**dict(rows.iter_rows()), **{n: s["length"] for n, s in services_of(results).items()}}


def _firsts(results: Results) -> set[str]:
    """Services whose trains take exports from where they became ready."""
    first = results.each(
        "containers",
        ["flow", "first_train"],
        lambda part: part.filter(pl.col("flow") == "exports").select(
            pl.col("first_train").unique()
        ),
    )["first_train"]
    mine = results.trains.filter(
        pl.col("kind") == "service", pl.col("train").is_in(first.drop_nulls().unique().implode())
    )
    return set(mine["service"].unique())


def _onward(results: Results, firsts: set[str]) -> Iterator[tuple[str, str]]:
    """First service and one of those that took its boxes on, the earlier ones first."""
    service = dict(results.trains.select("train", "service").iter_rows())
    own, on = ["container", "flow", "first_train"], ["container", "train"]
    for boxes, legs in results.together(containers=own, legs=on):
        mine = plain(boxes).filter(pl.col("flow") == "exports", pl.col("first_train").is_not_null())
        pairs = (
            legs.join(mine, on="container", maintain_order="left")
            .filter(pl.col("train") != pl.col("first_train"))
            .select("first_train", "train")
            .unique(maintain_order=True)
        )
        for a, b in pairs.iter_rows():
            if service.get(a) in firsts:
                yield service[a], service[b]
