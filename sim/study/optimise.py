"""The cheapest measures that reach a goal, or the front of cost against a key figure.

Where all combinations can be run they are, cheapest first, until one reaches the goal; else Optuna
chooses them: its tree-structured Parzen estimator for a goal (Bergstra et al. 2011), NSGA-II for a
front (Deb et al. 2002).  Combinations are chosen in batches of a fixed size, so that the search
does not depend on how many run at once.  All runs of the search have common random numbers.

A winner was picked for its luck too, so it is run again with fresh random numbers before it is
believed: confirmed if the interval of every condition's margin lies above zero.  Where it is not,
the next candidate has its turn; all that may have one share the 5 % (Bonferroni), so that what is
confirmed is so with 95 %.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario import ScenarioError
from sim.study.engine import Job, Outcome
from sim.study.extras import needed
from sim.study.given import check_numbers
from sim.study.grid import Done, quiet, run_jobs
from sim.study.language import OptimiseTables
from sim.study.measures_taken import Measures, Taken, cheapest
from sim.study.reading import Study, load_optimise
from sim.study.searching import CANDIDATES, by_optuna, every
from sim.study.statistics import estimate, together
from sim.study.tried import Tried, front

if TYPE_CHECKING:
    import polars as pl

FRONT = 12
"""Points of a front that are confirmed."""


@dataclass(frozen=True)
class Optimum:
    """What a search found.

    ``tried`` in the order of the search; ``confirmed`` are candidates run again with fresh
    numbers, cheapest first; ``exhaustive`` says that every cheaper combination was run.
    """

    study: Study[OptimiseTables]
    measures: Measures
    seed: int
    fresh_seed: int
    replications: int
    exhaustive: bool
    tried: tuple[Tried, ...]
    confirmed: tuple[Tried, ...]
    failed: list[tuple[str, Outcome]] = field(default_factory=list)

    @property
    def winner(self) -> Tried | None:
        """The cheapest that is confirmed; None for a front, or where nothing is."""
        if self.study.tables.front is not None:
            return None
        return next((t for t in self.confirmed if t.verdict == "confirmed"), None)

    @property
    def shown(self) -> list[str]:
        """Key figures of the tables: the study's own and those of its conditions."""
        names = list(self.study.tables.kpis)
        names += sorted({n for c in self.study.outputs for n in c.names})
        front = self.study.tables.front
        return list(dict.fromkeys([*([front] if front else []), *names]))

    def table(self, which: str = "tried") -> pl.DataFrame:
        """``tried`` or ``confirmed``, one row a combination.

        Columns: measures (in words), cost (USD a year), verdict, n, one a measure (its level), and
        of each key figure mean and ``…_half`` (95 %).
        """
        import polars as pl

        rows = []
        for one in self.tried if which == "tried" else self.confirmed:
            row: dict[str, Any] = {
                "measures": self.measures.words(one.taken),
                "cost": one.cost,
                "verdict": self._verdict(one, which),
                "n": len(one.kpis),
                **dict(zip(self.measures.names, one.taken, strict=True)),
            }
            for kpi in self.shown:
                found = estimate(k.get(kpi) for k in one.kpis)
                row[kpi], row[f"{kpi}_half"] = found.mean, found.half_width
            rows.append(row)
        kinds: dict[str, Any] = {
            "measures": pl.String,
            "cost": pl.Float64,
            "verdict": pl.String,
            "n": pl.Int64,
            **dict.fromkeys(self.measures.names, pl.Int64),
            **dict.fromkeys([x for k in self.shown for x in (k, f"{k}_half")], pl.Float64),
        }
        return pl.DataFrame(rows, schema=kinds)

    def _verdict(self, one: Tried, which: str) -> str:
        if one.trouble is not None:
            return one.trouble
        if self.study.tables.front is not None:
            return "front" if which == "confirmed" or one.taken in self._front else "dominated"
        if which == "confirmed":
            return one.verdict
        return "reaches" if one.reaches else "misses"

    @property
    def _front(self) -> set[Taken]:
        return {t.taken for t in front(self.tried, self.study.tables.front or "")}


def optimise(
    study: str | Path | Study[OptimiseTables],
    replications: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    done: Done = quiet,
) -> Optimum:
    """Search the measures of a study.

    Args:
        study: path of the study's file, or one loaded by ``load_optimise``.
        replications, seed: in place of the study's own.
        done: called after each run.

    Raises:
        ScenarioError: the study or a scenario of it cannot be used.
        ValueError: a number out of its range.
        MissingExtra: Optuna is needed and not installed.
    """
    loaded = study if isinstance(study, Study) else load_optimise(study)
    tables = loaded.tables
    count = tables.replications if replications is None else replications
    check_numbers(count, jobs)
    root = seed if seed is not None else tables.seed
    root = loaded.base.tables.seed if root is None else root
    trial = _Trial(loaded, jobs, done)
    exhaustive = trial.measures.count <= tables.search.trials
    if not exhaustive:
        needed("optuna")
    way = every if exhaustive else by_optuna
    search = way(trial.measures, tables, trial.allowed)
    tried: dict[Taken, Tried] = {}
    batch = next(search, [])
    while batch:
        new = [t for t in dict.fromkeys(batch) if t not in tried]
        for one in trial.run(new, root, range(count)):
            tried[one.taken] = one
        try:
            batch = search.send([tried[t] for t in batch])
        except StopIteration:
            break
    fresh = fresh_seed(root)
    numbers = range(tables.search.confirm)
    if tables.front is None:
        confirmed = _confirm(trial, tried, fresh, numbers)
    else:
        found = [t.taken for t in front(list(tried.values()), tables.front)]
        step = max(1, -(-len(found) // FRONT))
        confirmed = trial.run(found[::step], fresh, numbers)
    return Optimum(
        loaded,
        trial.measures,
        root,
        fresh,
        count,
        exhaustive,
        tuple(tried.values()),
        tuple(confirmed),
        trial.failed,
    )


def fresh_seed(seed: int) -> int:
    """Root of the random numbers of a confirmation: others than those of the search."""
    return int.from_bytes(hashlib.sha256(f"{seed}/confirm".encode()).digest()[:4], "big")


class _Trial:
    """Runs combinations, keeping what failed."""

    def __init__(self, study: Study[OptimiseTables], jobs: int | None, done: Done) -> None:
        self.study, self.jobs, self.done = study, jobs, done
        self.measures = Measures(study)
        self.failed: list[tuple[str, Outcome]] = []

    def allowed(self, taken: Taken) -> bool:
        """Whether the conditions on inputs let it run."""
        levels = dict(zip(self.measures.names, map(float, taken), strict=True))
        return all(c.holds(levels) for c in self.study.inputs)

    def run(self, chosen: Sequence[Taken], seed: int, numbers: Sequence[int]) -> list[Tried]:
        """Each combination with these replications."""
        made: dict[Taken, Tried] = {}
        todo: list[tuple[Taken, Job]] = []
        for taken in chosen:
            made[taken] = Tried(
                taken, self.measures.cost(taken), [], [[] for _ in self.study.outputs]
            )
            try:
                scenario = self.measures.scenario(taken)
            except ScenarioError as error:
                made[taken].trouble = f"no scenario: {error.problems[0].message}"
                continue
            todo += [(taken, Job(scenario, seed, r)) for r in numbers]
        outcomes = run_jobs([job for _, job in todo], self.jobs, self.done)
        for (taken, _), outcome in zip(todo, outcomes, strict=True):
            self._add(made[taken], outcome)
        return list(made.values())

    def _add(self, one: Tried, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.failed.append((self.measures.words(one.taken), outcome))
            one.trouble = "a run failed"
            return
        if outcome.deadlock is not None:
            one.trouble = "a run deadlocked"
            return
        values = {k: float(v.value) for k, v in outcome.kpis.items() if v.value is not None}
        one.kpis.append(values)
        for condition, margins in zip(self.study.outputs, one.margins, strict=True):
            if condition.names <= values.keys():
                margins.append(condition.margin(values))


def _confirm(
    trial: _Trial, tried: dict[Taken, Tried], seed: int, numbers: Sequence[int]
) -> list[Tried]:
    """Candidates that reach the goal, cheapest first, until one is confirmed."""
    candidates = cheapest(trial.measures, [t for t, one in tried.items() if one.reaches])
    candidates = candidates[:CANDIDATES]
    confidence = together(len(candidates))
    made: list[Tried] = []
    for taken in candidates:
        (one,) = trial.run([taken], seed, numbers)
        made.append(replace(one, confidence=confidence))
        if made[-1].verdict == "confirmed":
            break
    return made
