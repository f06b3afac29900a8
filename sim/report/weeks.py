"""The worst weeks of a run, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from sim.report.style import band
from sim.report.words import figure, plus_minus
from sim.results import Results
from sim.results.series import Weekly, start_of, weekly
from sim.results.weeks import left_over, slowest_week


def week_words(results: Results, runs: Sequence[Weekly], where: str = "") -> tuple[str, ...]:
    """At the end of which week most exports were left, and of which week they took longest.

    Args:
        results: the tables of a run.
        runs: the weeks of all replications where there are several, else none.
        where: "In replication 0", if the tables are of one run of several.
    """
    weeks = list(runs) or [weekly(results)]
    known = [left_over(one) for one in weeks]
    begins, left = known[0][0], np.array([tonnes for _, tonnes in known])
    if not len(begins) or left.max() <= 0.0:
        return ()
    mean, half = band(left)
    worst = int(mean.argmax())
    tonnes = plus_minus(float(mean[worst]), None if half is None else float(half[worst]))
    said = f"The worst week began on {_day(results, begins[worst])}: at its end {tonnes} t of "
    said += "exports were ready and not delivered"
    if len(weeks) > 1:
        each = begins[left.argmax(axis=1)]
        said += (
            f" (the worst weeks of the {len(weeks)} runs began from {_day(results, each.min())} "
            f"to {_day(results, each.max())})"
        )
    slow = slowest_week(results)
    if slow is None:
        return (f"{said}.",)
    lead = f"{where}: exports" if where else "Exports"
    return (
        f"{said}.",
        f"{lead} that became ready in the week from {_day(results, slow.begin_h)} took longest, "
        f"{figure(slow.lead_h / 24.0)} days in the mean; all weeks, {figure(slow.whole_h / 24.0)}.",
    )


def _day(results: Results, hours: float) -> str:
    return f"{start_of(results) + timedelta(hours=float(hours)):%-d %b %Y}"
