"""What there was of each resource over time, dated changes, and hours lost on closed lines."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from tests.corridor.small import SMALL, scenario


def test_capacity_has_changes_and_disruptions_in_it(tmp_path: Path) -> None:
    gate = "lines.border.acceptance.per_day"
    change = f"{gate}={{value: 15 /d, changes: {{2023-02-01: 12 /d}}}}"
    steady = "lines.border.acceptance.variation=constant(value: 1)"
    results = simulate(scenario(tmp_path, SMALL, change, steady))
    assert results.meta["network"]["changes"] == [
        {"path": gate, "time_h": 744.0, "before": 15 / 24, "after": 12 / 24}
    ]
    capacity = results.levels.filter(pl.col("series") == "border/acceptance: capacity")
    assert capacity["unit"].unique().to_list() == ["trains/h"]
    times, levels = capacity["time_h"].to_list(), (capacity["level"] * 24).to_list()
    assert times == [0, 456, 528, 744]
    assert levels == pytest.approx([15, 3, 15, 12])


def test_hours_on_a_closed_line_are_waited(tmp_path: Path) -> None:
    before = SMALL[: SMALL.index("disruptions:")]
    closure = "disruptions: {snow: {on: [china], begin: 2023-01-20, days: 3 d}}\n"
    results = simulate(scenario(tmp_path, before + closure))
    stood = results.waits.filter(pl.col("cause") == "china: closed")
    assert stood["hours"].max() == pytest.approx(72.0)  # who was on the line all that time
    runs = results.waits.filter((pl.col("stage") == "china: run") & pl.col("cause").is_null())
    done = runs.filter(pl.col("end_h") < results.horizon_h)
    assert done["hours"].to_list() == pytest.approx([4227 / 1200 * 24] * done.height)
