"""``steppe check``: mistakes, and what the inputs imply before any run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import good, place, snapshot, steppe
from tests.corridor.small import SMALL

BASELINE = Path(__file__).parents[2] / "scenarios/baseline.yaml"
NEGATIVE = SMALL.replace("tracks: 6", "tracks: -6")
UNKNOWN = SMALL.replace("[west, border, alashankou/cranes]", "[west, bordr, alashankou/cranes]")


def test_check_names_the_stages_with_capacity_and_load_and_writes_nothing(desk: Path) -> None:
    before = snapshot(desk)
    shown = good(desk, "check", "small.yaml").out
    assert "no errors" in shown
    head = next(line for line in shown.splitlines() if line.startswith("stage "))
    assert head.split() == ["stage", "unit", "capacity/d", "load/d", "mean", "peak", "in"]
    rows = {
        cells[0]: cells
        for cells in (re.split(r"  +", line) for line in shown.splitlines())
        if len(cells) == len(head.split())
    }
    # 12 transit trains a day and 900 t/d in boxes of 26 t, 40 on a train: 12.9
    assert rows["west: paths to dostyk"][1:4] == ["trains", "20", "12.9"]
    # two cranes, 3 minutes a box: 960 a day; 12 trains of 40 boxes, and 34.6 boxes of barley
    assert rows["alashankou/cranes"][1:4] == ["boxes", "960", "514.6"]
    assert "border: acceptance" in rows
    assert "exports offered: 54,000 t" in shown  # 900 t/d for 60 days
    assert snapshot(desk) == before


def test_json_gives_load_capacity_and_share_of_each_stage(desk: Path) -> None:
    found = json.loads(good(desk, "check", "small.yaml", "--json").out)
    assert list(found) == ["small"]
    stages = {s["name"]: s for s in found["small"]["stages"]}
    stage = stages["west: paths to dostyk"]
    assert stage["capacity"][0] == pytest.approx(20)
    assert stage["load"][0] == pytest.approx(12 + 900 / 26 / 40)
    assert stage["share"][0] == pytest.approx(stage["load"][0] / stage["capacity"][0])


def test_set_changes_what_is_implied(desk: Path) -> None:
    args = ("check", "small.yaml", "--json", "--set")
    once, twice = (
        json.loads(good(desk, *args, f"export_volume={factor}").out)["small"] for factor in (1, 2)
    )

    def stuffing(found: dict[str, list[dict[str, list[float]]]]) -> float:
        (stage,) = (s for s in found["stages"] if s["name"] == "burundai/stuffing")
        return stage["load"][0]

    assert stuffing(twice) == pytest.approx(2 * stuffing(once))


def test_several_scenarios_are_told_apart_even_with_one_file_name(desk: Path) -> None:
    (desk / "other").mkdir()
    (desk / "other/small.yaml").write_text(SMALL.replace("900 t/d", "450 t/d"))
    both = ("small.yaml", "other/small.yaml")
    shown = good(desk, "check", *both).out
    assert re.findall(r"exports offered: (.*) t", shown) == ["54,000", "27,000"]
    assert list(json.loads(good(desk, "check", *both, "--json").out)) == list(both)


def test_one_bad_scenario_among_several_refuses_all_and_every_mistake_is_said(desk: Path) -> None:
    (desk / "negative.yaml").write_text(NEGATIVE)
    (desk / "unknown.yaml").write_text(UNKNOWN)
    done = steppe(desk, "check", "small.yaml", "negative.yaml", "unknown.yaml", "none.yaml")
    assert done.status == 2
    assert done.out == ""
    assert f"negative.yaml:{place(NEGATIVE, '-6')}: " in done.err
    assert f"unknown.yaml:{place(UNKNOWN, 'bordr')}: " in done.err
    assert "did you mean `border`" in done.err
    assert "none.yaml: there is no such file" in done.err


def test_check_without_a_scenario_is_a_mistake(desk: Path) -> None:
    assert steppe(desk, "check").status == 2


def test_warnings_are_counted_beside_errors(desk: Path) -> None:
    late = "disruptions.storm.begin=2025-01-01"
    once = steppe(desk, "check", "small.yaml", "--set", late)
    assert once.status == 0
    assert "warning: begin: `storm` lies after the end of the run (2023-01-01 to 2023-03-01)" in (
        once.err
    )
    assert "no errors, 1 warning. " in once.out
    assert "no errors, no warnings. " in good(desk, "check", "small.yaml").out


def test_a_reserve_is_said_with_the_time_it_needs(desk: Path) -> None:
    reserve = "reserve: {per_day: 6 /d, above: 4, below: 2, longest: 5 d}, per_day: 15 /d"
    (desk / "reserve.yaml").write_text(SMALL.replace("per_day: 15 /d", reserve, 1))
    shown = " ".join(good(desk, "check", "reserve.yaml").out.split())
    assert "reserve of border: acceptance: 5.76 trains/d more from 4 waiting until 2" in shown
    [one] = json.loads(good(desk, "check", "reserve.yaml", "--json").out)["reserve"]["spare"]
    # Of 60 days three at a fifth: 15 and 6 a day, less 4 %; 12.9 come (as the paths above say).
    net = 21 * 0.96 - 12.865
    assert one["net"] == pytest.approx(net, abs=0.01)
    assert one["days"] == pytest.approx(2 / net, abs=0.01)
    assert one["days_without"] == pytest.approx(2 / (15 * 0.96 - 12.865), abs=0.05)


def test_thresholds_of_a_reserve_that_cannot_be_are_told(desk: Path) -> None:
    reserve = "reserve: {per_day: 6 /d, above: 10, below: 10}, per_day: 15 /d"
    (desk / "reserve.yaml").write_text(SMALL.replace("per_day: 15 /d", reserve, 1))
    done = steppe(desk, "check", "reserve.yaml")
    assert done.status == 2
    assert re.match(r"reserve.yaml:\d+:\d+: below: 10 is not less than above: 10", done.err)
    (desk / "reserve.yaml").write_text(
        (desk / "reserve.yaml").read_text().replace("below: 10", "below: 9")
    )
    done = steppe(desk, "check", "reserve.yaml")
    assert done.status == 0
    assert "above: 10 trains never wait there at once, since `dostyk` has 4 tracks" in done.err


def test_every_stage_is_shown_on_request(tmp_path: Path) -> None:
    """What is far from tight is what a planner must see before he enlarges it."""
    few, every = (good(tmp_path, "check", str(BASELINE), *more).out for more in ((), ("--all",)))
    found = json.loads(good(tmp_path, "check", str(BASELINE), "--json").out)
    count = len(found["baseline"]["stages"])
    assert f"the 12 tightest of {count} (--all: each) stages, in the month" in few
    assert f"all {count} stages, in the month" in every
    assert len(every.splitlines()) - len(few.splitlines()) >= count - 12 > 0
