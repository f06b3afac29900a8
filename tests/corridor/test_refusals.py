"""Lots that a laboratory turns back: emptied on the spot, or home by rail."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.accounts import accounts
from sim.results.integrity import impossible, unaccounted
from tests.corridor.small import SMALL, scenario

HOME = """
lines:
  back: {from: alashankou, to: burundai, length: 882 km, speed: 800 km/d}
services:
  back: {from: alashankou, route: [back], length: 40, dispatch: {rule: threshold, boxes: 1,
         longest_hold: 1 h}}
stations:
  burundai: {delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}}
"""


def run(folder: Path, *sets: str, text: str = SMALL) -> Results:
    text = text.replace("slots: 50", "slots: 50, reject: 40 %, disposal: 3 d")
    text = text.replace("share: {grain: 0.1}", "share: {grain: 0.5}")
    return simulate(scenario(folder, text, *sets))


def test_what_is_refused_is_not_delivered_and_its_box_is_empty_there(tmp_path: Path) -> None:
    results = run(tmp_path)
    refused = results.containers.filter(pl.col("rejected_h").is_not_null())
    answered = results.waits.filter(pl.col("cause") == "alashankou/lab: analysis")
    assert refused.height / answered.height == pytest.approx(0.4, abs=0.1)
    assert refused["delivered_h"].is_null().all()
    assert impossible(results) == unaccounted(results) == []
    assert kpis(results)["rejected_t"].value == refused["tonnes"].sum()
    empty = results.equipment.filter(
        (pl.col("place") == "alashankou") & (pl.col("state") == "at hand")
    )
    long_ago = refused.filter(pl.col("rejected_h") < results.horizon_h - 72.0)
    assert empty["unit"].n_unique() == long_ago.height
    spent = results.waits.group_by("container").agg(pl.col("hours").sum())
    both = refused.join(spent, on="container")
    assert (both["hours"] - (both["rejected_h"] - both["ready_h"])).abs().max() < 1e-6


def test_a_lot_is_sampled_and_refused_as_a_whole(tmp_path: Path) -> None:
    results = run(
        tmp_path, "stations.alashankou.work.lab.by=lot", "stations.alashankou.work.lab.slots=5000"
    )
    boxes = results.containers.with_row_index("row").with_columns(lot=pl.col("row") // 10)
    through = boxes.filter(pl.col("border_in_h") < results.horizon_h - 24 * 15)
    whole = (
        through.group_by("lot")
        .agg(pl.col("rejected_h").is_not_null().sum().alias("refused"), pl.len().alias("boxes"))
        .filter(pl.col("boxes") == 10)
    )
    assert set(whole["refused"].unique()) == {0, 10}


def test_contract_lots_that_end_short_are_sampled_each_as_a_whole(tmp_path: Path) -> None:
    # Lots of 10, 10 and 5 boxes, and the last box holds 6 t: one luck each, none shared.
    dates = ", ".join(f"2023-01-{day:02}: 630 t" for day in range(1, 16))
    results = run(
        tmp_path,
        "stations.alashankou.work.lab.by=lot",
        "stations.alashankou.work.lab.slots=5000",
        text=SMALL.replace("volume: 900 t/d", f"contracts: {{{dates}}}\n    lot: 10"),
    )
    boxes = results.containers.with_row_index("row").with_columns(
        lot=pl.col("row") // 25 * 3 + pl.col("row") % 25 // 10
    )
    through = boxes.filter(pl.col("border_in_h") < results.horizon_h - 24 * 15)
    whole = through.group_by("lot").agg(
        pl.col("rejected_h").is_not_null().sum().alias("refused"), pl.len().alias("boxes")
    )
    whole = whole.filter(pl.col("boxes") == pl.when(pl.col("lot") % 3 == 2).then(5).otherwise(10))
    assert whole.height > 20
    assert whole.filter(pl.col("refused") > 0).height > 3
    assert whole.filter(pl.col("refused").is_between(1, pl.col("boxes") - 1)).height == 0


def test_refused_goods_go_home_where_a_train_goes(tmp_path: Path) -> None:
    path = tmp_path / "base.yaml"
    path.write_text(SMALL.replace("slots: 50", "slots: 50, reject: 40 %"))
    costs = "costs: {stuffing: 10 USD, trucking: 20 USD}\n"
    results = simulate(scenario(tmp_path, f"extends: {path}\n{HOME}{costs}"))
    refused = results.containers.filter(pl.col("rejected_h").is_not_null())
    home = results.containers.filter(pl.col("flow") == "returns")
    assert home.height == refused.height > 10
    assert home["origin"].unique().to_list() == ["alashankou"]
    assert home["destination"].unique().to_list() == ["burundai"]
    assert home["delivered_h"].count() > 0
    assert impossible(results) == unaccounted(results) == []
    # Nothing of it counts as exports delivered.
    delivered = kpis(results)["delivered_t"].value
    exports = results.containers.filter(pl.col("flow") == "exports")
    assert delivered == exports.drop_nulls("delivered_h")["tonnes"].sum()
    # They were filled when they went out, and pay a truck when they are home.
    ends = accounts(results).filter(pl.col("part") == "stuffing and delivery")
    paid = home.join(ends, on="container", how="left").select("delivered_h", "usd")
    assert set(paid.drop_nulls("delivered_h")["usd"]) == {20.0}
    assert paid.filter(pl.col("delivered_h").is_null())["usd"].is_null().all()
