"""Each kind of measure gives what a hand gets of the same few trains and boxes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.study.episodes import load_episode
from tests.study.episode import episode, row, written
from tests.study.tiny import TINY

WEEK2 = "{begin: 2024-01-08, days: 3 d}"
BOXES = TINY.replace('"exponential(mean: 12 h)"', "12 h").replace(
    "    lot: 12\n", "    lot: 12\n    arrivals: regular\n"
)
"""Four trains of 12 boxes and 20 t a day: 12 h of line, 4 h of customs, 24 h of line."""


def taken(folder: Path, measure: str, observed: str, window: str = "") -> float | None:
    """The measure of a run, in the unit of what was observed."""
    text = episode(row(measure, observed, window.strip("{}").replace(", ", "\n    ")))
    (seen,) = load_episode(written(folder, text)).rows
    take = pickle.loads(pickle.dumps(seen.take))  # as it goes to a worker
    value = take(simulate(load_episode(folder / "storm.yaml").scenario), seen.begin, seen.end)
    return None if value is None else value / seen.factor


@pytest.mark.parametrize(
    ("measure", "observed", "window", "expected"),
    [
        # on 7 January three stand from 0:00 and four from 12:00
        ("{kind: trains-standing, at: [exchange]}", "1 trains", "{on: 2024-01-07}", 3.5),
        ("{kind: trains-standing, at: [exchange], statistic: most}", "1", "{on: 2024-01-07}", 4.0),
        ("{kind: trains-standing, at: [exchange], wagons: {wagons: 58}}", "1 wagons",
         "{on: 2024-01-07}", 3.5 * 58),
        ("{kind: trains-standing, at: [exchange], wagons: {empty: 58}}", "1 wagons",
         "{on: 2024-01-07}", 0.0),
        ("{kind: trains-standing, at: [exchange], waiting_for: [track]}", "1 trains",
         "{on: 2024-01-07}", 0.0),
        ("{kind: trains-standing, at: [exchange], services: [back]}", "1 trains",
         "{on: 2024-01-07}", 0.0),
        # nine of ten trains are over in five days, the first comes after 12 h; five come back
        ("{kind: trains-passing, lines: [exchange], toward: [east]}", "1 trains/d",
         "{begin: 2024-01-01, days: 5 d}", 1.8),
        ("{kind: trains-passing, lines: [exchange], toward: [gate]}", "1 trains/d",
         "{begin: 2024-01-01, days: 5 d}", 1.0),
        ("{kind: trains-passing, lines: [exchange]}", "1 trains/d",
         "{begin: 2024-01-01, days: 5 d}", 2.8),
        ("{kind: trains-passing, lines: [exchange], classes: [wagons]}", "1 trains/wk",
         "{begin: 2024-01-01, days: 5 d}", 1.8 * 7),
        ("{kind: trains-passing, lines: [exchange], toward: [east], statistic: most}", "1 trains/d",
         WEEK2, 4.0),
        ("{kind: trains-passing, lines: [exchange], toward: [east], statistic: least}",
         "1 trains/d", WEEK2, 2.0),
        # accepted from 168 h to before 240 h: 48, 42, 36, 30, 24, 18, 12, 6, 0 and 0 h
        ("{kind: train-hours, stretches: [{from: approach/run, to: exchange/acceptance}]}", "1 h",
         WEEK2, 21.6),
        ("{kind: train-hours, stretches: [{from: approach/run, to: exchange/acceptance}], "
         "statistic: median}", "1 d", WEEK2, 21.0 / 24.0),
        ("{kind: train-hours, stretches: [{from: approach/run, to: exchange/acceptance}], "
         "statistic: most}", "1 h", WEEK2, 48.0),
        # an hour of line and six of unloading
        ("{kind: train-hours, stretches: [{from: exchange/acceptance, to: east/bulk}]}", "1 h",
         "{begin: 2024-01-02, days: 3 d}", 7.0),
        # the train of 204 h is accepted at 210 h, and none waits any more
        ("{kind: recovery, disruption: storm}", "1 d", "", 42.0 / 24.0),
        # they end 7 h after acceptance: nine at 19 … 115 h, eight at 175 … 217 h, at 223 and 235 h
        ("{kind: goods-passing, trains: {ore: 1000 t}}", "1 t/d",
         "{begin: 2024-01-01, days: 10 d}", (9 + 8 + 2) * 1000 / 10),
        ("{kind: level, series: 'exchange: trains waiting'}", "1", "{on: 2024-01-07}", 3.5),
        # a fifth comes at 168 h, just as the first leaves
        ("{kind: level, series: 'exchange: trains waiting', statistic: most}", "1", "", 4.0),
    ],
)  # fmt: skip
def test_trains_by_hand(
    measure: str, observed: str, window: str, expected: float, tmp_path: Path
) -> None:
    assert taken(tmp_path, measure, observed, window) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("measure", "observed", "expected"),
    [
        ("{kind: container-hours, from: departed, to: arrived}", "1 h", 40.0),
        ("{kind: container-hours, from: departed, to: arrived, statistic: least}", "1 d", 40 / 24),
        # twelve hours in the yard and two on the truck
        ("{kind: container-hours, from: arrived, to: delivered, destinations: [jinan]}", "1 h", 14),
        ("{kind: goods-passing, moment: departed, commodities: [barley]}", "1 t/d", 960.0),
        ("{kind: goods-passing, moment: departed, flow: imports}", "1 t/d", 0.0),
        ("offered_t", "1 kt", 960 * 56 / 1000),
    ],
)
def test_containers_by_hand(measure: str, observed: str, expected: float, tmp_path: Path) -> None:
    (tmp_path / "boxes.yaml").write_text(BOXES)
    window = "" if measure == "offered_t" else "begin: 2023-01-15\n    days: 20 d"
    text = episode(row(measure, observed, window)).replace("corridor.yaml", "boxes.yaml")
    path = tmp_path / "e.yaml"
    path.write_text(text)
    made = load_episode(path)
    (seen,) = made.rows
    value = seen.take(simulate(made.scenario), seen.begin, seen.end)
    assert value is not None
    assert value / seen.factor == pytest.approx(expected, rel=1e-9)


def test_what_there_is_nothing_to_take_from_is_none(tmp_path: Path) -> None:
    never = (
        "{kind: train-hours, services: [back], stretches: [{from: approach/run, to: east/bulk}]}"
    )
    assert taken(tmp_path, never, "1 h") is None
    short = "{kind: trains-passing, lines: [exchange], statistic: most}"
    assert taken(tmp_path, short, "1 trains/d", "{begin: 2024-01-08, days: 12 h}") is None
    assert taken(tmp_path, "{kind: level, series: 'exchange: nothing'}", "1") is None


def test_a_queue_that_stays_has_no_recovery(tmp_path: Path) -> None:
    text = episode(row("{kind: recovery, disruption: storm}", "1 d")).replace(
        "scenario: corridor.yaml", "scenario: {extends: corridor.yaml, horizon: 8 d}"
    )
    made = load_episode(written(tmp_path, text))
    (seen,) = made.rows
    assert seen.take(simulate(made.scenario), seen.begin, seen.end) is None
