"""Mistakes of somebody who writes a scenario from nothing: each has its place and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load

GOOD = (Path(__file__).parent / "exporter.yaml").read_text()
VOLUME, LOAD, TO, TIME = "volume: 60 kt/yr", "load: 26 t", "to: {jinan: 100 %}", "time: 45 min"
BACK = "time: gamma(mean: 20 d, cv: 0.3)"
ROUTE = "[west, dostyk/customs, dostyk/gauge-change]"
HAUL = "1520: 0.03 USD/t/km, 1435"
TITLE = "title: Wheat from Kostanay to Jinan"
ODD = (
    "a blank of a text program or web page, which YAML takes for a letter; write an ordinary space"
)
TABLE = "text in UTF-16, which some editors call Unicode; save the file as UTF-8"


def refused(folder: Path, content: str | bytes) -> list[str]:
    path = folder / "mine.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def test_the_scenario_itself_has_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    assert load(path).warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "mark", "said"),
    [
        (VOLUME, "volume: 60.000 t/yr", "60.000",
         "`60.000 t/yr` may have a mark for thousands; write `60000 t/yr`, or `60 t/yr` if that"),
        (VOLUME, "volume: 1.060.000 t/yr", "1.060", "marks for thousands; write `1060000 t/yr`"),
        (VOLUME, "volume: 60_000 t/yr", "60_000", "such as `60000 t/yr`"),
        (VOLUME, "volume: 60 тыс. тонн в год", "60 тыс", "write `kt/yr`"),
        (VOLUME, "volume: 5 kt/mo", "5 kt/mo", "unknown unit `kt/mo`; write `kt/month`"),
        (VOLUME, "volume: 60000 mt/yr", "60000", "may be any of several tons; did you mean `t/yr`"),
        (VOLUME, "volume: 60 kt/уr", "60 kt", "`у` in it is Cyrillic, and `kt/yr` is written in"),
        (VOLUME, "volume: 60 kt", "60 kt", "is a mass, not a mass per time; say in what time"),
        (VOLUME, "volume: 4600 TEU/yr", "4600", "multiply it by the tonnes in one"),
        (LOAD, "load: 26 t;", "26 t;", "`26 t;` ends in `;`; write `26 t`"),
        (LOAD, "load: ~26 t", "~26 t", "is not a number with a unit; write `26 t`"),
        (LOAD, "load:\u00a026 t", "\u00a0", ODD),
        (f"    {LOAD}", f"  \u00a0 {LOAD}", "\u00a0", ODD),
        (LOAD, "load: `26 t`", "`26", "``` begins nothing in YAML; write `26 t` without it"),
        (TIME, "time: 45 m", "45 m\n", "`45 m` is a length, not a time; minutes are `min`"),
        (TIME, "time: 0:45:00", "0:45", "is hours and minutes by the clock; write `0.75 h`"),
        (BACK, "time: gamma(mean: 20 d, cv: 0,3)", "gamma(",
         "`0,3` has a comma in the number; write a decimal point, such as `0.3`"),
        (LOAD, "load: 26 t (net)", "26 t (", "write `t` alone, and words behind ` # `"),
        (LOAD, "load: 26 metric tons", "26 met", "unknown unit `metric tons`; write `t`"),
        (LOAD, "load: '26' t", "t\nfleets", "text behind a closing quote; put all of the value"),
        ("kostanay: 400", "kostanay: 1.000", "1.000",
         "1.0 is written with a point; write `1`, or `1000` if the point marks thousands"),
        ("stations:", "Stations:", "Stations:", "unknown key `Stations`; did you mean `stations`?"),
        ("every: 3.5 d", "every: 84", "84}", "84 is not a duration; write 84 h or 84 d"),
        ("every: 3.5 d", "every: 7 d, first: '06:00'", "'06:00'", "not a duration; write 6 h"),
        ("hours: customs-hours", "hours: 9-18", "9-18",
         "`9-18` is no calendar; write `calendars: {day: {open: \"09:00-18:00\"}}`, and `hours: "
         "day` here"),
        ("[63.6, 53.2]", "[63.6]", "position", "has 1 of its values; expected `position: [76.9, "),
        (ROUTE, "", "route:", "route: is empty; expected such as `[a, b]`"),
        ("  kostanay-wheat", "  Kostanay wheat", "Kostanay wh",
         "`Kostanay wheat` is not a name; write `kostanay-wheat`"),
        (TITLE, f"// mine\n{TITLE}", "// mine", "is no comment; comments begin with `#`"),
        (TITLE, f"```yaml\n{TITLE}", "```yaml", "a fence of Markdown; remove the line"),
        (TITLE, f"extends: a\\\\b.yaml\n{TITLE}", "a\\\\b", "folders end in `/`: `a/b.yaml`"),
        (TO, "to: {jinan: 100 %%}", "100 %%", "unknown unit `%%`; write `%`"),
        (TO, "to: {jinan:100 %}", "jinan:100",
         "`jinan:100 %` has no colon with a blank after it; write `jinan: 100 %`"),
        (TO, "to: {jinan 100 %}", "jinan 100", "write `jinan: 100 %`"),
        (TO, "to: {jinan = 100 %}", "jinan = 100", "write `jinan: 100 %`"),
        (TO, "to: {jinan: %100}", "%100", "`%` stands behind the number; write `100 %`"),
        (TO, "to: {jinan: 100 %}}", "}\ncosts", "a `}` that closes nothing; remove it"),
        (ROUTE, "west -> dostyk/customs", "west -> ",
         "is one name; write a list: `[west, dostyk/customs]`"),
        (ROUTE, "\n      -west\n      -dostyk/customs", "-west",
         "`-west -dostyk/customs` is one name; write a list: `[west, dostyk/customs]`"),
        (ROUTE, "[west, dostyk / customs]", "dostyk / ", "write `dostyk/customs`"),
        ("every: 3.5 d", "every: 2 per week", "2 per week",
         "write the time from one to the next, 3.5 d"),
        ("every: 3.5 d", "every: week", "week}", "to the next, 7 d"),
        (HAUL, "1520: 0.03 USD/tkm, 1435", "0.03 USD/tkm", "write `0.03 USD/t/km`"),
        (HAUL, "1520: 0.03 USD per ton-km, 1435", "0.03 USD per", "write `0.03 USD/t/km`"),
        ("speed: 700 km/d", "speed: 700 km", "700 km}", "say in what time that is run"),
        ("[63.6, 53.2]", "63.6, 53.2", "63.6", "not a list; expected `position: [76.9, 43.2]`"),
        ("[63.6, 53.2]", "[63,6, 53,2]", "[63,6", "write decimal points, `[63.6, 53.2]`"),
        ("  wheat:\n    load", "  - wheat:\n      load", "- wheat",
         "a list stands where keys are expected; write `wheat: …` without the `-`"),
        ("  kostanay:\n    title", "  kоstanay:\n    title", "kоstanay",
         "`kоstanay` is not a name; `о` in it is Cyrillic: write `kostanay`"),
        (TITLE, "title: 'Wheat", "'Wheat", "the quote `'` is not closed"),
        (TITLE, "title: 'Kostanay's wheat'", "s wheat", "an apostrophe ends the text that a"),
        (TITLE, "title: @Wheat", "@Wheat", "write `Wheat` without it, or put it in quotes"),
        (TITLE, "title:", "title:", "title: is empty; expected words"),
        ("tracks: 10", "tracks = 10", "tracks = ", "write `tracks: 10`"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_what_to_write(
    tmp_path: Path, old: str, new: str, mark: str, said: str
) -> None:
    assert GOOD.count(old) >= 1, old
    text = GOOD.replace(old, new, 1)
    lines = refused(tmp_path, text)
    head = text[: text.index(mark)]
    place = f":{head.count(chr(10)) + 1}:{len(head) - head.rfind(chr(10))}:"
    assert [line for line in lines if line.startswith(place) and said in line], (place, lines)
    if "Cyrillic" not in said and "Stations" not in new:
        assert len({line.split(":")[1] for line in lines}) == 1, lines  # nothing more comes of it


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), f":1:1: is {TABLE}"),
        (GOOD.encode("utf-16-le"), f":1:1: is {TABLE}"),
        (GOOD.encode("utf-16-be"), f":1:1: is {TABLE}"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff", "is a document of an office program, not text"),
        (GOOD.encode("cp1251"), "so save the file as that; it may be in a code page of Windows"),
        (b"---\n", ":2:1: is empty; expected a scenario, such as `title: …`"),
        (b"# to do\n", ": is empty; expected a scenario, such as `title: …`"),
    ],
)
def test_what_is_no_text_of_a_scenario_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    (line,) = refused(tmp_path, content)
    assert said in line


def test_boxes_that_change_gauge_by_no_cranes_are_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace(", dostyk/gauge-change]", "]"))
    assert [str(w).removeprefix(str(path)) for w in load(path).warnings] == [
        ":51:12: warning: route: boxes come from `grain-train` to `onward`, of another gauge, in "
        "no time, as no cranes at `dostyk` move them; expected `dostyk/gauge-change` at its end"
    ]
    both = GOOD.replace(", dostyk/gauge-change]", "]")
    path.write_text(both.replace("[east]", "[dostyk/gauge-change, east]"))
    assert load(path).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(BACK, "time: gamma (mean: 20 d, cv: 0.3)"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace(TITLE, "title: Wheat (first: of the best), by\u00a0rail"),
        GOOD.replace(LOAD, "load: 26.125 t"),
        GOOD.replace("length: 2300 km", "length: 2300.000 km"),
    ],
)
def test_what_is_unusual_and_clear_is_taken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text.encode())
    found = load(path).tables
    assert found.fleets["boxes"].returns[0].time.mean == pytest.approx(480.0)
    assert found.title in (
        "Wheat from Kostanay to Jinan",
        "Wheat (first: of the best), by\u00a0rail",
    )
