"""The largest volume that a corridor carries without drift, by bisection within each replication.

A volume drifts when more than ``DRIFT`` of what is offered over the last cycle of a run neither
arrives in it nor is turned back by a laboratory (which no capacity changes): it stands, it is
refused at a full elevator, or it piles up.  A run that deadlocks carries nothing.  The cycle is a
year where anything has a season, and the run then two of them, so that the season and the equipment
that stood at the terminals on the first day cancel out; else it is the second half of the time
counted.

Each replication is bisected by itself under its own random numbers.  At the volume where the
share that lacks reaches ``DRIFT`` the corridor carries the rest, and that is its breakpoint.
These values are independent over replications, so that Student's t holds for their mean; the
half of the last bracket is added to the half width.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results.spans import WEEK
from sim.scenario.altering import Change, altered, scaled
from sim.study.engine import Job, Outcome
from sim.study.grid import Done, quiet, run_jobs
from sim.study.overload import DRIFT_SHARE
from sim.study.statistics import estimate

if TYPE_CHECKING:
    from sim.scenario import Scenario

DRIFT = DRIFT_SHARE
"""Share of what is offered in the last cycle that may lack at its end: that of ``Replications``.

A stable corridor lacks a little or has a little too much, as its stock happens to stand on two
days; a smaller share would take that for drift in a short run.
"""
RESOLUTION = 0.01
"""Width of the last bracket, as a share of the volume."""
CYCLE = 52 * WEEK
"""A year in whole weeks, h."""


@dataclass(frozen=True)
class Breakpoint:
    """The breakpoint over replications, as a factor on the path and in tonnes of exports a year.

    ``values`` are of the ``replications`` of these numbers; one that did not drift at the largest
    volume tried counts as that volume, and ``censored`` says how many did.  ``failed`` replications
    have no value: a run of theirs failed, or nothing was offered in it; of the others
    ``deadlocked`` met a deadlock in their search.  ``mean`` is None where there is no value.
    ``low`` and ``high`` are None below two values, and ``high`` where one is censored.  ``bound``
    is the maximum flow of the same run as a factor, None where the inputs bound nothing or the path
    is not the volume of exports.
    """

    mean: float | None
    low: float | None
    high: float | None
    values: tuple[float, ...]
    replications: tuple[int, ...]
    censored: int
    failed: int
    deadlocked: int
    tried_to: float
    t_per_year: float
    """Exports offered at factor 1, t a year."""
    bound: float | None
    bound_by: tuple[str, ...]
    runs: int


def long_run(scenario: Scenario) -> tuple[Scenario, float]:
    """The scenario over two cycles where it has a season, and the hours of its last cycle."""
    tables = scenario.tables
    seasons = [s.season for s in tables.supplies.values()]
    seasons += [b.season for b in tables.background.values()]
    counted = float(tables.horizon) - float(tables.warmup)
    if all(s is None for s in seasons):
        return scenario, counted / 2.0
    horizon = max(float(tables.horizon), float(tables.warmup) + 2 * CYCLE)
    # Weeks count from the start, so that the last cycle begins with one only in whole weeks.
    horizon = math.ceil(horizon / WEEK) * WEEK
    return altered(scenario, [Change("horizon", f"{horizon:.12g} h")]), CYCLE


def lacking(outcome: Outcome, hours: float) -> float | None:
    """Share of what is offered in the last hours that is neither delivered nor turned back in
    them, below 0 when more is, and 1 where the run deadlocked; None where it failed or nothing
    is offered."""
    if outcome.failure is not None or outcome.weekly is None:
        return None
    if outcome.deadlock is not None:
        return 1.0
    frame = outcome.weekly.frame
    weeks = frame.filter(frame["begin_h"] >= outcome.weekly.horizon_h - hours - 1e-6)
    offered = float(weeks["offered_t"].sum())
    through = float(weeks["delivered_t"].sum()) + float(weeks["rejected_t"].sum())
    return 1.0 - through / offered if offered else None


Bisection = Generator[float, float, tuple[float, bool]]


def search(most: float, drift: float = DRIFT, resolution: float = RESOLUTION) -> Bisection:
    """Bisect (0, most] for the volume where the share that lacks reaches ``drift``.

    Yields volumes and is sent what lacks there; returns what is carried at the breakpoint (0 where
    even ``resolution`` of the largest drifts), and whether the largest volume does not drift.  What
    an overloaded corridor delivers says where to look first.
    """
    lacks = yield most
    if lacks <= drift:
        return most, True
    lower, upper = 0.0, most
    probe = most * (1.0 - lacks) / (1.0 - drift)
    near = 3  # probes beside the guess before plain halving
    while upper - lower > resolution * upper:
        if upper <= resolution * most:
            return 0.0, False
        inside = lower < probe < upper
        probe = probe if inside else (lower + upper) / 2.0
        lacks = yield probe
        if lacks > drift:
            upper = probe
            guess = probe * (1.0 - max(lacks, 0.0)) / (1.0 - drift)
            probe = min(guess, probe * (1.0 - 0.9 * resolution))
        else:
            lower = probe
            probe = probe * (1.0 + 0.9 * resolution)
        near -= 1
        if near < 0:
            probe = (lower + upper) / 2.0
    return (lower + upper) / 2.0 * (1.0 - drift), False


def breakpoints(
    scenarios: Mapping[str, Scenario],
    path: str = "export_volume",
    most: float = 3.0,
    replications: int = 5,
    seed: int = 1,
    jobs: int | None = None,
    done: Done = quiet,
) -> dict[str, Breakpoint]:
    """The breakpoint of each scenario; all that can be run at once is run at once.

    ``done`` is called after each run; how many there will be is not known before.
    """
    long = {name: long_run(s) for name, s in scenarios.items()}
    searches: dict[tuple[str, int], Bisection] = {}
    asked: dict[tuple[str, int], float] = {}
    ended: dict[tuple[str, int], tuple[float, bool] | None] = {}
    count = dict.fromkeys(scenarios, 0)
    stuck: set[tuple[str, int]] = set()
    for name in scenarios:
        for r in range(replications):
            searches[name, r] = search(most)
            asked[name, r] = next(searches[name, r])
    while asked:
        keys = list(asked)
        todo = []
        for name, r in keys:
            scenario = long[name][0]
            todo.append(Job(altered(scenario, [scaled(scenario, path, asked[name, r])]), seed, r))
        for key, outcome in zip(keys, run_jobs(todo, jobs, done), strict=True):
            count[key[0]] += 1
            if outcome.deadlock is not None:
                stuck.add(key)
            lacks = lacking(outcome, long[key[0]][1])
            if lacks is None:
                del asked[key]
                ended[key] = None
                continue
            try:
                asked[key] = searches[key].send(lacks)
            except StopIteration as stop:
                del asked[key]
                ended[key] = stop.value
    found = {}
    for name in scenarios:
        mine = [(name, r) for r in range(replications)]
        ends = [ended[key] for key in mine]
        deadlocked = sum(key in stuck and ended[key] is not None for key in mine)
        found[name] = _summed(long[name][0], path, most, ends, deadlocked, count[name])
    return found


def _summed(
    scenario: Scenario,
    path: str,
    most: float,
    ends: list[tuple[float, bool] | None],
    deadlocked: int,
    runs: int,
) -> Breakpoint:
    from sim.study.implied import implied

    found = implied(scenario)
    bound = None
    if path == "export_volume" and found.bound_t is not None and found.offered_t > 0.0:
        bound = found.bound_t / found.offered_t
    good = [e for e in ends if e is not None]
    values = tuple(v for v, _ in good)
    censored = sum(c for _, c in good)
    spread = estimate(values)
    low, high = None, None
    if spread.mean is not None and spread.half_width is not None:
        half = spread.half_width + RESOLUTION * spread.mean / 2.0
        low, high = spread.mean - half, (None if censored else spread.mean + half)
    return Breakpoint(
        spread.mean,
        low,
        high,
        values,
        tuple(r for r, e in enumerate(ends) if e is not None),
        censored,
        len(ends) - len(good),
        deadlocked,
        most,
        found.offered_t / float(scenario.tables.horizon) * 8760.0,
        bound,
        tuple(found.bound_by),
        runs,
    )
