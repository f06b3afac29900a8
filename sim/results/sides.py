"""On which side of the border exports wait: the hours of each stretch, by where it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.results.text import plain
from sim.results.waited import taken

if TYPE_CHECKING:
    from sim.results.run import Results

MOMENTS = ("departed_h", "border_in_h", "border_out_h", "arrived_h")
"""From each of them on a container is in the next part of its way."""
SIDES = ("origin", "line to the border", "border crossing", "line from the border", "destination")
WITHOUT = ("origin", "on the way", "destination")


def sides_of(results: Results) -> tuple[str, ...]:
    """The parts of a way in their order; of a corridor without a border there are three."""
    return SIDES if results.meta.get("crossings") else WITHOUT


def waiting_by_side(results: Results, *, flow: str = "exports") -> dict[str, float]:
    """Hours waited in each part of the way, for each container taken after the warm-up.

    The same hours as ``waiting_by_cause``: those not yet delivered count up to the horizon.
    The border is what lies between the arrival at its first station and the departure on the train
    of the other gauge, transshipment included; trains held back farther out wait on the line to it.
    """
    which, count = taken(results, flow), 0
    hours = np.zeros(len(MOMENTS) + 1)
    own = ["container", *MOMENTS, *which.meta.root_names()]
    told = ["container", "cause", "begin_h", "hours"]
    for boxes, waits in results.together(containers=[*dict.fromkeys(own)], waits=told):
        mine = plain(boxes).filter(which)
        numbers = mine["container"].to_numpy()
        count += len(numbers)
        place = np.full(int(boxes["container"].max() or 0) + 1, -1)  # type: ignore[arg-type]
        place[numbers] = np.arange(len(numbers))
        container = waits["container"].to_numpy()
        kept = waits["cause"].is_not_null().to_numpy() & (place[container] >= 0)
        row = place[container[kept]]
        begin, side = waits["begin_h"].to_numpy()[kept], np.zeros(len(row), dtype=np.int64)
        passed = np.full(len(numbers), np.inf)
        # a moment that a way has not (no border on it) counts as the one after it
        for moment in reversed(MOMENTS):
            passed = np.fmin(mine[moment].to_numpy(), passed)
            side += begin >= passed[row]
        hours += np.bincount(side, waits["hours"].to_numpy()[kept], len(hours))
    if not results.meta.get("crossings"):
        hours = np.array([hours[0], hours[1:-1].sum(), hours[-1]])
    return {
        name: float(h) / max(count, 1) for name, h in zip(sides_of(results), hours, strict=True)
    }
