"""Common random numbers: only the replications that every side has count, by number."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from sim.study.paired import Paired, in_all, paired


def test_a_replication_that_one_side_lacks_counts_for_none() -> None:
    one = {3: 30.0, 0: 0.0, 1: 10.0, 2: None}
    other = {0: 1.0, 1: 12.0, 2: 22.0, 4: 40.0, 3: 33.0}
    assert list(in_all([one, other]).items()) == [
        (0, (0.0, 1.0)),
        (1, (10.0, 12.0)),
        (3, (30.0, 33.0)),
    ]
    assert in_all([one, other, {1: 5.0}]) == {1: (10.0, 12.0, 5.0)}
    assert in_all([]) == in_all([one, {}]) == {}


def test_differences_are_variant_less_reference_in_each_pair() -> None:
    found = paired({0: 1.0, 1: 5.0, 2: 4.0}, {0: 3.0, 1: 6.0, 2: 9.0})
    assert (found.n, found.differences) == (3, (2.0, 1.0, 5.0))
    test = stats.ttest_rel(found.variant, found.reference).confidence_interval(0.9)
    made = found.interval(0.9)
    assert (made.low, made.high) == (pytest.approx(test.low), pytest.approx(test.high))


def test_pairs_that_share_their_luck_are_narrower_than_runs_that_do_not() -> None:
    luck = [math.sin(7.0 * r) for r in range(8)]
    both = Paired(tuple(luck), tuple(x + 1.0 + 0.01 * r for r, x in enumerate(luck)))
    turned = Paired(both.reference, both.variant[::-1])
    half, apart = both.interval().half_width, turned.interval().half_width
    assert half is not None and apart is not None and half < apart / 10.0


def test_no_pair_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no values"):
        paired({0: 1.0}, {1: 1.0}).interval()
