"""An episode's mistakes are said with their places and a cure, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.study.episodes import load_episode
from sim.study.episodes.language import numbers_in
from tests.cli.command import place
from tests.study.episode import EPISODE, written

REGISTER = (
    "id,statement,value,unit,period,source\n"
    "jam,Trains standing (7000 wagons),120,trains,2024,paper\n"
    "hours,\"Mean hours (outbound 8.9; two to three days before)\",48.6,h,2024,report\n"
    "odd,Speed,132,km/d,2024,paper\n"
    "day,Signed,2022-12,date,2022,paper\n"
)  # fmt: skip
BACKWARD = "{kind: train-hours, stretches: [{from: east/bulk, to: approach/run}]}"
FACT = "{value: 3.5 trains, source: a count by hand}"


def said(folder: Path, text: str) -> list[str]:
    """The messages of an episode that cannot be used."""
    (folder / "facts.csv").write_text(REGISTER)
    with pytest.raises(ScenarioError) as caught:
        load_episode(written(folder, text))
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    assert old in EPISODE
    return EPISODE.replace(old, new)


WITH_FACTS = EPISODE.replace("title: a storm\n", "title: a storm\nevidence: facts.csv\n")


@pytest.mark.parametrize(
    ("old", "new", "mark", "message"),
    [
        ("kind: trains-standing", "kind: train-standing", "train-standing",
         "kind: unknown measure `train-standing`; did you mean `trains-standing`?"),
        ("{kind: trains-standing, at: [exchange]}", "delivererd_t", "delivererd_t",
         "measure: unknown measure `delivererd_t`; did you mean `delivered_t`?"),
        ("{kind: trains-standing, at: [exchange]}", "trains-standing", "trains-standing\n",
         "measure: `trains-standing` needs parameters; expected `{kind: trains-standing, …}`"),
        ("{kind: trains-standing, at: [exchange]}", "{at: [exchange]}", "{at",
         "measure: has no `kind`; expected one of `kpi`, `trains-standing`, `trains-passing`, "
         "`train-hours`, `recovery`, `container-hours`, `goods-passing`, `level`"),
        ("at: [exchange]", "at: [exchnage]", "exchnage",
         "unknown line or station `exchnage`; did you mean `exchange`?"),
        ("{kind: trains-standing, at: [exchange]}",
         "{kind: container-hours, from: delivered, to: ready}", "{kind",
         "measure: goes from delivered to ready, which is not later; expected `from` before `to` "
         "in ready, stuffed, departed, border_in, border_out, arrived, delivered"),
        ("{kind: trains-standing, at: [exchange]}", BACKWARD, "{from",
         "every train comes to `approach/run` before `east/bulk`; expected "
         "`{from: approach/run, to: east/bulk}`"),
        ("at: [exchange]", "at: [exchange], waitng_for: [track]", "waitng_for",
         "unknown key `waitng_for`; did you mean `waiting_for`?"),
        ("calibrated: false", "calibrated: maybe", "maybe",
         "calibrated: `maybe` is neither; expected `true` or `false`"),
        ("calibrated: false", "calibrated: true", "title: trains",
         "standing: is calibrated on, and does not say what; expected `calibrates: <which "
         "figures>`"),
        ("    calibrated: false\n", "", "standing:",
         "`standing` has no `calibrated`; expected whether figures of the scenario were chosen "
         "with this observation in view"),
        ("on: 2024-01-07", "on: 2024-02-07", "2024-02-07",
         "on: the window is not in the run, which is 2024-01-01 and 20 days on"),
        ("on: 2024-01-07", "on: January", "January",
         "on: `January` has no year; write such as `2024-01-01`"),
        ("on: 2024-01-07", "begin: 2024-01-07", "title: trains",
         "standing: has half a window; expected both `begin` and `days`"),
        ("3.5 trains", "3.5 days", "3.5 days",
         "value: `3.5 days` is a time; the measure gives a plain number"),
        ("3.5 trains", "many", "many",
         "observed: `many` is not a number with a unit"),
        (FACT, "{value: 3.5 trains}", "observed",
         "observed: nothing says so; expected `fact` or `source`"),
        (FACT, "{value: 4 trains, high: 3 trains, source: x}", "3 trains",
         "high: `3 trains` is no upper end of a range from `4 trains`; expected the same unit and "
         "no less"),
        ("corridor.yaml", "corridr.yaml", "corridr.yaml",
         "extends: {folder}/corridr.yaml: there is no such file; did you mean "
         "{folder}/corridor.yaml?"),
        ("scenario: corridor.yaml", "scenario: {extends: corridor.yaml, horizn: 3 d}", "horizn",
         "unknown key `horizn`; did you mean `horizon`?"),
        ("scenario: corridor.yaml\n", "", "title",
         "there is no `scenario`; expected a file, or `{extends: <file>, …}`"),
    ],
)  # fmt: skip
def test_a_mistake_has_a_place_and_a_cure(
    old: str, new: str, mark: str, message: str, tmp_path: Path
) -> None:
    text = changed(old, new)
    (line,) = said(tmp_path, text)
    wanted = message.replace("{folder}", str(tmp_path))
    assert line == f"{tmp_path / 'storm.yaml'}:{place(text, mark)}: {wanted}"


@pytest.mark.parametrize(
    ("observed", "mark", "message"),
    [
        ("{fact: jma}", "jma", "fact: no fact `jma`; did you mean `jam`?"),
        ("{fact: jam, value: 70 trains}", "70 trains",
         "value: 70 is not in jam; it says 120, 7000"),
        ("{fact: odd}", "odd", "fact: `132 km/d` is a speed; the measure gives a plain number"),
        ("{fact: day}", "day}", "fact: `day` is 2022-12 date, which cannot be measured (no figure "
         "that a measure could give); expected `value` beside it"),
        ("{fact: hours}", "hours", "fact: `48.6 h` is a time; the measure gives a plain number"),
        ("{fact: [jam, odd]}", "observed",
         "observed: several facts and no `value`; expected such as `8.9 h`"),
    ],
)  # fmt: skip
def test_facts_are_looked_up_and_must_say_the_figure(
    observed: str, mark: str, message: str, tmp_path: Path
) -> None:
    text = WITH_FACTS.replace(FACT, observed)
    (line,) = said(tmp_path, text)
    assert line.startswith(f"{tmp_path / 'storm.yaml'}:{place(text, mark)}: {message}")


def test_a_fact_gives_its_own_value_or_another_that_it_says(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(REGISTER)
    for observed, number, unit in (
        ("{fact: jam}", 120.0, "trains"),
        ("{fact: jam, value: 7000 wagons}", 7000.0, "wagons"),
        ("{value: 10,  source: [a newspaper of 2 May]}", 10.0, ""),
    ):
        path = written(tmp_path, WITH_FACTS.replace(FACT, observed))
        (seen,) = load_episode(path).rows
        assert (seen.low, seen.high, seen.unit) == (number, number, unit)


def test_numbers_in_words_and_digits() -> None:
    assert numbers_in("10,800 TEU, 8.9 h; two to three days") == {10800.0, 8.9, 2.0, 3.0}


def test_all_mistakes_are_said_at_once_and_in_order(tmp_path: Path) -> None:
    text = (
        "title: t\nscenario: {extends: corridor.yaml, horizn: 3 d}\nrows:\n"
        "  a: {observed: {value: 1 trains}, measure: {kind: levl}, calibrated: false}\n"
        "  b: {observed: {value: 1 train, source: x}, measure: {kind: level}, calibrated: no}\n"
    )
    lines = said(tmp_path, text)
    assert [line.split(":")[1] for line in lines] == ["2", "4", "5", "5"]


def test_a_window_of_no_mention_is_the_run_after_its_warm_up(tmp_path: Path) -> None:
    text = changed("    on: 2024-01-07\n", "").replace(
        "scenario: corridor.yaml", "scenario: {extends: corridor.yaml, warmup: 2 d}"
    )
    (seen,) = load_episode(written(tmp_path, text)).rows
    assert (seen.begin, seen.end) == (48.0, 480.0)


def test_a_key_figure_has_no_window(tmp_path: Path) -> None:
    text = changed("{kind: trains-standing, at: [exchange]}", "trains_held_max")
    (line,) = said(tmp_path, text)
    assert line.endswith("on: a kpi belongs to the whole run; remove it")
