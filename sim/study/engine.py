"""Runs of scenarios on the processors of this machine.

Outcomes come back in the order of the jobs, whatever the number of workers; a run that fails is
an outcome too and stops nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.results import Kpi, Results
    from sim.results.series import Weekly
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Job:
    """One replication to run; ``keep`` brings all its tables back.

    ``measure`` takes what is wanted from the tables instead of key figures and weekly tonnes; a
    function of a module, since it goes to worker processes.
    """

    scenario: Scenario
    seed: int
    replication: int
    keep: bool = False
    measure: Callable[[Results], Any] | None = None


@dataclass(frozen=True)
class Failure:
    """Why a run failed."""

    stage: str
    error: str
    trace: str


@dataclass
class Outcome:
    """What is left of one run: key figures and weekly tonnes, what was measured, or the failure.

    ``deadlock`` is what stood for ever if trains did: time_h, sentence, trains, resources, remedy;
    the figures of such a run end at that hour.
    """

    replication: int
    kpis: dict[str, Kpi] = field(default_factory=dict)
    weekly: Weekly | None = None
    results: Results | None = None
    failure: Failure | None = None
    measured: Any = None
    deadlock: dict[str, Any] | None = None


def run_one(job: Job) -> Outcome:
    """Run one job; never raises but for an interrupt."""
    stage = "simulate"
    try:
        from sim.corridor import simulate
        from sim.results import kpis
        from sim.results.series import weekly

        results = simulate(job.scenario, job.seed, job.replication)
        if job.measure is not None:
            stage = "measure"
            return Outcome(job.replication, measured=job.measure(results))
        stage = "key figures"
        figures = kpis(results)
        kept = results if job.keep else None
        deadlock = results.meta["deadlock"]
        return Outcome(job.replication, figures, weekly(results), kept, deadlock=deadlock)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return Outcome(job.replication, failure=Failure(stage, text, traceback.format_exc()))


def default_jobs() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(
    jobs: Sequence[Job], workers: int, done: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """All outcomes in the order of the jobs; ``done`` is called after each."""
    if workers <= 1 or len(jobs) <= 1:
        outcomes = []
        for job in jobs:
            outcomes.append(run_one(job))
            done()
        return outcomes
    found: dict[int, Outcome] = {}
    while len(found) < len(jobs):
        left = [(i, job) for i, job in enumerate(jobs) if i not in found]
        unsure = []
        for number, outcome in _in_pool(left, workers):
            if outcome is None:
                unsure.append(number)
                continue
            found[number] = outcome
            done()
        # A killed worker ends all runs in its pool.  Each of them gets one of its own, so that a
        # run that always kills takes no other with it.
        for number in unsure:
            ((_, outcome),) = _in_pool([(number, jobs[number])], 1)
            found[number] = outcome or Outcome(
                jobs[number].replication,
                failure=Failure("worker", "the worker process was killed", ""),
            )
            done()
    return [found[i] for i in range(len(jobs))]


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Keep new workers from running the user's script again.

    A spawned process imports the program's main module first, so that a script without
    ``if __name__ == "__main__"`` would start itself over; nothing of ours is in that module.
    """
    known = vars(sys.modules["__main__"])
    kept: dict[str, Any] = {n: known.pop(n) for n in ("__file__", "__spec__") if n in known}
    known["__spec__"] = None
    try:
        yield
    finally:
        known.update(kept)


def _in_pool(
    numbered: Sequence[tuple[int, Job]], workers: int
) -> Iterator[tuple[int, Outcome | None]]:
    """Outcomes as they come; None where the worker died, nothing of jobs not begun by then."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(numbered)), mp_context=context)
    try:
        # A few more than workers in flight: memory does not grow with the number of jobs.
        waiting = list(reversed(numbered))
        flying: dict[Future[Outcome], int] = {}
        while waiting or flying:
            while waiting and len(flying) < 2 * workers:
                number, job = waiting.pop()
                try:
                    with _main_hidden():
                        flying[pool.submit(run_one, job)] = number
                except BrokenProcessPool:
                    waiting.clear()
            ready, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in ready:
                number = flying.pop(future)
                try:
                    yield number, future.result()
                except BrokenProcessPool:
                    yield number, None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
