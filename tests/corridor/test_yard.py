"""Finite yards: trains wait for room, stuffing waits for room, and the wait has its name."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results
from sim.results.integrity import impossible, unaccounted
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
