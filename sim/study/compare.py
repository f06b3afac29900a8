"""Variants against each other under common random numbers.

Replication r of every variant draws the same numbers, so differences are taken within each
replication, by its number, and their interval is Student's t of the paired differences (Law,
ch. 10.2).  A pair of which one side failed or deadlocked is left out on both.  With several pairs
of variants and key figures the intervals are widened by Bonferroni, so that all hold together
with 95 %; where the runs go on until the differences are settled, each look at them has its share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.grid import check_numbers, check_spans
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
"""Key figures that a comparison names when none are asked for, and where there are costs"""
COST = "cost_per_t"
"""this one."""
LEAST = 10
"""Pairs before a first look at whether differences are settled."""
GROWTH = 1.5
"""How many times as many pairs there are at each further look."""
MOST = 1000

Pair = tuple[str, str]
"""Names of a variant and of what it is held against."""


@dataclass(frozen=True)
class Comparison:
    """All runs of all variants, the reference first.

    ``indifference`` is the share of the reference's mean up to which a difference is of no
    interest, None where it was not said; ``looks`` how often runs were looked at, or may have been.
    """

    variants: tuple[Replications, ...]
    names: tuple[str, ...]
    indifference: float | None = None
    looks: int = 1

    @property
    def failed(self) -> list[tuple[str, Outcome]]:
        """Runs that failed, with the variant's name."""
        return [(n, o) for n, v in zip(self.names, self.variants, strict=True) for o in v.failed]

    def deadlocks(self) -> list[dict[str, Any]]:
        """Runs that deadlocked, with the variant's name; their pairs are left out."""
        both = zip(self.names, self.variants, strict=True)
        return [{"variant": n, **d} for n, v in both for d in v.deadlocks()]

    def manifest(self) -> dict[str, Any]:
        """What made this comparison: the scenarios with their evidence, seed and versions."""
        from sim.study.manifest import variant, versions

        first = self.variants[0]
        return {
            "kind": "comparison",
            "seed": first.seed,
            "replications": len(first.outcomes),
            "deadlocked": self.deadlocks(),
            "versions": versions(),
            "variants": [variant(n, v) for n, v in zip(self.names, self.variants, strict=True)],
        }

    def against_reference(self) -> list[Pair]:
        """Every variant against the first."""
        return [(name, self.names[0]) for name in self.names[1:]]

    def all_pairs(self) -> list[Pair]:
        """Every variant against every one before it."""
        return [(b, a) for i, b in enumerate(self.names) for a in self.names[:i]]

    def differences(
        self,
        kpis: Sequence[str] | None = None,
        *,
        simultaneous: bool = True,
        pairs: Sequence[Pair] | None = None,
    ) -> pl.DataFrame:
        """One row a pair of variants and key figure (``main`` if None), as a tidy frame.

        Columns: variant, kpi, unit, reference, value (means), difference (variant minus
        reference) with low and high, verdict, n (pairs), dropped (pairs broken by a failure or a
        deadlock), variance_ratio (variance of the difference against independent runs), more_runs
        (pairs that it would take to tell the two apart, roughly; null where they are), against
        (name of the reference).  Verdicts are better, worse, differs, same (within the
        indifference) and not told apart.

        Raises:
            ValueError: a key figure or variant that does not exist.
        """
        import polars as pl

        from sim.results.kpi import KPIS

        kpis = self.main() if kpis is None else kpis
        _known(kpis)
        named = self.against_reference() if pairs is None else list(pairs)
        confidence = self._confidence(len(kpis) * len(named), simultaneous)
        rows = [
            _row(pair, *self._both(pair), KPIS[kpi], confidence, self.indifference)
            for pair in named
            for kpi in kpis
        ]
        return pl.DataFrame(rows, schema=_schema(COLUMNS))

    def main(self) -> tuple[str, ...]:
        """Key figures to name when none are asked for: the cost of a tonne where there is one."""
        runs = (o for v in self.variants for o in v.shown if COST in o.kpis)
        priced = any(o.kpis[COST].value is not None for o in runs)
        return (*MAIN, COST) if priced else MAIN

    def full_lines(self) -> pl.DataFrame:
        """Lines that stood full, so that trains could not set out, after the warm-up.

        One row a variant and line, the longest of each variant first; columns: variant, line,
        hours (mean over the runs that reached the horizon) with low and high (95 %; null below
        two runs), n (runs).
        """
        import polars as pl

        rows = []
        for name, made in zip(self.names, self.variants, strict=True):
            found = []
            for line in dict.fromkeys(line for o in made.good for line in o.full):
                hours = interval([o.full.get(line, 0.0) for o in made.good])
                known = hours.half_width is not None
                bounds = (max(hours.low, 0.0), hours.high) if known else (None, None)
                found.append((name, line, hours.mean, *bounds, len(made.good)))
            rows += sorted(found, key=lambda row: (-row[2], row[1]))
        return pl.DataFrame(rows, schema=_schema(FULL_COLUMNS), orient="row")

    def causes(self, pairs: Sequence[Pair] | None = None) -> pl.DataFrame:
        """The difference in delay by cause: hours waited for each container taken.

        One row a pair of variants and cause, most changed first, and ``all causes`` before them;
        columns as in ``CAUSE_COLUMNS``.  Intervals are of paired differences and hold together.

        Raises:
            ValueError: a variant that does not exist.
        """
        import polars as pl

        named = self.against_reference() if pairs is None else list(pairs)
        found = {pair: _by_cause(*self._both(pair)) for pair in named}
        confidence = self._confidence(sum(len(f) for f in found.values()), simultaneous=True)
        rows = []
        for pair, by in found.items():
            made = [_cause_row(pair, cause, both, confidence) for cause, both in by.items()]
            made.sort(key=lambda r: (r["cause"] != ALL, -abs(r["difference"]), r["cause"]))
            rows += made
        return pl.DataFrame(rows, schema=_schema(CAUSE_COLUMNS))

    def _both(self, pair: Pair) -> tuple[Replications, Replications]:
        """Reference and variant."""
        for name in pair:
            if name not in self.names:
                raise ValueError(
                    f"{name!r} is no variant here; expected one of {', '.join(self.names)}"
                )
        variant, reference = (self.variants[self.names.index(name)] for name in pair)
        return reference, variant

    def _confidence(self, count: int, simultaneous: bool) -> float:
        shares = (count if simultaneous else 1) * self.looks
        return 1.0 - (1.0 - CONFIDENCE) / max(shares, 1)


def _known(kpis: Sequence[str]) -> None:
    from sim.results.kpi import KPIS

    for name in kpis:
        if name not in KPIS:
            raise ValueError(f"{name!r} is no key figure; expected one of {', '.join(KPIS)}")


def _schema(columns: dict[str, str]) -> dict[str, Any]:
    import polars as pl

    kinds = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64}
    return {name: kinds[kind] for name, kind in columns.items()}


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
    "against": "text",
}
CAUSE_COLUMNS = {
    "variant": "text",
    "against": "text",
    "cause": "text",
    "reference": "number",
    "value": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "n": "whole",
}
FULL_COLUMNS = {
    "variant": "text",
    "line": "text",
    "hours": "number",
    "low": "number",
    "high": "number",
    "n": "whole",
}
ALL = "all causes"


def _row(
    pair: Pair,
    reference: Replications,
    variant: Replications,
    definition: Any,
    confidence: float,
    indifference: float | None,
) -> dict[str, Any]:
    base = _by_replication(reference, definition.name)
    other = _by_replication(variant, definition.name)
    numbers = sorted({o.replication for o in (*reference.outcomes, *variant.outcomes)})
    pairs = [(base[r], other[r]) for r in numbers if r in base and r in other]
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(
        variant=pair[0],
        against=pair[1],
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
    small = None if indifference is None else indifference * abs(row["reference"])
    if small is not None and -small <= difference.low and difference.high <= small:
        row["verdict"] = "same"
    elif difference.low > 0.0 or difference.high < 0.0:
        up = difference.mean > 0.0
        row["verdict"] = (
            "differs"
            if not definition.better
            else "better"
            if up == (definition.better == "up")
            else "worse"
        )
    elif difference.deviation:
        row["more_runs"] = _more(
            len(pairs), difference.mean, difference.deviation, confidence, small
        )
    apart = interval([a for a, _ in pairs]), interval([b for _, b in pairs])
    independent = (apart[0].deviation or 0.0) ** 2 + (apart[1].deviation or 0.0) ** 2
    if independent > 0.0:
        row["variance_ratio"] = (difference.deviation or 0.0) ** 2 / independent
    return row


def _by_replication(runs: Replications, kpi: str) -> dict[int, float]:
    values = {o.replication: o.kpis[kpi].value for o in runs.good}
    return {r: v for r, v in values.items() if v is not None}


def _more(
    n: int, mean: float, deviation: float, confidence: float, small: float | None
) -> int | None:
    """Pairs still to run until the two would be told apart, or found the same; None if hopeless."""
    need = n
    while need < 100_000:
        half = t_quantile(need - 1, confidence) * deviation / math.sqrt(need)
        if half < abs(mean) or (small is not None and abs(mean) + half <= small):
            return max(need - n, 1)
        need = max(need + 1, math.ceil(need * 1.05))
    return None


def _by_cause(
    reference: Replications, variant: Replications
) -> dict[str, list[tuple[float, float]]]:
    """Hours by cause in each pair of runs; a cause that a run has not is none of its hours."""
    base = {o.replication: o.causes for o in reference.good}
    other = {o.replication: o.causes for o in variant.good}
    numbers = sorted(base.keys() & other.keys())
    names = dict.fromkeys(n for r in numbers for n in (*base[r], *other[r]))
    found = {ALL: [(math.fsum(base[r].values()), math.fsum(other[r].values())) for r in numbers]}
    for name in names:
        found[name] = [(base[r].get(name, 0.0), other[r].get(name, 0.0)) for r in numbers]
    return found if numbers else {}


def _cause_row(
    pair: Pair, cause: str, both: Sequence[tuple[float, float]], confidence: float
) -> dict[str, Any]:
    difference = interval([b - a for a, b in both], confidence)
    known = difference.half_width is not None
    return {
        "variant": pair[0],
        "against": pair[1],
        "cause": cause,
        "reference": math.fsum(a for a, _ in both) / len(both),
        "value": math.fsum(b for _, b in both) / len(both),
        "difference": difference.mean,
        "low": difference.low if known else None,
        "high": difference.high if known else None,
        "n": len(both),
    }


# -- running ----------------------------------------------------------------------------------


def compare(
    scenarios: Sequence[Scenario],
    replications: int = 10,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    indifference: float | None = None,
) -> Comparison:
    """Run every scenario with the same seed and replications; the first is the reference.

    Raises:
        ValueError: fewer than two scenarios, one replication or one worker; or scenarios whose
            time counted differs, so that their totals cannot be compared.
    """
    check_comparable(scenarios)
    check_numbers(replications, jobs)
    made = replace(_none_yet(scenarios, seed), indifference=indifference)
    return _longer(made, replications, jobs, done)


def compare_until(
    scenarios: Sequence[Scenario],
    kpis: Sequence[str],
    *,
    indifference: float | None = None,
    most: int = MOST,
    least: int = LEAST,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda n: None,
    all_pairs: bool = False,
) -> Comparison:
    """Run replications until every difference named is told apart or within the indifference.

    The runs are looked at when there are ``least`` pairs, half as many more again, and so on up to
    ``most``.  Each of these looks has its share of the 5 % (Bonferroni), since who looks often
    enough finds a difference in anything.

    Args:
        kpis: key figures whose differences must be settled.
        indifference: share of the reference's mean, such as 0.01.
        most: cap on the replications of each scenario.
        expect: told how many runs are planned in all, each time that changes.
        all_pairs: settle every variant against every other, not against the first alone.

    Raises:
        ValueError: as ``compare``, or no such key figure, or an indifference that is no share.
    """
    check_comparable(scenarios)
    check_numbers(most, jobs)
    _known(kpis)
    if indifference is not None and not 0.0 < indifference < 1.0:
        raise ValueError(f"indifference: {indifference:g} is not a share; expected such as 1%")
    looks = _looks(max(least, 2), most)
    made = replace(_none_yet(scenarios, seed), indifference=indifference, looks=len(looks))
    for count in looks:
        expect(count * len(scenarios))
        made = _longer(made, count, jobs, done)
        pairs = made.all_pairs() if all_pairs else None
        if "not told apart" not in made.differences(kpis, pairs=pairs)["verdict"].to_list():
            break
    return made


def _looks(least: int, most: int) -> list[int]:
    """Numbers of pairs at which the runs are looked at."""
    looks = [min(least, most)]
    while looks[-1] < most:
        looks.append(min(math.ceil(looks[-1] * GROWTH), most))
    return looks


def check_comparable(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose totals cannot be held against each other.

    Raises:
        ValueError: fewer than two, or as ``check_spans``.
    """
    if len(scenarios) < 2:
        raise ValueError("a comparison needs two scenarios or more, the reference first")
    check_spans(scenarios)


def _none_yet(scenarios: Sequence[Scenario], seed: int | None) -> Comparison:
    root = scenarios[0].tables.seed if seed is None else seed
    variants = tuple(Replications(s, root, ()) for s in scenarios)
    return Comparison(variants, tuple(names_of(scenarios)))


def _longer(
    made: Comparison, replications: int, jobs: int | None, done: Callable[[], None]
) -> Comparison:
    """The same comparison with so many replications; only those missing are run."""
    begin = len(made.variants[0].outcomes)
    todo = [Job(v.scenario, v.seed, r) for r in range(begin, replications) for v in made.variants]
    outcomes = run_all(todo, jobs or default_jobs(), done)
    width = len(made.variants)
    variants = tuple(
        replace(v, outcomes=(*v.outcomes, *outcomes[i::width])) for i, v in enumerate(made.variants)
    )
    return replace(made, variants=variants)


def names_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of the scenarios, numbered where two are alike."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in names:
            name, number = f"{scenario.name}-{number}", number + 1
        names.append(name)
    return names
