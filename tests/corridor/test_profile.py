"""Rates over time, their integral and its inverse."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.corridor.profile import Onward, Profile, product, steps_of_reductions, steps_of_windows

rates = st.lists(
    st.tuples(st.floats(0.1, 10.0), st.sampled_from([0.0, 0.25, 1.0, 3.0])), min_size=1, max_size=8
)


def profile(parts: list[tuple[float, float]]) -> Profile:
    times = np.cumsum([0.0, *(length for length, _ in parts)])
    return Profile((times.tolist(), [*(rate for _, rate in parts), 1.0]))


@given(rates, st.floats(0.0, 40.0), st.floats(0.01, 30.0))
def test_finish_is_the_earliest_time_at_which_the_work_is_done(
    parts: list[tuple[float, float]], begin: float, amount: float
) -> None:
    p = profile(parts)
    end = p.finish(begin, amount)
    assert p.work(end) - p.work(begin) == pytest.approx(amount, abs=1e-9)
    assert p.work(end - 1e-6) - p.work(begin) < amount


@given(rates, st.floats(0.0, 30.0))
def test_when_inverts_work(parts: list[tuple[float, float]], amount: float) -> None:
    p = profile(parts)
    assert p.work(p.when(amount)) == pytest.approx(amount, abs=1e-9)


def test_nothing_is_done_while_closed_and_never_is_infinite() -> None:
    shut = Profile(([0.0, 5.0], [1.0, 0.0]))
    assert shut.finish(3.0, 2.0) == 5.0
    assert math.isinf(shut.finish(3.0, 2.5))
    assert math.isinf(shut.opens(6.0))
    assert shut.closed_hours(np.array([4.0, 9.0])).tolist() == [0.0, 4.0]


def test_product_of_hours_and_a_closure() -> None:
    hours = steps_of_windows([(8.0, 18.0), (32.0, 42.0)])
    storm = steps_of_reductions([(10.0, 34.0, 0.0)])
    p = Profile(product(hours, storm))
    assert [p.rate(t) for t in (9.0, 11.0, 33.0, 35.0, 43.0)] == [1.0, 0.0, 0.0, 1.0, 0.0]
    assert p.finish(9.0, 2.0) == 35.0


def test_overlapping_disruptions_multiply() -> None:
    p = Profile(steps_of_reductions([(0.0, 10.0, 0.5), (5.0, 15.0, 0.5)]))
    assert [p.rate(t) for t in (1.0, 6.0, 12.0, 16.0)] == [0.5, 0.25, 0.5, 1.0]


def test_a_profile_read_onward_tells_what_it_tells_to_who_looks_from_the_start() -> None:
    luck = random.Random(5)
    for case in range(60):
        edges = sorted({0.0, *(luck.randrange(400) / 4.0 for _ in range(case % 12))})
        rates = [luck.choice([0.0, 0.5, luck.random(), 2.0]) for _ in edges]
        profile = Profile((edges, rates))
        onward, now = Onward(profile), 0.0
        for _ in range(60):
            now += luck.choice([0.0, 0.25, luck.expovariate(0.3)])
            done = onward.work(now)
            assert done == profile.work(now)
            for more in (1.0 - 2e-9, 1.0):
                assert onward.when(done + more) == profile.when(done + more)
