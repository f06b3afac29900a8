"""Containers that go back by themselves once they are emptied at a station."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.corridor.build import Builder
from sim.corridor.clock import run_until
from sim.corridor.ledger import imbalance
from sim.results import Results, kpis
from sim.results.integrity import impossible
from tests.corridor.small import scenario

LOOP = """
title: boxes that a forwarder brings back
start: 2024-01-01
horizon: 300 d
commodities: {grain: {load: 20 t, checked_as: grain}}
fleets:
  boxes:
    kind: containers
    at: {west: 100}
    returns: [{from: east, to: west, time: %(time)s}]
stations:
  west: {stuffing: {lines: 9, time: 1 h, fleet: boxes}}
  east:
    %(end)s
lines:
  line: {from: west, to: east, length: 240 km, speed: 240 km/d}
services:
  out: {from: west, route: [line, east/unload%(lab)s], length: 10, dispatch: when-full}
supplies:
  grain: {region: here, terminal: west, commodity: grain, volume: 100 t/d, lot: 5, to: {east: 1},
          arrivals: regular}
"""
WORK = "work: {unload: {kind: cranes, cranes: 2, time: 4 min}%s}"
TRUCKS = "delivery: {dwell: 1 d, time: 2 h, stripping: 3 h, fleet: boxes%s}"
PLAIN = f"{WORK % ''}\n    {TRUCKS % ''}"


def run(folder: Path, end: str = PLAIN, time: str = "10 d", lab: str = "") -> Results:
    return simulate(scenario(folder, LOOP % {"time": time, "end": end, "lab": lab}))


def back(results: Results) -> pl.DataFrame:
    return results.equipment.filter(pl.col("state") == "on its way back")


def test_containers_set_free_are_at_hand_again_after_the_time(tmp_path: Path) -> None:
    results = run(tmp_path)
    # 100 t a day are 5 boxes; a box is away 2 days with goods and 10 days on its way back, so
    # that 100 boxes are enough for ever, where 2,000 t would be all without their coming back.
    assert kpis(results)["delivered_t"].value > 25_000.0
    away = back(results).filter(pl.col("end_h") < results.horizon_h)
    assert away.height > 1000
    assert set(away["place"]) == {"east"}
    assert (away["end_h"] - away["begin_h"]).to_list() == pytest.approx([240.0] * away.height)
    boxes = results.containers.drop_nulls("delivered_h")
    free = sorted(hour + 3.0 for hour in boxes["delivered_h"] if hour + 3.0 < results.horizon_h)
    assert sorted(back(results)["begin_h"]) == pytest.approx(free)
    at_east = results.equipment.filter((pl.col("state") == "at hand") & (pl.col("place") == "east"))
    assert at_east.is_empty()
    assert impossible(results) == []


@pytest.mark.parametrize(
    ("end", "lab"),
    [
        (f"{WORK % ''}\n    {TRUCKS % ', trucks: 1'}", ""),
        (f"yard: 60\n    {PLAIN}", ""),
        (
            f"{WORK % ''}\n    liners: {{ship: {{every: 2 d, slots: 20, cranes: 2, time: 4 min, "
            "voyage: 5 d, share: 1}}",
            "",
        ),
        (
            WORK % ", lab: {kind: laboratory, share: {grain: 1}, time: 1 d, reject: 1}"
            + f"\n    {TRUCKS % ''}",
            ", east/lab",
        ),
    ],
    ids=["few trucks", "a yard", "a ship", "a laboratory that refuses all"],
)
def test_containers_come_back_whoever_empties_them(tmp_path: Path, end: str, lab: str) -> None:
    results = run(tmp_path, end, "uniform(low: 5 d, high: 15 d)", lab)
    away = back(results).filter(pl.col("end_h") < results.horizon_h)
    assert away.height > 1000
    assert (away["end_h"] - away["begin_h"]).is_between(120.0, 360.0).all()
    assert impossible(results) == []


def test_hired_boxes_are_given_back_where_they_are_emptied(tmp_path: Path) -> None:
    text = LOOP % {"time": "100 d", "end": PLAIN, "lab": ""}
    hiring = text + "policies: {empties: {rule: hire, lead: 1 d}}\n"
    results = simulate(scenario(tmp_path, hiring))
    given = results.equipment.filter(pl.col("state") == "given back")
    assert given.height > 100
    assert set(back(results)["unit"]) == set(range(100))


def test_the_books_hold_while_containers_go_back(tmp_path: Path) -> None:
    text = LOOP % {"time": "exponential(mean: 10 d)", "end": PLAIN, "lab": ""}
    corridor = Builder(scenario(tmp_path, text).tables, 1, 0).build()
    for hour in range(0, 1200, 7):
        run_until(corridor.env, float(hour))
        assert imbalance(corridor) == []
