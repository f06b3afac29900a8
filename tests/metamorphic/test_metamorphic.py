"""How results must change, or not, when a scenario is changed in a way that is understood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.tables import TABLES
from sim.scenario import load
from tests.corridor.small import SMALL, scenario

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"
SHORT = "horizon=80 d"


def real(*sets: str, replication: int = 0) -> Results:
    return simulate(load(BASELINE, (SHORT, *sets)), replication=replication)


def delivered(sets: Sequence[str]) -> float:
    return sum(kpis(real(*sets, replication=r))["delivered_t"].value or 0.0 for r in range(2))


@pytest.fixture(scope="module")
def base() -> float:
    return delivered(())


@pytest.mark.parametrize(
    "more",
    [
        "stations.alashankou.work.gauge-change.cranes=5",
        "stations.khorgos.work.gauge-change.cranes=4",
        "stations.alashankou.work.quarantine.servers=2",
        "stations.burundai.stuffing.lines=6",
        "stations.jinan.delivery.trucks=50",
        "stations.dostyk.tracks=30",
        "fleets.boxes.at.burundai=1200",
    ],
)
def test_one_more_delivers_no_less(base: float, more: str) -> None:
    # Common random numbers: the same goods, trains and luck.  A train of 1,300 t may fall on the
    # other side of the horizon where an order changes; more would be an anomaly to explain.
    assert delivered([more]) >= base - 1300.0


def test_units_change_nothing(base: float) -> None:
    same = (
        "lines.aktogay-dostyk.length=310000 m",
        "lines.dostyk-alashankou.acceptance.per_day.value=105 trains/wk",
        "commodities.barley.load.value=26000 kg",
        "stations.jinan.delivery.time=480 min",
        "stations.qingdao.liners.coast.every=1 wk",
        "stations.burundai.work.unload.time=240 s",
        "horizon=1920 h",
    )
    written, again = real(), real(*same)
    for name in TABLES:
        assert again.table(name).equals(written.table(name)), name


STILL = (
    SMALL.replace('"lognormal(mean: 1 h, cv: 0.3)"', "1 h")
    .replace('"lognormal(mean: 2 h, cv: 0.5)"', "2 h")
    .replace('"exponential(mean: 3 min)"', "3 min")
    .replace('"uniform(low: 5 d, high: 10 d)"', "7 d")
    .replace("share: {grain: 0.1}", "share: {grain: 1}")
    .replace('"exponential(mean: 24 h)"', "24 h")
    .replace(', variation: "gamma(mean: 1, cv: 0.2)"', "")
    .replace("share: 0.2}", "share: 1}")
    .replace("    to: {jinan: 1}\n", "    to: {jinan: 1}\n    arrivals: regular\n")
    .replace("    boxes: 40\n", "    boxes: 40\n    arrivals: regular\n")
)


def test_names_of_stations_change_nothing_where_there_is_no_luck(tmp_path: Path) -> None:
    names = {"burundai": "zzz", "dostyk": "mmm", "alashankou": "aaa", "jinan": "kkk"}
    other = STILL
    for old, new in names.items():
        other = other.replace(old, new)
    first, renamed = simulate(scenario(tmp_path, STILL)), simulate(scenario(tmp_path, other))
    assert first.containers["delivered_h"].count() > 200

    def with_old_names(frame: pl.DataFrame) -> pl.DataFrame:
        text = [pl.col(n) for n, kind in frame.schema.items() if kind == pl.String]
        for old, new in names.items():
            frame = frame.with_columns(c.str.replace_all(new, old) for c in text)
        return frame

    for name in ("containers", "trains", "stages", "waits", "legs"):
        assert with_old_names(renamed.table(name)).equals(first.table(name)), name


def test_luck_has_no_part_in_a_corridor_of_constants(tmp_path: Path) -> None:
    still = scenario(tmp_path, STILL)
    one, other = simulate(still, replication=0), simulate(still, seed=99, replication=7)
    assert one.containers.equals(other.containers)


def test_another_start_shifts_what_does_not_depend_on_the_date(tmp_path: Path) -> None:
    later = SMALL.replace("start: 2023-01-01", "start: 2024-06-15").replace(
        "begin: 2023-01-20", "begin: 2024-07-04"
    )
    first, shifted = simulate(scenario(tmp_path)), simulate(scenario(tmp_path, later))
    for name in TABLES:
        assert shifted.table(name).equals(first.table(name)), name


QUEUE = """
title: one queue
start: 2024-01-01
horizon: 400 d
stations:
  depot: {work: {check: {kind: servers, servers: 1, time: "exponential(mean: 40 min)"}}}
background:
  trains: {from: depot, route: [depot/check], trains: 29 trains/d}
"""


def test_a_server_split_in_two_of_half_the_rate_is_no_better(tmp_path: Path) -> None:
    split = (
        "stations.depot.work.check.servers=2",
        "stations.depot.work.check.time=exponential(mean: 80 min)",
    )

    def time_in_system(*sets: str) -> float:
        rows = simulate(scenario(tmp_path, QUEUE, *sets)).stages.drop_nulls("end_h")
        return float((rows["end_h"] - rows["in_h"]).to_numpy().mean())

    assert time_in_system() < time_in_system(*split)


def test_closing_the_exchange_for_longer_never_brings_goods_sooner(tmp_path: Path) -> None:
    def last(days: int) -> float:
        results = simulate(scenario(tmp_path, STILL, f"disruptions.storm.days={days} d"))
        return float(results.containers["delivered_h"].fill_null(1e9).to_numpy().sum())

    figures = [last(days) for days in (0, 2, 5, 9)]
    assert figures == sorted(figures)
