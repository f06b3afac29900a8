"""As many replications as a figure needs: until its interval is narrow enough, or a cap is reached.

The half width is held to γ/(1 + γ) of the mean, so that the *true* error is at most γ of the true
mean with the confidence asked for (Law, Simulation Modeling and Analysis, 5th ed., sect. 9.4.1).
How many to run next depends on the figures alone, never on how many processes make them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.study.engine import Job, default_jobs, run_all
from sim.study.given import check_numbers
from sim.study.replications import Replications, with_tables
from sim.study.statistics import Interval, interval, t_quantile

if TYPE_CHECKING:
    from sim.scenario import Scenario

LEAST = 10
"""Replications before a deviation is trusted."""
MOST = 1000


@dataclass(frozen=True)
class Reached:
    """How narrow a figure's interval came to be; ``share`` is half width over mean."""

    kpi: str
    found: Interval | None
    share: float | None
    enough: bool


@dataclass(frozen=True)
class Precise:
    """The runs made, and how narrow each figure asked for came to be."""

    replications: Replications
    precision: float
    reached: tuple[Reached, ...]

    @property
    def enough(self) -> bool:
        """Whether all are as narrow as asked."""
        return all(r.enough for r in self.reached)


def replicate_until(
    scenario: Scenario,
    kpis: Sequence[str],
    precision: float,
    *,
    most: int = MOST,
    least: int = LEAST,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda n: None,
) -> Precise:
    """Run replications until each figure's relative error is at most ``precision``.

    Args:
        kpis: key figures, one or more.
        precision: relative error, such as 0.02.
        most: cap on the replications.
        least: replications before the first look.
        expect: told how many replications are planned, each time that changes.

    Raises:
        ValueError: a number out of its range, or no such key figure.
    """
    from sim.results import KPIS

    check_numbers(most, jobs)
    if not 0.0 < precision < 1.0:
        raise ValueError(f"precision: {precision:g} is not a share; expected such as 2% or 0.02")
    for name in kpis:
        if name not in KPIS:
            raise ValueError(f"{name!r} is no key figure; expected one of {', '.join(KPIS)}")
    root = scenario.tables.seed if seed is None else seed
    goal = precision / (1.0 + precision)
    made = Replications(scenario, root, ())
    count = min(max(least, 2), most)
    while True:
        expect(count)
        todo = [Job(scenario, root, r, keep=r == 0) for r in range(len(made.outcomes), count)]
        fresh = run_all(todo, jobs or default_jobs(), done)
        made = Replications(scenario, root, (*made.outcomes, *fresh))
        reached = tuple(_reached(made, name, goal) for name in kpis)
        if all(r.enough for r in reached) or count >= most:
            return Precise(with_tables(made), precision, reached)
        count = min(most, max(_needed(r, goal, count) for r in reached))


def _reached(made: Replications, kpi: str, goal: float) -> Reached:
    values = [v for o in made.shown if (v := o.kpis[kpi].value) is not None]
    if not values:
        return Reached(kpi, None, None, False)
    found = interval(values)
    if found.half_width is None:
        return Reached(kpi, found, None, False)
    if found.half_width == 0.0:
        return Reached(kpi, found, 0.0, True)
    share = found.half_width / abs(found.mean) if found.mean else math.inf
    return Reached(kpi, found, share, share <= goal)


def _needed(reached: Reached, goal: float, count: int) -> int:
    """Replications to make in all; at most twice those there are, since a deviation may mislead."""
    if reached.enough:
        return count
    found = reached.found
    if found is None or not found.deviation or not found.mean:
        return 2 * count
    need = count + 1
    while need < 2 * count:
        if t_quantile(need - 1) * found.deviation / math.sqrt(need) <= goal * abs(found.mean):
            break
        need += 1
    return need


def summary(made: Precise) -> list[Mapping[str, object]]:
    """How narrow each figure came to be, for JSON: kpi, mean, half_width, n, share, enough."""
    return [
        {
            "kpi": r.kpi,
            "mean": r.found and r.found.mean,
            "half_width": r.found and r.found.half_width,
            "n": r.found.n if r.found else 0,
            "share": r.share,
            "enough": r.enough,
        }
        for r in made.reached
    ]
