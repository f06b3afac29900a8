"""Lead times by group, and who the slowest twentieth are, counted by hand."""

from __future__ import annotations

import pytest

from sim.results.slowest import by_group
from tests.results import builder


def boxes(number: int, lead: float, **of: object) -> list[dict[str, object]]:
    return [{"ready_h": 0.0, "delivered_h": lead, **of} for _ in range(number)]


def test_shares_of_the_slowest_twentieth_and_means_by_group() -> None:
    rows = [
        *boxes(90, 100.0, origin="west"),
        *boxes(6, 200.0, origin="west", commodity="bran"),
        *boxes(3, 900.0, origin="east"),
        *boxes(1, 1000.0, origin="east", crossing=None, ready_h=31 * 24.0 + 1.0),
        # not counted: never delivered, delivered too late, other goods
        *boxes(5, 1e6, origin="east"),
        {"ready_h": 0.0, "origin": "east"},
        *boxes(9, 5000.0, origin="east", flow="imports"),
    ]
    rows[99]["delivered_h"] = 31 * 24.0 + 1001.0
    found = by_group(builder.results(containers_=builder.containers(rows), horizon_h=8760.0))
    assert found["origin west"] == (pytest.approx((9000 + 1200) / 96), pytest.approx(6 / 10))
    assert found["origin east"] == (pytest.approx((2700 + 1000) / 4), pytest.approx(4 / 10))
    assert found["commodity bran"] == (200.0, pytest.approx(6 / 10))
    assert "crossing None" not in found
    # hour 0 is in September, and 31 days later it is October
    assert found["ready in September"][1] == pytest.approx(9 / 10)
    assert found["ready in October"] == (1000.0, pytest.approx(1 / 10))


def test_of_nothing_delivered_nothing_is_said() -> None:
    assert by_group(builder.results(containers_=builder.containers([{"ready_h": 0.0}]))) == {}
