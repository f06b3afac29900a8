"""The cheapest measures that reach a goal, or the front of cost against a key figure.

Where all combinations can be run they are, cheapest first, until one reaches the goal; else Optuna
chooses them: its tree-structured Parzen estimator for a goal (Bergstra et al. 2011), NSGA-II for a
front (Deb et al. 2002).  Combinations are chosen in batches of a fixed size, so that the search
does not depend on how many run at once.  All runs of the search have common random numbers.

A winner was picked for its luck too, so it is run again with fresh random numbers before it is
believed: confirmed if the 95 % interval of every condition's margin lies above zero.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario import ScenarioError
from sim.study.engine import Job, Outcome
from sim.study.extras import needed
from sim.study.grid import Done, check_numbers, quiet, run_jobs
from sim.study.language import OptimiseTables, Study, load_optimise
from sim.study.measures_taken import Measures, Taken, cheapest
from sim.study.statistics import interval

if TYPE_CHECKING:
    import polars as pl

CANDIDATES = 5
"""Combinations that are tried for confirmation, cheapest first."""
PATIENCE = 10
"""Choices for each trial of the search, since a combination run before costs nothing."""
FRONT = 12
"""Points of a front that are confirmed."""


@dataclass
class Tried:
    """A combination with its runs: key figures by replication, and what went wrong.

    ``margins`` are by how much each condition holds, by replication.
    """

    taken: Taken
    cost: float
    kpis: list[dict[str, float]]
    margins: list[list[float]]
    trouble: str | None = None

    def mean(self, kpi: str) -> float | None:
        """Mean of a key figure; None where no run has it."""
        known = [k[kpi] for k in self.kpis if kpi in k]
        return sum(known) / len(known) if known else None

    @property
    def lacks(self) -> list[float]:
        """By how much each condition is missed in the mean; 0 or below where it is met."""
        if self.trouble is not None:
            return [float("inf")] * max(len(self.margins), 1)
        return [-sum(m) / len(m) if m else float("inf") for m in self.margins]

    @property
    def reaches(self) -> bool:
        """Whether all conditions hold in the mean."""
        return self.trouble is None and all(x <= 0.0 for x in self.lacks)

    @property
    def verdict(self) -> str:
        """confirmed, missed, or not told apart: every condition by its interval."""
        if self.trouble is not None:
            return self.trouble
        verdict = "confirmed"
        for values in self.margins:
            if not values:
                return "not told apart"
            found = interval(values)
            if found.half_width is None:
                return "not told apart"
            if found.high < 0.0:
                return "missed"
            if found.low < 0.0:
                verdict = "not told apart"
        return verdict


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
                known = [k[kpi] for k in one.kpis if kpi in k]
                found = interval(known) if known else None
                row[kpi] = found.mean if found else None
                row[f"{kpi}_half"] = found.half_width if found else None
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
    chosen = _every(trial) if exhaustive else _by_optuna(trial)
    tried: dict[Taken, Tried] = {}
    send: Callable[[list[Tried]], list[Taken]] = chosen.send
    batch = next(chosen)
    while True:
        new = [t for t in dict.fromkeys(batch) if t not in tried]
        for one in trial.run(new, root, range(count)):
            tried[one.taken] = one
        try:
            batch = send([tried[t] for t in batch])
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


def front(tried: Sequence[Tried], kpi: str) -> list[Tried]:
    """Combinations that no other beats in both cost and a key figure, cheapest first."""
    from sim.results.kpi import KPIS

    if kpi not in KPIS:
        return []
    sign = -1.0 if KPIS[kpi].better == "down" else 1.0
    known = [
        (t.cost, sign * value, t)
        for t in tried
        if t.trouble is None and (value := t.mean(kpi)) is not None
    ]
    best, kept = float("-inf"), []
    for _, value, one in sorted(known, key=lambda k: (k[0], -k[1], k[2].taken)):
        if value > best:
            best = value
            kept.append(one)
    return kept


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


Chosen = Iterator[list[Taken]]


def _every(trial: _Trial) -> Any:
    """All combinations in batches, cheapest first; for a goal no dearer ones than need be."""
    tables = trial.study.tables
    left = [t for t in trial.measures.all() if trial.allowed(t)]
    reached = 0
    while left:
        batch, left = left[: tables.search.batch], left[tables.search.batch :]
        found = yield batch
        reached += sum(one.reaches for one in found)
        if tables.front is None and reached >= CANDIDATES:
            return
    return


def _by_optuna(trial: _Trial) -> Any:
    """Combinations that Optuna asks for; nothing at all is the first."""
    import optuna

    tables, measures = trial.study.tables, trial.measures
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    with warnings.catch_warnings():
        # what Optuna calls experimental may change its choices with its version, which is pinned
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        if tables.front is None:
            sampler: Any = optuna.samplers.TPESampler(
                seed=tables.search.seed,
                multivariate=True,
                constant_liar=True,
                n_startup_trials=max(5, tables.search.trials // 5),
            )
            directions: Any = ["minimize"]
        else:
            from sim.results.kpi import KPIS

            sampler = optuna.samplers.NSGAIISampler(
                seed=tables.search.seed,
                population_size=max(8, tables.search.trials // 5),
            )
            down = KPIS[tables.front].better == "down"
            directions = ["minimize", "minimize" if down else "maximize"]
        search = optuna.create_study(directions=directions, sampler=sampler)
        search.enqueue_trial(dict.fromkeys(measures.names, 0))
        seen: set[Taken] = set()
        for _ in range(PATIENCE * tables.search.trials // tables.search.batch + 1):
            asked = [search.ask() for _ in range(tables.search.batch)]
            wanted = [_levels(measures, one) for one in asked]
            room = tables.search.trials - len(seen)
            new = [t for t in dict.fromkeys(wanted) if t not in seen and trial.allowed(t)][:room]
            allowed = [t for t in dict.fromkeys(wanted) if t in seen or t in new]
            found = {one.taken: one for one in (yield allowed)} if allowed else {}
            for one, taken in zip(asked, wanted, strict=True):
                _tell(search, one, found.get(taken), tables.front)
            seen.update(new)
            if len(seen) >= tables.search.trials:
                return


def _levels(measures: Measures, asked: Any) -> Taken:
    return tuple(
        asked.suggest_int(name, 0, len(choices))
        for name, choices in zip(measures.names, measures.choices, strict=True)
    )


def _tell(search: Any, asked: Any, one: Tried | None, kpi: str | None) -> None:
    from optuna.trial import TrialState

    value = None if one is None or kpi is None else one.mean(kpi)
    for number, lacks in enumerate([] if one is None else one.lacks):
        asked.set_constraint(str(number), min(lacks, 1e300))
    if one is None or (kpi is not None and (value is None or one.trouble is not None)):
        search.tell(asked, state=TrialState.FAIL)
    elif kpi is None:
        search.tell(asked, one.cost)
    else:
        search.tell(asked, [one.cost, value])


def _confirm(
    trial: _Trial, tried: dict[Taken, Tried], seed: int, numbers: Sequence[int]
) -> list[Tried]:
    """Candidates that reach the goal, cheapest first, until one is confirmed."""
    candidates = cheapest(trial.measures, [t for t, one in tried.items() if one.reaches])
    made = []
    for taken in candidates[:CANDIDATES]:
        made += trial.run([taken], seed, numbers)
        if made[-1].verdict == "confirmed":
            break
    return made
