"""The accounts of two trips worked out by hand, and what must balance in any run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.accounts import PARTS, accounts, emitted
from sim.results.by_train import ByTrain
from sim.results.ledger import closing, imbalances
from sim.results.tables import TABLES
from sim.results.upkeep import open_costs
from sim.scenario import ScenarioError
from tests.corridor.small import SMALL, scenario

TWO_TRIPS = """
title: two boxes go out twice and run home empty between
start: 2024-01-01
horizon: 190 h
commodities: {grain: {load: 20 t}}
fleets:
  boxes: {kind: containers, at: {west: 2}}
  flats: {kind: wagons, gauge: 1520, at: {west: 2}, returns: [{from: border, to: west, time: 5 h}]}
stations:
  west: {stuffing: {lines: 9, time: 0 h, fleet: boxes}}
  border:
    work:
      lift: {kind: cranes, cranes: 2, time: 1 h}
      bogies: {kind: servers, servers: 2, time: 0 h}
  east: {delivery: {dwell: 5 h, time: 1 h, stripping: 3 h, fleet: boxes}}
lines:
  wide:
    from: west
    to: border
    gauge: 1520
    length: 100 km
    speed: 10 km/h
    acceptance: {toward: border, per_day: 10000 /d}
  slim: {from: border, to: east, gauge: 1435, length: 200 km, speed: 10 km/h}
services:
  out: {from: west, route: [wide, border/lift], length: 2, wagons: flats, dispatch: when-full}
  on: {from: border, route: [slim], length: 2, dispatch: when-full}
  home:
    from: east
    route: [slim, border/bogies, border/lift, wide]
    length: 2
    dispatch: {rule: timetable, every: 48 h, first: 48 h, minimum: 0}
supplies:
  grain:
    region: here
    terminal: west
    commodity: grain
    contracts: {2024-01-01: 40 t, 2024-01-06: 40 t}
    to: {east: 1}
policies: {empties: fill-slots}
costs:
  haul: {1520: 0.1 USD/t/km, 1435: 0.02 USD/t/km}
  haul_empty: {1520: 0.5 USD/box/km, slim: 0.25 USD/box/km}
  works: {border/lift: 300 USD/box, border/bogies: 12 USD}
  stuffing: 10 USD
  trucking: 20 USD
  storage: 24 USD/d
  equipment: {boxes: 24 USD/d, flats: 48 USD/d}
  waiting: 0.24 USD/t/d
  co2e: {1520: 20 g/t/km, 1435: 10 g/t/km}
  co2e_empty: {1520: 100 g/box/km, 1435: 50 g/box/km}
"""
# Out at 0 h, ten hours to the border, an hour under the cranes, twenty hours on: in the yard at
# 31 h, on the truck at 36 h, free at 40 h.  The train at 48 h takes both boxes home, which are
# lifted as laden ones are and share what is paid for their train.
FIRST = {
    "line haul": 20 * (100 * 0.1 + 200 * 0.02),
    "gauge change": 300.0,
    "stuffing and delivery": 30.0,
    "storage": 5.0,
    "equipment hire": 40.0 + 11 * 2.0,
    "waiting": 5 * 20 * 0.01,
}
# Ready at 120 h: the box is paid from 40 h to 160 h, the flat from 11 h to 131 h.
SECOND = {
    **FIRST,
    "equipment hire": 120.0 + 120 * 2.0,
    "repositioning": 100 * 0.5 + 200 * 0.25 + 300.0 + 12 / 2,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return simulate(scenario(tmp_path_factory.mktemp("accounts"), TWO_TRIPS), debug=True)


def test_every_part_of_both_trips(run: Results) -> None:
    paid = accounts(run)
    for container, parts in enumerate((FIRST, FIRST, SECOND, SECOND)):
        mine = paid.filter(pl.col("container") == container)
        assert dict(mine.select("part", "usd").rows()) == pytest.approx(parts)


def test_key_figures_are_their_sum_over_tonnes(run: Results) -> None:
    figures = kpis(run)
    total = 2 * (sum(FIRST.values()) + sum(SECOND.values()))
    assert figures["cost_per_t"].value == pytest.approx(total / 80)
    assert figures["cost_per_container"].value == pytest.approx(total / 4)
    parts = [figures[f"cost_{p.replace(' ', '_')}_per_t"].value for p in PARTS]
    assert sum(p or 0.0 for p in parts) == pytest.approx(total / 80)
    assert figures["tonne_km"].value == pytest.approx(4 * 20 * 300)
    # 20 t over 100 km at 20 g and 200 km at 10 g; the second trip brought its empty box.
    assert figures["co2e_per_t"].value == pytest.approx((80 + 100) * 2 / 80)
    each = [emitted(run, ByTrain(run), np.arange(5) == container) for container in range(4)]
    assert each == pytest.approx([0.08, 0.08, 0.1, 0.1])


def test_what_sails_pays_for_the_ship_and_no_truck(tmp_path: Path) -> None:
    ship = "liners: {sea: {every: 1 d, slots: 9, cranes: 1, time: 1 h, voyage: 2 d, share: 1}}"
    east = "stripping: 3 h, fleet: boxes}"
    text = TWO_TRIPS.replace(f"{east}}}", f"{east}, {ship}}}")
    run = simulate(scenario(tmp_path, text.replace("trucking:", "shipping: 40 USD\n  trucking:")))
    # The ship of the second day has the first two aboard at 50 h.  Boxes are free after its voyage
    # and home at 175 h, so that the other goods are filled into them and on their way at the end.
    delivered = run.containers["delivered_h"].is_not_null().to_list()
    assert delivered == [True, True, False, False]
    ends = accounts(run).filter(pl.col("part") == "stuffing and delivery")
    assert ends["usd"].to_list() == [50.0, 50.0, 10.0, 10.0]


def test_what_is_fixed_is_paid_by_the_hour_whatever_moves(tmp_path: Path) -> None:
    fixed = """  fixed:
    night-shift: {value: 24 USD/d, changes: {2024-01-03: 48 USD/d}}
    sidings: 12 USD/h
"""
    run = simulate(scenario(tmp_path, TWO_TRIPS + fixed), debug=True)
    # Two days at a dollar an hour, then two; and twelve an hour all the time.
    night, sidings = 48.0 * 1.0 + (190.0 - 48.0) * 2.0, 190.0 * 12.0
    trips = 2 * (sum(FIRST.values()) + sum(SECOND.values()))
    figures = kpis(run)
    assert figures["cost_fixed_per_t"].value == pytest.approx((night + sidings) / 80)
    assert figures["cost_per_t"].value == pytest.approx((trips + night + sidings) / 80)
    assert figures["cost_per_container"].value == pytest.approx((trips + night + sidings) / 4)
    money = closing(run).filter(pl.col("state") == "fixed")
    assert dict(money.select("item", "amount").rows()) == pytest.approx(
        {"night-shift": night, "sidings": sidings}
    )
    # Trips are charged as before, and nothing is lost.
    assert accounts(run)["usd"].sum() == pytest.approx(trips)
    assert not imbalances(run)


def test_what_is_fixed_is_counted_after_the_warm_up(tmp_path: Path) -> None:
    text = TWO_TRIPS.replace("horizon: 190 h", "horizon: 190 h\nwarmup: 24 h")
    fixed = "  fixed: {night-shift: {value: 24 USD/d, changes: {2024-01-03: 0 USD/d}}}\n"
    run = simulate(scenario(tmp_path, text + fixed))
    delivered = kpis(run)["delivered_t"].value
    assert delivered and kpis(run)["cost_fixed_per_t"].value == pytest.approx(24.0 / delivered)
    without = kpis(simulate(scenario(tmp_path, text)))
    assert without["cost_fixed_per_t"].value is None and without["cost_per_t"].value is not None


def test_what_equipment_costs_is_charged_or_stands_open(run: Results) -> None:
    assert open_costs(run) == pytest.approx(2 * 30.0 + 2 * 59 * 2.0)
    hire = accounts(run).filter(pl.col("part") == "equipment hire")["usd"].sum()
    assert hire + open_costs(run) == pytest.approx(190.0 * (2 * 1.0 + 2 * 2.0))


def test_money_balances_in_a_run_with_luck_in_it(tmp_path: Path) -> None:
    costs = "costs: {equipment: {boxes: 24 USD/d, w1520: 48 USD/d}}\n"
    results = simulate(scenario(tmp_path, SMALL + costs))
    paid = accounts(results)["usd"].sum() + open_costs(results)
    assert paid == pytest.approx(60 * 24.0 * (2300 * 1.0 + 160 * 2.0))


def test_a_rate_by_the_train_or_the_sample_is_charged_as_often_as_it_was_done(
    tmp_path: Path,
) -> None:
    works = "costs: {works: {alashankou/customs: 500 USD, alashankou/lab: 900 USD}}\n"
    results = simulate(scenario(tmp_path, SMALL + works))
    usd = accounts(results)["usd"]
    trains = results.stages.filter(activity="customs").drop_nulls("end_h")["train"]
    sampled = results.waits.filter(cause="alashankou/lab: analysis")["container"].n_unique()
    assert trains.len() > 20 and sampled > 50
    # with goods on each of them, which share what their train paid
    assert trains.is_in(results.legs["train"].unique().implode()).all()
    assert usd.sum() == pytest.approx(500.0 * trains.len() + 900.0 * sampled)
    (share,) = set(usd.filter(usd < 900.0).round(9))
    assert share == pytest.approx(500.0 / 40)


def test_the_closing_ledger_has_everything(run: Results) -> None:
    assert imbalances(run) == []
    book = {(b, i, s): a for b, i, s, a, _ in closing(run).iter_rows()}
    assert book["equipment", "boxes, own", "at hand"] == 2.0
    assert book["equipment", "flats, own", "at hand"] == 2.0
    assert book["goods", "exports", "delivered"] == 80.0
    assert book["money", "exports", "gauge change"] == pytest.approx(1200.0)
    assert book["money", "nobody", "equipment idle or under empty trains"] == pytest.approx(296.0)


def test_the_ledger_misses_what_is_lost(run: Results) -> None:
    def tables(**other: pl.DataFrame) -> Results:
        return Results(**{n: other.get(n, run.table(n)) for n in TABLES}, meta=run.meta)

    assert imbalances(tables()) == []
    gone = run.equipment.filter(pl.col("state") != "carried empty")
    assert "own units were there for 760.0 h, 698.0 h are known of" in imbalances(
        tables(equipment=gone)
    )


def test_a_ledger_balances_in_a_run_with_luck_in_it(tmp_path: Path) -> None:
    costs = "costs: {equipment: {boxes: 24 USD/d}, haul_empty: {west: 1 USD/km}}\n"
    results = simulate(scenario(tmp_path, SMALL + costs))
    assert imbalances(results) == []
    goods = closing(results).filter(pl.col("book") == "goods")
    assert set(goods["state"]) >= {"delivered", "under way", "arrived and not delivered"}


def test_turnaround_and_missing_empties(run: Results, tmp_path: Path) -> None:
    assert kpis(run)["wagon_turnaround_mean_h"].value == pytest.approx(120.0)
    assert kpis(run)["empties_short_mean"].value == 0.0
    few = simulate(scenario(tmp_path, SMALL, "fleets.boxes.at.burundai=300"))
    level = few.levels.filter(pl.col("series") == "burundai: goods waiting for empties")
    hours = np.diff([*level["time_h"], few.horizon_h])
    mean = float((level["level"].to_numpy() * hours).sum()) / few.horizon_h
    assert mean > 10.0
    assert kpis(few)["empties_short_mean"].value == pytest.approx(mean)


def test_without_costs_there_are_no_accounts(tmp_path: Path) -> None:
    results = simulate(scenario(tmp_path, TWO_TRIPS.split("costs:")[0]))
    assert accounts(results).is_empty()
    assert kpis(results)["cost_per_t"].value is None
    assert kpis(results)["tonne_km"].value == pytest.approx(4 * 20 * 300)


def test_hired_boxes_cost_their_price_and_no_days(tmp_path: Path) -> None:
    text = TWO_TRIPS.replace("{west: 2}}", "{west: 0}}").replace(
        "empties: fill-slots", "empties: {rule: hire, lead: 1 h, price: 700}"
    )
    hired = accounts(simulate(scenario(tmp_path, text)))
    first = hired.filter(pl.col("container") == 0, pl.col("part") == "equipment hire")
    assert first["usd"].to_list() == pytest.approx([700.0 + 12 * 2.0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("border/lift: 300", "border/lfit: 300", "unknown station/work `border/lfit`; did you"),
        ("{1520: 0.1 USD/t/km,", "{1530: 0.1 USD/t/km,", "unknown gauge or line `1530`"),
        ("0.1 USD/t/km", "0.1 USD/km", "`0.1 USD/km` is money per distance, not a freight rate"),
        ("flats: 48 USD/d", "flat: 48 USD/d", "unknown fleet `flat`; did you mean `flats`?"),
    ],
)
def test_rates_that_fit_nothing_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TWO_TRIPS
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, TWO_TRIPS.replace(old, new))
    assert said in str(caught.value)


def test_transit_is_from_the_first_train_to_the_last_arrival(run: Results) -> None:
    # Ten hours to the border, one under the cranes, twenty on.
    assert kpis(run)["transit_mean_h"].value == pytest.approx(31.0)
