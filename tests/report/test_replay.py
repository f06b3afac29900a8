"""What is packed into a replay is what the tables of the run say."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.replay import replay
from sim.report.replay.layout import layout
from sim.report.replay.pack import text, varints, zigzag
from sim.results import kpis, read_run, write_run
from sim.results.errors import ResultsError
from tests.corridor.small import scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the small corridor, written."""
    import sim

    here = tmp_path_factory.mktemp("replay")
    return sim.run(scenario(here)).save(here / "run")


@pytest.fixture(scope="module")
def page(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("page") / "replay.html"
    assert replay([folder], out) == out
    return out.read_text(encoding="utf-8")


def packed(page: str) -> dict[str, Any]:
    """What the page holds of its one run."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    (run,) = json.loads(found[1])["runs"]
    return dict(run)


def numbers(packed_text: str) -> Iterator[int]:
    """The whole numbers in a packed text, read the slow way."""
    value = shift = 0
    for byte in zlib.decompress(base64.b64decode(packed_text)):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def signed(value: int) -> int:
    return -(value + 1) // 2 if value % 2 else value // 2


@given(st.lists(st.integers(-(2**33), 2**33)))
def test_numbers_come_back_as_they_went(values: list[int]) -> None:
    made = text(varints(zigzag(v) for v in values))
    assert [signed(v) for v in numbers(made)] == values


def test_small_numbers_take_a_byte_and_others_as_few_as_they_can() -> None:
    assert varints([0, 1, 127]) == b"\x00\x01\x7f"
    assert varints([128, 300]) == b"\x80\x01\xac\x02"


def test_numbers_that_cannot_be_packed_are_refused() -> None:
    with pytest.raises(ValueError, match="whole numbers from 0"):
        varints([-1])


def test_trains_are_where_the_stages_say_to_the_minute(folder: Path, page: str) -> None:
    run, results = packed(page), read_run(folder)
    stream = numbers(run["moves"])
    lived: dict[int, list[tuple[Any, ...]]] = {}
    loads = []
    formed = 0
    for train in range(run["trains"]):
        service, serial, laden, empty, slots = (next(stream) for _ in range(5))
        formed += signed(next(stream))
        loads.append((f"{run['services'][service]['name']}/{serial}", laden + empty, slots, formed))
        now, lived[train] = formed, []
        for _ in range(next(stream)):
            kind, state = divmod(next(stream), 3)
            asked = now + signed(next(stream))
            begun = asked + next(stream)
            now = begun + next(stream)
            if state == 0:
                what = run["kinds"][kind]
                lived[train].append((what["place"], what["activity"], asked, begun, now))
    assert list(stream) == []
    table = results.trains.with_columns(pl.col("formed_h").mul(60).round().cast(pl.Int64))
    wanted = table.select("name", "boxes", pl.col("slots").fill_null(0), "formed_h").rows()
    assert loads == wanted
    stages = results.stages.filter(
        pl.col("end_h").is_not_null()
        & ((pl.col("end_h") > pl.col("in_h")) | (pl.col("activity") == "run"))
    )
    minutes = [round(h * 60) for h in stages["end_h"].to_list()]
    assert sum(map(len, lived.values())) == stages.height
    for (train, place, activity, asked, begun), end in zip(
        stages.select("train", "place", "activity", "in_h", "start_h").iter_rows(),
        minutes,
        strict=True,
    ):
        assert (place, activity, round(asked * 60), round(begun * 60), end) in lived[train]


def test_a_train_is_at_the_station_that_its_route_has_brought_it_to(page: str) -> None:
    run = packed(page)
    at = {(k["place"], k["activity"]): (k["station"], k["line"]) for k in run["kinds"]}
    assert at["west", "run"] == ("burundai", "west")
    assert at["dostyk", "kz"] == ("dostyk", None)
    assert at["border", "acceptance"] == ("dostyk", None)
    assert at["alashankou", "customs"] == ("alashankou", None)
    # a train that waits for a track stands on the line that it came by
    assert at["dostyk", "track"] == ("dostyk", "west")


def test_stocks_have_every_change_of_the_levels(folder: Path, page: str) -> None:
    run, results = packed(page), read_run(folder)
    stream = numbers(run["levels"])
    found = {}
    for stock in run["stocks"]:
        time = level = 0
        steps = []
        for _ in range(stock["changes"]):
            time += next(stream)
            level += signed(next(stream))
            steps.append((time, level))
        found[stock["station"], stock["title"]] = dict(steps)
    assert list(stream) == []
    rows = results.levels.filter(pl.col("series") == "jinan: empty boxes")
    minutes = {round(t * 60): int(n) for t, n in rows.select("time_h", "level").iter_rows()}
    assert found["jinan", "empty boxes"] == minutes
    # boxes that wait for any train of a station stand together
    ready = results.levels.filter(pl.col("series") == "east: boxes waiting for a train")
    assert max(found["burundai", "boxes ready for a train"].values()) == ready["level"].max()


def test_the_running_totals_end_at_the_key_figures(folder: Path, page: str) -> None:
    run, results = packed(page), read_run(folder)
    stream = numbers(run["totals"])
    last = {}
    for name in ("backlog", "delivered", "held"):
        last[name] = sum(signed(next(stream)) for _ in range(run["hours"]))
    assert list(stream) == []
    figures = kpis(results)
    assert last["delivered"] == figures["delivered_t"].value
    assert last["backlog"] == figures["end_backlog_t"].value
    assert run["most"]["held"] <= (figures["trains_held_max"].value or 0)


def test_the_page_holds_the_key_figures_of_the_file(folder: Path, page: str) -> None:
    wanted = json.loads((folder / "kpis.json").read_text())
    assert {k.pop("name"): k for k in packed(page)["kpis"]} == wanted


def test_python_has_it_too(folder: Path, page: str, tmp_path: Path) -> None:
    import sim

    made = sim.replay([folder], tmp_path / "replay.html")
    assert made.read_text(encoding="utf-8") == page


def test_the_same_run_gives_the_same_page(folder: Path, page: str, tmp_path: Path) -> None:
    again = replay([folder], tmp_path / "again.html")
    assert again.read_text(encoding="utf-8") == page


def test_titles_cannot_break_out_of_the_page(tmp_path: Path, folder: Path) -> None:
    results = read_run(folder)
    results.meta["title"] = "</script><script>alert(1)</script>"
    evil = write_run(results, kpis(results), tmp_path / "evil", {})
    made = replay([evil], tmp_path / "evil.html").read_text(encoding="utf-8")
    assert "<script>alert" not in made
    assert packed(made)["title"] == results.meta["title"]


def test_a_run_of_an_older_version_is_refused_with_the_cure(tmp_path: Path, folder: Path) -> None:
    results = read_run(folder)
    del results.meta["network"]
    old = write_run(results, kpis(results), tmp_path / "old", {})
    with pytest.raises(ResultsError, match=r"older version.*run the scenario again"):
        replay([old], tmp_path / "old.html")
    assert not (tmp_path / "old.html").exists()


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ResultsError, match="is a folder; expected a file"):
        replay([folder], tmp_path)
    with pytest.raises(ResultsError, match="cannot be written"):
        replay([folder], tmp_path / "nowhere" / "replay.html")
    with pytest.raises(ResultsError, match="one run or two, not 3"):
        replay([folder] * 3, tmp_path / "three.html")
    assert list(tmp_path.iterdir()) == []


def test_a_run_with_its_replay_can_be_replaced(folder: Path, tmp_path: Path) -> None:
    results = read_run(folder)
    mine = write_run(results, kpis(results), tmp_path / "run", {})
    assert replay([mine]) == mine / "replay.html"
    write_run(results, kpis(results), mine, {})


# -- the diagram ---------------------------------------------------------------------------


def network(stations: dict[str, Any], lines: list[tuple[str, str, float]]) -> dict[str, Any]:
    return {
        "stations": {n: {"title": n, "position": p} for n, p in stations.items()},
        "lines": {
            f"{a}-{b}": {"from": a, "to": b, "length_km": km, "gauge": 1520} for a, b, km in lines
        },
    }


BORDER = network(
    {
        "west": [70, 50],
        "a": [82.5, 45.25],
        "b": [82.57, 45.17],
        "c": [80.2, 44.2],
        "d": [80.4, 44.2],
        "east": [117, 36],
    },
    [
        ("west", "a", 1500),
        ("a", "b", 12),
        ("b", "east", 4227),
        ("west", "c", 1500),
        ("c", "d", 10),
        ("d", "east", 4227),
    ],
)


def test_places_stand_from_west_to_east_with_room_between_neighbours() -> None:
    made = layout(BORDER)
    for line in BORDER["lines"].values():
        ends = sorted(
            (line["from"], line["to"]), key=lambda s: BORDER["stations"][s]["position"][0]
        )
        assert made.along[ends[1]] - made.along[ends[0]] >= 2.2
    # 12 km are no speck, and 4,227 km do not take the page
    short, long = made.along["b"] - made.along["a"], made.along["east"] - made.along["b"]
    assert 2 < long / short < 4


def test_no_two_stations_stand_on_each_other() -> None:
    made = layout(BORDER)
    for a, b in combinations(BORDER["stations"], 2):
        beside = abs(made.along[a] - made.along[b]) < 2.1
        assert not beside or abs(made.across[a] - made.across[b]) > 0.99


def test_the_northern_way_is_drawn_north_and_straight() -> None:
    made = layout(BORDER)
    assert made.across["a"] == pytest.approx(made.across["b"], abs=0.01)
    assert made.across["a"] < made.across["c"]


def test_stations_without_a_position_follow_the_lines() -> None:
    bare = network({"a": None, "b": None, "c": None}, [("a", "b", 100), ("b", "c", 100)])
    made = layout(bare)
    assert made.along["a"] < made.along["b"] < made.along["c"]
    some = network({"a": [0, 0], "b": None, "c": [10, 0]}, [("a", "b", 100), ("b", "c", 100)])
    made = layout(some)
    assert made.along["a"] < made.along["b"] < made.along["c"]


def test_a_corridor_may_be_one_station_or_none() -> None:
    assert layout(network({"depot": None}, [])).along == {"depot": 0.0}
    assert layout(network({}, [])).along == {}
