"""Policies at work in a corridor: what they hold back, hurry, send elsewhere or bring."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results
from sim.results.integrity import impossible, unaccounted
from tests.corridor.small import SMALL, scenario


def run(folder: Path, *sets: str, text: str = SMALL) -> Results:
    results = simulate(scenario(folder, text, *sets))
    assert impossible(results) == unaccounted(results) == []
    return results


def hours(results: Results, cause: str) -> float:
    return float(results.waits.filter(pl.col("cause") == cause)["hours"].sum())


JAM = ("background.transit.trains=16 /d", "disruptions.storm.days=8 d")


def test_an_embargo_keeps_the_approach_free_and_says_so(tmp_path: Path) -> None:
    rule = "policies.admission={rule: embargo, above: 20, below: 5, review: 6 h}"
    free, held = run(tmp_path, *JAM), run(tmp_path, *JAM, rule)

    def most(results: Results) -> float:
        gate = results.levels.filter(
            pl.col("series").is_in(["dostyk: trains waiting", "border: trains waiting"])
        )
        return float(gate["level"].max())

    assert most(free) > most(held)
    waited = held.stages.filter(pl.col("activity") == "admission")
    assert waited["cause"].unique().to_list() == ["border: not admitted"]
    assert hours(held, "border: not admitted") > 0.0
    assert hours(free, "border: not admitted") == 0.0


def test_metering_lets_so_many_trains_a_day_set_out(tmp_path: Path) -> None:
    wagons = "fleets.w1520.at={burundai: 4000}"
    results = run(tmp_path, *JAM, wagons, "policies.admission={rule: metering, per_day: 9}")
    set_out = results.trains.filter(pl.col("service").is_in(["east", "transit"]))
    first = results.stages.filter(pl.col("activity") == "admission")
    # Trains start on their way when admitted: a background one after its wait, others as formed.
    waits = dict(first.select("train", "end_h").iter_rows())
    begun = [
        waits.get(train, formed)
        for train, formed in set_out.select("train", "formed_h").iter_rows()
    ]
    days = pl.Series([int(t // 24) for t in begun if t is not None]).value_counts()
    assert days["count"].max() == 9


def test_bookings_follow_each_other_at_their_headway(tmp_path: Path) -> None:
    results = run(
        tmp_path,
        "policies.admission={rule: booking, every: 2 h, notice: 5 h, classes: [transit]}",
        "background.transit.trains=6 /d",
    )
    stood = results.stages.filter(pl.col("activity") == "admission").drop_nulls("end_h")
    assert stood.height > 100
    waited = stood["end_h"] - stood["in_h"]
    assert waited.min() >= 5.0 - 1e-9
    slots = stood["end_h"].sort().to_numpy() / 2.0
    assert abs(slots - slots.round()).max() < 1e-9
    assert len(set(slots.round())) == len(slots)


@pytest.mark.parametrize("rule", ["pre-clearance", "green-lane"])
def test_cleared_trains_spend_less_time_at_customs(tmp_path: Path, rule: str) -> None:
    check = "stations.alashankou.work.customs.check=quarantine"
    usual = run(tmp_path, check)
    cleared = run(tmp_path, check, f"policies.customs={{rule: {rule}, share: 1, left: 0.25}}")

    def work(results: Results) -> pl.Series:
        rows = results.stages.filter(
            (pl.col("place") == "alashankou") & (pl.col("activity") == "customs")
        ).drop_nulls("end_h")
        return rows["end_h"] - rows["start_h"]

    assert usual.stages.height > 0
    assert work(usual).min() == pytest.approx(2.0)
    assert work(cleared).min() == pytest.approx(0.5)
    assert work(cleared).mean() < work(usual).mean()


def test_nothing_is_left_to_do_for_trains_cleared_in_full(tmp_path: Path) -> None:
    results = run(
        tmp_path,
        "stations.alashankou.work.customs.check=quarantine",
        "policies.customs={rule: pre-clearance, share: 1, left: 0}",
    )
    assert results.stages.filter(pl.col("activity") == "customs").height == 0


def test_draws_of_others_stay_when_customs_change(tmp_path: Path) -> None:
    check = "stations.alashankou.work.customs.check=quarantine"
    a = run(tmp_path, check)
    b = run(tmp_path, check, "policies.customs={rule: green-lane, share: 0}")
    assert a.containers.equals(b.containers)


PASSING = SMALL.replace(
    "  onward:",
    """  transit-slots:
    from: burundai
    route: [west, dostyk/kz, border, alashankou/cranes]
    length: 40
    class: transit
    passing: {every: 6 h, free: "uniform(low: 0, high: 0.5)"}
    crossing: altynkol
  onward:""",
)


def test_passing_trains_take_what_fits_their_free_slots(tmp_path: Path) -> None:
    results = run(tmp_path, text=PASSING)
    trains = results.trains.filter(pl.col("service") == "transit-slots")
    assert trains["boxes"].unique().to_list() == [40]  # cranes move all of the train
    assert trains["slots"].null_count() == trains.height
    gaps = trains["formed_h"].diff().drop_nulls()
    assert gaps.min() == pytest.approx(6.0) and gaps.max() == pytest.approx(6.0)
    by = results.containers.group_by("first_train").agg(pl.len().alias("ours"))
    ours = trains.join(by, left_on="train", right_on="first_train", how="left")["ours"].fill_null(0)
    assert 0 < ours.max() <= 20


def test_a_share_that_floats_a_little_low_still_gives_its_slots(tmp_path: Path) -> None:
    text = PASSING.replace('"uniform(low: 0, high: 0.5)"', "0.58").replace(
        "length: 40\n    class: transit", "length: 50\n    class: transit"
    )
    results = run(tmp_path, "services.transit-slots.passing.every=10 d", text=text)
    passing = results.trains.filter(pl.col("service") == "transit-slots")["train"]
    ours = results.containers.filter(pl.col("first_train").is_in(passing.implode()))
    # 0.58 * 50 is 28.999999999999996
    assert ours.group_by("first_train").len()["len"].max() == 29


def test_passing_trains_ask_to_be_admitted(tmp_path: Path) -> None:
    rule = "policies.admission={rule: metering, per_day: 2, classes: [guests]}"
    text = PASSING.replace("class: transit", "class: guests")
    results = run(tmp_path, rule, text=text)
    passing = results.trains.filter(pl.col("service") == "transit-slots")
    first = results.stages.filter(pl.col("activity") == "admission")
    waits = dict(first.select("train", "end_h").iter_rows())
    begun = [
        waits.get(train, formed)
        for train, formed in passing.select("train", "formed_h").iter_rows()
    ]
    days = pl.Series([int(t // 24) for t in begun if t is not None]).value_counts()
    assert days.height > 50
    assert days["count"].max() == 2


PORTS = """
extends: base.yaml
stations:
  qingdao: &port
    work: {cranes: {kind: cranes, cranes: 2, time: 3 min}}
    liners: {far: {every: 7 d, slots: 400, cranes: 4, time: 2 min, voyage: 10 d, share: 1}}
  rizhao: *port
  jinan: {liners: null}
lines:
  to-qingdao: {from: jinan, to: qingdao, length: 390 km, speed: 1000 km/d}
  to-rizhao: {from: jinan, to: rizhao, length: 350 km, speed: 1000 km/d}
services:
  qingdao: {from: jinan, route: [to-qingdao, qingdao/cranes], length: 40, dispatch: when-full}
  rizhao: {from: jinan, route: [to-rizhao, rizhao/cranes], length: 40, dispatch: when-full}
supplies:
  barley: {to: {jinan: 0.4, qingdao: 0.6, rizhao: 0}}
"""


TWO_WAYS = """
title: two crossings, one of them with a jam that stands on the way to it
start: 2024-01-01
horizon: 20 d
commodities: {grain: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {west: 2000}}}
stations:
  west: {stuffing: {lines: 9, time: 0 h, fleet: boxes}}
  north: {tracks: 2}
  south: {tracks: 2}
  east: {delivery: {dwell: 0 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines:
  up: {from: west, to: north, length: 24 km, speed: 240 km/d, places: 50}
  down: {from: west, to: south, length: 24 km, speed: 240 km/d, places: 50}
  over:
    from: north
    to: east
    length: 24 km
    speed: 240 km/d
    acceptance: {toward: east, per_day: 6 /d}
  under:
    from: south
    to: east
    length: 24 km
    speed: 240 km/d
    acceptance: {toward: east, per_day: 3 /d}
services:
  by-north: {from: west, route: [up, over], length: 5, crossing: north, dispatch: when-full}
  by-south: {from: west, route: [down, under], length: 5, crossing: south, dispatch: when-full}
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, volume: 400 t/d, lot: 5, to: {east: 1}}
background:
  others: {from: west, route: [up, over], trains: 30 /d, limit: 30, arrivals: regular}
policies: {crossing: shortest-expected-wait}
"""


def test_the_shortest_wait_counts_all_that_stand_on_the_way_to_a_crossing(tmp_path: Path) -> None:
    # Thirty trains of others come in the first day: two stand at north, the rest on the line to
    # it.  South passes three a day and has four of ours: slower by its gate, sooner in all.
    results = run(tmp_path, text=TWO_WAYS)
    first = results.containers.filter(pl.col("ready_h").is_between(30.0, 60.0))
    assert first.height > 20
    assert set(first["crossing"]) == {"south"}


@pytest.mark.parametrize("rule", ["least-loaded", "onward-liner"])
def test_ports_share_the_load_and_inland_goods_stay(tmp_path: Path, rule: str) -> None:
    (tmp_path / "base.yaml").write_text(SMALL)
    fixed = run(tmp_path, text=PORTS)
    spread = run(tmp_path, f"policies.port={rule}", text=PORTS)

    def share(results: Results, port: str) -> float:
        return float((results.containers["destination"] == port).mean())

    assert share(fixed, "rizhao") == 0.0
    assert share(spread, "jinan") == share(fixed, "jinan")
    assert share(spread, "rizhao") > 0.1 or rule == "onward-liner"
    assert share(spread, "qingdao") > 0.1


def test_hired_boxes_let_goods_go_and_are_given_back(tmp_path: Path) -> None:
    few = "fleets.boxes.at={burundai: 100, jinan: 0}"
    without = run(tmp_path, few)
    hired = run(tmp_path, few, "policies.empties={rule: hire, lead: 3 d, most: 200}")
    assert hired.containers["stuffed_h"].count() > 3 * without.containers["stuffed_h"].count()
    units = hired.equipment.filter("hired")
    assert units.height > 0
    back = units.filter(pl.col("state") == "given back")
    assert 0 < back["unit"].n_unique() < units["unit"].n_unique()
    # Once given back, a unit does nothing more.
    last = units.sort("unit", "begin_h").group_by("unit", maintain_order=True).last()
    assert back["unit"].is_in(last.filter(pl.col("state") == "given back")["unit"].implode()).all()


def test_repositioning_brings_boxes_where_they_lack(tmp_path: Path) -> None:
    west = """
extends: base.yaml
services:
  home:
    from: jinan
    route: [china, border, west]
    length: 40
    dispatch: {rule: with-empties, boxes: 30, every: 12 h}
fleets:
  boxes: {at: {burundai: 100, jinan: 600}}
"""
    (tmp_path / "base.yaml").write_text(SMALL)
    none = run(tmp_path, text=west)
    stock = run(
        tmp_path, "policies.empties={rule: safety-stock, stock: {burundai: 400}}", text=west
    )
    assert none.trains.filter(pl.col("service") == "home").height == 0
    trains = stock.trains.filter(pl.col("service") == "home")
    assert trains.height > 5
    assert trains["boxes"].min() >= 30
    assert stock.containers["stuffed_h"].count() > 2 * none.containers["stuffed_h"].count()
