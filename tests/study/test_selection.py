"""Ranking and selection: its guarantee on means that are known, and on real scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.study.best import best_of
from sim.study.selection import Selection, eta, select
from tests.study.tiny import tiny
from tests.study.trap import Trapped


def race(
    means: Sequence[float],
    spreads: Sequence[float],
    seed: int,
    *,
    common: float = 0.0,
    broken: Sequence[tuple[int, int]] = (),
    **how: float,
) -> Selection:
    """Select among normal variants of these means and deviations; ``common`` is shared noise."""
    rng = np.random.default_rng(seed)
    drawn: dict[tuple[int, int], float] = {}

    def more(asked: Sequence[int], numbers: Sequence[int]) -> Mapping[int, Mapping[int, float]]:
        for r in numbers:
            shared = common * rng.standard_normal()
            for i in range(len(means)):
                drawn[i, r] = means[i] + shared + spreads[i] * rng.standard_normal()
        return {i: {r: drawn[i, r] for r in numbers if (i, r) not in broken} for i in asked}

    return select(len(means), 1.0, more, **how)  # type: ignore[arg-type]


def test_the_constant_is_that_of_the_paper() -> None:
    # half (1 + 2 eta)^(-(n0 - 1)/2) is the share of the error of each other variant
    found = eta(5, 10, 0.95)
    assert 0.5 * (1 + 2 * found) ** (-(10 - 1) / 2) == pytest.approx(0.05 / 4)


@pytest.mark.parametrize("common", [0.0, 3.0], ids=["independent", "common numbers"])
def test_the_best_is_chosen_as_often_as_promised(common: float) -> None:
    """Slippage configuration, the hardest: all others worse by just the indifference."""
    trials, spreads = 400, (2.0, 3.0, 1.0, 2.0)
    found = [
        race((1.0, 0.0, 0.0, 0.0), spreads, s, common=common, most=2000) for s in range(trials)
    ]
    assert all(f.sure for f in found)
    right = sum(f.best == 0 for f in found)
    # not fewer than 95 % allow; a procedure that keeps 90 % would fail in all but 1 of 1000 seeds
    assert right >= stats.binom.ppf(0.01, trials, 0.95)


def apart(differences: Sequence[float]) -> Selection:
    """Select, with an indifference of 1, among two variants that so differ in each replication."""

    def more(asked: Sequence[int], numbers: Sequence[int]) -> Mapping[int, Mapping[int, float]]:
        return {i: {r: differences[r] if i else 0.0 for r in numbers} for i in asked}

    return select(2, 1.0, more, most=len(differences))


def test_a_variant_is_dropped_when_it_is_further_behind_than_the_others_reach() -> None:
    # Ten first differences of 4, -2, 4, -2, ... have a variance of 10, and with two variants
    # h2 = 9 (0.1^(-2/9) - 1) = 6.013: after r pairs a variant may be behind by half of
    # (60.13 - r).  The sum is r + 3 after an odd r and r after an even one: 17 + 3 is not beyond
    # 21.6, 18 is not beyond 21.1, 19 + 3 is beyond 20.6.
    found = apart([1.0 + 3.0 * (-1) ** r for r in range(100)])
    assert (found.best, found.sure, found.dropped) == (1, True, {0: 19})


def test_equal_variants_end_when_no_difference_can_count_any_more() -> None:
    # as above, and never behind: after 61 pairs, the first whole number above 60.13
    found = apart([3.0 * (-1) ** r if r < 10 else 0.0 for r in range(100)])
    assert (found.sure, found.dropped, found.runs) == (True, {}, {0: 61, 1: 61})


def test_a_clear_best_takes_few_runs_and_the_worse_are_dropped_early() -> None:
    found = race((10.0, 9.8, 0.0, -5.0), (1.0,) * 4, 1)
    assert found.best in (0, 1)
    assert found.dropped[2] == found.dropped[3] == 10
    assert found.runs[2] == found.runs[3] == 10


def test_least_is_best_where_less_is_better() -> None:
    assert race((3.0, 0.0, 5.0), (1.0,) * 3, 1, largest=False).best == 1


def test_the_cap_is_owned_to() -> None:
    found = race((0.2, 0.0), (20.0, 20.0), 1, most=30)
    assert (found.sure, found.left, found.runs) == (False, (0, 1), {0: 30, 1: 30})


def test_a_broken_replication_counts_for_none() -> None:
    found = race((4.0, 0.0), (1.0, 1.0), 1, broken=[(1, 3), (0, 7)])
    assert (found.best, found.broken) == (0, 2)
    assert race((4.0, 0.0), (1.0, 1.0), 1, broken=[(1, r) for r in range(50)], most=50).best is None


def test_looking_ahead_changes_nothing() -> None:
    alone, ahead = (race((1.5, 0.0, 0.5), (3.0,) * 3, 5, ahead=a) for a in (1, 8))
    assert (alone.best, alone.dropped) == (ahead.best, ahead.dropped)


@pytest.mark.parametrize(
    ("how", "words"),
    [({"confidence": 0.4}, "confidence"), ({"first": 1}, "two first")],
)
def test_numbers_out_of_range_are_refused(how: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        race((1.0, 0.0), (1.0, 1.0), 1, **how)


def test_the_best_of_real_scenarios(tmp_path: Path) -> None:
    """An hour more at customs, or less: the quickest has the shortest lead time, surely."""
    times = ("4 h", "3 h", "5 h")
    variants = [
        tiny(tmp_path, "horizon=21 d", f"stations.border.work.customs.time={t}", name=f"c{t[0]}")
        for t in times
    ]
    found = best_of(variants, "lead_time_mean_h", indifference=4.0, jobs=1)
    assert (found.name, found.selection.sure, found.unit) == ("c3", True, "h")
    assert best_of(variants, "lead_time_mean_h", share=0.1, jobs=1).name == "c3"
    # what never runs is never chosen, and says so
    broken = best_of(
        [variants[0], Trapped.of(variants[1], in_workers=True)],
        "lead_time_mean_h",
        indifference=1,
        most=3,
        seed=1,
        jobs=2,
    )
    assert (broken.name, len(broken.failed)) == (None, 3)
    with pytest.raises(ValueError, match="neither more nor less"):
        best_of(variants, "offered_t", indifference=1)
    with pytest.raises(ValueError, match="expected such as 1%"):
        best_of(variants, "delivered_t")
