"""Containers and wagons unit by unit, breakdowns by use, and the books."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sim.corridor import simulate
from sim.corridor.build import Builder
from sim.corridor.clock import INF
from sim.corridor.ledger import imbalance
from sim.results import Results
from tests.corridor.small import SMALL, scenario

NEXT = {
    "at hand": {"laden", "carried empty", "under a train"},
    "laden": {"at hand", "laden", "given back"},
    "carried empty": {"at hand"},
    "under a train": {"at hand", "on its way back"},
    "on its way back": {"at hand"},
    "given back": set(),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return simulate(scenario(tmp_path_factory.mktemp("small")))


def test_every_unit_is_in_one_state_at_every_time(run: Results) -> None:
    spells = run.equipment
    first = spells.group_by("unit", maintain_order=True).first()
    last = spells.group_by("unit", maintain_order=True).last()
    assert first.height == 2000 + 300 + 160
    assert (first["begin_h"] == 0.0).all()
    assert (last["end_h"] == run.horizon_h).all()
    assert (spells["end_h"] >= spells["begin_h"]).all()
    follows = spells.with_columns(
        same=pl.col("unit") == pl.col("unit").shift(-1),
        after=pl.col("begin_h").shift(-1),
        then=pl.col("state").shift(-1),
    ).filter("same")
    assert (follows["end_h"] == follows["after"]).all()
    moves = set(follows.select("state", "then").unique().iter_rows())
    assert all(then in NEXT[state] for state, then in moves), moves


def test_spells_at_hand_are_the_levels_of_the_stocks(run: Results) -> None:
    spells = run.equipment.filter(
        (pl.col("state") == "at hand")
        & (pl.col("place") == "burundai")
        & (pl.col("fleet") == "boxes")
    )
    level = run.levels.filter(pl.col("series") == "burundai: empty boxes")
    for time in (0.5, 100.5, 500.5, 1200.5):
        there = spells.filter((pl.col("begin_h") <= time) & (pl.col("end_h") > time)).height
        known = level.filter(pl.col("time_h") <= time)["level"][-1]
        assert there == known


def test_a_laden_spell_is_a_trip_of_the_containers_table(run: Results) -> None:
    laden = run.equipment.filter(pl.col("state") == "laden")
    boxes = run.containers
    assert laden["part_of"].is_unique().all()
    both = laden.join(boxes, left_on="part_of", right_on="container")
    assert both.height == laden.height
    delivered = both.drop_nulls("delivered_h")
    assert (delivered["delivered_h"] <= delivered["end_h"] + 1e-9).all()
    assert (both["begin_h"] >= both["ready_h"]).all()


def test_wagons_under_a_train_are_its_formation(run: Results) -> None:
    under = run.equipment.filter(pl.col("state") == "under a train")
    counts = under.group_by("part_of").agg(pl.len())
    east = run.trains.filter(pl.col("service") == "east")["train"]
    assert set(counts["part_of"]) == set(east)
    assert counts["len"].unique().to_list() == [40]


def test_books_balance_after_every_event(tmp_path: Path) -> None:
    short = scenario(tmp_path, SMALL, "horizon=9 d", "fleets.boxes.at={burundai: 200, jinan: 5}")
    simulate(short, debug=True)


@pytest.mark.parametrize("fault", ["lost wagon", "doubled box", "lost goods"])
def test_books_find_what_is_lost_or_doubled(tmp_path: Path, fault: str) -> None:
    corridor = Builder(scenario(tmp_path, SMALL).tables, 1, 0).build()
    corridor.env.run(until=200.0)
    assert imbalance(corridor) == []
    if fault == "lost wagon":
        corridor.equipment.stock("burundai", "w1520").take(1)
        said = "of w1520 is at hand; counted"
    elif fault == "doubled box":
        (unit,) = corridor.equipment.stock("jinan", "boxes").take(1)
        corridor.equipment.stock("jinan", "boxes").add(np.array([unit, unit]), 200.0)
        said = "of boxes is at hand; counted"
    else:
        waiting = corridor.services["east"].waiting
        assert waiting.take(INF, 1) is not None
        said = "is in 0 places"
    assert any(said in line for line in imbalance(corridor))


WEAR = """
title: a crane that wears
start: 2024-01-01
horizon: 20 d
stations:
  depot: {work: {check: {kind: servers, servers: 1, time: 2 h}}}
background:
  trains: {from: depot, route: [depot/check], trains: 6 /d, arrivals: regular}
disruptions:
  wear: {on: [depot/check], after: 10 h, lasts: 7 h}
"""


def test_breakdowns_come_by_use(tmp_path: Path) -> None:
    # Two hours in every four: the fifth train ends ten hours of work at 18 h; until 25 h nothing
    # moves, so the sixth (due at 20 h) starts then. The tenth ends the next ten hours at 38 h.
    stages = simulate(scenario(tmp_path, WEAR)).stages.drop_nulls("end_h")
    starts = stages["start_h"].to_list()
    assert starts[:6] == pytest.approx([0.0, 4.0, 8.0, 12.0, 16.0, 25.0])
    assert starts[6:11] == pytest.approx([27.0, 29.0, 32.0, 36.0, 45.0])


def test_cranes_wear_too(tmp_path: Path) -> None:
    plain = simulate(scenario(tmp_path, SMALL))
    worn = simulate(
        scenario(
            tmp_path,
            SMALL
            + '  wear: {on: [alashankou/cranes], after: "exponential(mean: 30 h)", lasts: 20 h}\n',
        )
    )
    down = worn.levels.filter(pl.col("series") == "wear: alashankou/cranes down")
    assert down["level"].max() >= 1
    assert worn.containers["delivered_h"].count() < plain.containers["delivered_h"].count()
    (cranes,) = [r for r in worn.meta["resources"] if r["name"] == "alashankou/cranes"]
    ups = down.with_columns(up=pl.col("level").diff().fill_null(pl.col("level")) > 0)["up"].sum()
    assert ups == pytest.approx(cranes["used"] / 30.0, rel=0.35)
