"""Paths of a single track, which trains of both ways share: in runs, means, pictures and blame."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sim
from sim.corridor import simulate
from sim.report.heat import weekly_use
from sim.results.run import Results
from sim.scenario import load
from sim.study.implied import implied
from tests.corridor.small import scenario

TRACK = """
title: trains of others that meet on a single track
start: 2024-01-01
horizon: 20 d
stations: {west: {}, east: {}}
lines:
  track: {from: west, to: east, length: 30 km, speed: 30 km/h, paths: 24 /d, shared_paths: true}
background:
  out: {from: west, route: [track], class: ore, trains: 12 /d, arrivals: regular}
  back: {from: east, route: [track], class: transit, trains: 12 /d, arrivals: regular}
"""
APART = "lines.track.shared_paths=false"


def run(folder: Path, *sets: str) -> Results:
    return simulate(scenario(folder, TRACK, *sets))


def departures(results: Results) -> pl.DataFrame:
    """When trains of each flow got a path, in order."""
    rows = results.stages.filter(pl.col("activity") == "path")
    rows = rows.join(results.trains.select("train", "service"), on="train")
    return rows.select("service", "in_h", "start_h").sort("start_h")


def test_a_path_is_of_one_train_whichever_way_it_goes(tmp_path: Path) -> None:
    # one of each way comes every two hours, both at once, and one an hour may set out
    passed = departures(run(tmp_path))["start_h"].drop_nulls()
    assert passed.diff().drop_nulls().min() == pytest.approx(1.0)
    # with paths of its own each way none waits
    apart = departures(run(tmp_path, APART))
    assert (apart["start_h"] - apart["in_h"]).max() == pytest.approx(0.0)


def test_more_one_way_take_the_paths_of_the_other(tmp_path: Path) -> None:
    # 36 a day are asked of 24: by turns both ways wait, and as many pass as there are paths
    results = run(tmp_path, "background.back.trains=24 /d")
    waited = departures(results).filter(pl.col("service") == "out")
    assert (waited["start_h"] - waited["in_h"]).max() > 24.0
    assert departures(results)["start_h"].drop_nulls().len() == 20 * 24
    calm = departures(run(tmp_path, "background.back.trains=24 /d", APART))
    assert (calm["start_h"] - calm["in_h"]).max() == pytest.approx(0.0)


def test_the_order_of_the_line_is_one_for_both_ways(tmp_path: Path) -> None:
    order = "lines.track.order={rule: class-priority, classes: [transit, ore]}"
    rows = departures(run(tmp_path, "background.out.trains=24 /d", order))
    waits = (rows["start_h"] - rows["in_h"]).fill_null(480.0)
    assert waits.filter(rows["service"] == "back").max() <= 1.0
    assert waits.filter(rows["service"] == "out").max() > 24.0


def test_a_storm_leaves_both_ways_its_share_together(tmp_path: Path) -> None:
    storm = "disruptions={storm: {on: [track/paths], begin: 2024-01-10, days: 4 d, factor: 0.25}}"
    passed = departures(run(tmp_path, storm))["start_h"]
    assert passed.is_between(9 * 24.0 + 1.0, 13 * 24.0).sum() == 4 * 6


def test_what_there_is_of_it_is_told_once(tmp_path: Path) -> None:
    results = run(tmp_path)
    (paths,) = (r for r in results.meta["resources"] if r["kind"] == "gate")
    assert (paths["name"], paths["used"], paths["available"]) == ("track/paths", 480, 480.0)
    assert weekly_use(results)["track/paths"] == pytest.approx([1.0, 1.0, 1.0], abs=2.5 / 144)
    apart = [r["name"] for r in run(tmp_path, APART).meta["resources"]]
    assert apart == ["track/paths toward east", "track/paths toward west"]


def test_the_load_implied_is_that_of_both_ways(tmp_path: Path) -> None:
    (stage,) = implied(scenario(tmp_path, TRACK)).stages
    assert (stage.name, stage.load, stage.capacity) == (
        "track: paths",
        pytest.approx([24.0]),
        pytest.approx([24.0]),
    )


def test_a_train_waits_behind_those_that_come_to_meet_it(tmp_path: Path) -> None:
    found = sim.why(run(tmp_path, "background.back.trains=24 /d"), train="out/100")
    (link,) = found["chains"][0]["links"]
    assert "asked 36.0 a day (usually 36.0), could pass 24.0" in link["text"]
    assert link["root"].startswith("overload of track: no path")


def test_a_single_track_without_paths_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "track.yaml").write_text(TRACK.replace("paths: 24 /d, ", ""))
    (said,) = load(tmp_path / "track.yaml").warnings
    assert str(said).endswith(
        "shared_paths: `track` has no `paths`, so that there is nothing to share; expected them, "
        "of both ways together"
    )


BORDER = """
title: a single track to a border, its few trains that way first
start: 2024-01-01
horizon: 20 d
stations: {west: {}, east: {}, abroad: {}}
lines:
  track:
    from: west
    to: east
    length: 30 km
    speed: 30 km/h
    paths: 24 /d
    shared_paths: true
    order: {rule: class-priority, classes: [ore]}
  border:
    from: east
    to: abroad
    length: 30 km
    speed: 30 km/h
    paths: 24 /d
    shared_paths: true
    order: {rule: class-priority, classes: [ore]}
    acceptance: {toward: abroad, per_day: 200 /d}
background:
  out: {from: west, route: [track, border], class: ore, trains: 6 /d, arrivals: regular}
  back: {from: abroad, route: [border, track], class: transit, trains: 40 /d, arrivals: regular}
"""


def test_a_rule_does_not_count_trains_that_come_from_the_border(tmp_path: Path) -> None:
    rule = "policies.admission={rule: embargo, above: 10, below: 5, classes: [ore]}"
    free, ruled = (simulate(scenario(tmp_path, BORDER, *more)) for more in ((), (rule,)))
    waiting = free.stages.filter((pl.col("activity") == "path") & pl.col("start_h").is_null())
    assert waiting.height > 100
    assert ruled.stages.filter(pl.col("activity") == "admission").is_empty()
    assert departures(ruled).equals(departures(free))
    # of those that go there it counts all
    few = simulate(scenario(tmp_path, BORDER, rule, "background.out.trains=30 /d"))
    assert few.stages.filter(pl.col("activity") == "admission").height > 10
