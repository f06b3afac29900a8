"""What one more unit of each resource, or a tenth more of its rate, would deliver.

All steps are screened with few replications; the best are run again with fresh ones, since the
luck that lifted a step into the selection must not be counted twice.  Pairs of the best of these
are run with fresh ones again, each step alone among them.  Differences are paired with
the scenario as it is under common random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results.spans import YEAR
from sim.study.engine import Outcome
from sim.study.given import check_numbers
from sim.study.grid import Done, quiet
from sim.study.increments import What, increments
from sim.study.paired import Paired
from sim.study.statistics import CONFIDENCE, Interval, interval, together
from sim.study.trial import FIGURES, ROOM, Effect, Interaction, Trial

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario

UNKNOWN = "not told apart from nothing"


@dataclass(frozen=True)
class Bottleneck:
    """All steps: those refined, and those that the screening left out.

    ``hours`` is the time counted by a run.
    """

    scenario: Scenario
    what: What
    seed: int
    hours: float
    screened: tuple[Effect, ...]
    refined: tuple[Effect, ...]
    pairs: tuple[Interaction, ...]
    base: dict[int, dict[str, float]]
    """Key figures of the scenario as it is in the refined replications, by number."""
    failed: list[tuple[str, Outcome]]
    deadlocked: list[dict[str, Any]]

    @property
    def per_year(self) -> float:
        """Years in the time counted, inverted."""
        return YEAR / self.hours

    def room(self) -> tuple[float, float] | None:
        """What is offered and what of it is not delivered as it is, t a year, mean of the runs.

        No step can deliver more than the second.  None where no run has both figures.
        """
        whole = [f for f in self.base.values() if {"delivered_t", *ROOM} <= f.keys()]
        if not whole:
            return None
        there = [f["offered_t"] + f["start_backlog_t"] for f in whole]
        left = [t - f["delivered_t"] for t, f in zip(there, whole, strict=True)]
        scale = self.per_year / len(whole)
        return sum(there) * scale, max(sum(left), 0.0) * scale

    def table(self) -> pl.DataFrame:
        """One row a step, the refined first, most gained first.

        Columns: resource, kind, step, gain (t a year), gain_low, gain_high, lead (mean lead time,
        h), lead_low, lead_high, cost (USD a tonne, null where the runs know none), cost_low,
        cost_high, verdict (``gains``, ``loses``, ``not told apart from nothing``), n, stage
        (refined, screened).  Intervals of the refined hold together over all steps and figures
        (Bonferroni); those of the screened stand alone.  ``offered`` and ``left`` are as ``room``
        says, the same in every row.
        """
        import polars as pl

        figures = {kpi for effect in self.refined for kpi in effect.differences}
        shown = len(self.refined) * len(figures)
        rows = [
            _row(effect, stage, confidence, self.per_year)
            for stage, group, confidence in (
                ("refined", self.refined, together(shown)),
                ("screened", self.screened, CONFIDENCE),
            )
            for effect in sorted(group, key=lambda t: (-t.mean(), t.increment.resource))
        ]
        offered, left = self.room() or (None, None)
        rows = [{**row, "offered": offered, "left": left} for row in rows]
        return pl.DataFrame(rows, schema=_schema())

    def pair_table(self) -> pl.DataFrame:
        """One row a pair of steps: together, sum of each alone, and what the pair adds to that.

        Columns: first, second, together, sum, extra (t a year), low, high (of extra, together
        95 %), verdict (more than the sum, less than the sum, not told apart), n.
        """
        import polars as pl

        confidence = together(len(self.pairs))
        rows = []
        for pair in self.pairs:
            if not pair.together:
                continue
            per = self.per_year
            both = Paired(
                tuple((a + b) * per for a, b in pair.alone), tuple(t * per for t in pair.together)
            )
            extra = both.interval(confidence)
            verdict = "not told apart"
            if extra.above(0.0) or extra.below(0.0):
                verdict = "more than the sum" if extra.above(0.0) else "less than the sum"
            rows.append(
                (
                    pair.first.resource,
                    pair.second.resource,
                    sum(pair.together) / len(pair.together) * per,
                    sum(both.reference) / both.n,
                    extra.mean,
                    extra.low,
                    extra.high,
                    verdict,
                    extra.n,
                )
            )
        rows.sort(key=lambda r: -r[2])
        kinds: dict[str, Any] = {"first": pl.String, "second": pl.String}
        kinds |= dict.fromkeys(("together", "sum", "extra", "low", "high"), pl.Float64)
        return pl.DataFrame(
            rows, schema={**kinds, "verdict": pl.String, "n": pl.Int64}, orient="row"
        )


def _schema() -> dict[str, Any]:
    import polars as pl

    names = [f"{c}{end}" for c in FIGURES.values() for end in ("", "_low", "_high")]
    text = dict.fromkeys(("resource", "kind", "step"), pl.String)
    last = {"verdict": pl.String, "n": pl.Int64, "stage": pl.String}
    last |= dict.fromkeys(("offered", "left"), pl.Float64)
    return {**text, **dict.fromkeys(names, pl.Float64), **last}


def _row(effect: Effect, stage: str, confidence: float, per_year: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_schema())
    row.update(
        resource=effect.increment.resource,
        kind=effect.increment.kind,
        step=effect.increment.amount,
        n=len(effect.differences.get("delivered_t", ())),
        stage=stage,
        verdict=UNKNOWN,
    )
    for kpi, column in FIGURES.items():
        values = effect.differences.get(kpi, ())
        if not values:
            continue
        scale = per_year if kpi == "delivered_t" else 1.0
        found = interval([v * scale for v in values], confidence)
        row |= {column: found.mean, f"{column}_low": found.low, f"{column}_high": found.high}
        if kpi == "delivered_t":
            row["verdict"] = _verdict(found)
    return row


def _verdict(found: Interval) -> str:
    if found.above(0.0):
        return "gains"
    return "loses" if found.below(0.0) else UNKNOWN


def bottleneck(
    scenario: str | Path | Scenario,
    what: What = "unit",
    replications: int = 8,
    screen: int = 2,
    top: int = 10,
    pairs: int = 0,
    seed: int | None = None,
    jobs: int | None = None,
    done: Done = quiet,
) -> Bottleneck:
    """Try every step of a scenario.

    Args:
        screen: replications in which all steps are tried.
        top: how many of them are run again, with ``replications`` fresh ones.
        pairs: so many of the best are tried two by two as well, with as many fresh replications.
        done: called after each run; ``count_runs`` says how many there are at most.

    Raises:
        ScenarioError: the scenario cannot be used.
        ValueError: a number out of its range.
    """
    from sim.study.given import as_scenario

    loaded = as_scenario(scenario)
    check_numbers(replications, jobs)
    for name, value, least in (("screen", screen, 1), ("top", top, 1), ("pairs", pairs, 0)):
        if value < least:
            raise ValueError(f"{name}: {value} is too few; expected {least} or more")
    trial = Trial(loaded, loaded.tables.seed if seed is None else seed, jobs, done)
    all_steps = increments(loaded, what)
    numbers = range(screen)
    screened = trial.singles(all_steps, numbers)
    order = sorted(screened, key=lambda t: (-t.mean(), t.increment.resource))
    fresh = range(screen, screen + replications)
    refined = trial.singles([t.increment for t in order[:top]], fresh)
    best = sorted(refined, key=lambda t: (-t.mean(), t.increment.resource))[:pairs]
    made = trial.pairs([t.increment for t in best], range(fresh.stop, fresh.stop + replications))
    counted = float(loaded.tables.horizon) - float(loaded.tables.warmup)
    return Bottleneck(
        loaded,
        what,
        trial.seed,
        counted,
        tuple(order[top:]),
        tuple(refined),
        tuple(made),
        trial.base,
        trial.failed,
        trial.deadlocked,
    )


def count_runs(
    scenario: Scenario, what: What, replications: int, screen: int, top: int, pairs: int
) -> int:
    """Runs that a trial takes at most."""
    width = len(increments(scenario, what))
    few = min(pairs, top, width)
    paired = 1 + few + few * (few - 1) // 2 if few > 1 else 0
    return (width + 1) * screen + (min(top, width) + 1 + paired) * replications
