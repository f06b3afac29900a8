"""Known answers: small scenarios run through the public loader and engine, against their theory.

Figures with a closed form are held against intervals from the means of replications (Student's t).
The intervals of all cases together hold with 95 % (Bonferroni), whichever cases are run, so that
a verdict does not depend on what else was asked for and a sound model misses one in twenty seeds
at the most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.study.cases import CASES, Case, Pairs
from sim.study.checkout import in_checkout
from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.statistics import CONFIDENCE, interval, together

if TYPE_CHECKING:
    from sim.scenario import Scenario

REPLICATIONS = 60
SAME = 1e-9
"""Relative difference up to which two sums of the same hours are equal."""

Verdict = Literal["ok", "misses"]


class UnknownCaseError(LookupError):
    """A case that there is not, with a hint."""


class NoCasesError(LookupError):
    """The scenarios of the cases are not on this machine."""


@dataclass(frozen=True)
class Finding:
    """One figure of a case: what theory says, what was simulated, and whether they agree.

    ``low`` and ``high`` are the ends of its interval, None where nothing is estimated: where both
    must be equal, or theory is a bound for each of ``n`` runs.
    """

    case: str
    what: str
    theory: float | None
    simulated: float | None
    low: float | None
    high: float | None
    n: int
    judged: str
    verdict: Verdict

    @property
    def sharpness(self) -> float | None:
        """Half width of the interval as a share of the theory; a fault below it may not show."""
        if self.low is None or self.high is None or not self.theory:
            return None
        return (self.high - self.low) / 2.0 / abs(self.theory)


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
        todo = _above(scenario)
    runs = replications if case.judged == "in the interval" else 1
    return [
        Job(one, one.tables.seed if seed is None else seed, number, measure=measure)
        for one in todo
        for number in range(runs)
    ]


def _above(scenario: Scenario) -> list[Scenario]:
    """The scenarios in the folder above the cases."""
    from sim.scenario import load

    assert scenario.path is not None
    return [load(path) for path in sorted(scenario.path.parents[1].glob("*.yaml"))]


# -- verdicts ---------------------------------------------------------------------------------


def judge(
    name: str, case: Case, scenario: Scenario, outcomes: Sequence[Outcome], figures: int
) -> list[Finding]:
    """The findings of one case; a run that failed or deadlocked is a miss of its own."""
    good = [o for o in outcomes if _trouble(o) is None]
    found = [
        Finding(
            name,
            f"run {o.replication}: {trouble}",
            None,
            None,
            None,
            None,
            1,
            case.judged,
            "misses",
        )
        for o in outcomes
        if (trouble := _trouble(o)) is not None
    ]
    if not good:
        return found
    if case.judged == "equal":
        return found + [f for o in good for f in equal(name, _pairs(case, scenario, o.measured))]
    assert case.theory is not None
    if case.judged == "at most":
        return found + at_most(name, case, scenario, outcomes)
    known = case.theory(scenario)
    return found + in_interval(name, known, [o.measured for o in good], figures)


def _trouble(outcome: Outcome) -> str | None:
    """Why a run says nothing of its figures."""
    if outcome.failure is not None:
        return outcome.failure.error
    return None if outcome.deadlock is None else str(outcome.deadlock["sentence"])


def _pairs(case: Case, scenario: Scenario, measured: dict[str, Any]) -> Pairs:
    if case.theory is None:
        return measured
    return {what: (known, measured[what]) for what, known in case.theory(scenario).items()}


def in_interval(
    name: str,
    known: Mapping[str, float],
    measured: Sequence[Mapping[str, float]],
    figures: int,
) -> list[Finding]:
    """Theory lies in the interval of the replications' means, one of so many that hold together."""
    confidence = together(figures)
    found = []
    for what, theory in known.items():
        made = interval([m[what] for m in measured], confidence)
        verdict: Verdict = "ok" if made.holds(theory) else "misses"
        found.append(
            Finding(
                name,
                what,
                theory,
                made.mean,
                made.low,
                made.high,
                made.n,
                "in the interval",
                verdict,
            )
        )
    return found


def equal(name: str, pairs: Mapping[str, tuple[float, float]]) -> list[Finding]:
    """Both sides of an identity; a run with nothing to compare is a miss."""
    if not pairs:
        return [Finding(name, "nothing to compare", None, None, None, None, 1, "equal", "misses")]
    found = []
    for what, (theory, simulated) in pairs.items():
        same = math.isclose(theory, simulated, rel_tol=SAME, abs_tol=SAME)
        verdict: Verdict = "ok" if same else "misses"
        found.append(Finding(name, what, theory, simulated, None, None, 1, "equal", verdict))
    return found


def at_most(
    name: str, case: Case, scenario: Scenario, outcomes: Sequence[Outcome]
) -> list[Finding]:
    """No run exceeds the bound of its scenario; scenarios that have no bound are left out."""
    assert case.theory is not None
    todo = _above(scenario) if case.with_variants else [scenario]
    found = []
    for one, outcome in zip(todo, outcomes, strict=True):
        if _trouble(outcome) is not None:
            continue
        for what, bound in case.theory(one).items():
            if math.isfinite(bound):
                value = outcome.measured[what]
                verdict: Verdict = "ok" if value <= bound else "misses"
                found.append(
                    Finding(
                        name, f"{one.name}: {what}", bound, value, None, None, 1, "at most", verdict
                    )
                )
    if not found:
        return [Finding(name, "nothing bounded", None, None, None, None, 0, "at most", "misses")]
    return found
