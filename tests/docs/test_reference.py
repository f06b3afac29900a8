"""The reference page is what the tables and the registries say now, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from sim.policies import DISPATCH
from sim.scenario import vocabulary
from sim.scenario.calendars import Calendar
from sim.scenario.reference import REGISTRIES, page, rows, tables

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


def test_the_page_is_the_languages_own() -> None:
    assert PAGE.read_text() == page(), "mend it with: make reference"


def test_every_table_of_the_vocabulary_is_on_it() -> None:
    """Found by another way than the walk: all classes of the module."""
    classes = {
        thing
        for thing in vars(vocabulary).values()
        if isinstance(thing, type) and issubclass(thing, vocabulary.Thing)
    } - {vocabulary.Thing}
    assert {table for _, table in tables()} == classes | {Calendar}


def test_every_key_has_a_meaning() -> None:
    missing = [
        f"{place}.{key}"
        for place, table in tables()
        for key, kind, _, meaning in rows(table)
        if not kind or not meaning
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (vocabulary.Service, ("from", "text", "required", "station where trains are formed")),
        (
            vocabulary.Cranes,
            (
                "cranes",
                "a whole number (`3`, `40 boxes`); may change on dates",
                "required",
                "cranes that work side by side",
            ),
        ),
        (
            vocabulary.Liner,
            ("first", "a time (`36 h`, `36 d`)", "`0 h`", "first call after the start"),
        ),
        (
            vocabulary.Line,
            (
                "gauge",
                "`1520` or `1435`",
                "—",
                "track gauge; between lines of two a route needs a work; both if absent",
            ),
        ),
    ],
)
def test_a_row_says_key_type_default_and_meaning(
    table: type[BaseModel], row: tuple[str, ...]
) -> None:
    assert row in rows(table)


def test_every_rule_of_every_decision_is_on_it() -> None:
    text = PAGE.read_text()
    for registry in REGISTRIES:
        section = text.split(f"### `{registry.decision}`")[1].split("###")[0]
        assert all(f"| `{name}` |" in section for name in registry.names())
    said = "| `timetable` | `every` (required), `first` = `0 h`, `minimum` = `1` | At fixed times"
    assert said in text
    assert "timetable" in DISPATCH.own()
