"""Runs of variants held against each other, as tables.

With several pairs of variants and key figures the intervals are widened by Bonferroni, so that all
hold together with 95 %; where the runs go on until the differences are settled, each look at them
has its share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.study.contrast import (
    ALL,
    CAUSE_COLUMNS,
    COLUMNS,
    Contrast,
    by_cause,
    cause_row,
    kpi_row,
)
from sim.study.further import FURTHER_COLUMNS, further_row
from sim.study.groups import GROUP_COLUMNS, group_row, leads
from sim.study.replications import Replications
from sim.study.statistics import interval, together
from sim.study.unfinished import Named, deadlocks, failures

if TYPE_CHECKING:
    import polars as pl

    from sim.study.runs import Outcome

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
REFUSED = "refused_t"
"""Told besides where some run refused goods, so that it widens no interval of the others."""
COST = "cost_per_t"
"""Named besides where there are costs."""
FULL_COLUMNS = {
    "variant": "text",
    "line": "text",
    "hours": "number",
    "low": "number",
    "high": "number",
    "n": "whole",
}


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
        return failures(self._runs())

    def deadlocks(self) -> list[dict[str, Any]]:
        """Runs that deadlocked, with the variant's name; their pairs are left out."""
        return deadlocks(self._runs())

    def _runs(self) -> list[Named]:
        both = zip(self.names, self.variants, strict=True)
        return [(name, outcome) for name, made in both for outcome in made.outcomes]

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

    def against_reference(self) -> list[Contrast]:
        """Every variant against the first."""
        return [(name, self.names[0]) for name in self.names[1:]]

    def all_pairs(self) -> list[Contrast]:
        """Every variant against every one before it."""
        return [(b, a) for i, b in enumerate(self.names) for a in self.names[:i]]

    def differences(
        self,
        kpis: Sequence[str] | None = None,
        *,
        simultaneous: bool = True,
        pairs: Sequence[Contrast] | None = None,
    ) -> pl.DataFrame:
        """One row a pair of variants and key figure (``main`` if None), as a tidy frame.

        Columns: variant, kpi, unit, reference, value (means), difference (variant minus
        reference) with low and high, verdict, n (pairs), dropped (pairs broken by a failure or a
        deadlock), variance_ratio (variance of the difference against independent runs), more_runs
        and negligible (``sim.study.statistics.Outlook`` of what is not told apart), against (name
        of the reference).  Verdicts are better, worse, differs, same (within the
        indifference) and not told apart.

        Raises:
            ValueError: a key figure or variant that does not exist.
        """
        import polars as pl

        from sim.results.kpi import KPIS

        kpis = self.main() if kpis is None else kpis
        check_known(kpis)
        named = self.against_reference() if pairs is None else list(pairs)
        confidence = self._confidence(len(kpis) * len(named), simultaneous)
        rows = [
            kpi_row(pair, *self._both(pair), KPIS[kpi], confidence, self.indifference)
            for pair in named
            for kpi in kpis
        ]
        return pl.DataFrame(rows, schema=_schema(COLUMNS))

    def main(self) -> tuple[str, ...]:
        """Key figures to name when none are asked for: the cost of a tonne where there is one."""
        runs = (o for v in self.variants for o in v.shown if COST in o.kpis)
        priced = any(o.kpis[COST].value is not None for o in runs)
        return (*MAIN, COST) if priced else MAIN

    def refused(self, pairs: Sequence[Contrast] | None = None) -> pl.DataFrame:
        """Differences in tonnes refused, as ``differences``; no row where no run refused any.

        Their intervals hold together with 95 % among themselves, not with those of other figures.

        Raises:
            ValueError: a variant that does not exist.
        """
        found = self.differences([REFUSED], pairs=pairs)
        any_did = any(o.kpis[REFUSED].value for v in self.variants for o in v.shown)
        return found if any_did else found.clear()

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
                low = None if hours.low is None else max(hours.low, 0.0)
                found.append((name, line, hours.mean, low, hours.high, hours.n))
            rows += sorted(found, key=lambda row: (-row[2], row[1]))
        return pl.DataFrame(rows, schema=_schema(FULL_COLUMNS), orient="row")

    def further(self, pairs: Sequence[Contrast] | None = None) -> pl.DataFrame:
        """What each tonne costs that a variant delivers more, by the costs of the scenarios.

        One row a pair of variants that have costs, columns as in ``FURTHER_COLUMNS``: tonnes and
        usd (mean differences over the time counted), usd_per_t with low and high (Fieller; they
        hold together with 95 %), null where the tonnes are not told apart from nothing.

        Raises:
            ValueError: a variant that does not exist.
        """
        import polars as pl

        named = self.against_reference() if pairs is None else list(pairs)
        confidence = self._confidence(len(named), simultaneous=True)
        rows = [further_row(pair, *self._both(pair), confidence) for pair in named]
        known = [row for row in rows if row is not None]
        return pl.DataFrame(known, schema=_schema(FURTHER_COLUMNS), orient="row")

    def causes(self, pairs: Sequence[Contrast] | None = None) -> pl.DataFrame:
        """The difference in delay by cause: hours waited for each container taken.

        One row a pair of variants and cause, most changed first, and ``all causes`` before them;
        columns as in ``CAUSE_COLUMNS``.  Intervals are of paired differences and hold together.

        Raises:
            ValueError: a variant that does not exist.
        """
        import polars as pl

        named = self.against_reference() if pairs is None else list(pairs)
        found = {pair: by_cause(*self._both(pair)) for pair in named}
        confidence = self._confidence(sum(len(f) for f in found.values()), simultaneous=True)
        rows = []
        for pair, by in found.items():
            made = [cause_row(pair, cause, both, confidence) for cause, both in by.items()]
            made.sort(key=lambda r: (r["cause"] != ALL, -abs(r["difference"]), r["cause"]))
            rows += made
        return pl.DataFrame(rows, schema=_schema(CAUSE_COLUMNS))

    def groups(self, pairs: Sequence[Contrast] | None = None) -> pl.DataFrame:
        """Lead times of groups of exports, and what the slowest twentieth is made of.

        One row a pair of variants and group (a commodity, origin, destination, crossing, or month
        in which goods became ready), columns as in ``GROUP_COLUMNS``: mean lead time, h, with the
        paired difference, whose intervals hold together, and the group's share of the slowest.

        Raises:
            ValueError: a variant that does not exist.
        """
        import polars as pl

        named = self.against_reference() if pairs is None else list(pairs)
        found = {pair: leads(*self._both(pair)) for pair in named}
        confidence = self._confidence(sum(len(f) for f in found.values()), simultaneous=True)
        rows = [
            group_row(pair, group, both, self._both(pair), confidence)
            for pair, by in found.items()
            for group, both in by.items()
        ]
        return pl.DataFrame(rows, schema=_schema(GROUP_COLUMNS))

    def _both(self, pair: Contrast) -> tuple[Replications, Replications]:
        """Reference and variant."""
        for name in pair:
            if name not in self.names:
                raise ValueError(
                    f"{name!r} is no variant here; expected one of {', '.join(self.names)}"
                )
        variant, reference = (self.variants[self.names.index(name)] for name in pair)
        return reference, variant

    def _confidence(self, count: int, simultaneous: bool) -> float:
        return together((count if simultaneous else 1) * self.looks)


def check_known(kpis: Sequence[str]) -> None:
    """Refuse names that no key figure has.

    Raises:
        ValueError: there is one.
    """
    from sim.results.kpi import KPIS

    for name in kpis:
        if name not in KPIS:
            raise ValueError(f"{name!r} is no key figure; expected one of {', '.join(KPIS)}")


def _schema(columns: dict[str, str]) -> dict[str, Any]:
    import polars as pl

    kinds = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64}
    return {name: kinds[kind] for name, kind in columns.items()}
