"""Recovery against the same runs without the event, by hand and for random corridors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.report.recovered import recovered_words
from sim.results.levels import StepSeries
from sim.scenario import Scenario
from sim.study.events import events
from sim.study.impact import FIGURES, Seen, impact
from sim.study.recovery import recovery
from tests.corridor.small import scenario
from tests.results.test_recovery import GATE, _waits

DATED = "24 trains/d, changes: {2024-01-11: 6 trains/d, 2024-01-13: 24 trains/d}"
"""The gate lowered for two days by dates, as the storm at a quarter of its rate does it."""
CHANCE = GATE.replace("arrivals: regular", "arrivals: poisson").replace("days: 2 d", "days: 1 d")


def dated(text: str = GATE) -> str:
    """The same without the storm, and with the dated changes."""
    return text[: text.index("disruptions:")].replace(
        "per_day: 24 trains/d}", f"per_day: {{value: {DATED}}}}}"
    )


def rows(made: Scenario, **how: Any) -> list[dict[str, Any]]:
    return recovery(made, jobs=1, **how).table().to_dicts()


def test_a_closure_of_two_days_is_over_two_days_later(tmp_path: Path) -> None:
    (row,) = rows(scenario(tmp_path, GATE), replications=2)
    # Without the storm nobody ever waits, so that extra are all who wait.
    assert (row["event"], row["on"], row["n"], row["open"]) == ("storm", "border", 2, 0.0)
    assert (row["begin_h"], row["end_h"]) == (240.0, 288.0)
    for share in ("p10", "p50", "p90"):
        assert row[f"recovered_{share}_h"] == pytest.approx(46.0)
    assert row["extra_most"] == 24.0
    # One more asks half an hour after the last of them has passed, and has to wait as long.
    assert row["extra_train_h"] == pytest.approx(_waits() + 0.5)
    assert row["extra_train_h_low"] == pytest.approx(row["extra_train_h_high"])


def test_dates_and_a_disruption_that_do_the_same_are_told_the_same(tmp_path: Path) -> None:
    (storm,) = rows(scenario(tmp_path, GATE, "disruptions.storm.factor=0.25"), replications=1)
    (lowered,) = rows(scenario(tmp_path, dated()), replications=1)
    assert lowered["event"] == "lines.border.acceptance.per_day"
    assert lowered["title"] == "border: per_day lowered"
    # what lowers a line slows its trains too, and not only its gate
    assert (lowered["stood_train_h"], storm["stood_train_h"] > 0.0) == (0.0, True)
    other = ("event", "title", "stood_train_h", "stood_train_h_low", "stood_train_h_high")
    assert {k: v for k, v in lowered.items() if k not in other} == pytest.approx(
        {k: v for k, v in storm.items() if k not in other}
    )
    assert storm["extra_train_h"] > 100.0


def test_on_a_closed_line_without_a_queue_trains_stand_and_wait_behind_it(tmp_path: Path) -> None:
    """The approach has neither paths nor acceptance: trains come onto it and stand until it opens.

    Even trains set out each two hours and take half an hour, so that the one of hour n stands
    288 - n hours, 24 of them.  They come to the gate at once with the one of hour 288, and are let
    through one an hour: 0 to 24 hours of waiting, and 23, 22 … of those that come after them.
    """
    (row,) = rows(scenario(tmp_path, GATE, "disruptions.storm.on=[approach]"), replications=2)
    assert (row["extra_most"], row["extra_train_h"], row["recovered_p90_h"]) == (0.0, 0.0, 0.0)
    stood = sum(288.0 - n for n in range(240, 288, 2))
    assert row["stood_train_h"] == pytest.approx(stood)
    assert row["elsewhere_most"] == "border"
    behind = sum(range(25)) + sum(range(24))
    assert row["elsewhere_train_h"] == pytest.approx(behind)
    assert recovered_words(row).startswith(
        "a storm: no more trains waited there or before it than without it; those under way there "
        f"took {stood / 24:.0f} ({stood / 24:.0f} … {stood / 24:.0f}) train-days longer and "
        f"{behind / 24:.0f} ({behind / 24:.0f} … {behind / 24:.0f}) train-days more were waited "
        "elsewhere, most at border; "
    )


def test_each_event_is_left_out_alone(tmp_path: Path) -> None:
    two = dated() + GATE[GATE.index("disruptions:") :].replace("2024-01-11", "2024-01-20")
    made = scenario(tmp_path, two)
    assert made.path is not None
    storm, lowered = events(made)
    left = storm.without(made)
    assert not left.tables.disruptions
    assert left.tables.lines["border"].acceptance == made.tables.lines["border"].acceptance
    even = lowered.without(made)
    assert list(even.tables.disruptions) == ["storm"]
    assert even.tables.lines["border"].acceptance.per_day.at(260.0) == 1.0  # type: ignore[union-attr]
    alone = sim.recovery(made.path, 1, ["storm"], jobs=1).table().to_dicts()
    assert [r["event"] for r in alone] == ["storm"]
    assert rows(made, replications=1)[0] == alone[0]


def test_the_end_of_a_rise_is_no_event(tmp_path: Path) -> None:
    text = dated().replace("6 trains/d", "30 trains/d")
    assert not events(scenario(tmp_path, text))
    both = dated().replace("2024-01-13: 24", "2024-01-13: 30 trains/d, 2024-01-16: 24")
    (event,) = events(scenario(tmp_path, both))
    assert event.period == (240.0, 288.0)


def test_what_has_not_ended_by_the_horizon_is_not_asked_for_its_recovery(tmp_path: Path) -> None:
    stays = dated().replace(", 2024-01-13: 24 trains/d", "")
    (lowered,) = rows(scenario(tmp_path, stays), replications=1)
    assert lowered["end_h"] == 30 * 24.0
    late = GATE.replace("2024-01-11", "2024-01-30")
    for row in (lowered, *rows(scenario(tmp_path, late), replications=1)):
        assert (row["periods"], row["open"], row["recovered_p50_h"]) == (0, None, None)
        assert row["extra_train_h"] > 0.0


def test_what_ends_within_the_horizon_and_is_not_recovered_from_is_open(tmp_path: Path) -> None:
    late = GATE.replace("2024-01-11", "2024-01-29").replace("days: 2 d", "days: 1 d")
    (row,) = rows(scenario(tmp_path, late, "disruptions.storm.days=40 h"), replications=2)
    assert (row["periods"], row["open"], row["recovered_p50_h"]) == (2, 1.0, None)


def test_a_period_that_the_next_one_overtakes_is_open() -> None:
    """Two trains held from hour 10 to 30, two more from 40: nothing is extra between them."""
    none = StepSeries(np.zeros(0), np.zeros(0))
    held = StepSeries(np.array([10.0, 30.0, 40.0, 90.0]), np.array([2.0, 1.0, 3.0, 0.0]))
    periods = [(5.0, 20.0), (35.0, 50.0), (60.0, 70.0), (95.0, 100.0)]
    here, there = {"fog": {"b": 3.0, "c": 1.0}}, {"fog": {"a": 2.0, "b": 1.0}}
    seen = Seen(dict.fromkeys(FIGURES), {"fog": periods}, {"fog": held}, here, {"fog": 9.0})
    without = Seen(dict.fromkeys(FIGURES), {"fog": []}, {"fog": none}, there, {"fog": 4.0})
    pair = impact("fog", seen, without, 100.0)
    # The first two are overtaken with a train still extra; the last has not ended by the horizon.
    assert pair.recovered_h == (None, None, 20.0)
    assert pair.extra_train_h == 20.0 * 2 + 10.0 * 1 + 50.0 * 3
    assert (pair.elsewhere, pair.stood_h) == ({"a": -2.0, "b": 2.0, "c": 1.0}, 5.0)


@pytest.mark.parametrize(
    ("begin", "end", "sets"),
    [("2024-03-11", "2024-03-13", ()), ("2024-01-04", "2024-01-06", ("warmup=10 d",))],
    ids=["after the horizon", "in the warm-up"],
)
def test_what_nobody_counts_is_no_event(
    begin: str, end: str, sets: tuple[str, ...], tmp_path: Path
) -> None:
    text = dated().replace("2024-01-11", begin).replace("2024-01-13", end)
    storm = GATE[GATE.index("disruptions:") :].replace("2024-01-11", begin)
    assert not events(scenario(tmp_path, text + storm, *sets))


def test_a_queue_that_grows_anyway_recovers_when_no_more_wait_than_without(tmp_path: Path) -> None:
    """Poisson arrivals at a gate loaded to a half: each pair by definition, from its trains."""
    made = recovery(scenario(tmp_path, CHANCE), 6, jobs=1)
    (event,) = made.events
    recovered = []
    for pair in made.impacts["storm"]:
        ends = 264.0
        before = pair.extra.time < 240.0
        assert not np.any(pair.extra.level[before]), "the same numbers until it begins"
        (after,) = pair.recovered_h
        assert after is not None
        recovered.append(after)
        moments = np.linspace(ends, ends + after, 50)[:-1]
        assert (pair.extra.at(moments) > 0.0).all()
        assert pair.extra.at(ends + after) <= 0.0
    (row,) = made.table().to_dicts()
    assert row["recovered_p50_h"] == sorted(recovered)[2]
    assert row["recovered_p10_h"] == min(recovered) < row["recovered_p90_h"] == max(recovered)
    curve = made.curves()
    assert curve["event"].unique().to_list() == [event.name]
    assert (curve["low"] <= curve["mean"] + 1e-9).all()
    assert (curve["mean"] <= curve["high"] + 1e-9).all()


def test_random_disruptions_recover_one_by_one(tmp_path: Path) -> None:
    random = GATE[: GATE.index("disruptions:")] + (
        "disruptions: {fog: {on: [border], every: exponential(mean: 5 d), lasts: 6 h, factor: 0}}\n"
    )
    made = recovery(scenario(tmp_path, random), 3, jobs=1)
    (row,) = made.table().to_dicts()
    assert row["begin_h"] is None and row["periods"] > 3
    # A closure of 6 hours leaves 3 trains, which half a train an hour takes 6 hours to clear, or
    # up to two less, as no train has asked since.
    assert 4.0 <= row["recovered_p50_h"] <= 6.0
    assert made.curves().is_empty()


@pytest.mark.parametrize(
    ("text", "only", "said"),
    [
        (GATE[: GATE.index("disruptions:")], (), "has no disruption and no dated change"),
        (GATE, ("strom",), "there is no event 'strom'.*expected one of storm"),
    ],
)
def test_what_is_not_there_is_said(
    text: str, only: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=said):
        recovery(scenario(tmp_path, text), 1, only)
