"""Many scenarios under common random numbers: replication r of each draws the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim.study.engine import Job, Outcome, default_jobs, run_all

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario

Done = Callable[[], None]
Measure = Callable[["Results"], Any]


def quiet() -> None:
    """Tell nobody of progress."""


def run_grid(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int,
    jobs: int | None = None,
    done: Done = quiet,
    measure: Measure | None = None,
) -> list[list[Outcome]]:
    """Outcomes of replications 0 to n-1 of each scenario, in the order of the scenarios."""
    todo = [Job(s, seed, r, measure=measure) for r in range(replications) for s in scenarios]
    outcomes = run_jobs(todo, jobs, done)
    return [outcomes[i :: len(scenarios)] for i in range(len(scenarios))]


def run_jobs(todo: Sequence[Job], jobs: int | None = None, done: Done = quiet) -> list[Outcome]:
    """Outcomes in the order of the jobs."""
    return run_all(todo, jobs or default_jobs(), done)
