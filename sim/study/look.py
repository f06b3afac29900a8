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
    resource, as a share of what there was of it.
    """

    kpis: dict[str, float | None]
    causes: dict[str, float]
    busy: dict[str, float]


def look(results: Results) -> Look:
    """Take the look from the tables of a run."""
    from sim.results import delay_by_cause, kpis

    figures = {name: kpi.value for name, kpi in kpis(results).items()}
    causes: dict[str, float] = {}
    rows = delay_by_cause(results).select("cause", "mean_h").iter_rows()
    for cause, hours in rows:
        key = cause if cause in causes or len(causes) < FEW else REST
        causes[key] = causes.get(key, 0.0) + float(hours)
    busy = {
        str(r["name"]): float(r["busy"]) for r in results.meta["resources"] if r["busy"] is not None
    }
    return Look(figures, causes, busy)
