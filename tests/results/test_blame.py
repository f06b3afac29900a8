"""Chains of blame: each ends in the event that was put into the scenario, and in no other."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.corridor import simulate
from sim.results.errors import ResultsError
from sim.results.run import Results
from tests.corridor.small import SMALL, scenario
from tests.results.test_recovery import GATE

STORM = "storm (a storm)"


def run(folder: Path, text: str = GATE, *sets: str) -> Results:
    return simulate(scenario(folder, text, *sets))


def worst_train(results: Results, place: str, activity: str) -> dict[str, Any]:
    """Why the train that waited longest there was late."""
    rows = results.stages.filter((pl.col("place") == place) & (pl.col("activity") == activity))
    longest = rows.sort(pl.col("start_h") - pl.col("in_h"), descending=True, nulls_last=True)
    return sim.why(results, train=int(longest["train"][0]))


def test_a_wait_at_a_closed_border_is_the_closures(tmp_path: Path) -> None:
    results = run(tmp_path)
    found = worst_train(results, "border", "acceptance")
    # the first to come after it closed at 240 waits for the opening at 288
    account = found["account"]
    assert account["title"] == "even/120, class transit, 0 boxes"
    (wait,) = [s for s in account["stretches"] if s["cause"]]
    assert (wait["cause"], wait["begin_h"], wait["hours"]) == ("border: closed", 240.5, 47.5)
    (link,) = found["chains"][0]["links"]
    assert "11 Jan 2024 00:00 to 13 Jan 2024 00:00" in link["text"]
    assert (link["since_h"], link["root"]) == (240.0, STORM)


def test_a_wait_in_the_queue_that_a_storm_left_is_the_storms(tmp_path: Path) -> None:
    results = run(tmp_path, GATE, "disruptions.storm.factor=0.25")
    # asked twelve hours after the storm was over
    found = sim.why(results, train="even/150")
    (wait,) = [s for s in found["account"]["stretches"] if s["cause"]]
    assert wait["cause"] == "border: acceptance"
    (link,) = found["chains"][0]["links"]
    assert link["root"] == STORM
    assert link["since_h"] == pytest.approx(242.5)
    assert "(usually 12.0), could pass" in link["text"]
    assert "(usually 24.0): of the trains too many: storm (a storm) 34" in link["text"]


def test_a_queue_of_more_than_can_pass_is_no_single_event(tmp_path: Path) -> None:
    calm = GATE[: GATE.index("disruptions:")]
    results = run(tmp_path, calm, "lines.border.acceptance.per_day=8 trains/d")
    found = sim.why(results, train="even/100")
    (link,) = found["chains"][0]["links"]
    assert link["root"] == "overload of border: acceptance"
    assert "no single event but overload, 12.0 a day against 8.0" in link["text"]
    # asked at 200.5, passed at 300.5; the queue began with the third train
    assert found["account"]["stretches"][1]["hours"] == pytest.approx(100.0)
    assert link["since_h"] == pytest.approx(4.5)
    assert "33 trains went before" in link["text"]


def test_a_gate_that_a_dated_change_made_smaller_is_the_changes(tmp_path: Path) -> None:
    calm = GATE[: GATE.index("disruptions:")]
    gate = "lines.border.acceptance.per_day"
    less = f"{gate}={{value: 24 trains/d, changes: {{2024-01-16: 6 trains/d}}}}"
    found = sim.why(run(tmp_path, calm, less), train="even/200")
    assert found["chains"][0]["root"] == f"{gate} at 25% of what it was, since 16 Jan 2024 00:00"


def test_a_surge_is_told_with_the_flow_that_came(tmp_path: Path) -> None:
    calm = GATE[: GATE.index("disruptions:")]
    surge = (
        "background.even.trains={value: 12 trains/d, changes: {2024-01-11: 48 trains/d, "
        "2024-01-14: 12 trains/d}}"
    )
    found = sim.why(run(tmp_path, calm, surge), train="even/250")
    assert found["chains"][0]["root"].startswith("surge of even (border: acceptance, load ")


def test_who_came_later_and_went_first_is_told(tmp_path: Path) -> None:
    # trains of the first class come for 11 hours, one each half hour, and one an hour passes
    rush = (
        "  rush: {from: a, route: [approach, border], trains: 48 trains/d, arrivals: regular, "
        "class: first, limit: 22}\n"
    )
    calm = GATE[: GATE.index("disruptions:")].replace("  other:", f"{rush}  other:")
    order = "lines.border.acceptance.order={rule: class-priority, classes: [first, transit]}"
    found = sim.why(run(tmp_path, calm, order), train="even/1")
    (link,) = found["chains"][0]["links"]
    # asked at 2.5, when two of the first class had passed; the other 20 go before it, those
    # that ask at 3 to 11 too
    assert "20 trains went before, 20 of them background trains" in link["text"]
    assert "17 came after it and went first by the order rule (17 first)" in link["text"]
    assert link["root"].endswith("and others first by the order rule")


FULL = """
title: wagons that stand at a border
start: 2024-01-01
horizon: 60 d
commodities: {barley: {load: 26 t}}
fleets:
  boxes: {kind: containers, at: {a: 3000}}
  wagons: {kind: wagons, gauge: 1520, at: {a: 40}, returns: [{from: c, to: a, time: 12 h}]}
stations:
  a: {stuffing: {lines: 20, time: 1 h, fleet: boxes}}
  b: {tracks: 3}
  c: {delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}}
lines:
  approach: {from: a, to: b, length: 30 km, speed: 30 km/h, places: 4}
  border:
    {from: b, to: c, length: 30 km, speed: 30 km/h, acceptance: {toward: c, per_day: 4 trains/d}}
services:
  east:
    from: a
    route: [approach, border]
    length: 10
    wagons: wagons
    dispatch: {rule: timetable, every: 12 h, first: 12 h, minimum: 1}
supplies: {goods: {region: r, terminal: a, commodity: barley, volume: 260 t/d, to: {c: 1}}}
background: {ore: {from: a, route: [approach, border], trains: 1 trains/d, arrivals: regular}}
disruptions: {storm: {title: a storm, on: [border], begin: 2024-01-21, days: 10 d, factor: 0.1}}
"""


def test_missing_wagons_lead_to_the_storm_that_holds_them(tmp_path: Path) -> None:
    results = run(tmp_path, FULL)
    late = results.trains.with_columns(late=pl.col("formed_h") - pl.col("due_h"))
    train = late.sort("late", descending=True, nulls_last=True)["train"][0]
    found = sim.why(results, train=train)
    (chain, *_) = found["chains"]
    assert chain["wait"]["cause"] == "east: no wagons"
    assert chain["root"].startswith(STORM)
    assert chain["links"][0]["cause"] == "east: no wagons"
    assert "of 40 wagons, 40 stood waiting" in chain["links"][0]["text"]
    assert "border: acceptance" in chain["links"][-1]["cause"]


def test_boxes_left_behind_lead_to_the_storm_by_the_wagons(tmp_path: Path) -> None:
    results = run(tmp_path, FULL)
    left = results.waits.filter(pl.col("cause") == "east: earlier trains full")
    box = int(left.filter(pl.col("begin_h") < 720).sort("hours", descending=True)["container"][0])
    found = sim.why(results, container=box)
    chain = next(c for c in found["chains"] if "trains full" in c["wait"]["cause"])
    assert [link["cause"] for link in chain["links"]][:2] == [
        "east: earlier trains full",
        "east: no wagons",
    ]
    assert chain["root"].startswith(STORM)
    assert found["blame"][0]["root"].startswith(STORM)


def test_a_full_station_leads_to_what_its_trains_wait_for(tmp_path: Path) -> None:
    found = worst_train(run(tmp_path, FULL), "b", "track")
    chain = next(c for c in found["chains"] if c["wait"]["cause"] == "b: no track free")
    assert "3 waiting: border: acceptance" in chain["links"][0]["text"]
    assert chain["root"].startswith(STORM)


def test_goods_without_empties_are_told_as_that(tmp_path: Path) -> None:
    results = run(tmp_path, FULL, "fleets.boxes.at.a=100")
    short = results.waits.filter(pl.col("cause") == "a: no empty container")
    found = sim.why(results, container=int(short["container"][0]))
    chain = next(c for c in found["chains"] if "empty" in c["wait"]["cause"])
    text = chain["links"][0]["text"]
    # the hundred boxes were all filled, and none came back
    assert "a had run out of empty boxes on" in text
    assert "of 100 boxes" in text


def test_every_chain_ends_and_every_account_adds_up(tmp_path: Path) -> None:
    results = run(tmp_path, SMALL)
    for container in range(0, results.containers.height, 97):
        found = sim.why(results, container=container)
        assert found["account"]["adds_up"]
        assert found["account"]["unaccounted_h"] == pytest.approx(0.0, abs=1e-6)
        for chain in found["chains"]:
            assert chain["links"][-1]["root"]
            assert all(link["root"] is None for link in chain["links"][:-1])
        shares = [b["share"] for b in found["blame"]]
        assert not shares or sum(shares) == pytest.approx(1.0)
    for train in range(0, results.trains.height, 31):
        account = sim.why(results, train=train)["account"]
        assert account["adds_up"]
        edges = [(s["begin_h"], s["end_h"]) for s in account["stretches"]]
        for (a, b), (c, d) in pairwise(edges):
            assert c == pytest.approx(b) or (a, b) == (c, d)


def test_causes_of_a_run_have_all_hours_in_order(tmp_path: Path) -> None:
    results = run(tmp_path, SMALL)
    found = sim.why(results)
    exports = results.containers.filter((pl.col("flow") == "exports") & ~pl.col("refused"))
    waits = results.waits.filter(pl.col("cause").is_not_null()).join(exports, on="container")
    assert sum(c["hours"] for c in found["causes"]) == pytest.approx(waits["hours"].sum())
    assert sum(c["tonne_hours"] for c in found["causes"]) == pytest.approx(
        (waits["hours"] * waits["tonnes"]).sum()
    )
    hours = [c["hours"] for c in found["causes"]]
    assert hours == sorted(hours, reverse=True)
    assert found["causes"][-1]["cumulative"] == pytest.approx(1.0)
    assert sum(k["share"] for k in found["kinds"]) == pytest.approx(1.0)
    assert [r["disruption"] for r in found["recovery"]] == ["storm"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"container": 10**9}, "there is no container 1000000000; expected 0 to"),
        ({"train": "evn/3"}, "there is no train evn/3; did you mean even/…?"),
        ({"train": "even/9999"}, "there is no train even/9999; even has even/0 to even/"),
        ({"train": 99999}, "there is no train 99999; expected 0 to"),
        ({"train": "x"}, "there is no train x; expected service/serial, or a number"),
    ],
)
def test_who_is_not_there_is_said_with_who_is(
    tmp_path: Path, asked: dict[str, Any], sentence: str
) -> None:
    results = run(tmp_path, GATE, "horizon=5 d")
    with pytest.raises(ResultsError) as error:
        sim.why(results, **asked)
    assert sentence in str(error.value)


def test_one_is_asked_for_at_a_time(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected one of the two"):
        sim.why(run(tmp_path, GATE, "horizon=1 d"), container=0, train=0)


def test_a_queue_and_the_nights_in_it_are_one_wait(tmp_path: Path) -> None:
    text = """
title: one shift
start: 2024-01-01
horizon: 20 d
calendars: {day: {open: "08:00-16:00"}}
stations: {a: {work: {shed: {kind: servers, servers: 1, time: 4 h, hours: day}}}}
background: {even: {from: a, route: [a/shed], trains: 3 trains/d, arrivals: regular}}
"""
    found = sim.why(run(tmp_path, text), train="even/6")
    # three trains a day come and two are served: the seventh waits for six, and for two nights
    account = found["account"]
    assert {s["cause"] for s in account["stretches"]} >= {"a/shed: busy", "a/shed: closed"}
    (chain,) = found["chains"]
    assert chain["wait"]["hours"] == pytest.approx(account["waiting_h"])
    assert "a/shed works by day" in chain["links"][0]["text"]
    assert chain["root"] == "overload of a/shed"
