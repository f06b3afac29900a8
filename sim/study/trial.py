"""Steps run against the scenario as it is, alone and two by two, under common random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sim.scenario.altering import Change, altered
from sim.scenario.problems import ScenarioError
from sim.study.engine import Job, Outcome
from sim.study.grid import Done, run_jobs
from sim.study.increments import Increment
from sim.study.paired import in_all, paired
from sim.study.unfinished import deadlocks, ended, failures

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIGURES = {"delivered_t": "gain", "lead_time_mean_h": "lead", "cost_per_t": "cost"}
"""Key figures followed, and how their columns begin."""
ROOM = ("offered_t", "start_backlog_t")
"""Key figures of the runs as they are that bound every gain, beside what is delivered."""


@dataclass(frozen=True)
class Effect:
    """A step and its differences from the scenario as it is, by key figure and replication."""

    increment: Increment
    differences: dict[str, tuple[float, ...]]
    dropped: int

    def mean(self, kpi: str = "delivered_t") -> float:
        """Mean difference; minus infinity where no pair of runs has it."""
        values = self.differences.get(kpi, ())
        return sum(values) / len(values) if values else float("-inf")


@dataclass(frozen=True)
class Interaction:
    """What two steps deliver more, t, together and each alone, in the same replications."""

    first: Increment
    second: Increment
    together: tuple[float, ...]
    alone: tuple[tuple[float, float], ...]


class Trial:
    """Runs steps against the scenario as it is, keeping what went wrong."""

    def __init__(self, scenario: Scenario, seed: int, jobs: int | None, done: Done) -> None:
        self.scenario, self.seed, self.jobs, self.done = scenario, seed, jobs, done
        self.base: dict[int, dict[str, float]] = {}
        self.failed: list[tuple[str, Outcome]] = []
        self.deadlocked: list[dict[str, Any]] = []

    def singles(self, chosen: Sequence[Increment], numbers: Sequence[int]) -> list[Effect]:
        """Each step alone."""
        laid = [self._laid(step.resource, step.changes) for step in chosen]
        found = self._run([("", self.scenario), *laid], numbers)
        self.base = found[""]
        return [
            Effect(step, *_differences(found[""], found[step.resource], numbers)) for step in chosen
        ]

    def pairs(self, chosen: Sequence[Increment], numbers: Sequence[int]) -> list[Interaction]:
        """Every two of the steps together, and each alone in the same replications."""
        if len(chosen) < 2:
            return []
        both = list(combinations(chosen, 2))
        laid = [self._laid(f"{a.resource} + {b.resource}", _joined(a, b)) for a, b in both]
        singly = [self._laid(step.resource, step.changes) for step in chosen]
        found = self._run([("", self.scenario), *singly, *laid], numbers)
        made = []
        for (a, b), (name, _) in zip(both, laid, strict=True):
            four = [_values(found[n], "delivered_t") for n in ("", a.resource, b.resource, name)]
            rows = in_all(four).values()
            both_more = tuple(both - base for base, _, _, both in rows)
            alone = tuple((one - base, other - base) for base, one, other, _ in rows)
            made.append(Interaction(a, b, both_more, alone))
        return made

    def _laid(self, name: str, changes: Sequence[Change]) -> tuple[str, Scenario]:
        try:
            return name, altered(self.scenario, changes)
        except ScenarioError as error:
            raise RuntimeError(f"the step {name} makes no scenario: {error}") from error

    def _run(
        self, named: Sequence[tuple[str, Scenario]], numbers: Sequence[int]
    ) -> dict[str, dict[int, dict[str, float]]]:
        todo = [(name, Job(s, self.seed, r)) for r in numbers for name, s in named]
        found: dict[str, dict[int, dict[str, float]]] = {name: {} for name, _ in named}
        outcomes = run_jobs([job for _, job in todo], self.jobs, self.done)
        labels = [name or self.scenario.name for name, _ in todo]
        made = list(zip(labels, outcomes, strict=True))
        self.failed += failures(made)
        self.deadlocked += deadlocks(made)
        for (name, job), outcome in zip(todo, outcomes, strict=True):
            if ended(outcome):
                followed = (*FIGURES, *ROOM)
                values = {k: outcome.kpis[k].value for k in followed if k in outcome.kpis}
                known = {k: float(v) for k, v in values.items() if v is not None}
                found[name][job.replication] = known
        return found


def _joined(a: Increment, b: Increment) -> tuple[Change, ...]:
    return (*a.changes, *b.changes)


def _values(runs: Mapping[int, Mapping[str, float]], kpi: str) -> dict[int, float | None]:
    """A key figure by number of replication."""
    return {number: figures.get(kpi) for number, figures in runs.items()}


def _differences(
    base: Mapping[int, Mapping[str, float]],
    other: Mapping[int, Mapping[str, float]],
    numbers: Sequence[int],
) -> tuple[dict[str, tuple[float, ...]], int]:
    """Paired differences by key figure, and how many replications lack one of the two runs."""
    kpis = {k: paired(_values(base, k), _values(other, k)).differences for k in FIGURES}
    return {k: v for k, v in kpis.items() if v}, len(numbers) - len(base.keys() & other.keys())
