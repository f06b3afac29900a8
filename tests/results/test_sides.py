"""Waiting before, at and behind the border, and that the sides add up to the causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results.sides import waiting_by_side
from sim.results.waited import waiting_by_cause
from tests.corridor import small
from tests.results import builder
from tests.results.builder import containers


def test_each_wait_belongs_to_the_part_of_the_way_that_it_began_in() -> None:
    run = builder.results(
        warmup_h=10.0,
        horizon_h=1000.0,
        containers_=containers(
            [
                {"ready_h": 5.0, "departed_h": 6.0},  # ready in the warm-up
                {"ready_h": 20.0, "departed_h": 60.0, "border_in_h": 100.0,
                 "border_out_h": 200.0, "arrived_h": 300.0, "delivered_h": 350.0},
                {"ready_h": 30.0, "departed_h": 50.0},  # on the line to the border for ever
                {"ready_h": 40.0, "refused": True},
            ]
        ),
        waits={
            "container": [0, 1, 1, 1, 1, 1, 1, 2, 2],
            "stage": ["x"] * 9,
            "cause": ["a"] * 6 + [None] + ["a"] * 2,
            "begin_h": [5.0, 20.0, 60.0, 100.0, 210.0, 300.0, 310.0, 30.0, 70.0],
            "end_h": [6.0, 60.0, 70.0, 150.0, 220.0, 310.0, 350.0, 50.0, 1000.0],
            "hours": [1.0, 40.0, 10.0, 50.0, 10.0, 10.0, 40.0, 20.0, 930.0],
        },
    )  # fmt: skip
    assert waiting_by_side(run) == {
        "origin": 30.0,
        "line to the border": 470.0,
        "border crossing": 25.0,
        "line from the border": 5.0,
        "destination": 5.0,
    }


def test_a_corridor_without_a_border_has_three_sides() -> None:
    run = builder.results(
        crossings=[],
        containers_=containers(
            [{"ready_h": 0.0, "departed_h": 10.0, "arrived_h": 30.0, "delivered_h": 40.0}]
        ),
        waits={
            "container": [0, 0, 0],
            "stage": ["x"] * 3,
            "cause": ["a"] * 3,
            "begin_h": [0.0, 12.0, 30.0],
            "end_h": [10.0, 15.0, 32.0],
            "hours": [10.0, 3.0, 2.0],
        },
    )
    assert waiting_by_side(run) == {"origin": 10.0, "on the way": 3.0, "destination": 2.0}


def test_sides_add_up_to_the_causes_of_a_real_run(tmp_path: Path) -> None:
    run = simulate(small.scenario(tmp_path), 1)
    sides = waiting_by_side(run)
    assert sum(sides.values()) == pytest.approx(sum(waiting_by_cause(run).values()))
    assert {side for side, hours in sides.items() if hours > 0.0} == {
        "origin",
        "border crossing",
        "destination",
    }
