"""What a ramp keeps of one run: key figures, hours waited by cause, and the use of resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results import Results

FEW = 40
"""Causes kept of a run, those with most hours; the rest is summed as one."""
REST = "all other causes"


@dataclass(frozen=True)
class Look:
    """A run seen from afar.

    ``causes`` are hours of waiting per container of exports that became ready; ``busy`` is by
    resource, as a share of what there was of it; ``laden`` is the share of the slots of trains
    that took exports away that carried goods, None where not known, and ``by_clock`` whether these
    trains leave whatever is there, so that more boxes would make no more trains.
    """

    kpis: dict[str, float | None]
    causes: dict[str, float]
    busy: dict[str, float]
    laden: float | None = None
    by_clock: bool = False


def look(results: Results) -> Look:
    """Take the look from the tables of a run."""
    from sim.results import delay_by_cause, kpis
    from sim.results.room import rooms, together

    figures = {name: kpi.value for name, kpi in kpis(results).items()}
    causes: dict[str, float] = {}
    rows = delay_by_cause(results).select("cause", "mean_h").iter_rows()
    for cause, hours in rows:
        key = cause if cause in causes or len(causes) < FEW else REST
        causes[key] = causes.get(key, 0.0) + float(hours)
    busy = {
        str(r["name"]): float(r["busy"]) for r in results.meta["resources"] if r["busy"] is not None
    }
    whole = together(rooms(results))
    if whole is None:
        return Look(figures, causes, busy)
    return Look(figures, causes, busy, whole.fill, whole.by_clock)
