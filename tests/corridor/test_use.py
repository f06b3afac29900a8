"""What was used of each resource, against sums worked out by hand and by the tables."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results
from tests.corridor.small import SMALL, scenario

GANG = """
title: one gang by day
start: 2024-01-01
horizon: 10 d
{warmup}
calendars:
  day: {{open: "08:00-20:00"}}
stations:
  depot:
    tracks: 3
    work:
      check:
        kind: servers
        servers: {{value: 1, changes: {{2024-01-06: 2}}}}
        time: 3 h
        hours: day
background:
  trains: {{from: depot, route: [depot/check], trains: 2 /d, arrivals: regular}}
"""


def used(results: Results, name: str) -> dict[str, float]:
    (found,) = [r for r in results.meta["resources"] if r["name"] == name]
    return found


@pytest.mark.parametrize(
    ("warmup", "trains", "staffed"),
    [("", 20, 5 * 12 + 5 * 24), ("warmup: 5 d", 10, 5 * 24)],
)
def test_hours_worked_of_hours_staffed(
    tmp_path: Path, warmup: str, trains: int, staffed: float
) -> None:
    # Trains come at midnight, from the start, and at noon; the midnight one waits until 8.
    results = simulate(scenario(tmp_path, GANG.format(warmup=warmup)))
    check = used(results, "depot/check")
    ends = results.stages.filter(pl.col("activity") == "check")["end_h"].drop_nulls()
    done = int((ends > results.warmup_h).sum())
    assert done == trains
    assert check["used"] == pytest.approx(3.0 * trains)
    assert check["available"] == pytest.approx(staffed)
    assert check["busy"] == pytest.approx(3.0 * trains / staffed)


def test_readings_agree_with_the_tables(tmp_path: Path) -> None:
    results = simulate(scenario(tmp_path, SMALL))
    stages = results.stages
    passed = stages.filter(
        (pl.col("place") == "border") & (pl.col("activity") == "acceptance")
    ).filter(pl.col("end_h").is_not_null())
    assert used(results, "border/acceptance")["used"] == passed.height
    full = results.containers.filter(pl.col("stuffed_h").is_not_null())
    stuffing = used(results, "burundai/stuffing")
    working = results.waits.filter(
        (pl.col("stage") == "burundai: stuffing") & pl.col("cause").is_null()
    ).join(full.select("container"), on="container", how="semi")
    assert stuffing["used"] == pytest.approx(working["hours"].sum())
    lifted = stages.filter(
        (pl.col("place") == "jinan")
        & (pl.col("activity") == "cranes")
        & pl.col("end_h").is_not_null()
    ).join(results.trains, on="train")
    cranes = used(results, "jinan/cranes")
    assert cranes["used"] == pytest.approx(0.05 * lifted["boxes"].sum())


def test_nothing_is_used_more_than_there_is(tmp_path: Path) -> None:
    for name, sets in {
        "as it is": (),
        "overloaded": ("background.transit.trains=40 /d", "supplies.barley.volume=9000 t/d"),
    }.items():
        results = simulate(scenario(tmp_path, SMALL, *sets))
        for resource in results.meta["resources"]:
            slack = 1.0 if resource["kind"] == "gate" else 1e-6
            assert resource["used"] <= resource["available"] + slack, (name, resource)
    assert used(results, "border/acceptance")["busy"] > 0.95


ONE_AT_A_TIME = """
title: works of a hundred hours, and a warm-up and a horizon that end within one
start: 2024-01-01
horizon: 10 d
warmup: 60 h
commodities: {grain: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {depot: 100}}}
stations:
  depot:
    stuffing: {lines: 1, time: 100 h, fleet: boxes}
    work:
      check: {kind: servers, servers: 1, time: 100 h}
      lift: {kind: cranes, cranes: 1, time: 50 h}
  east: {delivery: {dwell: 0 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines: {line: {from: depot, to: east, length: 240 km, speed: 240 km/d}}
services: {trains: {from: depot, route: [line], length: 5, dispatch: when-full}}
supplies:
  grain:
    {region: here, terminal: depot, commodity: grain, volume: 200 t/d, lot: 1, arrivals: regular,
     to: {east: 1}}
background:
  checked: {from: depot, route: [depot/check], trains: 2 /d, arrivals: regular}
  lifted: {from: depot, route: [depot/lift], trains: 2 /d, arrivals: regular, boxes: 2}
"""


@pytest.mark.parametrize("name", ["depot/check", "depot/lift", "depot/stuffing"])
def test_work_done_before_the_warm_up_is_not_used_after_it(tmp_path: Path, name: str) -> None:
    # One work follows the other without a pause, also over hour 60 and over the horizon.
    found = used(simulate(scenario(tmp_path, ONE_AT_A_TIME)), name)
    assert found["used"] == pytest.approx(180.0)
    assert found["busy"] == pytest.approx(1.0)
