"""Queues of a run and Little's law."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results.queues import queues
from tests.corridor.small import scenario
from tests.results.test_recovery import GATE


def test_a_queue_worked_by_hand(tmp_path: Path) -> None:
    text = GATE.replace("30 d", "10 d").replace("even: {from", "slow: {from", 1)
    results = simulate(scenario(tmp_path, text, "lines.border.acceptance.per_day=8 trains/d"))
    (row,) = queues(results).filter(queue="border: trains waiting").to_dicts()
    # a train asks at 0.5, 2.5, ... and passes at 0.5, 3.5, 6.5, ...; 120 have asked by hour 240
    waits = [min(0.5 + 3 * i, 240.0) - (0.5 + 2 * i) for i in range(120)]
    assert row["arrivals"] == 120
    assert row["rate_per_h"] == pytest.approx(0.5)
    assert row["mean_wait_h"] == pytest.approx(sum(waits) / 120)
    assert row["mean_length"] == pytest.approx(sum(waits) / 240)
    assert abs(row["residual"]) < 1e-9


def test_no_queue_of_a_run_is_off_littles_law(tmp_path: Path) -> None:
    found = queues(simulate(scenario(tmp_path)))
    assert found.height > 5
    assert found["queue"].is_sorted()
    assert found["residual"].abs().max() < 1e-9
