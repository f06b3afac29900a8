"""What would change nothing in a run is said with its place: refused where it never could."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load

CORRIDOR = Path(__file__).parent / "corridor.yaml"
SHUT = "disruptions={{shut: {{on: [{}], begin: {}, days: 2 d}}}}"


def refusal(*sets: str, path: Path = CORRIDOR) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path, sets)
    (problem,) = caught.value.problems
    return str(problem)


def doubts(*sets: str) -> list[str]:
    return [str(w) for w in load(CORRIDOR, sets).warnings]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("border", "`border` has no servers, cranes, stuffing or trucks, so that nothing of it is "
         "reduced; a line there is `wide-line`"),
        ("jinan/trucks", "`jinan/trucks` are without limit, so that nothing reduces them"),
        ("jinan", "`jinan` has no servers, cranes, stuffing or trucks"),
    ],
)  # fmt: skip
def test_a_disruption_of_what_has_no_rate_is_refused(target: str, said: str) -> None:
    assert f"--set 1: on: {'' if said.startswith('`') else f'`{target}` '}{said}" in refusal(
        SHUT.format(target, "2024-01-10")
    )


def test_a_disruption_of_what_has_a_rate_is_taken() -> None:
    for target in (
        "khorgos",
        "khorgos/customs",
        "khorgos/lift",
        "khorgos/laboratory",
        "almaty",
        "crossing",
    ):
        assert doubts(SHUT.format(target, "2024-01-10")) == []
    trucks = "stations.jinan.delivery.trucks=3"
    for target in ("jinan", "jinan/trucks"):
        assert doubts(trucks, SHUT.format(target, "2024-01-10")) == []


@pytest.mark.parametrize(
    ("begin", "side"),
    [("2023-12-29", "before the start"), ("2023-12-30", "before the start"), ("2023-12-31", None),
     ("2024-02-29", None), ("2024-03-01", "after the end")],
)  # fmt: skip
def test_a_disruption_outside_the_run_is_doubtful(begin: str, side: str | None) -> None:
    said = (
        f"begin: `shut` lies {side} of the run (2024-01-01 to 2024-02-29) and changes nothing; "
        "expected a day within it"
    )
    found = doubts(SHUT.format("crossing", begin))
    assert found == ([] if side is None else [f"--set 1: warning: {said}"])


def test_a_disruption_of_no_length_is_doubtful() -> None:
    said = "days: `shut` has no length and changes nothing; expected such as 4 d"
    found = doubts(SHUT.format("crossing", "2024-01-10"), "disruptions.shut.days=0 d")
    assert found == [f"--set 2: warning: {said}"]


def supply(key: str, dates: str) -> str:
    return (
        "supplies={grain: {region: a, terminal: almaty, commodity: barley, to: {jinan: 100 %}, "
        f"{key}: {{{dates}}}}}}}"
    )


def test_lots_and_series_outside_the_run_are_doubtful() -> None:
    inside = "2024-01-01: 26 t, 2024-02-29: 26 t"
    assert doubts(supply("contracts", inside)) == []
    assert doubts(supply("contracts", f"2023-12-31: 26 t, {inside}, 2024-03-01: 26 t")) == [
        "--set 1: warning: contracts: the lot of 2023-12-31 lies before the start of the run "
        "(2024-01-01 to 2024-02-29), and 1 more outside it: not offered"
    ]
    # a series goes on until its next date, and the last as long as the one before
    assert doubts(supply("series", "2023-11-30: 26 t, 2023-12-31: 26 t")) == []
    assert doubts(supply("series", "2022-11-30: 26 t, 2024-02-29: 26 t")) == []
    assert doubts(supply("series", "2023-12-01: 26 t, 2023-12-15: 26 t")) == [
        "--set 1: warning: series: all its dates lie before the start of the run "
        "(2024-01-01 to 2024-02-29): nothing is offered"
    ]
    assert doubts(supply("series", "2024-03-01: 26 t")) == [
        "--set 1: warning: series: all its dates lie after the end of the run "
        "(2024-01-01 to 2024-02-29): nothing is offered"
    ]


def test_a_misspelt_station_of_a_variant_is_no_new_station(tmp_path: Path) -> None:
    path = tmp_path / "variant.yaml"
    path.write_text(f"extends: {CORRIDOR}\nstations:\n  khorgoss:\n    tracks: 3\n")
    said = "no line, train or supply comes to a station `khorgoss`; did you mean `khorgos`?"
    assert refusal(path=path) == f"{path}:3:3: {said}"
    path.write_text(f"extends: {CORRIDOR}\nstations:\n  urumqi:\n    tracks: 3\n")
    (warning,) = load(path).warnings
    said = "no line, train or supply comes to `urumqi`: it changes nothing"
    assert str(warning) == f"{path}:3:3: warning: {said}"
    path.write_text(f"extends: {CORRIDOR}\nstations:\n  khorgos:\n    tracks: 3\n")
    assert load(path).warnings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stations.jinan.berths=0", "berths: `0` is out of range; expected at least 1"),
        ("stations.jinan.berths={value: 0, assumed: x}", "berths: `0` is out of range"),
        ("stations.khorgos.work.customs.room=0", "room: `0` is out of range; expected at least 1"),
        ("background.transit.trainsets=0", "trainsets: `0` is out of range; expected at least 1"),
    ],
)
def test_what_is_none_at_all_is_refused(text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("supplies.barley.volume=1e15 t/yr", "volume: gives 6.32e+12 containers in the run; "
         "expected at most 100,000,000"),
        ("export_volume=1e9", "export_volume: gives 3.16e+11 containers"),
        ("background.transit.trains=1e9 /d", "trains: gives 6e+10 trains in the run; expected at "
         "most 10,000,000"),
        ("background_volume={value: 1, changes: {2024-01-09: 1e9}}", "gives 3e+11 trains"),
        ("services.on.dispatch.every=1e-9 h", "every: gives 1.44e+12 trains"),
        ("services.on.dispatch.every=1e400 h", "every: '1e400 h' is not a duration"),
        ("services.on.dispatch.every=1e305 yr", "every: '1e305 yr' is not a duration"),
        ("supplies.barley.volume=1e400 t/yr", "is not a finite number"),
        ("disruptions.wind={on: [crossing], every: 0 h, lasts: 0 h}",
         "every: gives disruptions without end in the run"),
    ],
)  # fmt: skip
def test_a_run_that_would_not_end_is_refused(text: str, said: str) -> None:
    message = refusal(text)
    assert message.startswith("--set 1: ")
    assert said in message


def test_a_large_run_is_taken() -> None:
    # a hundred times the volume of a busy corridor, which runs in half a minute
    assert doubts("supplies.barley.volume=150 Mt/yr", "background_volume=100") == []
    assert doubts("supplies.barley.volume=0 t/yr", "export_volume=0") == []


def test_a_change_outside_the_run_says_which_days_that_are() -> None:
    assert doubts("stations.border.tracks={value: 6, changes: {2025-01-01: 8}}") == [
        "--set 1: warning: tracks: the change on 2025-01-01 lies after the end of the run "
        "(2024-01-01 to 2024-02-29)"
    ]


@pytest.mark.parametrize(
    ("horizon", "said"),
    [
        ("0 d", "`0 d` is out of range; expected more than 0 d"),
        ("200 yr", "`200 yr` is out of range; expected at most 36500 d"),
    ],
)
def test_a_run_of_no_length_or_of_centuries_is_refused_in_its_unit(horizon: str, said: str) -> None:
    assert refusal(f"horizon={horizon}") == f"--set 1: horizon: {said}"


SECOND = (
    "services={{{}: {{from: almaty, route: [wide-line, crossing, khorgos/customs, "
    "khorgos/laboratory], length: 40, wagons: wide, {}dispatch: {{rule: timetable, every: 7 d}}}}}}"
)


def test_a_second_service_between_the_same_stations_is_taken() -> None:
    assert doubts(SECOND.format("eastward", "")) == []
    assert doubts(SECOND.format("desert", "")) == []
    assert doubts(SECOND.format("eastward", "crossing: khorgos, ")) == []


ONWARD = (
    "services={{onward: {{from: khorgos, route: [khorgos/lift, narrow-line], length: 40, "
    "wagons: narrow, {}dispatch: {{rule: timetable, every: 7 d}}}}}}"
)


def test_a_second_service_that_all_goods_pass_over_is_doubtful() -> None:
    crossing = "services.east.crossing=khorgos"
    said = (
        "warning: no goods go by `onward`: to `jinan` by crossing `khorgos` they go from `khorgos` "
        "to `jinan` by `on` alone; "
    )
    assert doubts(crossing, ONWARD.format("crossing: dostyk, ")) == [
        f"--set 2: {said}without its `crossing: dostyk` both take what waits there"
    ]
    assert doubts(crossing, ONWARD.format("")) == []
    here = "services.on.crossing=alashankou"
    (told,) = doubts(crossing, here, ONWARD.format(""))
    assert told.endswith("`on` alone; with `crossing: alashankou` both take what waits there")


HOME = (
    "services={{home: {{from: jinan, route: [narrow-line], length: 40, wagons: narrow, "
    "dispatch: {}}}}}"
)


@pytest.mark.parametrize(
    ("rule", "cure"),
    [
        (
            "{rule: timetable, every: 7 d}",
            "with `minimum: 0` it leaves with the empties that are there",
        ),
        (
            "{rule: when-full}",
            "expected a rule that looks at empties, such as `{rule: with-empties, boxes: 40}`, or "
            "a timetable with `minimum: 0`",
        ),
        ("{rule: timetable, every: 7 d, minimum: 0}", ""),
        ("{rule: with-empties, boxes: 40}", ""),
    ],
)
def test_trains_of_empties_that_wait_for_laden_boxes_are_doubtful(rule: str, cure: str) -> None:
    said = "--set 1: warning: no goods go by `home`, and its trains wait for laden boxes: "
    assert doubts(HOME.format(rule)) == ([said + cure] if cure else [])
