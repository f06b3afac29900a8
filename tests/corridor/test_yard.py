"""Finite yards: trains wait for room, stuffing waits for room, and the wait has its name."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results
from sim.results.integrity import impossible, unaccounted
from sim.results.queues import queues
from tests.corridor.small import SMALL, scenario

TWO_TRAINS = """
title: a yard for one train
start: 2024-01-01
horizon: 20 d
commodities: {grain: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {west: 1000}}}
stations:
  west: {stuffing: {lines: 1000, time: 0 h, fleet: boxes}%(west)s}
  east:
    yard: 10
    delivery: {dwell: 30 h, time: 1 h, stripping: 1 h, fleet: boxes}
lines: {line: {from: west, to: east, length: 240 km, speed: 240 km/d}}
services:
  trains: {from: west, route: [line], length: 10, dispatch: {rule: %(rule)s}}
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, volume: %(volume)s, lot: 10, to: {east: 1},
     arrivals: regular}
"""


def two(folder: Path, **words: str) -> Results:
    words = {"west": "", "rule": "when-full", "volume": "480 t/d", **words}
    return simulate(scenario(folder, TWO_TRAINS % words), debug=True)


def test_a_train_waits_until_the_yard_has_room_for_all_its_boxes(tmp_path: Path) -> None:
    # A train of ten every 10 h runs for 24 h; its boxes stand for 30 h, so trains are let in at
    # 24, 54, 84, ...
    results = two(tmp_path)
    waits = results.stages.filter(pl.col("activity") == "yard").drop_nulls("end_h")
    assert waits["cause"].unique().to_list() == ["east: yard full"]
    assert waits["start_h"].to_list()[:3] == pytest.approx([54.0, 84.0, 114.0])
    assert waits["in_h"].to_list()[:3] == pytest.approx([34.0, 44.0, 54.0])
    levels = results.levels.filter(pl.col("series") == "east: boxes in the yard")
    assert levels["level"].max() == 10
    assert impossible(results) == unaccounted(results) == []


def test_stuffing_waits_for_room_in_the_yard(tmp_path: Path) -> None:
    # Ten boxes every 10 h, a train every 30 h, and room for ten: every third lot is stuffed.
    results = two(
        tmp_path, west=", yard: 10", rule="timetable, every: 30 h, first: 30 h", volume="480 t/d"
    )
    stuffed = results.containers["stuffed_h"].drop_nulls().unique().sort().to_list()
    assert stuffed[:4] == pytest.approx([0.0, 30.0, 60.0, 90.0])
    causes = results.waits.filter(pl.col("stage") == "west: goods")["cause"].unique().to_list()
    assert causes == ["west: yard full"]
    assert impossible(results) == unaccounted(results) == []


def test_no_yard_holds_more_than_its_slots(tmp_path: Path) -> None:
    results = simulate(
        scenario(
            tmp_path, SMALL, "stations.alashankou.yard=60", "stations.jinan.yard=80", "horizon=40 d"
        )
    )
    for station, slots in (("alashankou", 60), ("jinan", 80)):
        levels = results.levels.filter(pl.col("series") == f"{station}: boxes in the yard")
        assert 0 <= levels["level"].min() <= levels["level"].max() <= slots
        assert levels["level"].max() > slots / 2
    assert impossible(results) == unaccounted(results) == []
    full = results.waits.filter(pl.col("cause") == "jinan: yard full")
    assert full["hours"].sum() > 0


def test_a_yard_that_never_fills_changes_nothing(tmp_path: Path) -> None:
    without = simulate(scenario(tmp_path, SMALL))
    with_yard = simulate(scenario(tmp_path, SMALL, "stations.jinan.yard=100000"))
    assert with_yard.containers.equals(without.containers)
    assert with_yard.waits.equals(without.waits)


def test_a_port_without_limit_fills_boxes_while_a_rule_looks_at_its_load(tmp_path: Path) -> None:
    ships = "liners: {sea: {every: 7 d, slots: 9, cranes: 1, time: 1 h, voyage: 9 d, share: 1}}"
    text = TWO_TRAINS % {"west": f", {ships}", "rule": "when-full", "volume": "480 t/d"}
    fixed = simulate(scenario(tmp_path, text))
    watched = simulate(scenario(tmp_path, text + "policies: {port: least-loaded}\n"), debug=True)
    assert watched.containers["stuffed_h"].drop_nulls().len() > 100
    assert watched.containers.equals(fixed.containers)


def test_an_elevator_behind_a_full_yard_holds_no_more_than_its_storage(tmp_path: Path) -> None:
    # Ten boxes of 20 t come every 10 h and ten leave every 30 h; empties are always at hand.
    slow = {"rule": "timetable, every: 30 h, first: 30 h", "volume": "480 t/d"}
    results = two(tmp_path, west=", yard: 10", **slow)
    level = "west: goods waiting for empties"
    most = results.levels.filter(pl.col("series") == level)["level"].max()
    assert most > 20
    text = TWO_TRAINS % {"west": ", yard: 10", **slow}
    text = text.replace("fleet: boxes}, yard", "fleet: boxes, storage: 400 t}, yard")
    stored = simulate(scenario(tmp_path, text), debug=True)
    assert stored.levels.filter(pl.col("series") == level)["level"].max() == 20
    assert stored.containers["refused"].sum() > 0


def test_goods_that_wait_for_the_yard_keep_littles_law(tmp_path: Path) -> None:
    slow = {"rule": "timetable, every: 30 h, first: 30 h", "volume": "480 t/d"}
    found = queues(two(tmp_path, west=", yard: 10", **slow))
    goods = found.filter(pl.col("queue") == "west: goods waiting for empties")
    assert goods["mean_length"][0] > 10
    assert found["residual"].abs().max() < 1e-9


def test_boxes_under_the_quay_cranes_at_the_horizon_wait_for_no_ship(tmp_path: Path) -> None:
    # The ship of hour 168 loads nine boxes at 10 h each: four have begun by hour 200.
    ship = "liners: {sea: {every: 7 d, slots: 9, cranes: 1, time: 10 h, voyage: 9 d, share: 1}}"
    text = TWO_TRAINS % {"west": "", "rule": "when-full", "volume": "480 t/d"}
    text = text.replace("delivery: {dwell: 30 h, time: 1 h, stripping: 1 h, fleet: boxes}", ship)
    results = simulate(scenario(tmp_path, text.replace("yard: 10", "yard: 900"), "horizon=200 h"))
    loading = results.waits.filter(pl.col("stage") == "east/sea: loading")
    begun = results.waits.filter(
        (pl.col("stage") == "east/sea: quay") & (pl.col("end_h") < results.horizon_h)
    )
    assert loading.height == 4
    assert begun["end_h"].to_list() == pytest.approx([168.0, 178.0, 188.0, 198.0])
    assert impossible(results) == unaccounted(results) == []
