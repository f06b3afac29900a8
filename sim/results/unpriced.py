"""What exports were charged for and what not, for want of a rate.

A part of the cost without a rate is left out of the accounts, and a total that leaves things out
must say so: it is no total of the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.results.text import holding, matching

if TYPE_CHECKING:
    from sim.results.run import Results


def unpriced(results: Results) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """By part of the cost: whether none of it has a rate, and what has none; parts priced are left.

    Only lines, works and fleets count that exports used.  Empty where the scenario gives no costs,
    so that nothing is added up either.
    """
    tariff: dict[str, Any] = results.meta.get("tariff") or {}
    asked = tariff.get("asked")
    if not tariff.get("given") or asked is None:
        return {}
    rows = [row for service in _services(results) for row in asked["services"].get(service, ())]
    rows += asked["trips"]
    if _moved_empty(results):
        rows += asked["empties"]
    found: dict[str, dict[str, bool]] = {}
    for part, what, rated in rows:
        found.setdefault(part, {})[what] = rated
    return {
        part: (
            not any(rated.values()),
            tuple(sorted(what for what, known in rated.items() if not known)),
        )
        for part, rated in found.items()
        if not all(rated.values())
    }


def unpriced_words(found: dict[str, tuple[bool, tuple[str, ...]]]) -> str:
    """The same in words, such as ``gauge change, line haul on road``; nothing where all is priced.

    A part of which nothing is priced is named alone.
    """
    return ", ".join(
        part if whole else f"{part} ({', '.join(what)})" for part, (whole, what) in found.items()
    )


def _services(results: Results) -> list[str]:
    """Services that took exports, in the order of their names."""
    on: list[Any] = [np.zeros(0, dtype=np.int64)]
    own, told = ["container", "flow"], ["container", "train"]
    for boxes, legs in results.together(containers=own, legs=told):
        mine = boxes["container"].to_numpy()[holding(boxes["flow"], "exports")]
        marks = np.zeros(int(boxes["container"].max() or 0) + 2, dtype=np.bool_)  # type: ignore[arg-type]
        marks[mine] = True
        on.append(np.unique(legs["train"].to_numpy()[marks[legs["container"].to_numpy()]]))
    trains = pl.Series(np.unique(np.concatenate(on)))
    used = results.trains.filter(pl.col("train").is_in(trains.implode()))
    return sorted(used["service"].unique())


def _moved_empty(results: Results) -> bool:
    return any(
        matching(part["state"], lambda state: state == "carried empty").any()
        for part in results.parts("equipment", ["state"])
    )
