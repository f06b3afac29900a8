"""Gridlock is found when its circle closes, named, and never called where there is none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results
from sim.results.integrity import impossible, unaccounted
from tests.corridor.small import scenario

# Two stations of one track each.  Trains go there and back, and must have a track at both ends;
# the lines hold one train each way.
LOOP = """
title: two stations with a track each
start: 2024-01-01
horizon: 10 d
stations:
  a: {{tracks: {tracks}, work: {{check: {{kind: servers, servers: 9, time: 1 h}}}}}}
  b: {{tracks: 1, work: {{check: {{kind: servers, servers: 9, time: 1 h}}}}}}
lines:
  there: {{from: a, to: b, length: 10 km, speed: 10 km/h, places: 1}}
background:
  east: {{from: a, route: [a/check, there, b/check, there, a/check], trains: 12 /d,
          arrivals: regular}}
  west: {{from: b, route: [b/check, there, a/check, there, b/check], trains: 12 /d,
          arrivals: regular}}
"""


def loop(folder: Path, tracks: str = "1") -> Results:
    return simulate(scenario(folder, LOOP.format(tracks=tracks)))


def test_a_closed_circle_ends_the_run_and_is_named(tmp_path: Path) -> None:
    # At 1 h a train goes onto the line at either end; at 2 h the next two take the tracks, so that
    # the first two cannot leave the line. At 3 h the next two want the line: the circle is closed.
    results = loop(tmp_path)
    assert results.meta["status"] == "deadlock"
    found = results.meta["deadlock"]
    assert found["time_h"] == results.horizon_h == pytest.approx(3.0)
    assert len(found["trains"]) == 4
    named = {t["name"]: (t["holds"], t["waits_for"]) for t in found["trains"]}
    held = [holds for holds, _ in named.values() if holds is not None]
    wanted = {waits for _, waits in named.values()}
    assert wanted <= {r["name"] for r in found["resources"]}
    assert set(held) >= wanted
    for resource in found["resources"]:
        assert resource["held"] == resource["capacity"]
    assert "one more at" in found["remedy"]
    assert all(t["since_h"] <= found["time_h"] for t in found["trains"])
    assert impossible(results) == unaccounted(results) == []
    waiting = results.stages.filter(pl.col("start_h").is_null())
    assert waiting.height >= len(named)


def test_the_remedy_that_is_named_breaks_it(tmp_path: Path) -> None:
    first = loop(tmp_path).meta["deadlock"]["time_h"]
    more = loop(tmp_path, "30")
    assert more.meta["status"] == "done" or more.meta["deadlock"]["time_h"] > first


def test_a_track_that_comes_later_is_no_gridlock(tmp_path: Path) -> None:
    results = loop(tmp_path, "{value: 1, changes: {2024-01-03: 40}}")
    found = results.meta["deadlock"]
    assert found is None or found["time_h"] >= 48.0


YARD = """
title: a yard that trains fill and no train empties
start: 2024-01-01
horizon: 30 d
commodities: {grain: {load: 20 t}}
fleets:
  boxes: {kind: containers, at: {west: 1000}}
  wagons:
    kind: wagons
    at: {middle: %(wagons)s}
    returns: [{from: east, to: middle, time: 1 d}]
stations:
  west: {stuffing: {lines: 9, time: 0 h, fleet: boxes}}
  middle: {yard: 10, tracks: 2}
  east: {delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines:
  one: {from: west, to: middle, length: 240 km, speed: 240 km/d}
  two: {from: middle, to: east, length: 240 km, speed: 240 km/d}
services:
  first: {from: west, route: [one], length: 5, dispatch: when-full}
  second: {from: middle, route: [two], length: %(length)s, dispatch: when-full, wagons: wagons}
supplies:
  grain: {region: here, terminal: west, commodity: grain, volume: 240 t/d, lot: 5, to: {east: 1},
          arrivals: regular}
"""


@pytest.mark.parametrize(
    ("wagons", "length", "stands"), [(100, 12, True), (0, 5, True), (100, 10, False)]
)
def test_a_yard_that_nobody_can_empty(
    tmp_path: Path, wagons: int, length: int, stands: bool
) -> None:
    # Twelve boxes make a train and ten fit the yard; or there are no wagons; or all is well.
    results = simulate(scenario(tmp_path, YARD % {"wagons": wagons, "length": length}))
    assert (results.meta["status"] == "deadlock") is stands
    if stands:
        assert results.meta["deadlock"]["resources"][0]["name"] == "middle: yard"
        assert "more slots in the yard of middle" in results.meta["deadlock"]["remedy"]


def test_a_long_queue_is_no_gridlock(tmp_path: Path) -> None:
    text = (
        LOOP.format(tracks="9")
        .replace("[a/check, there, b/check, there, a/check]", "[a/check, there]")
        .replace("[b/check, there, a/check, there, b/check]", "[b/check]")
    )
    results = simulate(scenario(tmp_path, text.replace("trains: 12 /d", "trains: 40 /d")))
    assert results.meta["status"] == "done"
    assert results.stages["start_h"].null_count() > 20


MEETING = """
title: a line is left in the instant in which a train on it wants the track behind it
start: 2024-01-01
horizon: 40 d
stations: {a: {tracks: 1}, b: {tracks: 1}, c: {}, d: {}}
lines:
  one: {from: a, to: b, length: 10 km, speed: 10 km/h, places: 1}
  two: {from: b, to: c, length: 10 km, speed: 10 km/h, places: 1}
  three: {from: c, to: d, length: 10 km, speed: 10 km/h}
background:
  first: {from: a, route: [one], trains: 4 /d}
  second: {from: b, route: [two], trains: 4 /d}
  far: {from: d, route: [three, three, three, two, one], trains: 8 /d}
"""


def test_a_place_that_is_given_back_in_this_instant_is_no_gridlock(tmp_path: Path) -> None:
    # One train waits in b for the line to a, and another comes from c at the moment at which that
    # line is free: the train in b has not been told yet, and nobody holds the place.
    # Later they do come to stand in a circle, in which all is held.
    results = simulate(scenario(tmp_path, MEETING))
    assert [r for r in results.meta["deadlock"]["resources"] if r["held"] < r["capacity"]] == []
    assert impossible(results) == unaccounted(results) == []
