"""Figures for people have as many digits as their interval supports; tables of files have all."""

from __future__ import annotations

import pytest

from sim.report.telling import more_words, verdict_words
from sim.report.words import (
    between,
    figure,
    plus_minus,
    row_of,
    step_of,
    with_ends,
    with_half,
    with_interval,
)


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [
        (11_610_000.0, 12_833_000.0, 10_000.0),  # ± 611,500
        (0.0, 200.0, 10.0),
        (0.0, 199.0, 1.0),
        (-3.13, 3.13, 0.1),
        (4.0, 4.0, None),
        (None, None, None),
        (None, 3.0, None),
        (1.0, float("inf"), None),
    ],
)
def test_two_digits_of_the_half_width_count(
    low: float | None, high: float | None, step: float | None
) -> None:
    assert step_of(low, high) == (None if step is None else pytest.approx(step))


@pytest.mark.parametrize(
    ("value", "half", "said"),
    [
        (12_221_792.0, 611_003.0, "12,220,000 ± 610,000"),
        (362_549.4, 9_123.0, "362,500 ± 9,100"),
        (25.337, 1.744, "25.3 ± 1.7"),
        (289.94, 3.01, "289.9 ± 3.0"),
        (35.0, 94.1, "35 ± 94"),
        (0.4, 94.1, "0.4 ± 94"),  # keeps a digit
        (4.123, 0.0012, "4.12 ± 0.00"),  # never more than without an interval
        (6.0, 0.0, "6 ± 0"),
        (1234.5, None, "1,234"),
    ],
)
def test_a_figure_has_the_digits_that_its_interval_supports(
    value: float, half: float | None, said: str
) -> None:
    kpi = {"mean": value, "half_width": half, "unit": "t"}
    assert with_interval(kpi, "") == plus_minus(value, half) == said
    if half is not None:
        assert " ".join(with_half(value, half)) == said


def test_a_share_is_told_in_per_cent_and_in_a_column_as_it_is() -> None:
    kpi = {"mean": 0.97123, "half_width": 0.0341, "unit": "1"}
    assert with_interval(kpi) == "97.1 ± 3.4 %"
    assert with_interval({**kpi, "half_width": 0.21}) == "97 ± 21 %"
    assert with_half(0.97123, 0.0341, "1") == ("0.971", "± 0.034")
    assert with_half(0.97123, 0.21, "1") == ("0.97", "± 0.21")


def test_the_ends_of_an_interval_have_the_digits_of_their_middle() -> None:
    assert with_ends(36_760.2, 10_529.0, 62_992.0, sign="+") == "+37,000 (11,000 … 63,000)"
    assert with_ends(5.0, None, None) == "5"
    assert between(-526.4, 11_038.0) == "-500 … 11,000"
    assert row_of([428_943.0], 10_529.0, 62_992.0) == ("429,000", "11,000 … 63,000")
    # What stands beside its difference has a digit more: 82 and 106 are not 80, 110 and 20.
    assert row_of([82.0, 106.4, 24.4], -110.0, 160.0) == ("82", "106", "24", "-110 … 160")
    assert row_of([428_943.0, None], 10_529.0, 62_992.0) == ("428,900", "–", "11,000 … 63,000")
    assert row_of([428_943.0], None, None) == ("428,943", "–")


def test_an_end_that_is_not_nought_is_not_told_as_nought() -> None:
    """Else what is surely more would be told as no more, or the other way round."""
    assert between(0.3, 120.0) == "0.3 … 120"
    assert between(-0.3, 120.0) == "-0.3 … 120"
    assert figure(0.0, "", 10.0) == "0"


def test_what_is_the_same_in_every_run_is_not_called_not_told_apart() -> None:
    row = {"difference": 0.0, "low": 0.0, "high": 0.0, "verdict": "not told apart", "n": 4}
    assert verdict_words(row) == "the same in every run"
    cut = "not recovered by the end of the runs"
    assert verdict_words({**row, "open": 0}) == "the same in every run"
    assert verdict_words({**row, "open": 1}) == f"the same, but 1 of 4 {cut}"
    assert verdict_words({**row, "open": 4}) == cut
    assert verdict_words({**row, "low": -1.0, "high": 1.0}) == "not told apart"
    sure = {**row, "low": -1.0, "high": 1.0, "more_runs": 40}
    assert verdict_words(sure) == "not told apart: about 40 more replications"
    small = {**row, "reference": 400_000.0, "negligible": 4000.0, "more_runs": None}
    assert verdict_words(small) == "the same in every run"
    assert more_words(small) == ", the same in every run"


def test_a_difference_too_small_to_act_on_is_told_to_be_that() -> None:
    """The interval says it, and not the difference that happens to be found."""
    row = {"difference": 80.0, "low": -700.0, "high": 860.0, "verdict": "not told apart", "n": 10,
           "reference": 400_000.0, "negligible": 4000.0, "more_runs": None}  # fmt: skip
    said = "at most 0.22 % either way, too small to matter"
    assert verdict_words(row) == f"not told apart: {said}"
    assert more_words(row) == f", {said}"
    wide = {**row, "high": 4001.0, "more_runs": 468}
    assert more_words(wide) == ", about 468 more replications would tell"
    assert more_words({**wide, "negligible": None}) == ", about 468 more replications would tell"
