"""Variants against each other under common random numbers.

Replication r of every variant draws the same numbers, so that differences are taken within each
replication (`paired`, `contrast`) and told with the scenarios that they belong to (`comparison`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.study.comparison import MAIN, Comparison, check_known
from sim.study.contrast import ALL
from sim.study.engine import Job, default_jobs, run_all
from sim.study.given import check_comparable, check_numbers, names_of
from sim.study.replications import Replications

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["ALL", "MAIN", "Comparison", "compare", "compare_until"]

LEAST = 10
"""Pairs before a first look at whether differences are settled."""
GROWTH = 1.5
"""How many times as many pairs there are at each further look."""
MOST = 1000


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
    check_known(kpis)
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
