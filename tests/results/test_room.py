"""What trains could still have carried bounds what more boxes alone can bring."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.cli.show import headed
from sim.corridor import simulate
from sim.report.findings import gap_words, room_words
from sim.report.recovered import recovered_words
from sim.results import kpis
from sim.results.carriers import carriers
from sim.results.room import rooms, summary, together
from sim.results.run import Results
from sim.scenario import load
from tests.corridor import small

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FEEDER = """
title: a feeder by road
start: 2023-01-01
horizon: 60 d
commodities: {barley: {load: 20 t, checked_as: grain}}
fleets: {boxes: {kind: containers, at: {farm: 5000}}}
stations:
  farm: {stuffing: {lines: 9, time: 1 h, fleet: boxes}}
  town: {work: {cranes: {kind: cranes, cranes: 2, time: 1 min}}}
  gate: {work: {cranes: {kind: cranes, cranes: 2, time: 1 min}}}
  port:
    work: {cranes: {kind: cranes, cranes: 2, time: 1 min}}
    delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}
lines:
  road: {from: farm, to: town, length: 60 km, speed: 60 km/h}
  rail: {from: town, to: gate, length: 600 km, speed: 40 km/h}
  more: {from: gate, to: port, length: 600 km, speed: 40 km/h}
services:
  truck:
    {from: farm, route: [road, town/cranes], length: 1, dispatch: {rule: when-full}}
  train:
    from: town
    route: [rail, gate/cranes]
    length: 20
    dispatch: {rule: timetable, every: 24 h, minimum: 0}
  onward:
    from: gate
    route: [more, port/cranes]
    length: 40
    dispatch: {rule: timetable, every: 24 h, minimum: 0}
supplies:
  barley: {region: here, terminal: farm, commodity: barley, volume: 300 t/d, to: {port: 1}}
"""


def boxes_on(run: Results, service: str) -> int:
    return run.legs.join(run.trains, on="train").filter(pl.col("service") == service).height


MILL = FEEDER.replace(
    "commodities: {", "commodities: {flour: {load: 8 t, checked_as: grain}, "
).replace(
    "stations:\n", "stations:\n  mill: {stuffing: {lines: 9, time: 1 h, fleet: boxes}}\n"
).replace(
    "{farm: 5000}", "{farm: 5000, mill: 5000}"
).replace(
    "lines:\n", "lines:\n  branch: {from: mill, to: port, length: 600 km, speed: 40 km/h}\n"
).replace(
    "services:\n",
    "services:\n  short:\n    {from: mill, route: [branch, port/cranes], length: 30, "
    "dispatch: {rule: timetable, every: 24 h, minimum: 0}}\n",
).replace(
    "supplies:\n",
    "supplies:\n  flour: {region: here, terminal: mill, commodity: flour, volume: 80 t/d, "
    "to: {port: 1}}\n",
)  # fmt: skip
"""Lighter boxes from a second station by trains of their own."""


def test_free_slots_count_with_the_load_of_their_own_stations_trains(tmp_path: Path) -> None:
    run = simulate(small.scenario(tmp_path, MILL), 1)
    by_station = {room.station: room for room in rooms(run)}
    mill = by_station.pop("mill")
    (other,) = by_station.values()
    assert (mill.load, other.load) == (pytest.approx(8.0), pytest.approx(20.0))
    assert mill.more_t == pytest.approx((mill.slots - mill.laden) * 8.0)
    whole = together(rooms(run))
    assert whole is not None
    assert whole.more_t == pytest.approx(mill.more_t + other.more_t)


def test_trucks_of_one_box_are_not_the_trains_that_are_counted(tmp_path: Path) -> None:
    run = simulate(small.scenario(tmp_path, FEEDER), 1)
    assert carriers(run) == {"train"}
    found = kpis(run)
    assert found["trains_departed"].value == 60
    assert found["slot_fill"].value == pytest.approx(boxes_on(run, "train") / 60 / 20)
    assert "border" in found["trains_departed"].meaning


def test_the_train_over_the_border_counts_where_the_way_has_one(tmp_path: Path) -> None:
    text = FEEDER.replace("    length: 40\n", "    length: 40\n    crossing: gate\n")
    run = simulate(small.scenario(tmp_path, text), 1)
    assert carriers(run) == {"onward"}
    assert kpis(run)["slot_fill"].value == pytest.approx(boxes_on(run, "onward") / 60 / 40)


def test_without_more_than_one_slot_the_first_service_counts(tmp_path: Path) -> None:
    text = FEEDER.replace("length: 20\n", "length: 1\n").replace("length: 40\n", "length: 1\n")
    run = simulate(small.scenario(tmp_path, text), 1)
    assert carriers(run) == {"truck"}


def test_a_thousand_boxes_more_bring_no_more_than_full_trains_had_room_for() -> None:
    double = SCENARIOS / "exports-double.yaml"
    scarce = simulate(load(double), 20230903, 0)
    found = summary(scarce)
    assert found is not None
    assert found["full"]
    assert found["by_clock"]
    assert 0.01 < found["more"] < 0.04
    plenty = simulate(
        load(double, ["fleets.boxes.at.burundai=1300", "fleets.boxes.at.sorokovaya=1150"]),
        20230903,
        0,
    )
    before, after = rooms(scarce), rooms(plenty)
    assert [r.slots for r in after] == [r.slots for r in before]
    for a, b in zip(before, after, strict=True):
        assert b.laden <= a.laden * (1.0 + a.more)
    gained = kpis(plenty)["delivered_t"].value or 0.0
    delivered = kpis(scarce)["delivered_t"].value or 0.0
    assert 0.0 < gained / delivered - 1.0 < found["more"]
    # the units that are missing at the origin stand behind the trains that are full
    missing = found["missing"]
    assert missing["fleets"] == ["boxes"]
    assert missing["units"] == pytest.approx(3500)
    assert next(iter(missing["waiting"])) in {s for r in before for s in r.services}
    said = " ".join(room_words(found))
    assert said.startswith("Trains were full: 97.8 % of the slots of those that took exports from")
    assert "more boxes alone could add at most 2.2 %" in said
    assert "The boxes missing stand laden" in said


def test_trains_with_room_are_not_called_full() -> None:
    found = summary(simulate(load(SCENARIOS / "baseline.yaml"), 20230903, 0))
    assert found is not None
    assert not found["full"]
    said = room_words(found)[0]
    assert said.startswith("Trains had room: 79.6 %")
    assert "carried goods, the others empty boxes or nothing, so the trains that left" in said


def test_trains_that_wait_until_they_are_full_bound_nothing(tmp_path: Path) -> None:
    found = summary(simulate(small.scenario(tmp_path), 1))
    assert found is not None
    assert found["fill"] == 1.0
    assert not found["by_clock"]
    assert "more boxes would make more trains" in " ".join(room_words(found))


def test_boxes_that_wait_are_the_mean_of_those_in_the_yards(tmp_path: Path) -> None:
    run = simulate(load(SCENARIOS / "exports-double.yaml"), 20230903, 0)
    found = summary(run)
    assert found is not None
    yards = run.levels.filter(pl.col("series").str.contains(": boxes waiting for a train"))
    total = 0.0
    for _, rows in yards.group_by("series"):
        times = [*rows["time_h"], run.horizon_h]
        total += sum(
            level * (b - a)
            for level, a, b in zip(rows["level"], times[:-1], times[1:], strict=True)
        )
    assert sum(found["missing"]["waiting"].values()) == pytest.approx(
        total / run.horizon_h, rel=0.02
    )


def test_a_gap_of_one_part_is_said_once() -> None:
    all_of_it = {"offered_t": 1000.0, "delivered_t": 900.0, "end_backlog_t": 100.0}
    assert gap_words(all_of_it) == (
        "The 100 t offered and not delivered were under way or waiting at the end."
    )
    later = {**all_of_it, "start_backlog_t": 50.0, "end_backlog_t": 150.0}
    assert gap_words(later).endswith("waiting at the end, more than at the beginning.")
    two = {**all_of_it, "refused_t": 60.0, "end_backlog_t": 40.0}
    assert gap_words(two) == (
        "Of the 100 t offered and not delivered 60 t were refused, because elevators were full and "
        "40 t more were under way or waiting at the end than at the beginning."
    )


def test_a_recovery_says_of_how_many_runs_and_whether_exports_surely_came_later() -> None:
    row = {"title": "a storm", "periods": 9, "extra_most": 47.0, "lead_time_h": 24.0,
           "recovered_p10_h": 240.0, "recovered_p50_h": 480.0, "recovered_p90_h": 960.0,
           "lead_time_h_low": 12.0, "lead_time_h_high": 36.0,
           "extra_train_h": 9600.0, "extra_train_h_high": 12000.0}  # fmt: skip
    assert recovered_words(row) == (
        "a storm: half of the runs have recovered after 20 days (10 … 40, all of 9); at most 47 "
        "extra trains waited; exports arrived 1 days later in the mean (0.50 … 1.50)."
    )
    assert "(10 … 40, eight in ten of 10)" in recovered_words({**row, "periods": 10})
    assert "later is not told apart from chance (1 days later, -0.5 … 1.5)" in recovered_words(
        {**row, "lead_time_h_low": -12.0}
    )
    nothing = {f"lead_time_h{end}": 0.0 for end in ("", "_low", "_high")}
    for row_of in ({**row, **nothing}, {**row, **nothing, "lead_time_h_low": None}):
        assert recovered_words(row_of).endswith("exports arrived when they would have without it.")
    # Under a ban nothing has to recover.
    ban = {**row, "extra_train_h": -9600.0, "extra_train_h_high": -7200.0}
    assert recovered_words(ban).startswith(
        "a storm: fewer trains waited than without it, 400 train-days in all; exports arrived"
    )


def test_a_column_has_its_unit_where_its_name_has_none() -> None:
    assert headed("cost_per_t", "USD/t") == "cost_per_t, USD/t"
    assert headed("trains_held_mean", "trains") == "trains_held_mean, trains"
    assert [headed(*known) for known in (("delivered_t", "t"), ("fulfilment", "1"))] == [
        "delivered_t",
        "fulfilment",
    ]
