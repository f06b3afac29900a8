"""Loading bans: who is kept, until when, under what cause, and who is not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sim
from sim.corridor import simulate
from sim.results import Results
from sim.results.integrity import impossible, unaccounted
from sim.results.recovery import recoveries
from sim.results.why import train_account
from sim.scenario import ScenarioError, load
from tests.corridor.small import SMALL, scenario

BAN = "disruptions={{storm: null, ban: {{on: [border/loading], begin: 2023-01-10, days: 5 d{}}}}}"
BEGIN, END = 9 * 24.0, 14 * 24.0
TRANSIT, OURS = ", classes: [transit]", ", classes: [container]"
REGULAR = "background.transit.arrivals=regular"
FREE = "background.transit.trains=2 /d"


def run(folder: Path, *sets: str) -> Results:
    results = simulate(scenario(folder, SMALL, *sets))
    assert impossible(results) == unaccounted(results) == []
    return results


def setting_out(results: Results, service: str) -> pl.Series:
    """When its trains began to move."""
    return results.trains.filter(pl.col("service") == service)["departed_h"].drop_nulls()


def within(times: pl.Series) -> int:
    return ((times > BEGIN) & (times < END)).sum()


@pytest.mark.parametrize(
    ("classes", "kept", "others"),
    [
        (TRANSIT, ["transit"], ["east"]),
        (OURS, ["east"], ["transit"]),
        ("", ["east", "transit"], []),
    ],
)
def test_no_train_of_a_banned_class_sets_out(
    tmp_path: Path, classes: str, kept: list[str], others: list[str]
) -> None:
    results = run(tmp_path, FREE, BAN.format(classes))
    for service in kept:
        times = setting_out(results, service)
        assert within(times) == 0
        assert (times < BEGIN).any() and (times > END).any()
    for service in others:
        assert within(setting_out(results, service)) >= 3


def test_a_train_of_others_is_kept_until_the_hour_the_ban_ends(tmp_path: Path) -> None:
    results = run(tmp_path, FREE, REGULAR, BAN.format(TRANSIT))
    kept = results.stages.filter(pl.col("activity") == "loading")
    assert kept["cause"].unique().to_list() == ["border: loading banned"]
    assert kept["place"].unique().to_list() == ["border"]
    # Two a day for five days, each from when it came.
    assert kept.height == 10
    assert kept["start_h"].unique().to_list() == kept["end_h"].unique().to_list() == [END]
    assert kept["in_h"].min() >= BEGIN and kept["in_h"].is_sorted()


def test_only_a_rule_must_see_trains_of_others_at_their_times(tmp_path: Path) -> None:
    rule = "policies.admission={rule: embargo, above: 20, below: 5}"
    banned, ruled = (run(tmp_path, BAN.format(TRANSIT), *more) for more in ((), (rule,)))
    assert banned.meta["settled"] > 500
    assert ruled.meta["settled"] == 0


def test_boxes_wait_for_the_ban_and_no_longer(tmp_path: Path) -> None:
    """The train due in the ban leaves when it ends, and its boxes say what they waited for."""
    results = run(tmp_path, FREE, BAN.format(OURS))
    waits = results.waits.filter(pl.col("cause") == "border: loading banned")
    assert waits["stage"].unique().to_list() == ["east: yard"]
    assert waits["begin_h"].min() >= BEGIN and waits["end_h"].max() == END
    assert (waits["hours"] - (waits["end_h"] - waits["begin_h"])).abs().max() < 1e-9
    train = results.trains.filter(
        (pl.col("service") == "east") & (pl.col("due_h") < END) & (pl.col("admitted_h") >= END)
    ).row(0, named=True)
    assert train["admitted_h"] == END
    (told,) = [
        s for s in train_account(results, train["train"]).stretches if s.stage == "east: yard"
    ]
    assert (told.cause, told.hours) == ("border: loading banned", END - train["due_h"])


def test_boxes_that_still_wait_at_the_end_wait_for_the_ban(tmp_path: Path) -> None:
    """A ban that lasts beyond the run, of a train that is due and is never formed."""
    results = run(tmp_path, FREE, BAN.format(OURS).replace("days: 5 d", "days: 300 d"))
    yard = results.waits.filter((pl.col("stage") == "east: yard") & (pl.col("end_h") == 60 * 24.0))
    assert "border: loading banned" in yard["cause"].to_list()
    assert "border: not admitted" not in results.waits["cause"].to_list()
    assert setting_out(results, "east").max() < BEGIN


def test_a_ban_from_before_the_start_holds_from_the_start(tmp_path: Path) -> None:
    ban = BAN.format("").replace("begin: 2023-01-10, days: 5 d", "begin: 2022-12-20, days: 20 d")
    results = run(tmp_path, FREE, REGULAR, ban)
    kept = results.stages.filter(pl.col("activity") == "loading")
    assert kept["start_h"].unique().to_list() == [8 * 24.0]
    for service in ("east", "transit"):
        assert setting_out(results, service).min() >= 8 * 24.0


def test_why_names_the_ban(tmp_path: Path) -> None:
    results = run(tmp_path, FREE, BAN.format(", title: the ban of January"))
    waits = results.waits.filter(pl.col("cause") == "border: loading banned").sort("hours")
    found = sim.why(results, container=int(waits["container"][-1]))
    (ban,) = [c for c in found["chains"] if c["wait"]["cause"] == "border: loading banned"]
    assert ban["root"] == "ban (the ban of January)"
    assert "was banned by ban (the ban of January), 10 Jan 2023" in ban["links"][0]["text"]
    assert {"loading banned"} <= {row["kind"] for row in sim.why(results)["kinds"]}


def test_why_names_the_ban_that_made_trains_full(tmp_path: Path) -> None:
    """Boxes left behind by a train that was due in the ban, and left with more than it could."""
    timetable = "services.east.dispatch={rule: timetable, every: 12 h}"
    results = run(tmp_path, FREE, timetable, BAN.format(OURS))
    left = results.waits.filter(pl.col("cause") == "east: earlier trains full").sort("hours")
    found = sim.why(results, container=int(left["container"][-1]))
    (full,) = [c for c in found["chains"] if c["wait"]["cause"] == "east: earlier trains full"]
    assert full["root"] == "ban"
    assert "for want of loading, which was banned" in full["links"][0]["text"]
    assert full["links"][1]["text"].startswith("loading for border was banned by ban, 10 Jan 2023")


def test_why_names_the_ban_of_the_class_that_waited(tmp_path: Path) -> None:
    """Of two bans at once each train has its own."""
    both = [
        f"{name}: {{on: [border/loading], classes: [{name}], begin: 2023-01-10, days: 5 d}}"
        for name in ("transit", "container")
    ]
    results = run(tmp_path, FREE, f"disruptions={{storm: null, {', '.join(both)}}}")
    waits = results.waits.filter(pl.col("cause") == "border: loading banned").sort("hours")
    chains = sim.why(results, container=int(waits["container"][-1]))["chains"]
    assert "container" in {c["root"] for c in chains}
    kept = results.stages.filter(pl.col("activity") == "loading").sort("in_h")["train"][0]
    assert "transit" in {c["root"] for c in sim.why(results, train=str(kept))["chains"]}


def test_a_ban_that_begins_while_a_rule_keeps_trains_is_what_they_wait_for(tmp_path: Path) -> None:
    """Booked slots far ahead: those that fall into the ban are left unused."""
    rule = "policies.admission={rule: booking, every: 12 h, notice: 60 h, classes: [transit]}"
    results = run(tmp_path, FREE, REGULAR, rule, BAN.format(TRANSIT))
    assert within(setting_out(results, "transit")) == 0
    stages = results.stages.filter(pl.col("activity").is_in(["loading", "admission"]))
    banned = stages.filter(pl.col("activity") == "loading")
    ruled = stages.filter(pl.col("activity") == "admission")
    assert banned["start_h"].drop_nulls().unique().to_list() == [END]
    # Of those that had booked before the ban began, the wait goes over into the ban without a gap.
    both = ruled.filter(pl.col("end_h") == BEGIN).join(banned, on="train", suffix="_ban")
    assert both.height > 3
    assert (both["in_h_ban"] == BEGIN).all()
    # No stretch of waiting for the rule lies in the ban.
    assert ruled.filter((pl.col("in_h") < END) & (pl.col("end_h") > BEGIN + 1e-9)).is_empty()


def test_trains_not_loaded_are_not_held(tmp_path: Path) -> None:
    ban = BAN.format("")
    (row,) = recoveries(run(tmp_path, FREE, ban)).iter_rows(named=True)
    assert row["on"] == "border/loading"
    # They stand on their way only when all set out at once.
    assert row["peak_h"] >= END


def test_two_bans_that_overlap_are_one_wait(tmp_path: Path) -> None:
    first = "a: {on: [border/loading], begin: 2023-01-10, days: 3 d}"
    second = "b: {on: [border/loading], begin: 2023-01-12, days: 3 d, classes: [transit]}"
    results = run(tmp_path, FREE, REGULAR, f"disruptions={{storm: null, {first}, {second}}}")
    kept = results.stages.filter(pl.col("activity") == "loading")
    assert kept["start_h"].unique().to_list() == [END]
    ours = setting_out(results, "east")
    assert ours.filter((ours > 9 * 24.0) & (ours < 12 * 24.0)).is_empty()
    assert not ours.filter((ours >= 12 * 24.0) & (ours < END)).is_empty()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ", factor: 20 %",
            "factor: a loading ban is whole, expected 0; to let some trains go, name ",
        ),
        (", classes: [tranzit]", "classes: unknown train class `tranzit`"),
    ],
)
def test_what_is_said_wrong_of_a_ban_is_answered(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, SMALL, BAN.format(more))
    assert said in str(caught.value)


def test_only_a_ban_has_classes(tmp_path: Path) -> None:
    wrong = "disruptions={storm: {on: [border], classes: [transit], begin: 2023-01-10, days: 5 d}}"
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, SMALL, wrong)
    assert "classes: `border` is reduced for trains of all classes; only a loading ban" in str(
        caught.value
    )


def test_a_line_without_acceptance_has_no_ban(tmp_path: Path) -> None:
    wrong = "disruptions={ban: {on: [west/loading], begin: 2023-01-10, days: 5 d}}"
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    with pytest.raises(ScenarioError) as caught:
        load(path, [wrong])
    assert "`west/loading`" in str(caught.value) and "`border/loading`" in str(caught.value)


SECOND = "lines.china.acceptance={toward: jinan, per_day: 20 /d}"
LATER = "disruptions={{storm: null, ban: {{on: [china/loading], begin: 2023-01-10, days: 5 d{}}}}}"


def test_a_ban_of_a_later_border_line_says_whom_it_does_not_keep(tmp_path: Path) -> None:
    over_both = "background.transit.route=[west, border, china, jinan/cranes]"
    found = scenario(tmp_path, SMALL, SECOND, over_both, LATER.format(""))
    (said,) = [str(w) for w in found.warnings if "loading" in str(w)]
    assert (
        "on: `china/loading` does not keep `transit`, which is loaded for `border`, the first "
        "border line on its way; name `border/loading` to ban it"
    ) in said
    results = simulate(found)
    assert within(setting_out(results, "transit")) > 0
    assert within(setting_out(results, "onward")) == 0


def test_a_ban_that_keeps_no_train_is_told(tmp_path: Path) -> None:
    found = scenario(tmp_path, SMALL, SECOND, LATER.format(TRANSIT))
    (said,) = [str(w) for w in found.warnings if "loading" in str(w) or "loaded" in str(w)]
    assert "on: no train of `classes` is loaded for `china`: the ban changes nothing" in said
    for classes in ("", TRANSIT, OURS):
        found = scenario(tmp_path, SMALL, BAN.format(classes))
        assert not any("ban" in str(w) for w in found.warnings)


def test_lots_go_by_the_other_crossing_while_loading_is_banned(tmp_path: Path) -> None:
    """A rule that sees closures, and one that sees waits, take a ban for what it is."""
    path = tmp_path / "two.yaml"
    path.write_text(TWO)
    for rule in ("divert-on-closure", "shortest-expected-wait"):
        results = simulate(load(path, [f"policies.crossing={{rule: {rule}}}"]))
        ready = results.containers.select("ready_h", "crossing")
        banned = ready.filter((pl.col("ready_h") > BEGIN) & (pl.col("ready_h") < END - 24.0))
        assert banned["crossing"].unique().to_list() == ["north"]
        assert set(ready.filter(pl.col("ready_h") > END)["crossing"]) == {"north", "south"}


TWO = """
title: two crossings
start: 2023-01-01
horizon: 40 d
commodities: {barley: {load: 26 t}}
fleets: {boxes: {kind: containers, at: {almaty: 5000}}}
stations:
  almaty: {stuffing: {lines: 10, time: 10 min, fleet: boxes}}
  jinan:
    work: {cranes: {kind: cranes, cranes: 2, time: 3 min}}
    delivery: {dwell: 1 h, time: 3 h, stripping: 1 h, fleet: boxes}
lines:
  one: &line
    from: almaty
    to: jinan
    length: 800 km
    speed: 800 km/d
    acceptance: {toward: jinan, per_day: 3 /d}
  other: *line
services:
  by-north:
    from: almaty
    route: [one, jinan/cranes]
    length: 20
    dispatch: {rule: when-full}
    crossing: north
  by-south:
    from: almaty
    route: [other, jinan/cranes]
    length: 20
    dispatch: {rule: when-full}
    crossing: south
supplies:
  barley: {region: a, terminal: almaty, commodity: barley, volume: 1000 t/d, lot: 5, to: {jinan: 1}}
disruptions:
  ban: {on: [other/loading], begin: 2023-01-10, days: 5 d}
"""


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ("disruptions={ban: {on: [east/loading], begin: 2023-01-10, days: 5 d}}", "`east/loading`"),
        ("services.east.route=[wst, border]", "`wst`"),
        ("services.east.from=nowhere", "`nowhere`"),
    ],
)
def test_what_else_is_wrong_beside_a_ban_is_no_fault_of_ours(
    tmp_path: Path, sets: str, said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, SMALL, BAN.format(""), sets)
    assert said in str(caught.value)
