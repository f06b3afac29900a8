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
    if not KPIS[kpi].better:
        raise ValueError(f"{kpi}: neither more nor less of it is better; choose another figure")
    root = scenarios[0].tables.seed if seed is None else seed
    names = names_of(scenarios)
    failed: list[tuple[str, Outcome]] = []
    known: dict[tuple[int, int], Outcome] = {}
    workers = jobs or default_jobs()

    def more(race: Sequence[int], numbers: Sequence[int]) -> Mapping[int, Mapping[int, float]]:
        todo = [(i, r) for r in numbers for i in race if (i, r) not in known]
        expect(len(known) + len(todo))
        jobs_ = [Job(scenarios[i], root, r) for i, r in todo]
        for (i, r), outcome in zip(todo, run_all(jobs_, workers, done), strict=True):
            known[i, r] = outcome
            if outcome.failure is not None:
                failed.append((names[i], outcome))
        return {
            i: {r: v for r in numbers if (v := _value(known[i, r], kpi)) is not None} for i in race
        }

    if indifference is None:
        if share is None or not 0.0 < share < 1.0:
            raise ValueError("say how small a difference does not matter; expected such as 1%")
        first = list(more(range(len(scenarios)), range(FIRST))[0].values())
        if not first or not sum(first):
            raise ValueError(f"{kpi} is nothing in {names[0]}; give the indifference in its unit")
        indifference = share * abs(sum(first) / len(first))
    made = select(
        len(scenarios),
        indifference,
        more,
        largest=KPIS[kpi].better == "up",
        confidence=confidence,
        most=most,
        ahead=8,
    )
    definition = KPIS[kpi]
    return Best(
        tuple(names),
        kpi,
        definition.unit,
        definition.better,
        indifference,
        confidence,
        made,
        failed,
    )


def _value(outcome: Outcome, kpi: str) -> float | None:
    return outcome.kpis[kpi].value if ended(outcome) else None
