"""Tracks that a gauge has to itself: who stands on which, who jams whom, and who is blamed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sim
from sim.corridor import simulate
from sim.report.heat import weekly_use
from sim.results import kpis
from sim.results.run import Results
from sim.results.tracks import tracks_of
from sim.scenario import ScenarioError, load
from sim.scenario.journey import gauges_along
from sim.study.increments import increments
from tests.corridor.small import scenario

BORDER = """
title: a border station with tracks of two gauges
start: 2024-01-01
horizon: 20 d
stations:
  wide: {}
  border: {tracks: 2, work: {cranes: {kind: cranes, cranes: 1, time: 60 min}}}
  beyond: {}
  narrow: {}
lines:
  broad: {from: wide, to: border, gauge: 1520, length: 30 km, speed: 30 km/h}
  exchange: {from: border, to: beyond, length: 30 km, speed: 30 km/h}
  standard: {from: beyond, to: narrow, gauge: 1435, length: 30 km, speed: 30 km/h}
background:
  east: {from: wide, route: [broad, exchange], trains: 6 /d, arrivals: regular}
  west:
    {from: narrow, route: [standard, exchange, border/cranes, broad], trains: 3 /d, boxes: 12, arrivals: regular}
"""  # noqa: E501
"""Westbound trains take 12 h under the cranes and come every 8 h: more than can be lifted."""
APART = "stations.border.gauge_tracks={1435: 2}"


def run(folder: Path, *sets: str) -> Results:
    return simulate(scenario(folder, BORDER, *sets))


def longest_wait(results: Results, service: str) -> float:
    """Most hours that a train of a flow waited for a track at the border, to the run's end."""
    rows = results.stages.filter((pl.col("place") == "border") & (pl.col("activity") == "track"))
    rows = rows.join(results.trains.select("train", "service"), on="train")
    rows = rows.filter(pl.col("service") == service)
    hours = (rows["start_h"].fill_null(results.horizon_h) - rows["in_h"]).to_list()
    return max(hours, default=0.0)  # who need not wait has no row


def test_those_of_the_other_gauge_are_not_jammed(tmp_path: Path) -> None:
    # on common tracks trains that wait for cranes stand in the way of those that need none
    assert longest_wait(run(tmp_path), "east") > 100.0
    apart = run(tmp_path, APART)
    assert longest_wait(apart, "east") == pytest.approx(0.0)
    assert longest_wait(apart, "west") > 100.0
    assert kpis(apart)["trains_held_max"].value == pytest.approx(18.0, abs=2.0)


def test_each_has_as_many_as_it_is_given(tmp_path: Path) -> None:
    results = run(tmp_path, APART)
    used = {r["name"]: (r["used"], r["available"]) for r in results.meta["resources"]}
    assert used["border/track"] == (pytest.approx(0.0), 960.0)
    # full from the second train on
    assert used["border/track of 1435 mm"][0] == pytest.approx(960.0, abs=40.0)
    assert "border/track of 1435 mm" not in {r["name"] for r in run(tmp_path).meta["resources"]}


def test_what_a_gauge_has_to_itself_the_others_do_not_take(tmp_path: Path) -> None:
    # as many tracks in all as one gauge has: without a track for the other none of it comes in
    results = run(tmp_path, "stations.border.gauge_tracks={1520: 2}", "stations.border.tracks=1")
    assert longest_wait(results, "east") == pytest.approx(0.0)
    assert longest_wait(results, "west") > 100.0


def test_the_gauge_is_that_of_the_last_line_that_has_one(tmp_path: Path) -> None:
    tables = scenario(tmp_path, BORDER).tables
    east, west = (tables.background[n] for n in ("east", "west"))
    assert gauges_along(tables, east.origin, east.route) == [1520, 1520, 1520]
    assert gauges_along(tables, west.origin, west.route) == [1435, 1435, 1435, 1520]
    assert gauges_along(tables, "border", ("exchange", "standard")) == [1435, 1435, 1435]
    assert gauges_along(tables, "border", ("exchange",)) == [None, None]
    network = run(tmp_path, APART).meta["network"]
    assert tracks_of(network, "east", "border") == tracks_of(network, "west", "wide") == "track"
    assert tracks_of(network, "west", "border") == "track of 1435 mm"


def test_blame_falls_on_trains_of_the_same_tracks(tmp_path: Path) -> None:
    # eastbound trains are held at the border too, by a closed exchange, and more of them
    shut = "disruptions={shut: {on: [exchange/acceptance], begin: 2024-01-02, days: 19 d}}"
    gate = "lines.exchange.acceptance={toward: beyond, per_day: 20 /d}"
    results = run(tmp_path, "stations.border.gauge_tracks={1435: 2}", gate, shut)
    found = sim.why(results, train="west/20")
    (link,) = found["chains"][0]["links"]
    assert link["text"].endswith(": 2 on the move or being worked on")
    assert link["root"] == "trains at work on all tracks of border"


def test_a_track_more_of_a_gauge_is_a_step(tmp_path: Path) -> None:
    steps = {i.resource: i for i in increments(scenario(tmp_path, BORDER, APART), "unit")}
    (change,) = steps["border: tracks of 1435 mm"].changes
    assert change.path == "stations.border.gauge_tracks.1435"


def test_a_gauge_that_is_none_is_refused_and_one_that_does_not_come_doubted(
    tmp_path: Path,
) -> None:
    with pytest.raises(ScenarioError, match=r"unknown gauge `1453`; did you mean `1435`\?"):
        scenario(tmp_path, BORDER, "stations.border.gauge_tracks={1453: 2}")
    path = tmp_path / "border.yaml"
    path.write_text(BORDER)
    (said,) = load(path, ["stations.wide.gauge_tracks={1435: 2}"]).warnings
    assert "gauge_tracks: no train stands at `wide` on 1435 mm: it changes nothing" in str(said)


def test_the_map_of_use_shows_no_tracks_of_which_the_stages_do_not_tell(tmp_path: Path) -> None:
    results = run(tmp_path)
    (tracks,) = (r for r in results.meta["resources"] if r["kind"] == "tracks")
    assert tracks["busy"] > 0.9
    assert set(weekly_use(results)) == {"border/cranes"}
