"""Variants against a reference under common random numbers.

Replication r of every variant draws the same numbers, so differences are taken within each
replication and their interval is Student's t of the paired differences (Law, ch. 10.2).  With
several variants and key figures the intervals are widened by Bonferroni, so that all hold
together with 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.replications import Replications
from sim.study.statistics import CONFIDENCE, interval, t_quantile

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario

MAIN = (
    "delivered_t",
    "fulfilment",
    "lead_time_mean_h",
    "lead_time_p95_h",
    "waiting_mean_h",
    "trains_held_max",
    "peak_backlog_t",
    "end_backlog_t",
)
"""Key figures that a comparison names when none are asked for."""


@dataclass(frozen=True)
class Comparison:
    """All runs of all variants, the reference first."""

    variants: tuple[Replications, ...]
    names: tuple[str, ...]

    @property
    def failed(self) -> list[tuple[str, Outcome]]:
        """Runs that failed, with the variant's name."""
        return [(n, o) for n, v in zip(self.names, self.variants, strict=True) for o in v.failed]

    def deadlocks(self) -> list[dict[str, Any]]:
        """Runs that deadlocked, with the variant's name; their pairs are left out."""
        both = zip(self.names, self.variants, strict=True)
        return [{"variant": n, **d} for n, v in both for d in v.deadlocks()]

    def differences(self, kpis: Sequence[str] = MAIN, *, simultaneous: bool = True) -> pl.DataFrame:
        """One row a variant and key figure, as a tidy frame.

        Columns: variant, kpi, unit, reference, value (means), difference (variant minus
        reference) with low and high, verdict, n (pairs), dropped (pairs broken by a failure or a
        deadlock), variance_ratio (variance of the difference against independent runs), more_runs
        (pairs that it would take to tell the two apart, roughly; null where they are).

        Raises:
            ValueError: a key figure that does not exist.
        """
        import polars as pl

        from sim.results.kpi import KPIS

        known = KPIS
        for name in kpis:
            if name not in known:
                raise ValueError(f"{name!r} is no key figure; expected one of {', '.join(known)}")
        count = len(kpis) * (len(self.variants) - 1)
        confidence = 1 - (1 - CONFIDENCE) / count if simultaneous and count else CONFIDENCE
        rows = [
            _row(name, self.variants[0], variant, known[kpi], confidence)
            for name, variant in zip(self.names[1:], self.variants[1:], strict=True)
            for kpi in kpis
        ]
        return pl.DataFrame(rows, schema=_schema())


def _schema() -> dict[str, Any]:
    import polars as pl

    kinds = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64}
    return {name: kinds[kind] for name, kind in COLUMNS.items()}


COLUMNS = {
    "variant": "text",
    "kpi": "text",
    "unit": "text",
    "reference": "number",
    "value": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "verdict": "text",
    "n": "whole",
    "dropped": "whole",
    "variance_ratio": "number",
    "more_runs": "whole",
}


def _row(
    name: str, reference: Replications, variant: Replications, definition: Any, confidence: float
) -> dict[str, Any]:
    base = _by_replication(reference, definition.name)
    other = _by_replication(variant, definition.name)
    numbers = sorted({o.replication for o in (*reference.outcomes, *variant.outcomes)})
    pairs = [(base[r], other[r]) for r in numbers if r in base and r in other]
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(
        variant=name,
        kpi=definition.name,
        unit=definition.unit,
        n=len(pairs),
        dropped=len(numbers) - len(pairs),
        verdict="not told apart",
    )
    if not pairs:
        return row
    difference = interval([b - a for a, b in pairs], confidence)
    row.update(
        reference=math.fsum(a for a, _ in pairs) / len(pairs),
        value=math.fsum(b for _, b in pairs) / len(pairs),
        difference=difference.mean,
    )
    if difference.half_width is None:
        return row
    row.update(low=difference.low, high=difference.high)
    if difference.low > 0.0 or difference.high < 0.0:
        up = difference.mean > 0.0
        row["verdict"] = (
            "differs"
            if not definition.better
            else "better"
            if up == (definition.better == "up")
            else "worse"
        )
    elif difference.deviation and difference.mean:
        row["more_runs"] = _more(len(pairs), difference.mean, difference.deviation, confidence)
    apart = interval([a for a, _ in pairs]), interval([b for _, b in pairs])
    independent = (apart[0].deviation or 0.0) ** 2 + (apart[1].deviation or 0.0) ** 2
    if independent > 0.0:
        row["variance_ratio"] = (difference.deviation or 0.0) ** 2 / independent
    return row


def _by_replication(runs: Replications, kpi: str) -> dict[int, float]:
    values = {o.replication: o.kpis[kpi].value for o in runs.good}
    return {r: v for r, v in values.items() if v is not None}


def _more(n: int, mean: float, deviation: float, confidence: float) -> int | None:
    """Pairs still to run until a difference of this size would be told apart; None if hopeless."""
    need = n
    while need < 100_000:
        if t_quantile(need - 1, confidence) * deviation / math.sqrt(need) < abs(mean):
            return max(need - n, 1)
        need = max(need + 1, math.ceil(need * 1.05))
    return None


def compare(
    scenarios: Sequence[Scenario],
    replications: int = 10,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> Comparison:
    """Run every scenario with the same seed and replications; the first is the reference.

    Raises:
        ValueError: fewer than two scenarios, one replication or one worker; or scenarios whose
            time counted differs, so that their totals cannot be compared.
    """
    if len(scenarios) < 2:
        raise ValueError("a comparison needs two scenarios or more, the reference first")
    if replications < 1:
        raise ValueError(
            f"replications: {replications} is not a number of runs; expected 1 or more"
        )
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: {jobs} is not a number of processes; expected 1 or more")
    spans = {(float(s.tables.horizon), float(s.tables.warmup)) for s in scenarios}
    if len(spans) > 1:
        raise ValueError(
            "the scenarios differ in horizon or warmup, so their totals cannot be compared; "
            "give them the same, or use --set horizon=..."
        )
    root = scenarios[0].tables.seed if seed is None else seed
    todo = [Job(s, root, r) for r in range(replications) for s in scenarios]
    outcomes = run_all(todo, jobs or default_jobs(), done)
    width = len(scenarios)
    variants = tuple(
        Replications(s, root, tuple(outcomes[i::width])) for i, s in enumerate(scenarios)
    )
    return Comparison(variants, tuple(names_of(scenarios)))


def names_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of the scenarios, numbered where two are alike."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in names:
            name, number = f"{scenario.name}-{number}", number + 1
        names.append(name)
    return names
