"""Replications of one scenario: means with intervals, failures as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.given import check_numbers
from sim.study.overload import Drift, drift_of
from sim.study.statistics import estimate, interval
from sim.study.unfinished import ended

if TYPE_CHECKING:
    from sim.results import Results
    from sim.results.kpi import KpiSummary
    from sim.scenario import Scenario


def waiting(
    runs: Sequence[Mapping[str, float]], of: Literal["causes", "sides"]
) -> list[dict[str, Any]]:
    """Hours waited for each container taken in some runs, causes most first, sides in their order.

    Rows: ``cause`` or ``side``, ``hours`` (mean of the runs), ``half_width`` (95 %, None of one
    run), ``share`` of all waiting.  A cause that a run has not counts 0 there.
    """
    names = dict.fromkeys(name for run in runs for name in run)
    found = {n: interval([run.get(n, 0.0) for run in runs]) for n in names}
    total = math.fsum(i.mean for i in found.values())
    rows = [
        {
            of.removesuffix("s"): name,
            "hours": i.mean,
            "half_width": i.half_width,
            "share": i.mean / total if total else 0.0,
        }
        for name, i in found.items()
    ]
    if of == "sides":
        return rows
    return sorted((r for r in rows if r["hours"]), key=lambda r: (-float(r["hours"]), r["cause"]))


@dataclass(frozen=True)
class Replications:
    """All runs of one scenario with one seed, in the order of replication numbers."""

    scenario: Scenario
    seed: int
    outcomes: tuple[Outcome, ...]

    @property
    def good(self) -> list[Outcome]:
        """Runs that reached the horizon."""
        return [o for o in self.outcomes if ended(o)]

    @property
    def deadlocked(self) -> list[Outcome]:
        """Runs that ended before it, with trains that wait for each other."""
        return [o for o in self.outcomes if o.deadlock is not None]

    def deadlocks(self) -> list[dict[str, Any]]:
        """What stood for ever in each of them: replication, time_h, sentence, trains, remedy …."""
        return [{"replication": o.replication, **(o.deadlock or {})} for o in self.deadlocked]

    @property
    def shown(self) -> list[Outcome]:
        """Runs whose figures are shown: those that reached the horizon, else the deadlocked."""
        return self.good or self.deadlocked

    @property
    def failed(self) -> list[Outcome]:
        """Runs that did not reach the horizon for a fault."""
        return [o for o in self.outcomes if o.failure is not None]

    @property
    def first(self) -> Results:
        """The tables of the first run shown.

        Raises:
            LookupError: there is none, or none was kept.
        """
        for outcome in self.shown:
            if outcome.results is not None:
                return outcome.results
        raise LookupError("no run has its tables")

    def values(self, kpi: str) -> dict[int, float | None]:
        """A key figure by number of replication, of the runs that reached the horizon."""
        return {o.replication: o.kpis[kpi].value for o in self.good}

    def kpis(self) -> dict[str, KpiSummary]:
        """Mean and half width of each key figure over the runs shown that have it."""
        from sim.results.kpi import KpiSummary

        summary = {}
        for name, kpi in self.shown[0].kpis.items():
            found = estimate(o.kpis[name].value for o in self.shown)
            summary[name] = KpiSummary(found.mean, found.half_width, found.n, kpi.unit, kpi.meaning)
        return summary

    def waiting(self, of: Literal["causes", "sides"] = "causes") -> list[dict[str, Any]]:
        """Hours waited by cause or by side of the border over the runs shown; see ``waiting``."""
        return waiting([getattr(o, of) for o in self.shown], of)

    def drift(self) -> Drift | None:
        """Growth of the backlog; None when too little time is counted."""
        weeks = [outcome.weekly for outcome in self.good]
        return drift_of([known for known in weeks if known is not None])


def replicate(
    scenario: Scenario,
    replications: int = 1,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> Replications:
    """Run replications 0 to n-1; the tables of the first that is shown are kept.

    Raises:
        ValueError: fewer than one replication or worker.
    """
    check_numbers(replications, jobs)
    root = scenario.tables.seed if seed is None else seed
    todo = [Job(scenario, root, r, keep=r == 0) for r in range(replications)]
    outcomes = run_all(todo, jobs or default_jobs(), done)
    return with_tables(Replications(scenario, root, tuple(outcomes)))


def with_tables(made: Replications) -> Replications:
    """The same runs; the first that is shown has its tables, run again where it has them not."""
    if not made.shown or made.shown[0].results is not None:
        return made
    # replication 0 failed and its tables with it: the same numbers again, to keep them
    first = made.shown[0].replication
    outcomes = list(made.outcomes)
    (outcomes[first],) = run_all([Job(made.scenario, made.seed, first, keep=True)], 1)
    return replace(made, outcomes=tuple(outcomes))
