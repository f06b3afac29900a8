"""Empties on their way count where they go, so that a lack is filled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from tests.corridor.small import scenario

LONG_WAY = """
title: a long way home for empties
start: 2024-01-01
horizon: 60 d
commodities: {grain: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {east: 900}}}
stations:
  west: {stuffing: {lines: 9, time: 0 h, fleet: boxes}}
  mid: {}
  east: {delivery: {dwell: 0 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines:
  near: {from: west, to: mid, length: 1200 km, speed: 240 km/d}
  far: {from: mid, to: east, length: 1200 km, speed: 240 km/d}
services:
  out: {from: west, route: [near, far], length: 40, dispatch: when-full}
%s
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, contracts: {2025-01-01: 20 t}, to: {east: 1}}
policies: {empties: {rule: safety-stock, stock: {west: 50}}}
"""
DAILY = "length: 40, dispatch: {rule: timetable, every: 24 h, minimum: 0}"
THROUGH = f"  back: {{from: east, route: [far, near], {DAILY}}}"
CHANGED = f"""
  back: {{from: east, route: [far], {DAILY}}}
  on: {{from: mid, route: [near], {DAILY}}}
"""


@pytest.mark.parametrize("services", [THROUGH, CHANGED], ids=["one train", "two trains"])
def test_what_is_on_its_way_is_not_sent_again(tmp_path: Path, services: str) -> None:
    results = simulate(scenario(tmp_path, LONG_WAY % services), debug=True)
    levels = results.levels.filter(results.levels["series"] == "west: empty boxes")["level"]
    assert levels.max() == levels[-1] == 50
