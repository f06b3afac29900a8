"""Studies as lists of jobs: what is kept already is taken, the rest is run, each run is kept.

Outcomes come back in the order of the jobs, whatever runs them and wherever; a run that fails is
an outcome too and stops nothing.  Where runs are kept and what runs them is said once, around
a study, by ``using``; whoever asks for runs need not know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sim.study.chunks import Numbered
from sim.study.runs import Failure, Job, Outcome, run_one

if TYPE_CHECKING:
    from sim.study.store import RunStore

__all__ = ["Failure", "Job", "Outcome", "default_jobs", "run_all", "run_one", "using"]


class Engine(Protocol):
    """What makes runs."""

    def outcomes(self, numbered: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they come, with the number of their job."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass
class Setup:
    """What runs a study, where its runs are kept, and whether what is there already counts."""

    engine: Engine
    store: RunStore | None = None
    fresh: bool = False
    alone: bool = True
    """One worker, or one job, is run in this process."""


_setup: ContextVar[Setup | None] = ContextVar("setup", default=None)


@contextmanager
def using(
    store: str | Path | None = None,
    *,
    fresh: bool = False,
    scheduler: str | None = None,
) -> Iterator[Setup]:
    """Keep runs in a folder, and run on a cluster if one is named, all studies made inside.

    Args:
        store: folder of the runs; None keeps none.
        fresh: run everything again and keep it in place of what is there.
        scheduler: address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``; the processors of
            this machine if None.

    Raises:
        ResultsError: runs cannot be kept there.
        ClusterError: there is no such cluster, or it has no workers.
    """
    from sim.study.processes import Processes

    kept = None
    if store is not None:
        from sim.study.store import RunStore

        kept = RunStore(Path(store))
        kept.check()
    engine: Engine = Processes()
    if scheduler is not None:
        from sim.study.cluster import Cluster

        engine = Cluster(scheduler)
    setup = Setup(engine, kept, fresh, alone=scheduler is None)
    token = _setup.set(setup)
    try:
        yield setup
    finally:
        _setup.reset(token)
        engine.close()
        if kept is not None:
            kept.close()


def default_jobs() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(
    jobs: Sequence[Job], workers: int, done: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """All outcomes in the order of the jobs; ``done`` is called after each.

    Raises:
        ResultsError: a run cannot be kept where ``using`` says.
        ModelDiffersError: a worker has another version of the model.
    """
    setup = _setup.get()
    if setup is not None:
        return _run_all(jobs, workers, done, setup)
    from sim.study.processes import Processes

    setup = Setup(Processes())
    try:
        return _run_all(jobs, workers, done, setup)
    finally:
        setup.engine.close()


def _run_all(
    jobs: Sequence[Job], workers: int, done: Callable[[], None], setup: Setup
) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    keys: list[str | None] = []
    if setup.store is not None:
        keys = _keys(jobs)
        if not setup.fresh:
            for number, outcome in _kept(setup.store, jobs, keys):
                found[number] = outcome
                done()
    left = [(i, job) for i, job in enumerate(jobs) if i not in found]
    for number, outcome in _made(left, workers, setup):
        if setup.store is not None:
            _keep(setup.store, keys[number], jobs[number], outcome)
        found[number] = outcome
        done()
    return [found[i] for i in range(len(jobs))]


def _made(left: Sequence[Numbered], workers: int, setup: Setup) -> Iterator[tuple[int, Outcome]]:
    if left and (not setup.alone or (workers > 1 and len(left) > 1)):
        yield from setup.engine.outcomes(left, workers)
        return
    for number, job in left:
        yield number, run_one(job)


def _keys(jobs: Sequence[Job]) -> list[str | None]:
    """The key of each job; None where its content cannot be told, so that it is always run."""
    from sim.study import identity

    scenarios: dict[int, str | None] = {}
    keys: list[str | None] = []
    for job in jobs:
        number = id(job.scenario)
        try:
            if number not in scenarios:
                scenarios[number] = None
                scenarios[number] = identity.of_scenario(job.scenario)
            of_scenario = scenarios[number]
            keys.append(None if of_scenario is None else identity.key(job, of_scenario))
        except Exception:  # a scenario that cannot be read fails as a run, and is told there
            keys.append(None)
    return keys


def _kept(
    store: RunStore, jobs: Sequence[Job], keys: Sequence[str | None]
) -> Iterator[tuple[int, Outcome]]:
    """Runs that are in the store, called as the scenario that asks is called."""
    known = [(i, key) for i, key in enumerate(keys) if key is not None]
    keep = [jobs[i].keep for i, _ in known]
    for place, outcome in store.find([key for _, key in known], keep):
        number = known[place][0]
        scenario = jobs[number].scenario
        called = {"scenario": scenario.name, "title": scenario.tables.title}
        if outcome.weekly is not None:
            outcome.weekly.meta.update(called)
        if outcome.results is not None:
            outcome.results.meta.update(called)
        yield number, outcome


def _keep(store: RunStore, key: str | None, job: Job, outcome: Outcome) -> None:
    from sim.study import identity

    if key is not None:
        store.put(key, job, job.scenario.hash, identity.model(), outcome)
