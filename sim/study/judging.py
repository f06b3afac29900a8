"""Whether what was simulated of a known answer agrees with its theory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.study.statistics import interval, together

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.cases import Case, Pairs
    from sim.study.engine import Outcome

SAME = 1e-9
"""Relative difference up to which two sums of the same hours are equal."""


Verdict = Literal["ok", "misses"]


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


def above(scenario: Scenario) -> list[Scenario]:
    """The scenarios in the folder above the cases."""
    from sim.scenario import load

    assert scenario.path is not None
    return [load(path) for path in sorted(scenario.path.parents[1].glob("*.yaml"))]


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
    todo = above(scenario) if case.with_variants else [scenario]
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
