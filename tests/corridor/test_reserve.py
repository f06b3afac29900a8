"""A reserve of acceptance: against a slow twin, closed forms and the books of whole runs."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
import simpy

from sim.corridor import simulate
from sim.corridor.gate import Gate
from sim.corridor.profile import Profile, product, steps_of_reductions, taken_together
from sim.corridor.reserve import Reserve
from sim.policies.order import FirstCome
from tests.corridor.small import SMALL, scenario

Rates = tuple[list[float], list[float]]


def gate_passes(env: simpy.Environment, gate: Gate, arrivals: list[float]) -> list[float]:
    """When each train passes a gate."""
    passed = []

    def visit(at: float) -> Any:
        yield env.timeout(at)
        turn = env.event()
        who = SimpleNamespace(train_class="any", formed=at, joined=at, followed=True)
        who.turn = lambda now: turn.succeed()
        if not gate.take(who, env.now):  # type: ignore[arg-type]
            yield turn
        passed.append(env.now)

    for at in arrivals:
        env.process(visit(at))
    env.run(until=5000.0)
    return passed


def twin(
    arrivals: list[float], quota: Rates, raised: Rates, above: int, below: int, longest: float
) -> tuple[list[float], list[float]]:
    """The same by small steps of a headway that is worked off: passes, and calls and returns."""
    coming, waiting, now, left = sorted(arrivals), 0, 0.0, 0.0
    held, used_up, ends = False, False, math.inf
    passed: list[float] = []
    switches: list[float] = []
    cuts = sorted({*quota[0], *raised[0]})

    def rate() -> float:
        times, values = raised if held else quota
        return [v for t, v in zip(times, values, strict=True) if t <= now + 1e-9][-1]

    while coming or waiting:
        due = now + left / rate() if waiting and rate() > 0.0 else math.inf
        if waiting and left <= 1e-9 and rate() > 0.0:
            due = now
        next_cut = min((c for c in cuts if c > now + 1e-9), default=math.inf)
        when = min(due, next_cut, coming[0] if coming else math.inf, ends if held else math.inf)
        left = max(left - rate() * (when - now), 0.0)
        now = when
        if held and now == ends:
            held, used_up = False, True
            switches.append(now)
        elif now == due:
            waiting, left = waiting - 1, 1.0
            passed.append(now)
        elif coming and now == coming[0]:
            coming.pop(0)
            if not waiting and left <= 1e-9 and rate() > 0.0:
                left = 1.0
                passed.append(now)
                continue
            waiting += 1
        used_up = used_up and waiting > below
        if held and waiting <= below:
            held = False
            switches.append(now)
        elif not held and not used_up and waiting >= above:
            held, ends = True, now + longest
            switches.append(now)
    return passed, switches


@pytest.mark.parametrize("seed", range(40))
def test_passes_calls_and_returns_are_those_of_the_slow_twin(seed: int) -> None:
    luck = Random(seed)
    storm = steps_of_reductions([(100.0, 160.13, luck.choice([0.0, 0.25]))])
    dated = ([0.0, 200.37, 260.0], [0.5, luck.choice([0.0, 0.3]), 0.5])
    quota = product(dated, storm)
    raised = product(taken_together(dated, ([0.0], [0.25])), storm)
    above = luck.randint(3, 12)
    below, longest = luck.randrange(above), luck.choice([math.inf, 20.0, 60.0])
    arrivals, at = [], 0.0
    for _ in range(200):
        at += luck.expovariate(0.45)
        arrivals.append(at)
    env = simpy.Environment()
    reserve = Reserve(Profile(quota), Profile(raised), above, below, longest)
    gate = Gate(env, "border", Profile(quota), FirstCome(), reserve=reserve)
    passed = gate_passes(env, gate, arrivals)
    expected, switches = twin(arrivals, quota, raised, above, below, longest)  # type: ignore[arg-type]
    assert passed == pytest.approx(expected, abs=1e-6)
    assert reserve.switches == pytest.approx(switches, abs=1e-6)
    assert switches
    # No more pass than could: the work of what was offered, and the one that is due at the start.
    offered = gate.offered()
    for number, time in enumerate(passed):
        assert number <= offered.work(time) + 1e-6


def test_a_queue_is_worked_off_at_quota_and_reserve_less_what_comes() -> None:
    quota, more, come, queue = 15.0 / 24.0, 6.0 / 24.0, 12.0 / 24.0, 60
    arrivals = [0.0] * (queue + 1) + [n / come for n in range(1, 600)]

    def worked_off(reserve: Reserve | None) -> float:
        env = simpy.Environment()
        passed = gate_passes(
            env, Gate(env, "border", flat, FirstCome(), reserve=reserve), list(arrivals)
        )
        # The first that does not wait: it passes as it comes.
        free = (b for b, came in zip(passed, arrivals, strict=True) if b == came and b > 0.0)
        return next(free) / 24.0

    flat = Profile(((0.0,), (quota,)))
    raised = Profile(((0.0,), (quota + more,)))
    # Trains are whole, and the first that does not wait comes when it comes: to within three.
    assert worked_off(None) == pytest.approx(queue / 3.0, abs=3 / 3.0)
    assert worked_off(Reserve(flat, raised, 20, 0)) == pytest.approx(queue / 9.0, abs=3 / 9.0)
    # Four days at nine a day, and what is left at three.
    after = 4.0 + (queue - 36.0) / 3.0
    assert worked_off(Reserve(flat, raised, 20, 0, 96.0)) == pytest.approx(after, abs=3 / 3.0)


BORDER = """
title: a queue before a border
start: 2024-01-01
horizon: 60 d
stations: {west: {}, east: {}}
lines:
  border:
    from: west
    to: east
    length: 12 km
    speed: 240 km/d
    acceptance:
      toward: east
      per_day: 15 trains/d
      reserve: {per_day: 6 trains/d, above: 10, below: 2}
background:
  trains: {from: west, route: [border], trains: 12 trains/d, arrivals: regular}
disruptions:
  storm: {on: [border], begin: 2024-01-11, days: 4 d, factor: 0}
"""


def capacity(results: Any) -> list[tuple[float, float]]:
    rows = results.levels.filter(pl.col("series") == "border/acceptance: capacity")
    return list(rows.select("time_h", "level").iter_rows())


def test_levels_and_books_show_what_was_offered(tmp_path: Path) -> None:
    results = simulate(scenario(tmp_path, BORDER), debug=True)
    steps = capacity(results)
    assert [level * 24.0 for _, level in steps] == pytest.approx([15, 0, 21, 15])
    assert [time for time, _ in steps][:3] == [0.0, 240.0, 336.0]
    # 48 came in the storm; from then on nine a day fewer until two are left.
    assert (steps[3][0] - 336.0) / 24.0 == pytest.approx((48.0 - 2.0) / 9.0, abs=0.25)
    [known] = [r for r in results.meta["resources"] if r["name"] == "border/acceptance"]
    until = [*(t for t, _ in steps[1:]), 60 * 24.0]
    there = sum(v * (b - a) for (a, v), b in zip(steps, until, strict=True))
    assert known["available"] == pytest.approx(there)
    assert known["used"] <= known["available"] + 1.0


def test_a_reserve_is_held_no_longer_than_it_may_be(tmp_path: Path) -> None:
    at = "lines.border.acceptance.reserve"
    results = simulate(scenario(tmp_path, BORDER, f"{at}.longest=6 d"), debug=True)
    steps = capacity(results)
    called = 240.0 + 10 * 2.0
    assert steps[-1][0] == pytest.approx(called + 144.0, abs=2.0)
    waiting = results.levels.filter(pl.col("series") == "border: trains waiting")
    still = waiting.filter(pl.col("time_h") <= steps[-1][0])["level"][-1]
    assert still > 10, "used up with a queue left, and not called again for it"


def test_where_nothing_is_taken_there_is_no_reserve(tmp_path: Path) -> None:
    shut = "{value: 15 trains/d, changes: {2024-02-01: 0 trains/d}}"
    text = BORDER.replace("per_day: 15 trains/d", f"per_day: {shut}")
    results = simulate(scenario(tmp_path, text), debug=True)
    passed = results.stages.filter(pl.col("activity") == "acceptance")["end_h"]
    assert passed.drop_nulls().max() <= 31 * 24.0
    assert capacity(results)[-1] == (31 * 24.0, 0.0)


@pytest.mark.parametrize("stations", ["{west: {}, east: {}}", "{west: {tracks: 12}, east: {}}"])
def test_a_reserve_that_is_never_called_changes_nothing(tmp_path: Path, stations: str) -> None:
    text = BORDER.replace("{west: {}, east: {}}", stations)
    plain = text.replace("      reserve: {per_day: 6 trains/d, above: 10, below: 2}\n", "")
    never = text.replace("above: 10", "above: 5000")
    a, b = (simulate(scenario(tmp_path, t)) for t in (plain, never))
    assert a.stages.equals(b.stages)
    assert a.levels.equals(b.levels)


def test_exports_go_the_same_way_whether_others_are_followed_or_not(tmp_path: Path) -> None:
    """With trains that are followed among those that are not, and limits for a class."""
    text = SMALL.replace(
        'variation: "gamma(mean: 1, cv: 0.2)"}',
        'variation: "gamma(mean: 1, cv: 0.2)", '
        "reserve: {per_day: 8 /d, above: 2, below: 0, longest: 3 d}}",
    )
    assert text != SMALL
    results = simulate(scenario(tmp_path, text), debug=True)
    assert len(capacity(results)) > 60
    ends = results.stages.filter(pl.col("activity") == "acceptance").sort("end_h")["end_h"]
    assert all(a <= b for a, b in pairwise(ends.drop_nulls()))
