"""Breakpoints held against each other within replications, on paper."""

from __future__ import annotations

from statistics import stdev

import pytest

from sim.report.findings import apart_words
from sim.study.apart import apart
from sim.study.breakpoint import Breakpoint
from sim.study.ramp import Ramp
from sim.study.statistics import estimate, t_quantile


def point(*values: float | None, censored: int = 0) -> Breakpoint:
    """A breakpoint of these values by replication; None is one that failed."""
    known = {r: v for r, v in enumerate(values) if v is not None}
    spread = estimate(known.values())
    return Breakpoint(
        *(spread.mean, None, None, tuple(known.values()), tuple(known), censored),
        *(len(values) - len(known), 0, 3.0, 1.0, None, (), 1),
    )


def ramp(**points: Breakpoint) -> Ramp:
    return Ramp(tuple(points), "export_volume", (1.0,), 1, 4, ((),) * len(points), points)


def test_what_luck_shares_is_told_apart_though_intervals_overlap() -> None:
    one, two = (1.0, 1.4, 1.8, 2.2), (1.1, 1.52, 1.9, 2.32)
    assert estimate(one).high > estimate(two).low  # type: ignore[operator]
    (row,) = apart(ramp(a=point(*one), b=point(*two))).to_dicts()
    spread = estimate([0.1, 0.12, 0.1, 0.12])
    brackets = 0.01 * (1.6 + 1.71) / 2
    assert spread.low is not None
    assert row["difference"] == pytest.approx(0.11)
    assert row["low"] == pytest.approx(spread.low - brackets)
    assert (row["verdict"], row["n"]) == ("higher", 4)
    (said,) = apart_words([row])
    assert said.startswith("The breakpoint of b is surely higher than that of a, by 0.110 times")


def test_order_that_may_be_luck_is_said_to_be_so() -> None:
    made = ramp(a=point(1.0, 1.1, 1.2), b=point(1.1, 1.0, 1.25), c=point(2.0, 2.1, 2.2))
    rows = {(r["variant"], r["against"]): r for r in apart(made).to_dicts()}
    assert rows["b", "a"]["verdict"] == "not told apart"
    assert rows["c", "a"]["verdict"] == rows["c", "b"]["verdict"] == "higher"
    # each of the three pairs has a third of the 5 %
    half = t_quantile(2, 1 - 0.05 / 3) * stdev([0.1, -0.1, 0.05]) / 3**0.5
    brackets = 0.01 * (1.1 + 3.35 / 3) / 2
    assert rows["b", "a"]["high"] == pytest.approx(0.05 / 3 + half + brackets)
    *sure, unsure = apart_words(list(rows.values()))
    assert len(sure) == 2
    assert unsure.startswith(
        "Breakpoints that 3 replications cannot tell apart, so that their order may be luck: "
        "b from a (+0.017, -"
    )


def test_only_pairs_of_one_replication_count() -> None:
    (row,) = apart(ramp(a=point(None, 1.0, 1.5), b=point(1.3, 1.2, 1.7))).to_dicts()
    assert (row["n"], row["difference"]) == (2, pytest.approx(0.2))
    (alone,) = apart(ramp(a=point(1.0), b=point(1.2))).to_dicts()
    assert (alone["verdict"], alone["low"], alone["n"]) == ("not told apart", None, 1)
    assert "1 replication cannot tell apart, as that takes two or more" in apart_words([alone])[0]
    (none,) = apart(ramp(a=point(None, 1.0), b=point(1.2, None))).to_dicts()
    assert (none["n"], none["difference"]) == (0, None)
    assert "b from a, which no replication has both of" in apart_words([none])[0]
    assert apart_words([]) == ()


def test_one_that_carried_all_that_was_tried_may_carry_more() -> None:
    full = point(3.0, 3.0, 3.0, censored=3)
    (up,) = apart(ramp(a=point(1.0, 1.1, 1.2), b=full)).to_dicts()
    assert (up["verdict"], up["high"]) == ("higher", None)
    assert "at least +1." in apart_words([up])[0]
    (down,) = apart(ramp(a=full, b=point(1.0, 1.1, 1.2))).to_dicts()
    assert (down["verdict"], down["low"]) == ("lower", None)
    (both,) = apart(ramp(a=full, b=full)).to_dicts()
    assert (both["verdict"], both["low"], both["high"]) == ("not told apart", None, None)
    # no value of it is above that of the other, and yet it may be the higher one
    (near,) = apart(ramp(a=point(3.0, 2.9, 3.0, censored=2), b=full)).to_dicts()
    assert near["verdict"] == "not told apart"
