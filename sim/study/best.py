"""The best of several scenarios by one key figure, with a guarantee."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.given import check_comparable, check_numbers, names_of
from sim.study.selection import FIRST, Selection, select
from sim.study.statistics import CONFIDENCE
from sim.study.unfinished import ended

if TYPE_CHECKING:
    from sim.scenario import Scenario

MOST = 1000


@dataclass(frozen=True)
class Best:
    """What was chosen among scenarios, by name; ``indifference`` in the figure's unit."""

    names: tuple[str, ...]
    kpi: str
    unit: str
    better: str
    indifference: float
    confidence: float
    selection: Selection
    failed: list[tuple[str, Outcome]]

    @property
    def name(self) -> str | None:
        """The best, or None where none could be chosen."""
        return None if self.selection.best is None else self.names[self.selection.best]


def best_of(
    scenarios: Sequence[Scenario],
    kpi: str,
    *,
    indifference: float | None = None,
    share: float | None = None,
    confidence: float = CONFIDENCE,
    most: int = MOST,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda n: None,
) -> Best:
    """Choose the scenario with the best mean of a key figure, by Kim and Nelson's procedure.

    All draw the same numbers.  A replication in which one of those still in the race fails,
    deadlocks or has no such figure counts for none of them.

    Args:
        indifference: difference worth detecting, in the figure's unit.
        share: the same as a share of the first scenario's mean over its first replications.
        most: cap on the replications of each.

    Raises:
        ValueError: as ``compare``; a figure of which neither more nor less is better; no
            indifference.
    """
    from sim.results import KPIS

    check_comparable(scenarios)
    check_numbers(most, jobs)
    if kpi not in KPIS:
        raise ValueError(f"{kpi!r} is no key figure; expected one of {', '.join(KPIS)}")
    definition = KPIS[kpi]
    if not definition.better:
        raise ValueError(f"{kpi}: neither more nor less of it is better; choose another figure")
    root = scenarios[0].tables.seed if seed is None else seed
    runs = _Runs(scenarios, kpi, root, jobs or default_jobs(), done, expect)
    if indifference is None:
        indifference = _share_of_first(share, runs)
    made = select(
        len(scenarios),
        indifference,
        runs.more,
        largest=definition.better == "up",
        confidence=confidence,
        most=most,
        ahead=8,
    )
    return Best(
        tuple(runs.names),
        kpi,
        definition.unit,
        definition.better,
        indifference,
        confidence,
        made,
        runs.failed,
    )


class _Runs:
    """Runs of the scenarios, each made once, and what failed of them."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        kpi: str,
        seed: int,
        workers: int,
        done: Callable[[], None],
        expect: Callable[[int], None],
    ) -> None:
        self.scenarios, self.kpi, self.seed, self.workers = scenarios, kpi, seed, workers
        self.done, self.expect = done, expect
        self.names = names_of(scenarios)
        self.failed: list[tuple[str, Outcome]] = []
        self._known: dict[tuple[int, int], Outcome] = {}

    def more(
        self, race: Sequence[int], numbers: Sequence[int]
    ) -> Mapping[int, Mapping[int, float]]:
        """The figure by scenario and replication, without runs that do not have it."""
        known = self._known
        todo = [(i, r) for r in numbers for i in race if (i, r) not in known]
        self.expect(len(known) + len(todo))
        jobs = [Job(self.scenarios[i], self.seed, r) for i, r in todo]
        for (i, r), outcome in zip(todo, run_all(jobs, self.workers, self.done), strict=True):
            known[i, r] = outcome
            if outcome.failure is not None:
                self.failed.append((self.names[i], outcome))
        return {
            i: {r: v for r in numbers if (v := _value(known[i, r], self.kpi)) is not None}
            for i in race
        }


def _share_of_first(share: float | None, runs: _Runs) -> float:
    """The indifference, as a share of the first scenario's mean over its first replications.

    They are made for all scenarios, which need them anyway.
    """
    if share is None or not 0.0 < share < 1.0:
        raise ValueError("say how small a difference does not matter; expected such as 1%")
    first = list(runs.more(range(len(runs.scenarios)), range(FIRST))[0].values())
    if not first or not sum(first):
        raise ValueError(
            f"{runs.kpi} is nothing in {runs.names[0]}; give the indifference in its unit"
        )
    return share * abs(sum(first) / len(first))


def _value(outcome: Outcome, kpi: str) -> float | None:
    return outcome.kpis[kpi].value if ended(outcome) else None
