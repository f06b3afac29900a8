"""What inputs imply, against sums done by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from sim.scenario import Scenario, load
from sim.scenario.quantities import Duration
from sim.study.implied import Implied, StageLoad, implied

BOTH_WAYS = """
title: there and back
start: 2023-01-01
horizon: 59 d
export_volume: {value: 1, changes: {2023-02-01: 2}}
commodities:
  barley: {load: 20 t, checked_as: grain}
  machines: {load: 10 t}
fleets:
  boxes: {kind: containers, at: {almaty: 500, jinan: 300}}
  w1520:
    kind: wagons
    gauge: 1520
    at: {almaty: 60, jinan: 12}
    returns: [{from: jinan, to: almaty, time: 2 d}]
calendars:
  day: {open: "09:00-19:00", utc_offset: 8 h}
stations:
  almaty:
    stuffing: {lines: 2, time: 2 h, fleet: boxes}
    delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}
  border:
    work:
      customs: {kind: servers, servers: 2, time: 4 h, hours: day}
      cranes: {kind: cranes, cranes: {value: 1, changes: {2023-02-15: 2}}, time: 3 min}
  jinan:
    work:
      lab: {kind: laboratory, share: {grain: 0.25}, time: "uniform(low: 2 d, high: 4 d)", slots: 9}
    stuffing: {lines: 4, time: 6 h, fleet: boxes}
    delivery: {dwell: 1 h, trucks: 4, time: 3 h, stripping: 1 h, fleet: boxes}
    liners:
      feeder: {every: 7 d, slots: 21, cranes: 1, time: 3 min, voyage: 9 d, share: 0.2}
lines:
  west:
    from: almaty
    to: border
    length: 400 km
    speed: 800 km/d
    paths: 10 /d
    acceptance: {toward: border, per_day: 8 /d}
  east: {from: border, to: jinan, length: 1200 km, speed: 1200 km/d}
services:
  block:
    from: almaty
    route: [west, border/customs, border/cranes, east, jinan/lab]
    length: 12
    wagons: w1520
    dispatch: {rule: when-full}
  home:
    from: jinan
    route: [east, west]
    length: 10
    dispatch: {rule: timetable, every: 2 d}
supplies:
  barley:
    region: almaty
    terminal: almaty
    commodity: barley
    volume: 240 t/d
    to: {jinan: 1}
  machines:
    region: jinan
    terminal: jinan
    commodity: machines
    volume: 40 t/d
    flow: imports
    to: {almaty: 1}
background:
  transit:
    from: almaty
    route: [west, border/cranes]
    trains: {value: 3 /d, changes: {2023-02-01: 6 /d}}
    boxes: 40
disruptions:
  storm: {on: [west], begin: 2023-02-08, days: 7 d, factor: 0}
"""
BARLEY = [12.0, 24.0]
"""Boxes a day in January (31 days) and February (28)."""
EXPECTED = {
    "almaty/stuffing": (BARLEY, [24.0, 24.0]),
    # 10 of 24 hours, two teams, four hours a train; a train has 12 boxes.
    "border/customs": ([1.0, 2.0], [5.0, 5.0]),
    # 20 boxes an hour of one crane; two from the middle of February on.
    "border/cranes": ([12.0 + 120.0, 24.0 + 240.0], [480.0, 720.0]),
    "jinan/lab": ([3.0, 6.0], [3.0, 3.0]),
    # The line is shut for 7 of 28 days of February.
    "west: paths to border": ([1.0 + 3.0, 2.0 + 6.0], [10.0, 7.5]),
    "west: paths to almaty": ([0.5, 0.5], [10.0, 7.5]),
    "west: acceptance": ([4.0, 8.0], [8.0, 6.0]),
    "jinan: trucks": ([9.6, 19.2], [32.0, 32.0]),
    "jinan/feeder: slots": ([2.4, 4.8], [3.0, 3.0]),
    "jinan/stuffing": ([4.0, 4.0], [16.0, 16.0]),
    "home: slots": ([4.0, 4.0], [5.0, 5.0]),
    # What comes back laden: 4 boxes a day to Almaty, barley's mean of both months to Jinan.
    "almaty: empties": (BARLEY, [4.0, 4.0]),
    "jinan: empties": ([4.0, 4.0], [(31 * 12 + 28 * 24) / 59] * 2),
}


def scenario(folder: Path, *sets: str, text: str = BOTH_WAYS) -> Scenario:
    path = folder / "both.yaml"
    path.write_text(text)
    return load(path, sets)


@pytest.fixture
def found(tmp_path: Path) -> Implied:
    return implied(scenario(tmp_path))


def stage(found: Implied, name: str) -> StageLoad:
    (mine,) = (s for s in found.stages if s.name == name)
    return mine


def test_months_are_those_of_the_calendar(found: Implied) -> None:
    assert found.months == ["Jan 2023", "Feb 2023"]
    assert found.hours == [31 * 24.0, 28 * 24.0]


def test_a_month_may_be_cut_at_both_ends(tmp_path: Path) -> None:
    found = implied(scenario(tmp_path, "start=2023-01-25", "horizon=40 d"))
    assert found.months == ["Jan 2023", "Feb 2023", "Mar 2023"]
    assert found.hours == [7 * 24.0, 28 * 24.0, 5 * 24.0]


def test_nothing_else_has_a_capacity(found: Implied) -> None:
    assert sorted(s.name for s in found.stages) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_load_and_capacity_by_hand(found: Implied, name: str) -> None:
    load_, capacity = EXPECTED[name]
    mine = stage(found, name)
    assert mine.load == pytest.approx(load_)
    assert mine.capacity == pytest.approx(capacity)
    assert mine.shares == pytest.approx([x / c for x, c in zip(load_, capacity, strict=True)])


def test_units_say_what_passes(found: Implied) -> None:
    trains = {s.name for s in found.stages if s.unit == "trains"}
    assert trains == {
        "border/customs",
        "west: acceptance",
        "west: paths to almaty",
        "west: paths to border",
    }
    assert {s.unit for s in found.stages} == {"trains", "boxes"}


def test_what_is_offered_are_exports(found: Implied) -> None:
    assert found.offered_t == pytest.approx(31 * 240 + 28 * 480)


def test_trains_a_week(found: Implied) -> None:
    assert found.trains_per_week == pytest.approx(
        {
            "block": (31 * 1 + 28 * 2) / 59 * 7,
            "home": 3.5,
            "transit": (31 * 3 + 28 * 6) / 59 * 7,
        }
    )


def test_a_threshold_fills_its_trains_or_holds_the_oldest_box_so_long(tmp_path: Path) -> None:
    def weekly(boxes: int, hold: str) -> float:
        rule = f"services.block.dispatch={{rule: threshold, boxes: {boxes}, longest_hold: {hold}}}"
        return implied(scenario(tmp_path, rule, "export_volume=1")).trains_per_week["block"]

    assert weekly(6, "30 d") == pytest.approx(7 * 12 / 6)
    assert weekly(12, "6 h") == pytest.approx(7 * 4)  # four a day, each with three boxes


def test_wagons_by_littles_law(found: Implied) -> None:
    # Half a day to the border, 4 h of customs, 12 boxes at 3 min, a day to Jinan, two days back.
    turn = 12.0 + 4.0 + 0.6 + 24.0 + 48.0
    trains_an_hour = (31 * 1 + 28 * 2) / 59 / 24
    assert found.wagons == {
        "w1520": {"needed": pytest.approx(trains_an_hour * 12 * turn), "there": 72.0}
    }


def test_passing_trains_bring_their_free_slots_and_load_cranes_whole(tmp_path: Path) -> None:
    # Two trains a day of 12 boxes, a quarter free; cranes move all 24, whoever they belong to.
    text = BOTH_WAYS.replace(
        "    wagons: w1520\n    dispatch: {rule: when-full}\n",
        "    passing: {every: 12 h, free: 0.25}\n",
    )
    found = implied(scenario(tmp_path, text=text))
    assert found.trains_per_week["block"] == pytest.approx(14)
    assert stage(found, "block: slots").capacity == pytest.approx([6.0, 6.0])
    assert stage(found, "border/cranes").load == pytest.approx([24.0 + 120.0, 24.0 + 240.0])
    assert stage(found, "border/customs").load == pytest.approx([2.0, 2.0])
    choke = next(c for c in found.chokes if c.stage == "block: slots")
    # Of 31 * 12 + 28 * 24 boxes offered, 500 + 59 * 4 find an empty, and six a day go.
    empties = 500 + 59 * 4
    assert choke.held == pytest.approx(empties - 59 * 6)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("pre-clearance, share: 0.5, left: 20%", 0.6),
        ("pre-clearance, share: 0.5, left: 20%, checks: [documents]", 0.6),
        ("pre-clearance, share: 0.5, left: 20%, classes: [transit]", 1.0),
        ("green-lane, share: 30%", 0.7),
    ],
)
def test_customs_rules_leave_less_to_the_queue(tmp_path: Path, rule: str, left: float) -> None:
    text = BOTH_WAYS.replace(
        "{kind: servers, servers: 2", "{kind: servers, check: documents, servers: 2"
    )
    found = implied(scenario(tmp_path, f"policies.customs={{rule: {rule}}}", text=text))
    assert stage(found, "border/customs").load == pytest.approx([left, 2 * left])


def test_boxes_on_hire_bound_nothing(tmp_path: Path) -> None:
    few = ("fleets.boxes.at.almaty=1", "fleets.boxes.at.jinan=1", "supplies.machines=")
    own = implied(scenario(tmp_path, *few, text=BOTH_WAYS))
    hired = implied(
        scenario(tmp_path, *few, "policies.empties={rule: hire, lead: 1 h}", text=BOTH_WAYS)
    )
    assert own.bound_by == ["almaty: empties"]
    assert hired.bound_t is None or hired.bound_t > own.bound_t * 2
    assert "almaty: empties" not in {s.name for s in hired.stages}


def test_balance_of_boxes(found: Implied) -> None:
    barley, machines = (31 * 12 + 28 * 24) / 59 * 7, 28.0
    by = {b.station: b for b in found.balance}
    assert set(by) == {"almaty", "jinan"}
    assert (by["almaty"].out, by["almaty"].back) == (
        pytest.approx(barley),
        pytest.approx(machines),
    )
    assert (by["jinan"].out, by["jinan"].back) == (pytest.approx(machines), pytest.approx(barley))
    assert (by["almaty"].stock, by["jinan"].stock) == (500, 300)


def test_free_slots_bring_empties_where_a_rule_fills_them(tmp_path: Path) -> None:
    found = implied(scenario(tmp_path, "policies.empties=fill-slots"))
    assert stage(found, "almaty: empties").capacity == pytest.approx([5.0, 5.0])


def test_season_and_shares_by_crossing(tmp_path: Path) -> None:
    # A day of January weighs three times one of February; the mean over the year is one.
    weights = "supplies.barley.season={jan: 3, feb: 1}"
    mine = stage(implied(scenario(tmp_path, "export_volume=1", weights)), "almaty/stuffing")
    mean = (3 * 31 + 365 - 31) / 365
    assert mine.load == pytest.approx([12 * 3 / mean, 12 / mean])


def test_boxes_are_shared_among_crossings_as_the_rule_says(tmp_path: Path) -> None:
    text = BOTH_WAYS.replace("    wagons: w1520\n", "    wagons: w1520\n    crossing: dostyk\n")
    text = text.replace(
        "  home:\n",
        "  other:\n"
        "    from: almaty\n"
        "    route: [west, east]\n"
        "    length: 6\n"
        "    crossing: altynkol\n"
        "    dispatch: {rule: when-full}\n"
        "  home:\n",
    )
    even = implied(scenario(tmp_path, "export_volume=1", text=text))
    assert even.trains_per_week["block"] == pytest.approx(7 * 6 / 12)
    assert even.trains_per_week["other"] == pytest.approx(7 * 6 / 6)
    for rule in (
        "{rule: fixed-shares, shares: {dostyk: 0.75, altynkol: 0.25}}",
        "{rule: fixed-shares, shares: {dostyk: 75 %, altynkol: 25%}}",
        "{rule: divert-on-closure, shares: {dostyk: 75 %, altynkol: 25 %}}",
        "{rule: by-commodity, crossings: {wheat: altynkol}, shares: {dostyk: 3, altynkol: 1}}",
    ):
        wheat = "commodities={wheat: {load: 26 t}}"
        given = (wheat, f"policies.crossing={rule}")
        uneven = implied(scenario(tmp_path, "export_volume=1", *given, text=text))
        assert uneven.trains_per_week["block"] == pytest.approx(7 * 9 / 12)
        assert uneven.trains_per_week["other"] == pytest.approx(7 * 3 / 6)
    rule = "policies.crossing={rule: by-commodity, crossings: {barley: altynkol}}"
    alone = implied(scenario(tmp_path, "export_volume=1", rule, text=text))
    assert alone.trains_per_week["block"] == 0.0
    assert alone.trains_per_week["other"] == pytest.approx(7 * 12 / 6)


def test_the_tightest_comes_first_with_its_month(found: Implied) -> None:
    order = [s.name for s in found.tightest()]
    assert order[:4] == ["almaty: empties", "jinan/lab", "jinan/feeder: slots", "west: acceptance"]
    assert stage(found, "west: acceptance").peak == 1
    assert found.mean_share(stage(found, "west: acceptance")) == pytest.approx(
        (31 * 4 + 28 * 8) / (31 * 8 + 28 * 6)
    )


def test_what_is_shut_all_month_has_an_infinite_share(tmp_path: Path) -> None:
    shut = scenario(tmp_path, "disruptions.storm.begin=2023-02-01", "disruptions.storm.days=28 d")
    found = implied(shut)
    mine = stage(found, "west: acceptance")
    assert mine.shares == [pytest.approx(0.5), math.inf]
    assert max(found.tightest()[0].shares) == math.inf
    json.dumps(found.as_dict())


def test_the_sentence_names_where_goods_back_up(tmp_path: Path, found: Implied) -> None:
    # Almaty has 500 boxes and 4 a day more; January takes 372, February 672 of what is left.
    empties = next(c for c in found.chokes if c.stage == "almaty: empties")
    assert empties.since == 1
    assert empties.held == pytest.approx(31 * 12 + 28 * 24 - 500 - 59 * 4)
    assert found.chokes[0] is empties
    assert found.sentence() == (
        "It will choke at almaty: empties, from Feb 2023 on. Most trains will stand before west: "
        "acceptance."
    )
    more = [*(c for c in found.chokes if c is not empties), replace(empties, since=0)]
    later = replace(empties, stage="port: empties", held=9999.0)
    assert replace(found, chokes=[later, *more]).sentence() == (
        "It will choke at almaty: empties, from Jan 2023 on. Most boxes will stand before port: "
        "empties, most trains will stand before west: acceptance."
    )
    alone = [later, replace(empties, since=0)]
    assert (
        replace(found, chokes=alone).sentence().endswith(" Most will stand before port: empties.")
    )
    # Eight trains a day for the border, which takes eight on 21 of 28 days.
    gate = next(c for c in found.chokes if c.stage == "west: acceptance")
    assert (gate.unit, gate.since, gate.held) == ("trains", 1, pytest.approx(8 * 7.0))
    eased = implied(scenario(tmp_path, "export_volume=0.1", "background_volume=0.1"))
    assert eased.chokes == []
    first = eased.tightest()[0]
    assert first.name in eased.sentence()
    assert eased.sentence().startswith("Nothing stands over a month's end; the tightest is")


def test_all_of_it_is_of_jsons_types(found: Implied) -> None:
    back = json.loads(json.dumps(found.as_dict()))
    assert back["sentence"] == found.sentence()
    assert [s["name"] for s in back["stages"]] == [s.name for s in found.tightest()]
    assert back["stages"][0]["share"] == pytest.approx([3.0, 6.0])
    assert back["wagons"]["w1520"]["there"] == 72.0


def test_a_run_of_no_length_implies_nothing_offered(tmp_path: Path) -> None:
    made = scenario(tmp_path)  # refused by the loader
    tables = made.tables.model_copy(update={"horizon": Duration.of(0.0)})
    found = implied(replace(made, tables=tables))
    assert len(found.months) == 1
    json.dumps(found.as_dict())
