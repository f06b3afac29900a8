"""A place keeps its colour, whatever its rank in a picture and whatever a variant adds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

import sim
from sim.corridor.network import layout
from sim.report.equipment import equipment
from sim.report.hues import HUES, Hues
from sim.report.queues import queues
from sim.report.ramp import draw_migration
from sim.report.style import dark
from sim.report.throughput import throughput
from sim.results import Results
from sim.scenario import load

BASELINE, THIRD = Path("scenarios/baseline.yaml"), Path("scenarios/third-crossing-2028.yaml")
SETS = ("horizon=60 d", "warmup=0 d")


@pytest.fixture(scope="module")
def base() -> Results:
    return sim.run(BASELINE, sets=SETS).results


@pytest.fixture(scope="module")
def third() -> Results:
    return sim.run(THIRD, sets=SETS).results


def lines_of(run: Results) -> dict[str, str]:
    """Colours of the queues drawn, by place: the label at the end has the line's, darker."""
    ax = Figure(figsize=(11, 5.6)).subplots()
    queues(run, ax)
    words = {t.get_color(): t.get_text().split("\n")[0] for t in ax.texts if "mean" in t.get_text()}
    drawn = [str(line.get_color()) for line in ax.lines if len(line.get_xdata()) > 2]  # type: ignore[arg-type]
    return {words[dark(c)]: c for c in drawn if dark(c) in words}


def test_a_variant_with_another_crossing_leaves_the_places_of_its_base_their_colours(
    base: Results, third: Results
) -> None:
    one, other = base.meta["network"], third.meta["network"]
    assert len(other["stations"]) > len(one["stations"])
    places = [*one["stations"], *one["lines"]]
    ends = {p for s in one["services"] for p in (one["routes"][s][0], one["routes"][s][-1])}
    keep = [p for p in places if p in ends or p in one["lines"]]
    assert len(keep) > 20
    assert Hues(one).of(keep) == Hues(other).of(keep)


def test_the_queues_of_two_runs_have_the_places_colours_at_any_rank(
    base: Results, third: Results
) -> None:
    first, second = lines_of(base), lines_of(third)
    shared = first.keys() & second.keys()
    assert shared
    assert [first[p] for p in shared] == [second[p] for p in shared]
    assert list(first) != list(second)


def test_a_station_has_one_colour_where_goods_arrive_and_where_its_boxes_stand(
    base: Results,
) -> None:
    arrivals, boxes = (Figure(figsize=(11, 5.6)).subplots() for _ in range(2))
    throughput(base, arrivals)
    equipment(base, boxes)
    handles, words = arrivals.get_legend_handles_labels()
    bars = {
        w: to_hex(h[0].get_facecolor())
        for h, w in zip(handles, words, strict=True)
        if w != "offered"
    }
    hues = Hues(base.meta["network"]).of(["jinan", "qingdao", "rizhao"])
    assert bars == {name: hues[name].lower() for name in bars}
    labels = {
        t.get_text().split()[1]: t.get_color() for t in boxes.texts if t.get_text()[:3] == "at "
    }
    assert labels["jinan"] == dark(hues["jinan"])


def test_ten_stations_have_ten_hues_and_lines_are_dashed(base: Results) -> None:
    stations = {f"s{n}": {} for n in range(10)}
    network: dict[str, Any] = {"stations": stations, "lines": {"s0-s1": {}}}
    hues = Hues(network)
    assert len(set(hues.of(stations).values())) == len(HUES) == 10
    assert hues.dashes("s0-s1") != hues.dashes("s0") == "-"


def test_causes_of_a_place_differ_and_do_not_depend_on_their_order(base: Results) -> None:
    hues = Hues(base.meta["network"])
    causes = [
        "burundai: no empty container",
        "burundai-dostyk: earlier trains full",
        "burundai-dostyk: train not due",
        "alashankou/quarantine: closed",
        "alashankou/quarantine: busy",
        "alashankou: gauge-change: boxes before it",
        "something new",
    ]
    found = hues.of_causes(causes)
    assert len(set(found.values())) == len(causes)
    assert found == hues.of_causes(causes[::-1])
    assert found["burundai: no empty container"] == hues.of(["burundai"])["burundai"]


def test_without_a_corridor_colours_go_by_the_alphabet() -> None:
    assert Hues(None).of(["wheat", "barley"]) == Hues(None).of(["barley", "wheat"])
    assert Hues(None).dashes("barley") == "-"


def test_a_work_has_the_colour_of_its_station_and_two_of_one_station_differ(base: Results) -> None:
    hues = Hues(base.meta["network"])
    works = [f"{station}/laboratory" for station in ("alashankou", "khorgos")]
    colours = hues.of([*works, "khorgos/quarantine"])
    assert [colours[w] for w in works] == list(hues.of(["alashankou", "khorgos"]).values())
    assert len(set(colours.values())) == 3


def test_a_cause_has_the_colour_of_its_place_in_the_picture_of_a_ramp(
    base: Results, tmp_path: Path
) -> None:
    scenario = load(BASELINE, SETS)
    network = layout(scenario.tables)
    assert all(base.meta["network"][key] == named for key, named in network.items())
    causes = ["burundai: no empty container", "sorokovaya: no empty container"]
    colours = Hues(base.meta["network"]).of_causes(causes)
    for first, other in ((0.7, 0.2), (0.2, 0.7)):  # whichever of them is the larger
        rows = [
            {"variant": "a", "volume": volume, "cause": cause, "share": share}
            for volume in (1.0, 2.0)
            for cause, share in zip(causes, (first, other), strict=True)
        ]
        path = draw_migration(pl.DataFrame(rows), tmp_path / "m.png", "", "volume", network)
        seen = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)
        for cause, share in zip(causes, (first, other), strict=True):
            rgb = np.array([round(255 * c) for c in to_rgb(colours[cause])])
            part = float((np.abs(seen.astype(int) - rgb).max(axis=1) <= 1).mean())
            assert 0.3 * share < part < share, cause
