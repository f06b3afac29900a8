"""Figures that can hardly be meant are doubtful, with place, reason and cure, and no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load

CORRIDOR = Path(__file__).parent / "corridor.yaml"
WAGONS = "commodities.barley.load_in={{{fleet}: {load}}}"


def doubts(*sets: str) -> list[str]:
    return [str(w) for w in load(CORRIDOR, sets).warnings]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("commodities.barley.load=24 kt",
         "load: 24 kt is hardly meant: a 40-foot container takes up to about 30 t; expected at "
         "most 32 t"),
        ("commodities.barley.load=240 t", "load: 240 t is hardly meant: a 40-foot container"),
        (WAGONS.format(fleet="wide", load="120 t"),
         "wide: 120 t is hardly meant: a wagon takes up to about 75 t; expected at most 80 t"),
        (WAGONS.format(fleet="boxes", load="65 t"), "boxes: 65 t is hardly meant: a 40-foot"),
        ("lines.wide-line.length=2200 m",
         "length: 2200 m is hardly meant: lines lead from station to station, in km; expected at "
         "least 5 km"),
        ("lines.wide-line.length=0 km", "length: 0 km is hardly meant"),
        ("lines.wide-line.speed=700 km/h",
         "speed: 700 km/h is hardly meant: freight trains make 10 to 60 km/h with their stops; "
         "expected at most 120 km/h"),
        ("stations.khorgos.work.customs.time='gamma(mean: 3 h, cv: 40)'",
         "cv: 40 is hardly meant: cv is a fraction of the mean: 0.4 is 40 %; expected at most 5"),
        ("services.east.dispatch={rule: threshold, boxes: 60, longest_hold: 2 d}",
         "boxes: 60 do not fit on a train of 40, which leaves with 40; expected 40 or less"),
        ("fleets.boxes.at={almaty: 10, jinan: 20}",
         "`east` waits for 40 boxes and all fleets of containers have 30: its trains never leave; "
         "expected 30 or less, or more containers"),
        ("supplies.barley.lot=400",
         "lot: 400 boxes of 26 t are 10,400 t, and the storage of `almaty` holds 9 kt: what does "
         "not find an empty box at once and does not fit is refused; expected a smaller lot"),
        ("supplies.barley.lot=100",
         "lot: 100 boxes of 26 t are 2,600 t, and 8,219 t become ready in the whole run: goods "
         "that fill no lot are not offered; expected fewer boxes in a lot"),
    ],
)  # fmt: skip
def test_what_can_hardly_be_meant_is_doubtful(change: str, said: str) -> None:
    found = doubts(change)
    assert any(": warning: " in text and f": {said}" in text for text in found), found


@pytest.mark.parametrize(
    "change",
    [
        "commodities.barley.load=30 t",
        WAGONS.format(fleet="wide", load="68 t"),
        "lines.wide-line.length=12000 km",
        "lines.wide-line.speed=1200 km/d",
        "services.east.length=120",
        "services.east.dispatch={rule: threshold, boxes: 40, longest_hold: 2 d}",
        "supplies.barley.lot=40",
    ],
)
def test_what_is_usual_is_not(change: str) -> None:
    assert doubts(change) == []


def test_boxes_on_hire_may_fill_a_train() -> None:
    few = "fleets.boxes.at={almaty: 10, jinan: 20}"
    assert doubts(few, "policies.empties={rule: hire, lead: 2 d}") == []


SHARES = "season: these look like shares of a year, and are weights: a month left out weighs 1"


@pytest.mark.parametrize(
    ("season", "doubtful"),
    [
        ("{sep: 20 %, oct: 30 %, nov: 50 %}", True),
        ("{sep: 20, oct: 30, nov: 50}", True),
        ("{jul: 0.5, aug: 0.5}", False),
        ("{sep: 150 %, oct: 120 %}", False),
        ("{jan: 10 %, feb: 10 %, mar: 10 %, apr: 10 %, may: 10 %, jun: 10 %, jul: 10 %, "
         "aug: 10 %, sep: 5 %, oct: 5 %, nov: 5 %, dec: 5 %}", False),
    ],
)  # fmt: skip
def test_a_season_of_shares_with_months_left_out(season: str, doubtful: bool) -> None:
    for path in ("supplies.barley", "background.transit"):
        found = doubts(f"{path}.season={season}")
        assert [SHARES in line for line in found] == [True] * doubtful


def test_a_timetable_that_waits_for_more_than_fit() -> None:
    (said,) = doubts("services.on.dispatch.minimum=41")
    assert "minimum: 41 do not fit on a train of 40, which leaves with 40; expected 40" in said
    assert doubts("services.on.dispatch.minimum=40") == []


def test_a_freight_rate_in_cents_is_doubtful() -> None:
    (said,) = doubts("costs.haul={1520: 5 USD/t/km}")
    assert "1520: 5 USD/t/km is hardly meant: railways take 0.01 to 0.2 USD/t/km" in said
    assert doubts("costs.haul={1520: 0.05 USD/t/km}") == []


def test_boxes_hired_where_none_are_filled_are_doubtful() -> None:
    hire = "policies.empties={{rule: hire, lead: 5 d, at: [{}]}}"
    assert doubts(hire.format("jinan")) == [
        "--set 1: warning: at: no supply has its goods filled at `jinan`, so that no box is hired "
        "there; such as `almaty`"
    ]
    assert doubts(hire.format("almaty")) == []


def turned(station: str, position: str) -> list[str]:
    """Doubts about the corridor with a position; `jinan` has its own in the file."""
    return doubts(f"stations.{station}.position={position}")


def test_latitude_before_longitude_is_doubtful() -> None:
    """Of lat 45, lon 82 either place has no railway, or lies too far from the next station."""
    assert turned("border", "[45, 82]") == [
        "--set 1: warning: position: [45, 82] lies at latitude 82, where there is no railway; "
        "longitude stands first: did you mean `[82, 45]`?"
    ]
    assert turned("border", "[82, 45]") == []
    # a place that is there, 2,600 km from where a line of 870 km leads
    assert doubts("stations.almaty.position=[76.9, 43.2]", "stations.border.position=[44, 68]") == [
        "--set 2: warning: position: `almaty` and `border` lie 3,362 km apart as the crow flies, "
        "and line `wide-line` between them has 870 km; longitude stands first: did you mean "
        "`[68, 44]`?"
    ]


def test_stations_farther_apart_than_their_line_is_long_are_doubtful() -> None:
    both = ("stations.almaty.position=[76.9, 43.2]", "stations.border.position=[82.5, 45.2]")
    assert doubts(*both) == []
    (said,) = doubts(*both, "lines.wide-line.length=87 km")
    assert said.endswith(
        "length: `almaty` and `border` lie 499 km apart as the crow flies, and line `wide-line` "
        "between them has 87 km; expected a longer line, or other positions"
    )


def test_a_supply_of_nothing_is_doubtful() -> None:
    said = (
        "warning: volume: nothing of `barley` becomes ready in the run; expected such as "
        "`50 kt/yr`, or the supply left out (`barley: null` in a variant)"
    )
    assert doubts("supplies.barley.volume=0 t/yr") == [f"--set 1: {said}"]
    assert doubts("supplies.barley.volume=0 t/yr", "supplies.barley.flow=imports") != []
    # no exports at all are asked for
    assert doubts("supplies.barley.volume=0 t/yr", "export_volume=0") == []
    later = "export_volume={value: 0, changes: {2024-02-01: 1}}"
    assert len(doubts("supplies.barley.volume=0 t/yr", later)) == 1
    lots = doubts("supplies.barley.volume=null", "supplies.barley.contracts={2024-01-09: 0 t}")
    assert [": contracts: nothing of `barley` becomes ready" in line for line in lots] == [True]


FORK = (
    "services={{east-{0}: {{from: almaty, route: [wide-line, crossing, khorgos/customs, "
    "khorgos/laboratory], length: 40, wagons: wide, crossing: {0}, dispatch: when-full}}}}"
)


@pytest.mark.parametrize(
    ("rule", "cure"),
    [
        ("{rule: fixed-shares, shares: {dostyk: 60 %}}", "{dostyk: 60 %, khorgos: 0}"),
        ("{rule: divert-on-closure, shares: {dostyk: 1}}", "{dostyk: 1, khorgos: 0}"),
        ("{rule: by-commodity, crossings: {}, shares: {khorgos: 1}}", "{khorgos: 1, dostyk: 0}"),
        ("{rule: by-commodity, crossings: {barley: dostyk}, shares: {khorgos: 1}}", ""),
        ("{rule: fixed-shares, shares: {dostyk: 60 %, khorgos: 0}}", ""),
        ("{rule: fixed-shares, shares: {khorgos: 0}}", ""),  # none is left: they are equal
        ("fixed-shares", ""),
    ],
)
def test_shares_that_leave_out_a_crossing_are_doubtful(rule: str, cure: str) -> None:
    fork = [FORK.format(name) for name in ("dostyk", "khorgos")]
    found = doubts("services.east=null", *fork, f"policies.crossing={rule}")
    other = "dostyk" if cure.startswith("{khorgos") else "khorgos"
    said = (
        f"--set 4: warning: shares: these leave out `{other}`, whose share is 0 then; name every "
        f"crossing, and write `{cure}` if that is meant"
    )
    assert found == ([said] if cure else [])
