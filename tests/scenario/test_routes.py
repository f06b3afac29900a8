"""Routes that join and yet cannot be run as they are written are refused with place and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load

CORRIDOR = Path(__file__).parent / "corridor.yaml"
DIRECT = """
extends: {base}
services:
  on: null
  east:
    wagons: null
    route: [wide-line, crossing, {works}narrow-line]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def refused(path: Path, *sets: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path, sets)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def direct(folder: Path, works: str) -> Path:
    return written(folder, DIRECT.format(base=CORRIDOR, works=works))


def test_a_laboratory_on_the_way_is_refused(tmp_path: Path) -> None:
    path = direct(tmp_path, "khorgos/laboratory, khorgos/lift, ")
    assert refused(path) == [
        ":7:34: route: `khorgos/laboratory` is on the way, and boxes are sampled where they leave "
        "the train, at `jinan`; end the service at `khorgos` and start another from there"
    ]


def test_a_laboratory_where_boxes_leave_the_train_is_taken() -> None:
    route = "services.east.route=[wide-line, crossing, khorgos/customs, khorgos/laboratory]"
    assert load(CORRIDOR, [route]).warnings == ()


def test_a_second_laboratory_in_a_route_is_refused() -> None:
    route = "services.east.route=[wide-line, crossing, khorgos/laboratory, khorgos/second]"
    more = "stations.khorgos.work={second: {kind: laboratory, share: {grain: 1 %}, time: 1 d}}"
    assert refused(CORRIDOR, more, route) == [
        "--set 2: route: boxes are sampled once, by `khorgos/laboratory` already; expected one "
        "laboratory in a route"
    ]


def test_a_laboratory_on_the_way_of_trains_that_are_not_followed_is_doubtful() -> None:
    found = load(CORRIDOR, ["background.transit.route=[crossing, khorgos/laboratory]"]).warnings
    assert [str(warning) for warning in found] == [
        "--set 1: warning: route: `khorgos/laboratory` samples boxes of services, and of these "
        "trains no box is followed: it changes nothing; remove it"
    ]


def test_a_change_of_gauge_without_a_work_is_refused(tmp_path: Path) -> None:
    assert refused(direct(tmp_path, "")) == [
        ":7:34: route: `crossing` is of 1520 mm and `narrow-line` of 1435 mm, and nothing is done "
        "between them; expected a work at `khorgos` that changes boxes or bogies over; such as "
        "`khorgos/customs`, `khorgos/lift`"
    ]
    load(direct(tmp_path, "khorgos/lift, "))


def test_a_line_without_a_gauge_may_have_both(tmp_path: Path) -> None:
    path = direct(tmp_path, "")
    found = refused(path, "lines.crossing.gauge=null")
    assert len(found) == 1
    assert "`wide-line` is of 1520 mm and `narrow-line` of 1435 mm" in found[0]
    assert "expected a work at `border` or `khorgos` that" in found[0]
    lift = "stations.border.work={lift: {kind: cranes, cranes: 1, time: 3 min}}"
    route = "services.east.route=[wide-line, border/lift, crossing, narrow-line]"
    load(path, ["lines.crossing.gauge=null", lift, route])
    assert load(path, ["lines.crossing.gauge=null", "lines.wide-line.gauge=null"])


def test_trains_known_by_number_change_gauge_too() -> None:
    route = "background.transit.route=[crossing, narrow-line]"
    (found,) = refused(CORRIDOR, route)
    assert "--set 1: route: `crossing` is of 1520 mm and `narrow-line` of 1435 mm" in found


def test_wagons_of_a_gauge_are_spoken_of_once() -> None:
    route = "services.east.route=[wide-line, crossing, narrow-line]"
    assert [text for text in refused(CORRIDOR, route) if "1520" in text] == [
        "--set 1: route: wagons `wide` run on 1520 mm and line `narrow-line` is of 1435 mm; such "
        "as `narrow`; end the service where the gauge changes and start another there, or leave "
        "`wagons` out"
    ]


def test_two_ways_back_from_one_station_are_refused() -> None:
    ways = [f"{{from: khorgos, to: {to}, time: 1 d}}" for to in ("almaty", "border")]
    twice = f"fleets.wide.returns=[{', '.join(ways)}]"
    assert refused(CORRIDOR, twice) == [
        "--set 1: from: `wide` goes back from `khorgos` by an entry above already; expected one "
        "for each station"
    ]
