"""Goods in wagons that are emptied at the border, and containers of several kinds."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.accounts import accounts
from sim.results.integrity import impossible
from sim.scenario import ScenarioError
from sim.study.implied import implied
from tests.corridor.small import scenario

WAGONS = """
title: grain in covered wagons, lifted into others at the border
start: 2024-01-01
horizon: 10 d
commodities: {grain: {load: 26 t, load_in: {covered: 60 t}}}
fleets:
  boxes: {kind: containers, at: {west: 100}}
  covered:
    {kind: wagons, gauge: 1520, at: {west: 10}, returns: [{from: border, to: west, time: 12 h}]}
  narrow:
    {kind: wagons, gauge: 1435, at: {border: 20}, returns: [{from: east, to: border, time: 12 h}]}
stations:
  west: {stuffing: {lines: 1000, time: 0 h, fleet: boxes}}
  border: {work: {lift: {kind: cranes, cranes: 2, time: 1 h, lifts: goods}}}
  east: {delivery: {dwell: 1 h, time: 1 h, stripping: 5 h, fleet: boxes}}
lines:
  wide: {from: west, to: border, gauge: 1520, length: 240 km, speed: 240 km/d}
  slim: {from: border, to: east, gauge: 1435, length: 240 km, speed: 240 km/d}
services:
  grain-trains:
    {from: west, route: [wide, border/lift], length: 10, carries: wagonloads, dispatch: when-full}
  box-trains: {from: west, route: [wide], length: 10, dispatch: when-full}
  onward:
    {from: border, route: [slim], length: 10, carries: wagonloads, wagons: narrow,
     dispatch: when-full}
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, fleet: covered, volume: 1440 t/d, lot: 10,
     to: {east: 1}, arrivals: regular}
"""


@pytest.fixture(scope="module")
def grain(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return simulate(scenario(tmp_path_factory.mktemp("grain"), WAGONS), debug=True)


def test_goods_go_on_when_lifted_and_wagons_go_home(grain: Results) -> None:
    # Ten wagons leave at 0 h and run 24 h; two cranes lift one an hour each, the last at 29 h;
    # the train on the other gauge is full then, runs 24 h, and a dwell and a truck take 2 h.
    first = grain.containers.head(10)
    assert first["delivered_h"].to_list() == pytest.approx([55.0] * 10)
    assert first["tonnes"].to_list() == [60.0] * 10
    assert grain.legs.head(10)["unloaded_h"].to_list() == pytest.approx(
        [25.0, 25.0, 26.0, 26.0, 27.0, 27.0, 28.0, 28.0, 29.0, 29.0]
    )
    spells = grain.equipment.filter(pl.col("fleet") == "covered", pl.col("unit") == 100)
    assert spells["state"].to_list()[:4] == ["at hand", "laden", "on its way back", "at hand"]
    assert spells["begin_h"].to_list()[1:4] == pytest.approx([0.0, 25.0, 37.0])
    assert impossible(grain) == []


def test_goods_wait_for_wagons_by_name(grain: Results) -> None:
    # All ten wagons are away when the second lot is ready at 10 h; the first is back at 37 h.
    waits = grain.waits.filter(pl.col("cause") == "west: no empty covered")
    second = waits.filter(pl.col("container").is_between(10, 19)).sort("container")
    assert second["hours"].to_list()[:4] == pytest.approx([27.0, 27.0, 28.0, 28.0])


def test_wagonloads_are_tonnes_and_no_containers(grain: Results) -> None:
    figures = kpis(grain)
    assert figures["delivered_containers"].value == 0
    assert figures["delivered_t"].value == pytest.approx(
        60.0 * grain.containers["delivered_h"].count()
    )


def test_a_wagonload_goes_on_as_many_trucks_as_it_fills(tmp_path: Path) -> None:
    """Sixty tonnes are no load for the truck that takes a container; without a rate they are."""
    rate = "costs: {trucking: 250 USD%s}\n"
    for more, usd in (("", 250.0), (", trucking_wagonload: 750 USD", 750.0)):
        paid = accounts(simulate(scenario(tmp_path, WAGONS + rate % more)))
        mine = paid.filter(pl.col("part") == "stuffing and delivery")
        assert mine.height > 5 and set(mine["usd"]) == {usd}


def test_the_wagons_needed_follow_from_the_turnaround(tmp_path: Path) -> None:
    # One wagon an hour; 24 h on the line, 5 h under the cranes, 12 h back.
    found = implied(scenario(tmp_path, WAGONS))
    assert found.wagons["covered"] == pytest.approx({"needed": 41.0, "there": 10.0})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", load_in: {covered: 60 t}", "", "nobody says how much grain a wagon of `covered` holds"),
        ("fleet: covered", "fleet: coverd", "unknown fleet `coverd`; did you mean `covered`?"),
        (
            "{from: border, route: [slim], length: 10, carries: wagonloads,",
            "{from: border, route: [slim], length: 10,",
            "no chain of services with `carries: wagonloads` leads from `west` to `east`",
        ),
    ],
)
def test_what_cannot_be_loaded_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WAGONS
    with pytest.raises(ScenarioError, match="small") as caught:
        scenario(tmp_path, WAGONS.replace(old, new))
    assert said in str(caught.value)


REEFERS = """
title: meat in reefers, grain in dry boxes
start: 2024-01-01
horizon: 40 d
commodities: {grain: {load: 26 t}, meat: {load: 20 t}}
fleets:
  boxes: {kind: containers, at: {west: 40, east: 30}}
  reefers: {kind: containers, at: {west: 4}}
stations:
  west: {stuffing: {lines: 1000, time: 0 h, fleet: boxes}}
  east: {delivery: {dwell: 0 h, time: 1 h, stripping: 0 h, fleet: boxes}}
lines: {line: {from: west, to: east, length: 240 km, speed: 240 km/d}}
services:
  out:
    {from: west, route: [line], length: 12, dispatch: {rule: timetable, every: 48 h, first: 1 h}}
  home:
    from: east
    route: [line]
    length: 12
    dispatch: {rule: timetable, every: 48 h, first: 40 h, minimum: 0}
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, volume: 130 t/d, lot: 5, to: {east: 1},
     arrivals: regular}
  meat:
    {region: here, terminal: west, commodity: meat, fleet: reefers, volume: 20 t/d, lot: 2,
     to: {east: 1}, arrivals: regular}
policies:
  empties: {rule: fill-slots, keep: {east: 25, east/reefers: 1}}
"""


def test_each_kind_of_container_carries_its_own_goods_and_comes_home(tmp_path: Path) -> None:
    results = simulate(scenario(tmp_path, REEFERS), debug=True)
    laden = results.equipment.filter(pl.col("state") == "laden").join(
        results.containers, left_on="part_of", right_on="container", suffix="_goods"
    )
    pairs = set(laden.select("fleet", "commodity").unique().rows())
    assert pairs == {("boxes", "grain"), ("reefers", "meat")}
    assert laden.filter(pl.col("fleet") == "reefers").height > 8  # four reefers, used again
    causes = set(results.waits["cause"].drop_nulls())
    assert "west: no empty reefers" in causes
    # Of each kind so many stay in the east as the rule keeps there.
    last = results.levels.group_by("series", maintain_order=True).agg(pl.col("level").last())
    left = dict(last.rows())
    assert left["east: empty reefers"] >= 1.0
    assert left["east: empty boxes"] >= 25.0


def test_a_rule_may_name_the_stock_of_another_fleet_only_where_there_is_one(
    tmp_path: Path,
) -> None:
    with pytest.raises(ScenarioError, match="unknown station `east/refers`"):
        scenario(tmp_path, REEFERS.replace("east/reefers: 1", "east/refers: 1"))
