"""Known answers: small scenarios run through the public loader and engine, against their theory.

Figures with a closed form are held against intervals from the means of replications (Student's t).
The intervals of all cases together hold with 95 % (Bonferroni), whichever cases are run, so that
a verdict does not depend on what else was asked for and a sound model misses one in twenty seeds
at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.cases import CASES, Case
from sim.study.checkout import in_checkout
from sim.study.engine import Job, default_jobs, run_all
from sim.study.judging import Finding, above, judge
from sim.study.statistics import CONFIDENCE

if TYPE_CHECKING:
    from sim.scenario import Scenario

REPLICATIONS = 60


class UnknownCaseError(LookupError):
    """A case that there is not, with a hint."""


class NoCasesError(LookupError):
    """The scenarios of the cases are not on this machine."""


@dataclass
class Verification:
    """What was found, in the order of the registry."""

    findings: list[Finding]
    figures: int
    """Intervals that hold together, those of cases not run among them."""
    confidence: float = CONFIDENCE

    @property
    def misses(self) -> list[Finding]:
        """What does not agree."""
        return [f for f in self.findings if f.verdict == "misses"]

    @property
    def ok(self) -> bool:
        """Whether all agree."""
        return not self.misses


@dataclass
class Plan:
    """Cases with their scenarios and the runs they need."""

    parts: list[tuple[str, Case, Scenario, list[Job]]] = field(default_factory=list)
    figures: int = 0

    @property
    def jobs(self) -> list[Job]:
        """All runs, in the order of the cases."""
        return [job for *_, jobs in self.parts for job in jobs]

    def run(
        self, workers: int | None = None, done: Callable[[], None] = lambda: None
    ) -> Verification:
        """Run everything and judge it; ``done`` is called after each run.

        Raises:
            ValueError: fewer than one worker.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"jobs: {workers} is not a number of processes; expected 1 or more")
        outcomes = iter(run_all(self.jobs, workers or default_jobs(), done))
        findings = []
        for name, case, scenario, jobs in self.parts:
            findings += judge(name, case, scenario, [next(outcomes) for _ in jobs], self.figures)
        return Verification(findings, self.figures)


def folder() -> Path:
    """Where the cases' scenarios are: below this directory, or beside the package in a checkout.

    Raises:
        NoCasesError: in neither place.
    """
    below = Path("scenarios", "verification")
    found = in_checkout(below)
    if found is None:
        raise NoCasesError(f"{below} is not here; run this in a checkout of steppe")
    return found


def plan(
    names: Sequence[str] = (),
    replications: int = REPLICATIONS,
    seed: int | None = None,
    cases: Mapping[str, Case] = CASES,
) -> Plan:
    """The runs of the cases named, or of all.

    Args:
        names: cases, in any order.
        replications: runs of each case with intervals, 2 or more; of the others one.
        seed: root of the random numbers; each scenario's own if None.
        cases: the registry.

    Raises:
        UnknownCaseError: a name that is no case.
        NoCasesError: the scenarios are not there.
        ScenarioError: a scenario cannot be used.
        ValueError: fewer than two replications.
    """
    if replications < 2:
        raise ValueError(f"replications: {replications} give no interval; expected 2 or more")
    _known(names, cases)
    where = folder()
    from sim.scenario import load

    made = Plan()
    for name, case in cases.items():
        wanted = not names or name in names
        if not wanted and case.judged != "in the interval":
            continue
        scenario = load(where / f"{name}.yaml")
        if case.judged == "in the interval":
            assert case.theory is not None
            made.figures += len(case.theory(scenario))
        if wanted:
            made.parts.append((name, case, scenario, _jobs(case, scenario, replications, seed)))
    return made


def _known(names: Sequence[str], cases: Mapping[str, Case]) -> None:
    from difflib import get_close_matches

    for name in names:
        if name not in cases:
            near = get_close_matches(name, cases, 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(cases)}"
            raise UnknownCaseError(f"{name!r} is no case; {hint}")


def _jobs(case: Case, scenario: Scenario, replications: int, seed: int | None) -> list[Job]:
    measure = case.pairs or case.measure
    todo = [scenario]
    if case.with_variants:
        todo = above(scenario)
    runs = replications if case.judged == "in the interval" else 1
    return [
        Job(one, one.tables.seed if seed is None else seed, number, measure=measure)
        for one in todo
        for number in range(runs)
    ]
