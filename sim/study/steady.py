"""A corridor in the long run: warm-up left out, overload called overload.

A terminating study (a season from a stated start) needs none of this and is the default.  In a
steady one, the level of some pilot replications says where the warm-up ends (MSER-5 of their mean),
unless the scenario states one; then the replications are run with it.  Where the backlog drifts
upward there is no long run: its slope and the time until what holds it is full are told instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.engine import Job, default_jobs, run_all
from sim.study.filling import Buffer, Filling, fill, fillings, places
from sim.study.given import check_numbers
from sim.study.overload import Drift
from sim.study.replications import Replications, replicate
from sim.study.statistics import interval
from sim.study.unfinished import ended
from sim.study.warmup import BATCH, Truncation, level, mser

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from sim.results import Results
    from sim.results.kpi import KpiSummary
    from sim.scenario import Scenario

PILOT = 10
"""Replications whose mean level says where the warm-up ends."""
LIMITLESS = (
    "lead_time",
    "waiting",
    "trains_held",
    "peak_backlog",
    "end_backlog",
    "start_backlog",
    "undelivered",
    "fulfilment",
    "recovery",
)
"""Beginnings of key figures that have no value in the long run where the backlog grows."""


@dataclass(frozen=True)
class Steady:
    """A study in the long run.

    ``level`` is the mean level of the pilot runs at ``hours`` (middles of equal parts); ``stated``
    whether the scenario itself says the warm-up, hours.
    """

    replications: Replications
    warmup: float
    stated: bool
    truncation: Truncation
    hours: NDArray[Any]
    level: NDArray[Any]
    unit: str
    drift: Drift | None
    fillings: list[Filling]

    def frame(self) -> pl.DataFrame:
        """What the picture of the warm-up is drawn of.

        Columns: time_h, level (mean of the pilot runs), unit, warmup_h, statistic (MSER of leaving
        out all before; null in the second half).
        """
        import polars as pl

        statistic = np.full(len(self.level), np.nan)
        at = np.arange(len(self.truncation.curve)) * BATCH
        statistic[at[at < len(statistic)]] = self.truncation.curve[at < len(statistic)]
        return pl.DataFrame(
            {
                "time_h": self.hours,
                "level": self.level,
                "unit": [self.unit] * len(self.level),
                "warmup_h": [self.warmup] * len(self.level),
                "statistic": statistic,
            }
        ).with_columns(pl.col("statistic").fill_nan(None))

    @property
    def overloaded(self) -> bool:
        """Whether the backlog grows without end."""
        return self.drift is not None and self.drift.overloaded

    def summary(self) -> dict[str, Any]:
        """What a manifest says of it: warm-up, overload, and what fills when."""
        drift = self.drift
        return {
            "warmup_h": self.warmup,
            "stated": self.stated,
            "settled": self.truncation.settled,
            "mser5_h": self.truncation.values * 2.0 * float(self.hours[0]),
            "overloaded": self.overloaded,
            "unit": self.unit,
            "growth_per_week": drift and drift.slope.mean,
            "growth_half_width": drift and drift.slope.half_width,
            "growth_share": drift and drift.share,
            "filling": [
                {
                    "place": f.place.name,
                    "unit": f.place.unit,
                    "capacity": f.place.capacity,
                    "level": f.level.mean,
                    "growth_per_week": f.slope.mean * 168.0,
                    "days_to_full": None if f.hours_to_full is None else f.hours_to_full / 24.0,
                }
                for f in self.fillings
            ],
        }

    def kpis(self) -> dict[str, KpiSummary]:
        """Key figures; None where an overloaded corridor has no such value in the long run."""
        from dataclasses import replace

        found = self.replications.kpis()
        if not self.overloaded:
            return found
        return {
            name: replace(kpi, mean=None, half_width=None) if name.startswith(LIMITLESS) else kpi
            for name, kpi in found.items()
        }


def steady(
    scenario: Scenario,
    replications: int = PILOT,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda n: None,
) -> Steady:
    """Run a scenario for its long-run figures.

    Pilot runs that deadlock say nothing of a level in the long run and are left out; where all do,
    theirs up to that hour is shown, and no drift.

    Raises:
        ValueError: a number out of its range.
        RuntimeError: no pilot run ended.
    """
    check_numbers(replications, jobs)
    root = scenario.tables.seed if seed is None else seed
    holds = places(scenario)
    pilots = min(replications, PILOT)
    expect(pilots + replications)
    measure = partial(_pilot, holds=holds)
    todo = [Job(scenario, root, r, measure=measure) for r in range(pilots)]
    outcomes = run_all(todo, jobs or default_jobs(), done)
    whole = [o for o in outcomes if ended(o)]
    # as of replications: figures of the deadlocked are shown where there are no others
    shown = whole or [o for o in outcomes if o.failure is None]
    good: list[dict[str, Any]] = [o.measured for o in shown]
    if not good:
        failure = outcomes[0].failure
        assert failure is not None
        raise RuntimeError(f"no pilot run ended; the first: {failure.error}\n{failure.trace}")
    mean = np.asarray(np.mean([run["level"] for run in good], axis=0), dtype=np.float64)
    found = mser(mean)
    end = float(scenario.tables.horizon)
    step = end / len(mean)
    stated = float(scenario.tables.warmup) > 0.0
    warmup = float(scenario.tables.warmup) if stated else float(math.ceil(found.values * step))
    made = replicate(
        scenario if stated else _warmed(scenario, warmup), replications, root, jobs, done
    )
    exports = good[0]["unit"] == "t"
    drift = None
    if whole:
        drift = made.drift() if exports else _train_drift(good)
    return Steady(
        made,
        warmup,
        stated,
        found,
        (np.arange(len(mean)) + 0.5) * step,
        mean,
        good[0]["unit"],
        drift,
        fillings(holds, [run["fill"] for run in good]) if whole else [],
    )


def _pilot(results: Results, holds: tuple[Buffer, ...]) -> dict[str, Any]:
    return {**level(results), "fill": fill(results, holds)}


def _warmed(scenario: Scenario, warmup: float) -> Scenario:
    from sim.scenario.altering import Change, altered

    if warmup == 0.0:
        return scenario
    return altered(scenario, [Change("warmup", f"{warmup:g} h")])


def _train_drift(runs: list[dict[str, Any]]) -> Drift | None:
    """Growth of the number of trains where there are no exports; the slope is in trains a week."""
    if any(not run["formed"] for run in runs):
        return None
    grown = [run["formed"] - run["ended"] for run in runs]
    shares = [g / run["formed"] for g, run in zip(grown, runs, strict=True)]
    slopes = [g / run["weeks"] for g, run in zip(grown, runs, strict=True)]
    return Drift(interval(slopes), sum(shares) / len(shares))
