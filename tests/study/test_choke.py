"""The fluid run by month against sums worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.choke import BoxFlow, TrainStage, chokes

MONTHS = [100.0, 100.0, 100.0]


def test_what_one_stage_cannot_pass_stands_before_it_and_drains_later() -> None:
    flow = BoxFlow([3.0, 1.0, 0.0], ("gate",))
    (found,) = chokes([flow], {"gate": [2.0, 2.0, 2.0]}, {}, MONTHS)
    assert (found.stage, found.unit, found.since, found.most) == ("gate", "boxes", 0, 0)
    assert found.held == pytest.approx(100.0)  # 300 asked, 200 passed; then 200 of 200 pass


def test_a_stage_is_tight_only_for_what_reaches_it() -> None:
    flow = BoxFlow([10.0] * 3, ("first", "second"))
    found = chokes([flow], {"first": [2.0] * 3, "second": [3.0] * 3}, {}, MONTHS)
    assert [c.stage for c in found] == ["first"]
    assert found[0].held == pytest.approx(3 * 800.0)
    assert found[0].most == 2


def test_flows_share_a_stage_as_they_ask() -> None:
    flows = [BoxFlow([3.0] * 3, ("own", "shared")), BoxFlow([1.0] * 3, ("shared",))]
    found = chokes(flows, {"own": [1.0] * 3, "shared": [1.0] * 3}, {}, MONTHS)
    held = {c.stage: c.held for c in found}
    # One an hour reaches the shared stage from each; it passes one of two.
    assert held["own"] == pytest.approx(600.0)
    assert held["shared"] == pytest.approx(300.0)


def test_trains_that_a_gate_holds_hold_the_boxes_on_them() -> None:
    gate = TrainStage([2.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    flow = BoxFlow([4.0, 0.0, 0.0], ("gate", "yard"))
    found = chokes([flow], {"yard": [1.0] * 3}, {"gate": gate}, MONTHS)
    trains = next(c for c in found if c.unit == "trains")
    yard = next(c for c in found if c.unit == "boxes")
    assert (trains.stage, trains.held) == ("gate", pytest.approx(100.0))
    # 200 boxes reach the yard in each of the first two months; it passes 100 in each.
    assert yard.held == pytest.approx(200.0)
    assert yard.most == 1


def test_stock_is_used_up_before_anything_stands() -> None:
    flow = BoxFlow([2.0] * 3, ("empties",))
    (found,) = chokes([flow], {"empties": [1.0] * 3}, {}, MONTHS, {"empties": 150.0})
    assert found.since == 1
    assert found.held == pytest.approx(600.0 - 300.0 - 150.0)


@given(
    rates=st.lists(st.lists(st.floats(0, 10), min_size=3, max_size=3), min_size=1, max_size=4),
    capacity=st.lists(st.lists(st.floats(0, 10), min_size=3, max_size=3), min_size=3, max_size=3),
    ways=st.lists(st.permutations(["a", "b", "c"]), min_size=4, max_size=4),
)
def test_no_more_stands_than_came(
    rates: list[list[float]], capacity: list[list[float]], ways: list[list[str]]
) -> None:
    # One order for all: flows go one way through a corridor.
    order = ways[0]
    flows = [BoxFlow(rate, tuple(order[: 1 + i % 3])) for i, rate in enumerate(rates)]
    boxes = dict(zip("abc", capacity, strict=True))
    found = chokes(flows, boxes, {}, MONTHS)
    came = sum(100.0 * sum(f.rate) for f in flows)
    assert all(0.0 < c.held <= came + 1e-6 for c in found)
    passed = sum(100.0 * x for x in boxes[order[0]])
    first = next((c.held for c in found if c.stage == order[0]), 0.0)
    assert first >= came - passed - 1.0 - 1e-6
