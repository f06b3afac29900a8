"""What would have helped, by hand: a gate closed for two days, and scenarios that open it wider.

In the closure of 48 hours 24 trains come; from its end the gate lets one an hour pass, so that the
queue loses half a train an hour, or two an hour, so that it loses one and a half.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.results.levels import StepSeries
from sim.scenario import Scenario
from sim.study.course import Course, figures
from sim.study.events import calm, events
from tests.corridor.small import scenario
from tests.results.test_recovery import GATE

WIDER = (
    "lines.border.acceptance.per_day={value: 24 trains/d, changes: {2024-01-13: 48 trains/d, "
    "2024-01-16: 24 trains/d}}"
)
FOG = GATE + "  fog: {on: [border], begin: 2024-01-13, days: 1 d, factor: 0}\n"
CHANCE = GATE + "  fog: {on: [border], every: 5 d, lasts: 6 h, factor: 0}\n"


def named(folder: Path, name: str, *sets: str, text: str = GATE) -> Scenario:
    place = folder / name
    place.mkdir()
    return scenario(place, text, *sets)


def by_name(made: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(r["variant"], r["figure"]): r for r in made.differences().to_dicts()}


def test_a_gate_twice_as_wide_is_recovered_from_in_a_third_of_the_time(tmp_path: Path) -> None:
    base, wide = named(tmp_path, "base"), named(tmp_path, "wide", WIDER)
    made = sim.relief([base, wide, named(tmp_path, "same")], ["storm"], 2, jobs=1)
    one, two, same = made.table().to_dicts()
    assert (one["event"], one["begin_h"], one["end_h"], one["open"]) == ("a storm", 240.0, 288.0, 0)
    assert one["recovered_p50_h"] == pytest.approx(46.0)
    # 24 trains at 1.5 an hour net; the last has passed when the queue is empty for the first time
    assert two["recovered_p50_h"] == pytest.approx(24 / 1.5, abs=1.0)
    assert one["held_most"] == two["held_most"] == 24.0
    # a triangle of two days and one of the recovery, in trains that come every two hours
    assert one["queue_train_h"] == pytest.approx(24 * (48 + 48) / 2, rel=0.05)
    assert two["queue_train_h"] == pytest.approx(24 * (48 + 16) / 2, rel=0.08)
    assert one["elsewhere_train_h"] == pytest.approx(0.0)
    found = by_name(made)
    sooner = found["small-2", "recovered_h"]
    assert sooner["verdict"] == "better"
    assert sooner["difference"] == pytest.approx(two["recovered_p50_h"] - one["recovered_p50_h"])
    assert sooner["low"] == pytest.approx(sooner["high"])
    assert same["recovered_p50_h"] == one["recovered_p50_h"]
    assert {r["verdict"] for (name, _), r in found.items() if name == "small-3"} == {
        "not told apart"
    }
    # nothing differs, so that no run would ever tell
    assert {r["more_runs"] for (name, _), r in found.items() if name == "small-3"} == {None}


def test_what_is_not_told_apart_says_how_many_pairs_more_would_tell(tmp_path: Path) -> None:
    """By the rule that a comparison has, from the differences of the pairs that there are."""
    from sim.study.paired import paired
    from sim.study.statistics import more_pairs, together

    busy = GATE.replace("arrivals: regular", "arrivals: poisson")
    base = named(tmp_path, "base", text=busy)
    wide = named(tmp_path, "wide", WIDER.replace("48 trains", "26 trains"), text=busy)
    made = sim.relief([base, wide], (), 3, jobs=1)
    rows = [r for r in made.differences().to_dicts() if r["verdict"] == "not told apart"]
    counted = [r for r in rows if r["more_runs"] is not None]
    assert counted, "three runs of chance tell of few figures"
    for row in counted:
        sides = ({r: one[row["figure"]] for r, one in made.figures[n].items()} for n in made.names)
        pairs = paired(*sides)
        confidence = together(len(made.differences()))
        found = pairs.interval(confidence)
        assert row["more_runs"] == more_pairs(found, confidence, row["negligible"])
        assert (row["negligible"] or 0.0) == pytest.approx(abs(row["reference"]) / 100.0)
    sure = [r for r in made.differences().to_dicts() if r["verdict"] != "not told apart"]
    assert all(r["more_runs"] is None for r in sure)


def test_no_run_recovers_before_an_event_that_goes_on_beyond_the_horizon(tmp_path: Path) -> None:
    on = GATE.replace("days: 2 d", "days: 300 d")
    base, other = (named(tmp_path, name, text=on) for name in ("base", "other"))
    made = sim.relief([base, other], ["storm"], 2, jobs=1)
    assert made.spell.end > base.tables.horizon
    assert [row["open"] for row in made.table().to_dicts()] == [1.0, 1.0]
    late = by_name(made)["small-2", "recovered_h"]
    assert (late["reference"], late["value"], late["verdict"]) == (0.0, 0.0, "not told apart")
    assert made.curves()["time_h"].max() == base.tables.horizon


def test_the_yardstick_is_the_base_without_the_event(tmp_path: Path) -> None:
    """A gate that is always wider is as without the event while the base's would still be full."""
    busy = GATE.replace("arrivals: regular", "arrivals: poisson").replace("days: 2 d", "days: 1 d")
    base = named(tmp_path, "base", text=busy)
    wide = named(tmp_path, "wide", "lines.border.acceptance.per_day=48 trains/d", text=busy)
    made = sim.relief([base, wide], (), 4, jobs=1)
    alone = sim.recovery(base, 4, jobs=1)
    (row,) = alone.table().to_dicts()
    first, second = made.table().to_dicts()
    for name in ("recovered_p10_h", "recovered_p50_h", "recovered_p90_h"):
        assert first[name] == row[name], "the base against itself is what one scenario is told"
    assert first["queue_train_h"] == pytest.approx(row["extra_train_h"])
    own = sim.recovery(wide, 4, jobs=1).table()["extra_train_h"][0]
    assert second["queue_train_h"] < own - 20.0, "fewer wait in calm days, too"
    curves = made.curves()
    assert curves["variant"].unique(maintain_order=True).to_list() == [
        *("small", "small-2", "without it")
    ]


def test_several_events_are_one_from_the_first_begin_to_the_last_end(tmp_path: Path) -> None:
    base, wide = named(tmp_path, "base", text=FOG), named(tmp_path, "wide", WIDER, text=FOG)
    made = sim.relief([base, wide], ["storm", "fog"], 1, jobs=1)
    assert (made.spell.begin, made.spell.end) == (240.0, 312.0)
    assert made.spell.title == "a storm and fog"
    assert not events(calm(base, ["storm", "fog"]))
    assert [e.name for e in events(calm(base, ["storm"]))] == ["fog"]
    (one, _) = made.table().to_dicts()
    assert one["held_most"] == 36.0  # three days of a train every two hours
    assert (one["n"], made.differences()["low"].null_count()) == (1, 7)


def test_dated_lowerings_of_one_rate_are_all_left_out(tmp_path: Path) -> None:
    twice = (
        "lines.border.acceptance.per_day={value: 24 trains/d, changes: {2024-01-05: 6 trains/d, "
        "2024-01-06: 24 trains/d, 2024-01-20: 6 trains/d, 2024-01-21: 24 trains/d}}"
    )
    made = named(tmp_path, "twice", twice)
    path = "lines.border.acceptance.per_day"
    assert [e.name for e in events(made)] == ["storm", path, path]
    assert [e.name for e in events(calm(made, [path]))] == ["storm"]


def test_what_was_not_recovered_from_counts_as_if_it_were_at_the_horizon(tmp_path: Path) -> None:
    late = "disruptions.storm.begin=2024-01-28"
    base = named(tmp_path, "base", late)
    wide = named(tmp_path, "wide", late, WIDER.replace("01-13", "01-30").replace("01-16", "01-31"))
    made = sim.relief([base, wide], (), 2, jobs=1)
    one, two = made.table().to_dicts()
    assert (one["open"], one["recovered_p50_h"], two["open"]) == (1.0, None, 0.0)
    row = by_name(made)["small-2", "recovered_h"]
    assert row["reference"] == 24.0 and row["value"] == pytest.approx(two["recovered_p50_h"])
    assert row["open"] == 2
    assert by_name(made)["small-2", "short_t"]["open"] is None
    assert made.curves()["time_h"].max() == 30 * 24.0


def test_deliveries_that_come_later_are_behind_and_those_that_do_not_come_are_short() -> None:
    none = StepSeries(np.zeros(0), np.zeros(0))
    held = StepSeries(np.array([24.0, 60.0]), np.array([2.0, 0.0]))
    aside = StepSeries(np.array([48.0, 72.0]), np.array([3.0, 0.0]))
    quiet = Course(none, none, np.array([10.0, 20.0, 30.0, 40.0]), 40.0, 50.0)
    stormy = Course(held, aside, np.array([4.0, 12.0, 15.0, 38.0]), 38.0, 62.0)
    assert figures(stormy, quiet, 24.0, 48.0, 96.0) == {
        "recovered_h": 12.0,
        "held_most": 2.0,
        "queue_train_h": 2.0 * 36.0,
        "elsewhere_train_h": 3.0 * 24.0,
        "behind_t": 15.0,  # the six tonnes of the first day were before it
        "short_t": 2.0,
        "lead_time_h": 12.0,
    }
    assert figures(quiet, stormy, 24.0, 48.0, 96.0)["behind_t"] == 0.0


@pytest.mark.parametrize(
    ("base", "other", "event", "said"),
    [
        (GATE, GATE.replace("01-11", "01-12"), (), "storm has other dates in small"),
        (GATE, GATE[: GATE.index("disruptions:")], (), "no event 'storm' in small; it has none"),
        (FOG, FOG, (), "give one of storm, fog as --event"),
        (GATE[: GATE.index("disruptions:")], GATE, (), "it has none with dates"),
        (GATE, GATE, ("strom",), "there is no event 'strom' in small; expected one of storm"),
        (CHANCE, CHANCE, ("fog",), "fog in small comes at random"),
    ],
)
def test_what_cannot_be_held_against_each_other_is_said(
    base: str, other: str, event: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    both = [named(tmp_path, "base", text=base), named(tmp_path, "other", text=other)]
    with pytest.raises(ValueError, match=said):
        sim.relief(both, event, 1)
