"""Recovery from disruptions, by hand: a train every two hours, a gate that lets one an hour pass.

What comes late in a closure of n hours is n/2 trains; from its end the queue loses half a train an
hour, so it is over about n hours later.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results import kpis
from sim.results.recovery import longest_recovery, recoveries
from sim.results.run import Results
from tests.corridor.small import scenario

GATE = """
title: a gate
start: 2024-01-01
horizon: 30 d
stations: {a: {}, b: {}, c: {}}
lines:
  approach: {from: a, to: b, length: 30 km, speed: 60 km/h}
  border:
    {from: b, to: c, length: 30 km, speed: 30 km/h, acceptance: {toward: c, per_day: 24 trains/d}}
  elsewhere:
    {from: a, to: c, length: 30 km, speed: 30 km/h, acceptance: {toward: c, per_day: 6 trains/d}}
background:
  even: {from: a, route: [approach, border], trains: 12 trains/d, arrivals: regular}
  other: {from: a, route: [elsewhere], trains: 12 trains/d, arrivals: regular}
disruptions:
  storm: {title: a storm, on: [border], begin: 2024-01-11, days: 2 d, factor: 0}
"""


def run(folder: Path, text: str = GATE, *sets: str) -> Results:
    return simulate(scenario(folder, text, *sets))


def test_a_closure_of_two_days_is_over_two_days_later(tmp_path: Path) -> None:
    results = run(tmp_path)
    (row,) = recoveries(results).to_dicts()
    # Trains ask half an hour after each even hour; 24 of them find the gate closed.  From hour
    # 288 one passes each hour: the 46th after that at 334, half an hour before the next asks.
    assert row == {
        "disruption": "storm",
        "title": "a storm",
        "on": "border",
        "begin_h": 240.0,
        "end_h": 288.0,
        "factor": 0.0,
        "lost": pytest.approx(48.0),
        "lost_unit": "trains",
        "held_before": 0.0,
        "held_peak": 24.0,
        "peak_h": 286.5,
        # waits of 24 trains to the end of the closure, and from there on
        "extra_train_h": pytest.approx(_waits()),
        "recovered_h": pytest.approx(334.0),
        "recovery_h": pytest.approx(46.0),
        "within": None,
    }
    assert longest_recovery(results) == kpis(results)["recovery_max_h"].value == row["recovery_h"]


def _waits() -> float:
    """Train-hours at a first come, first served gate, one train after another."""
    passes, total = 288.0, 0.0
    for number in range(47):
        asks = 240.5 + 2 * number
        total += passes - asks
        passes += 1.0
    return total


def test_what_is_left_of_the_rate_lets_some_pass(tmp_path: Path) -> None:
    results = run(tmp_path, GATE, "disruptions.storm.factor=0.25")
    (row,) = recoveries(results).to_dicts()
    assert row["lost"] == pytest.approx(0.75 * 48)
    # half a train an hour asks, a quarter passes: 12 more held, half a train an hour fewer then
    assert row["held_peak"] == pytest.approx(12, abs=1)
    assert row["recovery_h"] == pytest.approx(24, abs=2)


def test_what_is_not_over_by_the_horizon_is_said_so(tmp_path: Path) -> None:
    results = run(tmp_path, GATE, "horizon=13 d")
    (row,) = recoveries(results).to_dicts()
    assert row["recovered_h"] is None
    assert row["recovery_h"] is None
    assert longest_recovery(results) == 24.0  # from the end of day 12 to the horizon
    ends = run(tmp_path, GATE, "horizon=11 d")
    assert recoveries(ends)["recovery_h"].to_list() == [None]
    assert longest_recovery(ends) is None


def test_one_that_ended_in_the_warm_up_is_no_key_figure(tmp_path: Path) -> None:
    assert longest_recovery(run(tmp_path, GATE, "warmup=11 d")) == pytest.approx(46.0)
    after = run(tmp_path, GATE, "warmup=13 d")
    assert kpis(after)["recovery_max_h"].value is None
    assert recoveries(after)["recovery_h"].to_list() == [pytest.approx(46.0)]  # it is in the table


def test_one_that_begins_before_another_is_over_says_so(tmp_path: Path) -> None:
    # of the first 24 trains four days' recovery are left when the second begins
    second = "  works: {on: [border], begin: 2024-01-13, days: 1 d, factor: 0.5}\n"
    third = "  later: {on: [border], begin: 2024-01-25, days: 1 d, factor: 0.5}\n"
    rows = recoveries(run(tmp_path, GATE + second + third)).to_dicts()
    assert [(r["disruption"], r["within"]) for r in rows] == [
        ("storm", None),
        ("works", "storm"),
        ("later", None),
    ]
    # held before: means of the week before each, and not of all the time until then
    first_24 = sum(288.0 - (240.5 + 2 * number) for number in range(24))
    assert [r["held_before"] for r in rows] == [0.0, pytest.approx(first_24 / 168.0), 0.0]


def test_a_run_without_disruptions_has_no_recovery(tmp_path: Path) -> None:
    results = run(tmp_path, GATE[: GATE.index("disruptions:")])
    assert recoveries(results).is_empty()
    assert kpis(results)["recovery_max_h"].value is None


def test_breakdowns_by_use_are_periods_too(tmp_path: Path) -> None:
    text = """
title: a gang
start: 2024-01-01
horizon: 10 d
stations: {a: {work: {shed: {kind: servers, servers: 1, time: 1 h}}}}
background: {even: {from: a, route: [a/shed], trains: 12 trains/d, arrivals: regular}}
disruptions: {wear: {on: [a/shed], after: 10 h, lasts: 5 h}}
"""
    rows = recoveries(run(tmp_path, text))
    # an hour's work every other hour: the tenth ends at 19, and it stands till 24
    assert rows.row(0)[3:5] == (19.0, 24.0)
    first = rows.to_dicts()[0]
    # those of 20 and 22 wait till 24 and 25, that of 24 till 26, that of 26 till 27, that of 28 not
    assert (first["held_peak"], first["recovery_h"]) == (2.0, pytest.approx(3.0))
    assert first["lost"] is None
