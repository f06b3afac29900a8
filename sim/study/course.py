"""The course of a queue in one run, held against a run of the same numbers without its cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.results.spans import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results import Results
    from sim.results.levels import StepSeries

FIGURES = {
    "recovered_h": "h",
    "held_most": "trains",
    "queue_train_h": "train-hours",
    "elsewhere_train_h": "train-hours",
    "behind_t": "t",
    "short_t": "t",
    "lead_time_h": "h",
}
"""What is told of each run and its unit; less is better of each."""


@dataclass(frozen=True)
class Course:
    """What is kept of one run.

    ``held`` are trains that wait at some places or before them, ``elsewhere`` those that wait
    anywhere else; ``arrived_t`` tonnes of exports delivered by the end of each day, from hour 0 on.
    """

    held: StepSeries
    elsewhere: StepSeries
    arrived_t: NDArray[np.float64]
    delivered_t: float | None
    lead_time_h: float | None


def see(on: tuple[str, ...], results: Results) -> Course:
    """What is kept of a run, for a job: trains held at these places (or before) and elsewhere."""
    from sim.results import kpis
    from sim.results.levels import reached_by
    from sim.results.recovery import Held
    from sim.results.text import holding

    waits = Held(results)
    held, figures = waits.before(on), kpis(results)
    days = np.append(np.arange(DAY, results.horizon_h, DAY), results.horizon_h)
    arrived = np.zeros(len(days))
    for part in results.parts("containers", ["flow", "tonnes", "delivered_h"]):
        mine = part.filter(holding(part["flow"], "exports"))
        moments = mine["delivered_h"].fill_null(float("inf"))
        arrived += reached_by(days, moments, mine["tonnes"])
    return Course(
        held,
        waits.anywhere().minus(held),
        arrived,
        figures["delivered_t"].value,
        figures["lead_time_mean_h"].value,
    )


def figures(
    run: Course, calm: Course, begin: float, end: float, horizon: float
) -> dict[str, float | None]:
    """What a run had beyond the calm one, by the names of ``FIGURES``.

    ``begin`` and ``end``, h, are of what came in this run and not in the calm one.
    ``recovered_h`` runs from its end to the first moment at which no more trains are
    held than in the calm run, None where that does not come by the horizon.  ``held_most`` is the
    most held from its begin until then.  ``queue_train_h`` and ``elsewhere_train_h`` are extra
    train-hours from its begin to the horizon.  ``behind_t`` is the most that deliveries lagged at
    the end of a day, and ``short_t`` what is missing of them at the horizon; ``lead_time_h`` is by
    how much the mean lead time is longer.
    """
    extra = run.held.minus(calm.held)
    over = extra.first_at_most(0.0, end, horizon)
    days = np.append(np.arange(DAY, horizon, DAY), horizon)
    behind = (calm.arrived_t - run.arrived_t)[days >= begin]
    elsewhere = run.elsewhere.minus(calm.elsewhere)
    return {
        "recovered_h": None if over is None else over - end,
        "held_most": run.held.maximum(begin, horizon if over is None else over),
        "queue_train_h": extra.time_mean(begin, horizon) * (horizon - begin),
        "elsewhere_train_h": elsewhere.time_mean(begin, horizon) * (horizon - begin),
        "behind_t": max(float(behind.max(initial=0.0)), 0.0),
        "short_t": _less(calm.delivered_t, run.delivered_t),
        "lead_time_h": _less(run.lead_time_h, calm.lead_time_h),
    }


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
