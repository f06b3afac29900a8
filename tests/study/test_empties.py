"""What check says of empties that services bring, that come by themselves, or that never come."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results import kpis
from sim.scenario import Scenario, load
from sim.study.implied import Implied, StageLoad, implied
from tests.cli.command import good

ELEVATOR = """
title: an elevator, a port and boxes between them
start: 2024-01-01
horizon: 365 d
commodities: {wheat: {load: 26 t}}
fleets: {boxes: {kind: containers, at: {elevator: 600}}}
stations:
  elevator: {stuffing: {lines: 2, time: 1 h, fleet: boxes}}
  border: {}
  jinan: {delivery: {dwell: 2 d, time: 6 h, stripping: 1 d, fleet: boxes}}
lines:
  wide: {from: elevator, to: border, length: 1400 km, speed: 700 km/d}
  slim: {from: border, to: jinan, length: 3600 km, speed: 700 km/d}
services:
  out: {from: elevator, route: [wide, slim], length: 50, dispatch: when-full}
  back: {from: jinan, route: [slim, wide], length: 50, dispatch: {rule: with-empties, boxes: 40}}
supplies:
  wheat:
    region: north
    terminal: elevator
    commodity: wheat
    volume: 26 kt/yr
    arrivals: regular
    to: {jinan: 1}
policies: {empties: fill-slots}
"""
"""1,000 boxes a year, 600 there, out and back in 5000 / 700 * 2 + 2 + 0.25 + 1 = 17.5 days."""
NO_WAY_BACK = "services.back="
BY_TIMETABLE = "services.back.dispatch={rule: timetable, every: 73 d, minimum: 0}"
BY_THEMSELVES = "fleets.boxes.returns=[{from: jinan, to: elevator, time: 30 d}]"


def scenario(folder: Path, *sets: str) -> Scenario:
    path = folder / "elevator.yaml"
    path.write_text(ELEVATOR)
    return load(path, sets)


def empties(found: Implied) -> StageLoad | None:
    return next((s for s in found.stages if s.name == "elevator: empties"), None)


def delivered(made: Scenario) -> float:
    value = kpis(simulate(made))["delivered_t"].value
    assert value is not None
    return value


@pytest.mark.parametrize(
    "sets",
    [
        (),
        (NO_WAY_BACK, BY_THEMSELVES, "policies.empties=none"),
        ("services.back.dispatch={rule: timetable, every: 15 d, minimum: 0}",),
        (
            "services.back.route=[slim]",
            "services={on: {from: border, route: [wide], length: 50, "
            "dispatch: {rule: with-empties, boxes: 40}}}",
        ),
    ],
    ids=["a train for empties", "by themselves", "a timetable", "two services"],
)
def test_boxes_that_come_back_choke_nothing(tmp_path: Path, sets: tuple[str, ...]) -> None:
    made = scenario(tmp_path, *sets)
    found = implied(made)
    assert found.chokes == []
    assert found.sentence().startswith("Nothing stands over a month's end; the tightest is")
    (terminal,) = found.balance
    assert terminal.empties == pytest.approx(terminal.out)
    assert delivered(made) > 0.9 * found.offered_t


def test_a_timetable_back_bounds_the_empties_that_can_come(tmp_path: Path) -> None:
    # Fifty slots in 73 days for 200 boxes in that time.
    found = implied(scenario(tmp_path, BY_TIMETABLE))
    mine = empties(found)
    assert mine is not None
    assert mine.capacity == pytest.approx([50 / 73] * 12)
    assert found.mean_share(mine) == pytest.approx(4.0)
    # Of twice the slots that are asked for half are used: goods may grow twofold.
    eased = empties(
        implied(scenario(tmp_path, BY_TIMETABLE.replace("73 d", "9.125 d"), "export_volume=1"))
    )
    assert eased is not None
    assert eased.capacity == pytest.approx([50 / 9.125] * 12)


@pytest.mark.parametrize("sets", [(NO_WAY_BACK,), ("policies.empties=none",)])
def test_boxes_that_never_come_back_are_said_and_are_the_bound(
    tmp_path: Path, sets: tuple[str, ...]
) -> None:
    made = scenario(tmp_path, *sets)
    found = implied(made)
    assert found.sentence() == (
        "It will choke at elevator: empties, from Aug 2024 on. "
        "No empties come back to elevator: it has what is in stock."
    )
    assert found.bound_by == ["elevator: empties"]
    assert found.bound_t == 601 * 26.0
    assert delivered(made) == 600 * 26.0


def test_a_safety_stock_brings_empties_only_where_it_is_named(tmp_path: Path) -> None:
    for station, come in (("elevator", True), ("border", False)):
        rule = f"policies.empties={{rule: safety-stock, stock: {{{station}: 100}}}}"
        (terminal,) = implied(scenario(tmp_path, rule)).balance
        assert (terminal.empties > 0.0) is come


@pytest.mark.parametrize("back", [(), (NO_WAY_BACK, BY_THEMSELVES)], ids=["train", "themselves"])
def test_boxes_bound_what_is_delivered_by_their_way_round(
    tmp_path: Path, back: tuple[str, ...]
) -> None:
    few, much = "fleets.boxes.at.elevator=200", "supplies.wheat.volume=1 Mt/yr"
    made = scenario(tmp_path, *back, few, much, "stations.elevator.stuffing.lines=99")
    found = implied(made)
    days = 5000 / 700 + 3.25 + (30 if back else 5000 / 700)
    boxes = 200 * (1 + 365 / days)
    assert found.bound_t is not None
    assert found.bound_t == pytest.approx(boxes * 26.0, abs=26.0)
    assert found.bound_by == [f"boxes: 200 in all, out and back in {days:.3g} d"]
    assert 0.6 * found.bound_t < delivered(made) <= found.bound_t


def test_times_that_vary_leave_the_bound_of_boxes_true(tmp_path: Path) -> None:
    vary = "lines.{}.variation='gamma(mean: 1, cv: 0.5)'"
    made = scenario(tmp_path, vary.format("wide"), vary.format("slim"),
                    "fleets.boxes.at.elevator=50", "supplies.wheat.volume=1 Mt/yr")  # fmt: skip
    found = implied(made)
    # Nothing of the lines is sure, only the 3.25 days at the consignee's.
    assert found.bound_by == ["boxes: 50 in all, out and back in 3.25 d"]
    assert found.bound_t is not None
    assert delivered(made) <= found.bound_t


def test_nothing_infinite_is_printed_and_one_sentence_names_one_place(tmp_path: Path) -> None:
    scenario(tmp_path)
    none = "lines.slim.acceptance={toward: jinan, per_day: 0 trains/d}"
    for sets in ((), (NO_WAY_BACK,), (none,), (none, NO_WAY_BACK)):
        args = [word for text in sets for word in ("--set", text)]
        out = good(tmp_path, "check", "elevator.yaml", *args).out
        assert "inf" not in out
    assert "slim: acceptance passes nothing in the whole run." in out
    said = next(line for line in out.splitlines() if "It will choke" in line)
    for sentence in said.split(". "):
        assert sum(name in sentence for name in ("elevator: empties", "slim: acceptance")) < 2
    assert "no capacity" in out
    found = implied(scenario(tmp_path, none))
    assert max(max(s.shares) for s in found.stages) == math.inf
