"""Text columns asked row by row: coded ones and plain ones give the same answers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sim.results.text import coded, holding, looked_up, matching, plain

WORDS = ("a: yard", "b: quay", None, "a: train", "not asked for")


@pytest.fixture(params=["coded", "plain"])
def column(request: pytest.FixtureRequest) -> pl.Series:
    made = coded(WORDS, np.array([0, 1, 2, 3, 1, -1, 0]))
    return made if request.param == "coded" else plain(pl.DataFrame({"c": made}))["c"]


def test_words_that_pass_a_test(column: pl.Series) -> None:
    ends = matching(column, lambda word: word.endswith((": yard", ": quay")))
    assert ends.tolist() == [True, True, False, False, True, False, True]
    assert matching(column, "a: train".__eq__).tolist() == [False] * 3 + [True] + [False] * 3
    assert not matching(column, lambda word: False).any()
    assert not matching(column[:0], lambda word: True).any()
    assert holding(column, ": y").tolist() == [True, *[False] * 5, True]


def test_values_by_word(column: pl.Series) -> None:
    found = looked_up(column, {"a: yard": 2.5, "b: quay": 4.0, "unknown": 7.0}, -1.0)
    assert found.tolist() == [2.5, 4.0, -1.0, -1.0, 4.0, -1.0, 2.5]
    assert looked_up(column, {}).tolist() == [0.0] * 7
