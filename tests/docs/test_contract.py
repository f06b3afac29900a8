"""What the contract between the rooms promises is what there is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from sim.results.accounts import PARTS
from sim.results.kpi import KPIS
from sim.results.tables import STAGES, TABLES, Table
from sim.scenario.fitting.places import RESERVED
from sim.study.runs import Outcome

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "docs" / "contract.md").read_text()


def test_rooms_of_the_picture_are_the_packages_and_stand_on_the_floors_that_are_held() -> None:
    picture = CONTRACT.split("```")[1]
    floors = [re.findall(r"sim/(\w+)/", line) for line in picture.strip().splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    held = contracts["contracts"][0]["layers"]
    assert [set(rooms) for rooms in floors] == [set(re.findall(r"sim\.(\w+)", x)) for x in held]
    there = {p.parent.name for p in (ROOT / "sim").glob("*/__init__.py")}
    assert {room for rooms in floors for room in rooms} == there


def test_every_room_within_a_floor_is_listed() -> None:
    named = set(re.findall(r"`sim/(\w+/\w+)/`", CONTRACT))
    inner = {p.relative_to(ROOT / "sim") for p in (ROOT / "sim").glob("*/*/") if p.is_dir()}
    assert named == {str(p) for p in inner if p.name != "__pycache__"}


def test_every_key_figure_is_listed() -> None:
    parts = {f"cost_{part.replace(' ', '_')}_per_t" for part in PARTS}
    assert [name for name in KPIS if f"`{name}`" not in CONTRACT and name not in parts] == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_is_listed(table: Table) -> None:
    entry = rf"^`{table.name}` — .*?(?=^`\w+` — |\n\n)"
    (row,) = re.findall(entry, CONTRACT, re.MULTILINE | re.DOTALL)
    assert [column.name for column in table.columns if f"`{column.name}`" not in row] == []


def test_every_field_of_an_outcome_is_listed() -> None:
    assert [f.name for f in fields(Outcome) if f"`{f.name}`" not in CONTRACT] == []


def test_every_activity_of_a_stage_is_listed() -> None:
    (row,) = re.findall(r"^`stages` — .*$", CONTRACT, re.MULTILINE)
    (column,) = (c for c in STAGES.columns if c.name == "activity")
    for activity in RESERVED:
        assert f"`{activity}`" in row
        assert re.search(rf"\b{activity}\b", column.meaning), activity
