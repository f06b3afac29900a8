"""The reference page is what the tables and the registries say now, and leaves nothing out."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from sim.corridor import simulate
from sim.policies import DISPATCH
from sim.scenario import load, vocabulary
from sim.scenario.calendars import Calendar
from sim.scenario.distributions import KINDS
from sim.scenario.drawn import DurationDistribution
from sim.scenario.reference import REGISTRIES, arguments, page, rows, tables
from tests.cli.command import good, steppe
from tests.corridor.small import SMALL

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
    assert "| `timetable` |  |  | At fixed times, with what is there" in text
    assert "|  | `every` | required | a time (`84 h`); from one train to the next |" in text
    assert "|  | `minimum` | `1` | boxes (`20`); with fewer the train does not leave" in text
    assert "timetable" in DISPATCH.own()


def test_every_parameter_of_every_rule_has_its_unit_and_meaning() -> None:
    for registry in REGISTRIES:
        for name, rule in registry.own().items():
            accepted = list(inspect.signature(rule).parameters)
            assert list(arguments(rule)) == accepted, f"{registry.decision}: {name}"


def test_every_distribution_is_on_it_with_an_example_that_is_taken() -> None:
    section = PAGE.read_text().split("## Distributions")[1].split("\n## ")[0]
    for name, kind in KINDS.items():
        (line,) = [row for row in section.splitlines() if row.startswith(f"| `{name}` |")]
        assert all(f"`{parameter.name}`" in line for parameter in kind.parameters)
        assert line.endswith(f"| `{kind.example}` |")
        assert DurationDistribution.of(kind.example).kind == name


def test_what_a_scenario_extends_is_the_first_of_its_keys() -> None:
    section = PAGE.read_text().split("## The scenario")[1]
    assert section.index("| `extends` |") < section.index("| `steppe` |")


def test_every_amount_of_a_supply_shown_there_is_taken(tmp_path: Path) -> None:
    section = PAGE.read_text().split("## Amounts of a supply")[1].split("\n## ")[0]
    ways = re.findall(r"`((?:volume|series|contracts): [^`]+)`", section)
    assert len(ways) == 4
    (tmp_path / "offered.csv").write_text("date,tonnes\n2024-09-01,3000\n2024-10-01,0\n")
    for way in ways:
        text = SMALL.replace("volume: 900 t/d", way).replace("2023-01-01", "2024-09-01")
        (tmp_path / "small.yaml").write_text(text.replace("2023-01-20", "2024-09-20"))
        done = steppe(tmp_path, "check", "small.yaml")
        assert (done.status, "exports offered" in done.out) == (0, True), way + done.err


def test_the_leg_by_road_is_run_as_it_stands(tmp_path: Path) -> None:
    """Its block, with stations, goods and boxes around it: goods and empties go by truck."""
    section = page().partition("## Ways of goods")[2].partition("\n## ")[0]
    block = section.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "road.yaml").write_text(block)
    (tmp_path / "mine.yaml").write_text(
        """\
extends: road.yaml
title: by road
start: 2024-01-01
horizon: 30 d
commodities: {barley: {load: 25 t}}
fleets: {boxes: {kind: containers, at: {elevator: 20}}}
stations:
  elevator: {stuffing: {lines: 2, time: 1 h, fleet: boxes}}
  terminal:
    work: {lift: {kind: cranes, cranes: 1, time: 4 min}}
    delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}
supplies:
  barley:
    {region: north, terminal: elevator, commodity: barley, volume: 2400 t/month, to: {terminal: 1}}
policies: {empties: fill-slots}
"""
    )
    good(tmp_path, "check", "mine.yaml")
    run = simulate(load(tmp_path / "mine.yaml"))
    went = run.trains.group_by("service").len()
    count = dict(zip(went["service"], went["len"], strict=True))
    # 96 boxes a month, of which 20 are there at the start: the others come back by truck
    assert count["by-truck"] > 60
    assert count["empties-by-truck"] > 40
    run_h = 130 / 50 + 4 / 60
    transit = run.containers["arrived_h"] - run.containers["departed_h"]
    assert transit.drop_nulls().min() == pytest.approx(130 / 50)
    assert transit.drop_nulls().max() < run_h + 3
