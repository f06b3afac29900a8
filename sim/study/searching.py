"""How combinations of measures are chosen: all of them, cheapest first, or by Optuna.

A search is a generator that yields batches of combinations and is sent what was found of them.
Batches have a fixed size, so that a search does not depend on how many run at once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from typing import Any

from sim.study.language import OptimiseTables
from sim.study.measures_taken import Measures, Taken
from sim.study.tried import Tried

CANDIDATES = 5
"""Combinations that are tried for confirmation, cheapest first."""
PATIENCE = 10
"""Choices for each trial of the search, since a combination run before costs nothing."""

Allowed = Callable[[Taken], bool]
Search = Generator[list[Taken], list[Tried], None]
"""Yields combinations to run, and is sent what was found of them."""


def every(measures: Measures, tables: OptimiseTables, allowed: Allowed) -> Search:
    """All combinations in batches, cheapest first; for a goal no dearer ones than need be."""
    left = [t for t in measures.all() if allowed(t)]
    reached = 0
    while left:
        batch, left = left[: tables.search.batch], left[tables.search.batch :]
        found = yield batch
        reached += sum(one.reaches for one in found)
        if tables.front is None and reached >= CANDIDATES:
            return


def by_optuna(measures: Measures, tables: OptimiseTables, allowed: Allowed) -> Search:
    """Combinations that Optuna asks for; nothing at all is the first."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler, directions = _sampler(tables)
    search = optuna.create_study(directions=directions, sampler=sampler)
    search.enqueue_trial(dict.fromkeys(measures.names, 0))
    seen: set[Taken] = set()
    for _ in range(PATIENCE * tables.search.trials // tables.search.batch + 1):
        asked = [search.ask() for _ in range(tables.search.batch)]
        wanted = [_levels(measures, one) for one in asked]
        room = tables.search.trials - len(seen)
        new = [t for t in dict.fromkeys(wanted) if t not in seen and allowed(t)][:room]
        chosen = [t for t in dict.fromkeys(wanted) if t in seen or t in new]
        found = {one.taken: one for one in (yield chosen)} if chosen else {}
        for one, taken in zip(asked, wanted, strict=True):
            _tell(search, one, found.get(taken), tables.front)
        seen.update(new)
        if len(seen) >= tables.search.trials:
            return


def _sampler(tables: OptimiseTables) -> tuple[Any, Any]:
    """Optuna's sampler, and which way each of its objectives goes."""
    import optuna

    from sim.results.kpi import KPIS

    seed, few = tables.search.seed, tables.search.trials // 5
    if tables.front is not None:
        sampler: Any = optuna.samplers.NSGAIISampler(seed=seed, population_size=max(8, few))
        down = KPIS[tables.front].better == "down"
        return sampler, ["minimize", "minimize" if down else "maximize"]
    with warnings.catch_warnings():
        # what Optuna calls experimental may change its choices with its version, which is pinned
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=seed, multivariate=True, constant_liar=True, n_startup_trials=max(5, few)
        )
    return sampler, ["minimize"]


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
