"""What the results say of the corridor itself."""

from __future__ import annotations

import json
from pathlib import Path

from sim.corridor import simulate
from sim.results import read_run, write_run
from sim.results.series import weekly
from sim.scenario import load

HERE = """
title: two lines and a day shift
start: 2023-01-01
horizon: 3 d
calendars:
  day: {title: by day, open: "09:00-19:00", utc_offset: 8 h}
  never-used: {open: "09:00-19:00"}
stations:
  west: {title: West, position: [70.5, 50.0]}
  middle: {work: {papers: {kind: servers, servers: 1, time: 1 h, hours: day}}}
  east: {}
lines:
  plain: {from: west, to: middle, length: 100 km, speed: 1000 km/d, gauge: 1520}
  hills: {title: the hills, from: east, to: middle, length: 50 km, speed: 1000 km/d}
background:
  through: {from: west, route: [plain, middle/papers, hills], trains: 2 trains/d}
  local: {from: middle, route: [middle/papers], trains: 1 trains/d}
disruptions:
  storm: {title: snow, on: [hills], begin: 2022-12-31, days: 2 d, factor: 0.5}
  later: {on: [plain], begin: 2023-01-05, days: 1 d}
  faults: {on: [plain], every: "exponential(mean: 10 h)", lasts: "uniform(low: 1 h, high: 2 h)"}
"""


def test_stations_lines_and_ways_are_as_in_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(HERE)
    results = simulate(load(path))
    net = results.meta["network"]
    assert net["stations"]["west"] == {"title": "West", "position": [70.5, 50.0]}
    assert net["stations"]["east"] == {"title": "east", "position": None}
    hills = {"title": "the hills", "from": "east", "to": "middle", "length_km": 50.0, "gauge": None}
    assert net["lines"]["hills"] == hills
    # the second line is run against the way in which it is written
    assert net["routes"]["through"] == ["west", "plain", "middle", "hills", "east"]
    assert net["routes"]["local"] == ["middle"]


def test_closures_are_cut_to_the_run_and_random_ones_are_those_of_the_replication(
    tmp_path: Path,
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(HERE)
    scenario = load(path)
    first, second = (simulate(scenario, replication=r).meta["network"] for r in (0, 1))
    storm = {
        "name": "storm",
        "title": "snow",
        "on": ["hills"],
        "classes": [],
        "begin_h": 0.0,
        "end_h": 24.0,
        "factor": 0.5,
        "dated": True,
    }
    assert [d for d in first["disruptions"] if d["name"] != "faults"] == [storm]
    # 09:00 to 19:00 eight hours east of UTC is 01:00 to 11:00
    nights = [[0.0, 1.0], [11.0, 25.0], [35.0, 49.0], [59.0, 72.0]]
    assert first["calendars"] == {
        "day": {"title": "by day", "on": ["middle/papers"], "closed": nights}
    }
    results = simulate(scenario)
    faults = [d for d in first["disruptions"] if d["name"] == "faults"]
    assert faults
    assert not any(d["dated"] for d in faults)
    assert faults != [d for d in second["disruptions"] if d["name"] == "faults"]
    down = results.levels.filter(results.levels["series"] == "faults: disruption")
    begins = down.filter(down["level"] == 1)["time_h"].to_list()
    assert [d["begin_h"] for d in faults] == begins


def test_the_network_goes_through_a_folder_unchanged_and_not_with_every_replication(
    tmp_path: Path,
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(HERE)
    results = simulate(load(path))
    write_run(results, {}, tmp_path / "run", {})
    assert read_run(tmp_path / "run").meta["network"] == results.meta["network"]
    json.dumps(results.meta["network"], allow_nan=False)
    assert "network" not in weekly(results).meta
