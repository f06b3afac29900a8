"""What one more unit delivers, against sums on paper."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from sim.corridor import simulate
from sim.report.findings import left_words
from sim.results import kpis
from sim.scenario import Scenario, load
from sim.scenario.altering import altered
from sim.study.bottleneck import bottleneck, count_runs
from sim.study.increments import increments
from tests.corridor.small import SMALL
from tests.study.one import one

COUNTED = (28 * 24 - 55) / (28 * 24)
"""Share of the 28 days in which trains arrive: the first needs 55 h, its dwell included."""
CUSTOMS = 240 * 8760 * (1 / 3 - 1 / 4) * COUNTED
"""Trains of 240 t come every 3 h and pass every 4 h: what a second team brings in a year."""
TRAIN = 240 * 8760 / (28 * 24)
"""A train more or less at the horizon, as tonnes a year."""


def test_the_one_resource_that_binds_leads_with_what_it_brings(tmp_path: Path) -> None:
    made = bottleneck(one(tmp_path), replications=3, screen=1, top=3, jobs=1)
    table = made.table()
    first = table.row(0, named=True)
    assert (first["resource"], first["step"], first["verdict"]) == (
        "border/customs",
        "+1 server",
        "gains",
    )
    assert first["gain"] == pytest.approx(CUSTOMS, abs=TRAIN)
    assert first["gain_low"] <= first["gain"] <= first["gain_high"]
    assert first["lead"] < 0.0
    others = table.filter(table["resource"] != "border/customs")
    by_name = {r["resource"]: r for r in others.iter_rows(named=True)}
    assert by_name["block: length"]["verdict"] == "gains"  # 13 boxes a train instead of 12
    assert by_name["almaty/stuffing"]["gain"] == 0.0
    assert table["stage"].to_list() == ["refined"] * 3 + ["screened"]
    assert table["n"].to_list() == [3, 3, 3, 1]


def test_no_step_brings_more_than_what_is_left_to_deliver(tmp_path: Path) -> None:
    """By hand: 28 days of 240 t every 3 h are offered, customs pass 240 t every 4 h."""
    made = bottleneck(one(tmp_path), replications=2, screen=1, top=2, jobs=1)
    offered, left = made.room() or (0.0, 0.0)
    assert offered == pytest.approx(240 * 8760 / 3 + TRAIN)  # one is ready before all others
    assert left == pytest.approx(240 * 8760 * (1 / 3 - COUNTED / 4), abs=2 * TRAIN)
    table = made.table()
    assert table["left"].to_list() == [left] * table.height
    assert 0.0 < float(table["gain"].max() or 0.0) <= left  # type: ignore[arg-type]
    assert sorted(made.base) == [1, 2]  # the fresh ones, in which gains are shown
    said = left_words(offered, left)
    assert "no step can deliver more than" in said and "nearly all" not in said
    assert "97 % arrive as it is" in left_words(1000.0, 30.0)
    assert "nearly all" in left_words(1000.0, 30.0)


def test_a_tenth_more_rate_is_a_tenth_more_where_it_binds(tmp_path: Path) -> None:
    made = bottleneck(one(tmp_path), "rate", replications=2, screen=1, top=2, jobs=1)
    found = {r["resource"]: r for r in made.table().iter_rows(named=True)}
    customs = found["border/customs"]
    assert (customs["step"], customs["stage"]) == ("a tenth faster", "refined")
    assert customs["gain"] == pytest.approx(240 * 8760 / 4 * 0.1 * COUNTED, abs=TRAIN)
    # 12 boxes and a tenth are 13.2, so 14: a sixth more on each of the trains that pass
    length = 2 / 12 * 240 * 8760 / 4 * COUNTED
    assert found["block: length"]["gain"] == pytest.approx(length, abs=2 * TRAIN)


def test_two_that_bind_together_bring_more_than_each_alone(tmp_path: Path) -> None:
    # two gates of the same capacity in a row: either alone brings nothing
    twin = one(tmp_path, "lines.east.paths=6 trains/d")
    made = bottleneck(twin, replications=2, screen=1, top=6, pairs=6, jobs=1)
    table = {r["resource"]: r for r in made.table().iter_rows(named=True)}
    slack = 3 * TRAIN
    assert abs(table["border/customs"]["gain"]) < slack
    assert abs(table["east: paths"]["gain"]) < slack
    pairs = {
        frozenset((r["first"], r["second"])): r for r in made.pair_table().iter_rows(named=True)
    }
    both = pairs[frozenset(("border/customs", "east: paths"))]
    # seven trains a day pass then instead of six
    assert both["together"] == pytest.approx(240 * 365, abs=2 * slack)
    assert both["verdict"] == "more than the sum"
    width = len(made.refined)
    assert len(pairs) == width * (width - 1) // 2


@pytest.mark.parametrize("what", ["unit", "rate"])
def test_every_step_of_every_kind_makes_a_scenario(tmp_path: Path, what: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    small = load(path)
    made = increments(small, what)  # type: ignore[arg-type]
    names = [s.resource for s in made]
    assert len(names) == len(set(names))
    assert {
        "dostyk: tracks", "dostyk/kz", "alashankou/cranes", "alashankou/cranes tracks",
        "alashankou/lab: slots", "burundai/stuffing", "jinan: trucks", "jinan/east: slots",
        "west: paths", "west: places", "border: acceptance", "boxes at burundai",
        "w1520 at burundai", "east: length",
    } <= set(names)  # fmt: skip
    for step in made:
        assert altered(small, step.changes).hash != small.hash, step
    assert count_runs(small, what, 8, 2, 10, 0) == (len(made) + 1) * 2 + 11 * 8  # type: ignore[arg-type]


def test_a_step_is_what_its_words_say(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    timetable = "services.east.dispatch={rule: timetable, every: 84 h, minimum: 0}"
    path.write_text(SMALL)
    small = load(path, [timetable, "lines.west.paths=1.5 /h"])
    by_name = {s.resource: altered(small, s.changes).tables for s in increments(small)}
    assert by_name["border: acceptance"].lines[
        "border"
    ].acceptance.per_day.initial == pytest.approx(  # type: ignore[union-attr]
        16 / 24
    )
    # one a day more, whatever the unit it is written in
    assert by_name["west: paths"].lines["west"].paths.initial == pytest.approx(1.5 + 1 / 24)  # type: ignore[union-attr]
    assert by_name["east: trains"].services["east"].dispatch.parameters["every"] == "56 h"
    both = by_name["all services: length"].services
    assert [int(both[n].length) for n in ("east", "onward")] == [41, 41]
    assert "all services: trains" not in by_name  # one service only has a timetable
    assert by_name["w1520 at burundai"].fleets["w1520"].at["burundai"] == 200


def test_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    made = one(tmp_path)
    with pytest.raises(ValueError, match="'units' is no step; expected unit or rate"):
        bottleneck(made, "units")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="screen: 0 is too few"):
        bottleneck(made, screen=0)


def test_pairs_are_run_with_fresh_numbers_each_alone_among_them(tmp_path: Path) -> None:
    scenario, ran = one(tmp_path, "supplies.barley.arrivals=poisson"), []
    made = bottleneck(
        scenario, replications=2, screen=1, top=2, pairs=2, jobs=1, done=lambda: ran.append(1)
    )
    assert len(ran) == count_runs(scenario, "unit", 2, 1, 2, 2)
    (pair,) = made.pairs

    def delivered(alike: Scenario, r: int) -> float:
        value = kpis(simulate(alike, made.seed, r))["delivered_t"].value
        assert value is not None
        return value

    # 0 screened and 1 and 2 chose them
    first = altered(scenario, pair.first.changes)
    gained = [delivered(first, r) - delivered(scenario, r) for r in (3, 4)]
    assert [a for a, _ in pair.alone] == gained


def test_intervals_hold_together_over_all_figures_shown(tmp_path: Path) -> None:
    scenario = one(tmp_path, "supplies.barley.arrivals=poisson")
    made = bottleneck(scenario, replications=3, screen=1, top=2, jobs=1)
    figures = {kpi for t in made.refined for kpi in t.differences}
    assert len(figures) > 1
    half = stats.t.ppf(1 - 0.05 / (2 * len(figures)) / 2, 2)
    for tried in made.refined:
        (row,) = made.table().filter(pl.col("resource") == tried.increment.resource).to_dicts()
        error = stats.sem(tried.differences["lead_time_mean_h"])
        assert row["lead_high"] - row["lead"] == pytest.approx(half * error)
