"""Intervals against scipy, against a sum done by hand, and against their own promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.study.statistics import (
    CONFIDENCE,
    Estimate,
    estimate,
    interval,
    prediction,
    t_quantile,
    together,
)


def test_the_interval_of_one_to_five() -> None:
    # Mean 3, deviation sqrt(10 / 4), Student's t of 4 degrees 2.776445 in every printed table.
    found = interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.mean, found.n) == (3.0, 5)
    assert found.deviation == pytest.approx(1.5811388)
    assert found.half_width == pytest.approx(2.776445 * 1.5811388 / math.sqrt(5), rel=1e-6)
    assert found.low == pytest.approx(1.036757, rel=1e-6)
    assert found.high == pytest.approx(4.963243, rel=1e-6)


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40),
    confidence=st.floats(0.5, 0.999),
)
def test_the_interval_is_that_of_scipy(values: list[float], confidence: float) -> None:
    spread = float(np.std(values, ddof=1))
    assume(spread > 1e-6)
    low, high = stats.t.interval(
        confidence, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)
    )
    found = interval(values, confidence)
    assert found.low == pytest.approx(low, rel=1e-7, abs=1e-7)
    assert found.high == pytest.approx(high, rel=1e-7, abs=1e-7)
    assert found.deviation == pytest.approx(spread)


def test_one_value_has_no_width() -> None:
    found = interval([7.0])
    assert (found.mean, found.half_width, found.deviation, found.n) == (7.0, None, None, 1)
    assert (found.low, found.high) == (None, None)
    # nothing is sure of it, not even what lies on it
    assert not found.above(-1e9) and not found.below(1e9)
    assert not found.holds(7.0) and not found.within(-1e9, 1e9)


def test_what_an_interval_makes_sure() -> None:
    found = interval([1.0, 2.0, 3.0, 4.0, 5.0])  # 1.04 … 4.96
    assert (found.above(1.0), found.above(1.1)) == (True, False)
    assert (found.below(5.0), found.below(4.9)) == (True, False)
    assert (found.holds(1.1), found.holds(1.0), found.holds(5.0)) == (True, False, False)
    assert (found.within(1.0, 5.0), found.within(1.1, 5.0), found.within(1.0, 4.9)) == (
        True,
        False,
        False,
    )


def test_an_estimate_says_what_is_known_and_no_more() -> None:
    assert estimate([None, None]) == estimate([]) == Estimate(None, None, None, None, 0)
    assert estimate([None, 7.0]) == Estimate(7.0, None, None, None, 1)
    found, whole = estimate([1.0, None, 2.0, 4.0]), interval([1.0, 2.0, 4.0])
    assert found == Estimate(whole.mean, whole.half_width, whole.low, whole.high, 3)


def test_one_more_value_lies_in_the_prediction_as_often_as_it_says() -> None:
    trials = 4000
    samples = np.random.default_rng(20240102).normal(30.0, 7.0, size=(trials, 6))
    share = sum(prediction(row[:5]).holds(row[5]) for row in samples.tolist()) / trials
    assert share == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / trials))
    assert prediction([7.0]).low is None


def test_intervals_that_hold_together_share_the_doubt() -> None:
    assert together(1) == together(0) == CONFIDENCE
    assert together(10) == pytest.approx(0.995)


def test_values_that_are_alike_have_width_zero() -> None:
    found = interval([0.1] * 7)
    assert (found.mean, found.half_width) == (pytest.approx(0.1), pytest.approx(0.0, abs=1e-15))


def test_no_values_and_no_degrees_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no values, .* expected one or more"):
        interval([])
    with pytest.raises(ValueError, match=r"degrees of freedom: 0 .* expected 1 or more"):
        t_quantile(0)


@pytest.mark.parametrize("n", [2, 5, 10])
@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_the_interval_holds_the_mean_as_often_as_it_says(n: int, confidence: float) -> None:
    trials = 4000
    samples = np.random.default_rng(20240101).normal(30.0, 7.0, size=(trials, n))
    found = (interval(row, confidence) for row in samples.tolist())
    share = sum(i.low <= 30.0 <= i.high for i in found) / trials
    # Four standard errors of a share: a quantile of the wrong side or degrees is outside.
    allowed = 4 * math.sqrt(confidence * (1 - confidence) / trials)
    assert share == pytest.approx(confidence, abs=allowed)
