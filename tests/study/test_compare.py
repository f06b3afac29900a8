"""Differences in pairs against values worked out by hand, and between real variants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import stats

from sim.scenario import Scenario
from sim.study.compare import MAIN, Comparison, compare
from sim.study.engine import Failure
from tests.study.made import FAILED, outcome, runs
from tests.study.tiny import tiny
from tests.study.trap import Trapped

BASE = {0: 10.0, 1: 12.0, 2: 14.0, 3: 16.0}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=21 d")


def row(
    scenario: Scenario,
    reference: dict[int, Any],
    variant: dict[int, Any],
    kpi: str = "delivered_t",
) -> dict[str, Any]:
    """The one row of a comparison of two."""
    both = runs(scenario, kpi, reference), runs(scenario, kpi, variant)
    (found,) = Comparison(both, ("base", "more")).differences([kpi]).to_dicts()
    return found


def plus(*more: float) -> dict[int, float]:
    """The reference's values, with these added."""
    return {r: v + m for (r, v), m in zip(BASE.items(), more, strict=True)}


def test_a_difference_worked_out_by_hand(scenario: Scenario) -> None:
    # Differences 3 2 3 4: mean 3, variance 2/3; t of 3 degrees is 3.182446.
    found = row(scenario, BASE, plus(3, 2, 3, 4))
    half = 3.182446 * (2 / 3) ** 0.5 / 2
    assert found["variant"] == "more"
    assert (found["kpi"], found["unit"]) == ("delivered_t", "t")
    assert (found["reference"], found["value"], found["difference"]) == (13.0, 16.0, 3.0)
    assert found["low"] == pytest.approx(3 - half, rel=1e-6)
    assert found["high"] == pytest.approx(3 + half, rel=1e-6)
    assert (found["n"], found["dropped"]) == (4, 0)
    assert found["more_runs"] is None
    # Variances 20/3 of the reference and 10 of the variant (13 14 17 20).
    assert found["variance_ratio"] == pytest.approx((2 / 3) / (20 / 3 + 10))


def test_hours_of_full_lines_are_means_over_all_runs_with_their_interval(
    scenario: Scenario,
) -> None:
    made = runs(scenario, "delivered_t", {0: 1.0, 1: 1.0, 2: 1.0})
    none = runs(scenario, "delivered_t", {0: 1.0})
    for one, full in zip(made.outcomes, ({"a": 6.0}, {"a": 12.0, "b": 30.0}, {}), strict=True):
        one.full = full
    found = Comparison((none, made), ("base", "more")).full_lines()
    assert found.select("variant", "line", "hours", "n").rows() == [
        ("more", "b", 10.0, 3),
        ("more", "a", 6.0, 3),
    ]
    # 6, 12, 0 h: standard error 3.4641, t of 2 degrees 4.302653; no time is less than none
    assert found["low"].to_list() == [0.0, 0.0]
    assert found["high"][1] == pytest.approx(6.0 + 4.302653 * 3.4641016, rel=1e-6)
    one = Comparison((none, replace(made, outcomes=made.outcomes[:1])), ("base", "more"))
    assert one.full_lines().row(0) == ("more", "a", 6.0, None, None, 1)


def test_groups_are_paired_and_have_their_share_of_the_slowest(scenario: Scenario) -> None:
    one = runs(scenario, "delivered_t", dict.fromkeys(range(3), 1.0))
    two = runs(scenario, "delivered_t", dict.fromkeys(range(3), 1.0))
    for r, (before, after) in enumerate(zip(one.outcomes, two.outcomes, strict=True)):
        before.leads = {"origin west": 100.0 + r, "origin east": 50.0}
        before.slowest = {"origin west": 0.25, "origin east": 0.75}
        after.leads = {"origin west": 110.0 + 2 * r} | ({"origin north": 9.0} if r else {})
        after.slowest = {"origin west": 1.0}
    found = Comparison((one, two), ("base", "more")).groups()
    (west,) = found.to_dicts()  # no pair of runs has both of the others
    assert (west["group"], west["variant"], west["against"]) == ("origin west", "more", "base")
    assert (west["reference"], west["value"], west["n"]) == (101.0, 112.0, 3)
    # 10, 11, 12 h more: t of 2 degrees 4.302653
    assert west["high"] - west["difference"] == pytest.approx(4.302653 / 3**0.5, rel=1e-6)
    assert (west["reference_share"], west["share"]) == (0.25, 1.0)


@pytest.mark.parametrize(
    ("kpi", "sign", "verdict"),
    [
        ("delivered_t", 1, "better"),
        ("delivered_t", -1, "worse"),
        ("lead_time_mean_h", 1, "worse"),
        ("lead_time_mean_h", -1, "better"),
        ("offered_t", 1, "differs"),
        ("offered_t", -1, "differs"),
    ],
)
def test_verdicts_know_which_way_is_better(
    scenario: Scenario, kpi: str, sign: int, verdict: str
) -> None:
    found = row(scenario, BASE, plus(*(sign * d for d in (3, 2, 3, 4))), kpi)
    assert found["verdict"] == verdict


def test_an_interval_that_holds_zero_tells_nothing_apart(scenario: Scenario) -> None:
    # Differences 1 -1 2 0: mean 0.5, deviation 1.29099; the half width of four is 2.05.
    found = row(scenario, BASE, plus(1, -1, 2, 0))
    assert found["verdict"] == "not told apart"
    assert found["low"] == pytest.approx(0.5 - 2.05426, rel=1e-4)
    # Of 29 pairs t is 2.0484 and 2.0484 * 1.29099 / sqrt(29) = 0.4911; of 28 it is 0.5006.
    assert 29 - 4 <= found["more_runs"] <= 29 - 4 + 2


def test_a_difference_that_is_nearly_nothing_would_take_too_many_runs(scenario: Scenario) -> None:
    """To be told from nothing; that it is below 1 % of the figure is known long before."""
    found = row(scenario, BASE, plus(1, -1, 1, -0.9999))
    assert found["verdict"] == "not told apart"
    small = found["negligible"]
    assert small == pytest.approx(found["reference"] / 100.0)
    # half widths fall as deviation / sqrt(pairs), t of many pairs is 1.97, the mean is next to 0
    assert found["n"] + found["more_runs"] == pytest.approx((1.97 * 1.1547 / small) ** 2, rel=0.06)
    close = row(scenario, BASE, plus(0.01, -0.01, 0.01, -0.009999))
    assert close["more_runs"] is None and close["high"] < close["negligible"]


def test_a_difference_that_never_varies_is_sure(scenario: Scenario) -> None:
    found = row(scenario, BASE, plus(2, 2, 2, 2))
    assert (found["low"], found["high"], found["verdict"]) == (2.0, 2.0, "better")
    assert found["variance_ratio"] == 0.0


def test_what_a_variant_leaves_as_it_is_says_nothing_of_pairing(scenario: Scenario) -> None:
    assert row(scenario, BASE, plus(0, 0, 0, 0))["variance_ratio"] is None


def test_pairs_are_made_by_replication_number(scenario: Scenario) -> None:
    turned = dict(reversed(plus(3, 2, 3, 4).items()))
    assert row(scenario, BASE, turned) == row(scenario, BASE, plus(3, 2, 3, 4))


@pytest.mark.parametrize("gone", [FAILED, None], ids=["failed", "no figure"])
@pytest.mark.parametrize("side", [0, 1])
def test_what_one_side_lacks_is_left_out_on_both(
    scenario: Scenario, gone: Failure | None, side: int
) -> None:
    sides: list[dict[int, Any]] = [dict(BASE), plus(3, 100, 3, 4)]
    sides[side][1] = gone
    found = row(scenario, *sides)
    kept = {r: v for r, v in BASE.items() if r != 1}
    assert found["reference"] == pytest.approx(sum(kept.values()) / 3)
    assert found["difference"] == pytest.approx(10 / 3)
    assert found["value"] == pytest.approx(found["reference"] + 10 / 3)
    assert (found["n"], found["dropped"]) == (3, 1)
    both = runs(scenario, "delivered_t", sides[0]), runs(scenario, "delivered_t", sides[1])
    failed = Comparison(both, ("base", "more")).failed
    assert [(n, o.replication) for n, o in failed] == (
        [(("base", "more")[side], 1)] if gone is FAILED else []
    )


def test_each_side_may_lose_another_run(scenario: Scenario) -> None:
    found = row(scenario, {**BASE, 0: FAILED}, {**plus(3, 2, 3, 4), 3: FAILED})
    assert (found["n"], found["dropped"], found["difference"]) == (2, 2, 2.5)


def test_one_pair_has_no_interval_and_none_no_difference(scenario: Scenario) -> None:
    one = row(scenario, {0: 10.0}, {0: 99.0})
    assert (one["difference"], one["low"], one["high"], one["n"]) == (89.0, None, None, 1)
    assert one["verdict"] == "not told apart"
    none = row(scenario, {0: FAILED}, {0: 99.0})
    assert (none["difference"], none["n"], none["dropped"]) == (None, 0, 1)
    assert none["verdict"] == "not told apart"


def test_intervals_of_many_are_widened_so_that_all_hold(scenario: Scenario) -> None:
    kpis = ["delivered_t", "fulfilment", "lead_time_mean_h"]

    def made(values: dict[int, float]) -> Any:
        from sim.study.replications import Replications

        several = (outcome(r, **dict.fromkeys(kpis, v)) for r, v in values.items())
        return Replications(scenario, 1, tuple(several))

    variants = made(BASE), made(plus(3, 2, 3, 4)), made(plus(1, 2, 3, 4))
    comparison = Comparison(variants, ("base", "a", "b"))
    wide, narrow = comparison.differences(kpis), comparison.differences(kpis, simultaneous=False)
    assert wide.select("variant", "kpi").rows() == [(v, k) for v in "ab" for k in kpis]
    for name, deviation in (("a", (2 / 3) ** 0.5), ("b", (5 / 3) ** 0.5)):
        for frame, tail in ((wide, 0.05 / 6 / 2), (narrow, 0.05 / 2)):
            half = stats.t.isf(tail, 3) * deviation / 2
            mine = frame.filter(pl.col("variant") == name)
            assert (mine["high"] - mine["difference"]).to_list() == pytest.approx([half] * 3)
    # b is 2.5 plus or minus 2.05 by itself; the verdict follows the interval that is shown.
    verdicts = [
        frame.filter(pl.col("variant") == "b")["verdict"].to_list() for frame in (narrow, wide)
    ]
    assert verdicts == [["better", "better", "worse"], ["not told apart"] * 3]


def test_an_unknown_key_figure_is_refused(scenario: Scenario) -> None:
    both = runs(scenario, "delivered_t", BASE), runs(scenario, "delivered_t", BASE)
    with pytest.raises(ValueError, match="'lead_time' is no key figure; expected one of"):
        Comparison(both, ("a", "b")).differences(["lead_time"])


# -- real runs -----------------------------------------------------------------------------


def test_a_scenario_against_itself_differs_in_nothing(scenario: Scenario) -> None:
    comparison = compare([scenario, scenario], 4, jobs=1)
    assert comparison.names == ("tiny", "tiny-2")
    found = comparison.differences()
    assert found["kpi"].to_list() == list(MAIN)
    for column in ("difference", "low", "high"):
        assert found[column].to_list() == [0.0] * len(MAIN)
    assert set(found["verdict"]) == {"not told apart"}
    assert found["more_runs"].to_list() == [None] * len(MAIN)
    assert set(found["n"]) == {4}


def test_common_random_numbers_make_differences_vary_less(tmp_path: Path) -> None:
    base = tiny(tmp_path, "horizon=42 d")
    slower = tiny(tmp_path, "horizon=42 d", "stations.border.work.customs.time=5 h")
    found = compare([base, slower], 6, jobs=1).differences(["lead_time_mean_h"])
    lead = found.row(0, named=True)
    assert lead["variance_ratio"] < 0.9
    assert lead["verdict"] == "worse"
    assert lead["difference"] > 1.0  # an hour more of work, and the queue
    # With numbers of their own the same two vary about as much as both together.
    from sim.study.replications import Replications, replicate

    apart = replicate(base, 6, seed=1, jobs=1), replicate(slower, 6, seed=2, jobs=1)
    made: tuple[Replications, ...] = apart
    alone = Comparison(made, ("base", "slower")).differences(["lead_time_mean_h"])
    assert alone["variance_ratio"][0] > lead["variance_ratio"]


def test_differences_are_those_of_runs_made_one_by_one(tmp_path: Path) -> None:
    from sim.corridor import simulate
    from sim.results import kpis

    base, more = tiny(tmp_path, "seed=4"), tiny(tmp_path, "seed=9", "services.block.length=10")
    comparison = compare([base, more], 3, jobs=1)
    found = comparison.differences(["lead_time_mean_h"]).row(0, named=True)
    # The seed is the reference's for both.
    each = [
        [kpis(simulate(s, 4, r))["lead_time_mean_h"].value for r in range(3)] for s in (base, more)
    ]
    apart = [b - a for a, b in zip(*each, strict=True)]
    assert found["difference"] == pytest.approx(sum(apart) / 3)
    low, high = stats.t.interval(0.95, 2, found["difference"], stats.sem(apart))
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))


def test_workers_change_nothing(tmp_path: Path) -> None:
    pair = [
        tiny(tmp_path, "horizon=21 d"),
        tiny(tmp_path, "horizon=21 d", "services.block.length=10"),
    ]
    alone, shared = (compare(pair, 3, jobs=j).differences() for j in (1, 2))
    assert alone.equals(shared)


def test_a_variant_that_fails_leaves_the_others_compared(
    scenario: Scenario, tmp_path: Path
) -> None:
    broken = Trapped.of(scenario, in_workers=True)
    more = tiny(tmp_path, "horizon=21 d", "services.block.length=10", name="more")
    found = compare([scenario, broken, more], 2, seed=1, jobs=2)
    assert [(n, o.replication) for n, o in found.failed] == [("tiny-2", 0), ("tiny-2", 1)]
    rows = found.differences(["trains_departed"])
    assert rows["n"].to_list() == [0, 2]
    assert rows["dropped"].to_list() == [2, 0]
    assert rows["difference"].is_null().to_list() == [True, False]
    assert rows["difference"][1] > 0.0  # shorter trains are more


def test_names_alike_are_numbered(scenario: Scenario, tmp_path: Path) -> None:
    other = tiny(tmp_path, "horizon=21 d", name="other")
    found = compare([scenario, other, scenario, scenario], 1, jobs=1)
    assert found.names == ("tiny", "other", "tiny-2", "tiny-3")
    assert [v.scenario.name for v in found.variants] == ["tiny", "other", "tiny", "tiny"]


@pytest.mark.parametrize("change", ["horizon=22 d", "warmup=1 d"])
def test_times_that_differ_are_not_compared(
    scenario: Scenario, tmp_path: Path, change: str
) -> None:
    other = tiny(tmp_path, "horizon=21 d", change)
    with pytest.raises(ValueError, match="differ in horizon or warmup"):
        compare([scenario, other], 2, jobs=1)


def test_numbers_out_of_range_are_refused(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match="two scenarios or more"):
        compare([scenario], 2, jobs=1)
    with pytest.raises(ValueError, match="replications: 0"):
        compare([scenario, scenario], 0, jobs=1)
    with pytest.raises(ValueError, match="jobs: 0"):
        compare([scenario, scenario], 2, jobs=0)
