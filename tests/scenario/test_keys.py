"""A key of the language as the tables have it, and what a scenario gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.given import Given
from sim.scenario.keys import RuleKey, explain
from sim.scenario.reference import rows, tables
from sim.scenario.vocabulary import Service

CORRIDOR = Path(__file__).parent / "corridor.yaml"


@pytest.mark.parametrize(
    "key",
    ["stations.*.work.cranes", "stations.work.cranes", "stations.<name>.work.*.cranes",
     "stations.khorgos.work.lift.cranes"],
)  # fmt: skip
def test_names_may_be_given_left_out_or_open(key: str) -> None:
    (found,) = explain(key).keys
    assert found.path.endswith(".cranes") and found.of == "kind: cranes"
    assert (found.default, found.meaning) == ("required", "cranes that work side by side")
    assert found.type == "a whole number (`3`, `40 boxes`); may change on dates"
    assert [g.path for g in explain(key, CORRIDOR).given] == ["stations.khorgos.work.lift.cranes"]


def test_a_key_of_several_kinds_of_work_is_said_for_each() -> None:
    found = explain("stations.work.time")
    assert [k.of for k in found.keys] == ["kind: servers", "kind: cranes", "kind: laboratory"]
    given = explain("stations.work.time", CORRIDOR).given
    assert [(g.path.split(".")[3], g.text, g.source) for g in given] == [
        ("customs", "lognormal(mean: 3 h, cv: 0.4)", ()),
        ("lift", "gamma(mean: 3 min, cv: 0.5)", ("lift-time",)),
        ("laboratory", "3 d", ()),
    ]


def test_every_key_of_the_reference_can_be_asked_for() -> None:
    for place, table in tables():
        for key, kind, default, meaning in rows(table):
            found = explain(f"{place}.{key}".lstrip("."))
            asked = [(k.type, k.default, k.meaning) for k in found.keys]
            assert (kind, default, meaning) in asked, (place, key)


def test_a_table_has_its_keys_below_it() -> None:
    found = explain("services")
    assert [k.path.rpartition(".")[2] for k in found.below] == [key for key, *_ in rows(Service)]
    assert [k.path for k in explain().below][:2] == ["steppe", "title"]
    assert explain().keys == ()


def test_a_rule_has_its_registry_and_a_parameter_its_rules() -> None:
    found = explain("services.dispatch", CORRIDOR)
    assert [k.default for k in found.keys] == ["required without `passing`"]
    full = "As soon as the boxes for a full train are ready."
    assert RuleKey("when-full", (), full) in found.rules
    assert [(g.path, g.text) for g in found.given] == [
        ("services.east.dispatch", "when-full"), ("services.on.dispatch", "timetable (every: 1 d)"),
    ]  # fmt: skip
    every = explain("services.dispatch.every")
    assert [(k.of, k.default) for k in every.keys] == [
        ("rule: timetable", "required"), ("rule: with-empties", "24 h"),
    ]  # fmt: skip
    assert every.rules == ()


def test_a_scenario_gives_value_source_and_place_or_leaves_it_to_the_default() -> None:
    line = next(
        n
        for n, text in enumerate(CORRIDOR.read_text().splitlines(), 1)
        if text.strip().startswith("per_day:")
    )
    per_day, change = explain("lines.acceptance.per_day", load(CORRIDOR)).given
    assert (per_day.path, per_day.text) == ("lines.crossing.acceptance.per_day", "15 trains/d")
    assert (per_day.source, per_day.place) == (("accepted",), f"{CORRIDOR}:{line}:24")
    assert (change.path.rpartition(".")[2], change.text) == ("2024-02-01", "18 trains/d")
    (export,) = explain("export_volume", CORRIDOR).given
    assert export == Given("export_volume", None)
    # only where the table is there: one station stuffs
    assert [g.path for g in explain("stations.stuffing.storage", CORRIDOR).given] == [
        "stations.almaty.stuffing.storage"
    ]
    assert [(g.path, g.text) for g in explain("fleets.boxes.at", CORRIDOR).given] == [
        ("fleets.boxes.at.almaty", "100"), ("fleets.boxes.at.jinan", "20"),
    ]  # fmt: skip
    assert [g.text for g in explain("fleets.returns.time", CORRIDOR).given] == [
        "gamma(mean: 10 d, cv: 0.3)"
    ]
    assert [g.text for g in explain("title", CORRIDOR).given] == ["small corridor"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("statons", "statons: there is no `statons`; did you mean `stations`?"),
        ("stations.yrad", "stations.yrad: there is no `yrad` in `stations`; did you mean `yard`?"),
        ("stations.work.crnes", "there is no `crnes` in `stations.<name>.work`; did you mean "
         "`cranes`?"),
        ("services.dispatch.evry", "no `evry` in `services.<name>.dispatch`; did you mean `every`"),
        ("seed.of", "there is nothing below `seed`; expected no `of`"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_refused_with_what_was_meant(key: str, said: str) -> None:
    for scenario in (None, CORRIDOR):
        with pytest.raises(ScenarioError) as caught:
            explain(key, scenario)
        assert said in str(caught.value)


def test_a_misspelt_name_of_a_scenario_is_refused_too() -> None:
    with pytest.raises(ScenarioError, match="there is no `jnan` in `stations`; did you mean `jina"):
        explain("stations.jnan.tracks", CORRIDOR)


@pytest.mark.parametrize(
    ("key", "scenario", "said"),
    [
        ("laboratory", None, "at the top; below it there is `stations.<name>.work.<name> (kind: l"),
        ("wagons", None, "below it there is `services.<name>.wagons`"),
        ("customs", CORRIDOR, "there is no `customs` at the top; below it there is `stations."),
        ("khorgos/laboratory", CORRIDOR, "below it there is `stations.khorgos.work.laboratory`"),
        ("crossing/acceptance", CORRIDOR, "below it there is `lines.crossing.acceptance`"),
        ("containers", CORRIDOR, "`fleets.boxes`"),  # a kind that a name has
    ],
)
def test_a_word_that_no_path_begins_with_is_looked_for_below(
    key: str, scenario: Path | None, said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        explain(key, scenario)
    assert said in str(caught.value)
    first = str(caught.value).split("`")[3].partition(" ")[0]
    assert explain(first, scenario).below or explain(first, scenario).keys


def test_of_a_table_a_scenario_gives_its_kind_and_what_is_written_in_it() -> None:
    found = explain("stations.khorgos.work.lift", CORRIDOR)
    assert {key.of for key in found.below} == {"kind: cranes"}
    given = {g.path.rpartition(".")[2]: g.text for g in found.given}
    assert given["cranes"] == "3" and given["time"] == "gamma(mean: 3 min, cv: 0.5)"
    assert not {"source", "assumed", "order"} & given.keys()  # said of figures; not written
    assert len({key.of for key in explain("stations.work").below}) == 3
