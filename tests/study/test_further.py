"""What a further tonne costs: Fieller's interval by its equation, and the figures of runs."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from sim.scenario import load
from sim.study.compare import compare
from sim.study.further import ratio
from sim.study.statistics import t_quantile
from tests.study.one import written_one

PRICED = "costs: {haul: {1520: 0.05 USD/t/km, 1435: 0.05 USD/t/km}, stuffing: 10 USD/box}\n"


@pytest.mark.parametrize("case", range(30))
def test_the_ends_of_the_interval_solve_fiellers_equation(case: int) -> None:
    luck = random.Random(case)
    n = luck.randint(2, 12)
    below = [luck.gauss(100.0, 4.0) * luck.choice([1.0, 1.0, 1.01]) for _ in range(n)]
    above = [300.0 * b + luck.gauss(0.0, 900.0) for b in below]
    found = ratio(above, below, 0.95)
    if found.value is None:
        x = math.fsum(below) / n
        spread = math.fsum((b - x) ** 2 for b in below) / (n - 1)
        assert abs(x) <= t_quantile(n - 1) * math.sqrt(spread / n)
        return
    assert found.low is not None and found.high is not None
    assert found.low < found.value < found.high
    for end in (found.low, found.high):
        # At an end the mean of what is above less the end times what is below is t errors from 0.
        left = [a - end * b for a, b in zip(above, below, strict=True)]
        mean = math.fsum(left) / n
        error = math.sqrt(math.fsum((v - mean) ** 2 for v in left) / (n - 1) / n)
        assert abs(mean) == pytest.approx(t_quantile(n - 1) * error, rel=1e-6)


def test_what_is_the_same_in_every_pair_has_no_width() -> None:
    found = ratio([50.0, 50.0, 50.0], [10.0, 10.0, 10.0], 0.95)
    assert (found.value, found.low, found.high) == (5.0, 5.0, 5.0)


def test_no_ratio_where_tonnes_may_be_nothing() -> None:
    assert ratio([5.0, 6.0, 7.0], [1.0, -1.0, 0.5], 0.95).value is None
    assert ratio([5.0, 6.0], [0.0, 0.0], 0.95).value is None
    with pytest.raises(ValueError, match="two pairs or more"):
        ratio([5.0], [1.0], 0.95)
    with pytest.raises(ValueError, match="2 values over 1"):
        ratio([5.0, 6.0], [1.0], 0.95)


def test_it_is_the_money_more_over_the_tonnes_more(tmp_path: Path) -> None:
    one = written_one(tmp_path)
    one.write_text(one.read_text() + PRICED)
    more = tmp_path / "more.yaml"
    more.write_text("extends: one.yaml\nexport_volume: {value: 0.5, assumed: what if}\n")
    made = compare([load(one), load(more)], 3, jobs=1)
    (row,) = made.further().to_dicts()
    base, other = made.variants
    money = [
        [o.kpis["delivered_t"].value * o.kpis["cost_per_t"].value for o in v.good]  # type: ignore[operator]
        for v in (base, other)
    ]
    tonnes = [[o.kpis["delivered_t"].value or 0.0 for o in v.good] for v in (base, other)]
    assert row["n"] == 3
    assert row["usd"] == pytest.approx(sum(money[1]) / 3 - sum(money[0]) / 3)
    assert row["tonnes"] == pytest.approx(sum(tonnes[1]) / 3 - sum(tonnes[0]) / 3)
    assert row["tonnes"] < -100.0
    assert row["usd_per_t"] == pytest.approx(row["usd"] / row["tonnes"])


def test_nothing_is_told_where_nothing_has_a_price(tmp_path: Path) -> None:
    one = written_one(tmp_path)
    made = compare([load(one), load(one)], 2, jobs=1)
    assert made.further().is_empty()
