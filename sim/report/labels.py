"""What scenarios of a comparison are called on a page: by titles, where these tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def labels(titles: Mapping[str, str], reference: str) -> dict[str, str]:
    """Titles without what those of all variants begin with; names where titles are not told apart.

    A variant without a title of its own has that of its base.
    """
    known = list(titles.values())
    own = {n: t for n, t in titles.items() if t and known.count(t) == 1}
    variants = [t.split(", ") for n, t in own.items() if n != reference]
    shared = 0
    while len(variants) > 1 and len({tuple(v[: shared + 1]) for v in variants}) == 1:
        shared += 1
    short = {n: ", ".join(t.split(", ")[shared:]) if n != reference else t for n, t in own.items()}
    return {n: f"{t[:1].upper()}{t[1:]}" for n, t in short.items()}


def called(titles: Mapping[str, str], reference: str) -> dict[str, str]:
    """What each scenario is called: by its label where it has one, else by its name."""
    return {name: name for name in titles} | labels(titles, reference)


def relabelled(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows with their scenarios (columns variant and against) by these names."""
    return [
        {c: names.get(v, v) if c in ("variant", "against") else v for c, v in row.items()}
        for row in rows
    ]
