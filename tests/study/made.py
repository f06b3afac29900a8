"""Outcomes with figures of one's own, as if runs had given them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from sim.results import Kpi
from sim.results.kpi import KPIS
from sim.results.series import Weekly
from sim.scenario import Scenario
from sim.study.engine import Failure, Outcome
from sim.study.replications import Replications

FAILED = Failure("simulate", "ZeroDivisionError: the trap springs", "")


def outcome(replication: int, **values: float | None) -> Outcome:
    """A run that ended with these key figures."""
    return Outcome(
        replication, {n: Kpi(v, KPIS[n].unit, KPIS[n].meaning) for n, v in values.items()}
    )


def runs(
    scenario: Scenario, kpi: str, values: Mapping[int, float | Failure | None]
) -> Replications:
    """Runs by replication number: the value of one key figure, or why the run failed."""
    return Replications(
        scenario,
        1,
        tuple(
            Outcome(r, failure=v) if isinstance(v, Failure) else outcome(r, **{kpi: v})
            for r, v in values.items()
        ),
    )


def weekly(
    offered: Iterable[float],
    delivered: Sequence[float],
    warmup_h: float = 0.0,
    refused: float = 0.0,
    rejected: float = 0.0,
) -> Weekly:
    """Tonnes of whole weeks."""
    tonnes = list(offered)
    frame = pl.DataFrame(
        {
            "begin_h": [168.0 * i for i in range(len(tonnes))],
            "hours": [168.0] * len(tonnes),
            "offered_t": tonnes,
            "delivered_t": list(delivered),
            "refused_t": [refused] * len(tonnes),
            "rejected_t": [rejected] * len(tonnes),
        }
    )
    return Weekly({"warmup_h": warmup_h, "horizon_h": 168.0 * len(tonnes)}, frame)
