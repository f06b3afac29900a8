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


def check_numbers(replications: int, jobs: int | None, least: int = 1) -> None:
    """Refuse numbers of runs and processes that are none.

    Raises:
        ValueError: one of them is too small.
    """
    if replications < least:
        raise ValueError(
            f"replications: {replications} is not a number of runs; expected {least} or more"
        )
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: {jobs} is not a number of processes; expected 1 or more")


def check_spans(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose totals cannot be compared.

    Raises:
        ValueError: one asks for the long run without a warm-up, or they differ in horizon or
            warm-up.
    """
    for scenario in scenarios:
        if scenario.resolved.get("steady") and not float(scenario.tables.warmup):
            raise ValueError(
                f"{scenario.name} asks for the long run and states no warmup; find it by "
                "`steppe run`, then give all the same: --set warmup='… h'"
            )
    if len({(float(s.tables.horizon), float(s.tables.warmup)) for s in scenarios}) > 1:
        raise ValueError(
            "the scenarios differ in horizon or warmup, so their totals cannot be compared; "
            "give them the same, or use --set horizon=..."
        )


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
