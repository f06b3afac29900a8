"""Supplies by dates: series and contracts, written down or in a file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results.ledger import closing
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.evidence import figures
from sim.scenario.wording import MONTHS
from sim.study.implied import implied

TEXT = """
title: goods by dates
start: 2024-01-01
horizon: 30 d
commodities: {grain: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {west: 1000}}}
stations:
  west: {stuffing: {lines: 1000, time: 0 h, fleet: boxes}}
  east: {delivery: {dwell: 0 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines: {line: {from: west, to: east, length: 240 km, speed: 240 km/d}}
services: {trains: {from: west, route: [line], length: 5, dispatch: when-full}}
supplies:
  grain:
    {region: here, terminal: west, commodity: grain, lot: 1, arrivals: regular, to: {east: 1},
     %s, assumed: made up}
"""


def made(folder: Path, amount: str, *sets: str) -> Scenario:
    (folder / "dates.yaml").write_text(TEXT % amount)
    return load(folder / "dates.yaml", sets)


def ready(scenario: Scenario) -> list[float]:
    return simulate(scenario).containers["ready_h"].to_list()


def test_a_series_is_spread_evenly_until_the_next_date(tmp_path: Path) -> None:
    # Ten boxes from the 3rd (48 h) to the 5th, one in 4.8 h; then nothing; then five in two days.
    series = "series: {2024-01-03: 200 t, 2024-01-05: 0 t, 2024-01-07: 100 t}"
    times = ready(made(tmp_path, series))
    assert times[:10] == pytest.approx([48.0 + 4.8 * i for i in range(10)])
    assert times[10:] == pytest.approx([144.0 + 9.6 * i for i in range(5)])


def test_a_series_that_began_before_the_run_is_under_way(tmp_path: Path) -> None:
    series = "series: {2023-12-30: 480 t, 2024-01-03: 0 t}"  # 24 boxes in 96 h, half of them ours
    assert ready(made(tmp_path, series)) == pytest.approx([4.0 * i for i in range(12)])


def test_contracts_are_ready_as_a_whole_and_grow_with_exports(tmp_path: Path) -> None:
    contracts = "contracts: {2024-01-11: 70 t, 2024-01-21: 100 t, 2024-03-01: 100 t}"
    assert ready(made(tmp_path, contracts)) == [240.0] * 4 + [480.0] * 5
    # 70 t are three full boxes and one of 10 t.
    tonnes = simulate(made(tmp_path, contracts)).containers["tonnes"].to_list()
    assert tonnes == pytest.approx([20.0, 20.0, 20.0, 10.0] + [20.0] * 5)
    doubled = made(tmp_path, contracts, "export_volume={value: 1, changes: {2024-01-15: 2}}")
    assert ready(doubled) == [240.0] * 4 + [480.0] * 10


def test_a_file_is_the_same_as_writing_it_down_and_travels_with_the_scenario(
    tmp_path: Path,
) -> None:
    (tmp_path / "grain.csv").write_text("port,date,tonnes\nx,2024-01-03,200\nx,2024-01-05,0.2 kt\n")
    scenario = made(tmp_path, "series: grain.csv")
    assert scenario.resolved["supplies"]["grain"]["series"] == {
        "2024-01-03": "200 t",
        "2024-01-05": "0.2 kt",
    }
    written = made(tmp_path, "series: {2024-01-03: 200 t, 2024-01-05: 0.2 kt}")
    assert ready(scenario) == ready(written)
    (tmp_path / "grain.csv").unlink()
    again = Scenario.from_resolved(scenario.resolved, "again")
    assert ready(again) == ready(written)
    assert not [f for f in figures(scenario) if "series" in f.path and not f.assumed]


def test_what_dates_imply_is_what_becomes_ready(tmp_path: Path) -> None:
    for amount in (
        "series: {2024-01-03: 200 t, 2024-01-05: 0 t}",
        "contracts: {2024-01-05: 200 t}",
        "contracts: {2024-01-05: 30 t, 2024-01-07: 170 t}",
    ):
        scenario = made(tmp_path, amount)
        results = simulate(scenario, debug=True)
        offered = results.containers.select(pl.col("tonnes").sum()).item()
        assert implied(scenario).offered_t == pytest.approx(offered) == 200.0
        book = closing(results).filter(pl.col("book") == "goods")
        assert book["amount"].sum() == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("amount", "file", "said"),
    [
        ("lot: 1", "", "dates.yaml"),
        ("series: grain.csv", None, "grain.csv: No such file or directory"),
        ("series: grain.csv", "day,t\n2024-01-01,5\n", "grain.csv:1:1: the first line has day, t"),
        ("series: grain.csv", "date,tonnes\n2024-13-01,5\n", "`2024-13-01` is not a date"),
        ("series: grain.csv", "date,tonnes\n2024-01-01\n", "grain.csv:2:1: `2024-01-01`"),
        ("series: grain.csv", "date,tonnes\n2024-01-01,5 d\n", "grain.csv:2:1"),
        (
            "series: grain.csv",
            "date,tonnes\n2024-01-01,1,300\n",
            "grain.csv:2:1: `2024-01-01,1,300`",
        ),
        (
            "series: grain.csv",
            "date,tonnes\n2024-01-01,5\n2024-01-01,6\n",
            "grain.csv:3:1: 2024-01-01 is there twice",
        ),
        ("volume: 5 t/d, contracts: {2024-01-05: 200 t}", "", "`volume` and `contracts`"),
        ("region: here", "", "`grain` has no amount"),
        (
            "contracts: {2024-01-05: 200 t}, season: {jan: 2}",
            "",
            "season: contracts has dates of its own; remove it",
        ),
    ],
)
def test_dates_that_cannot_be_read_are_refused(
    tmp_path: Path, amount: str, file: str | None, said: str
) -> None:
    if file:
        (tmp_path / "grain.csv").write_text(file)
    with pytest.raises(ScenarioError) as caught:
        made(tmp_path, amount)
    assert said in str(caught.value)


@pytest.mark.parametrize(("start", "days"), [("2023-01-01", 365), ("2024-01-01", 366)])
@pytest.mark.parametrize("season", ["{jan: 0, feb: 1}", "{jan: 3, jul: 0.5}"])
def test_a_season_moves_goods_within_the_year_and_makes_none(
    tmp_path: Path, start: str, days: int, season: str
) -> None:
    others = ", ".join(f"{m}: 0" for m in MONTHS[2:]) if "feb" in season else ""
    shape = season.replace("}", f", {others}}}") if others else season
    year = [f"start={start}", f"horizon={days} d"]
    times = ready(made(tmp_path, f"volume: 20 kt/yr, season: {shape}", *year))
    # 1,000 boxes in 365 days, whenever they come.
    assert len(times) == pytest.approx(1000 * days / 365, abs=2)
    if others:
        assert min(times) >= 31 * 24 and max(times) < (59 + days - 365) * 24
