"""``steppe schema``: what editors are told is what the loader takes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import load
from sim.scenario.vocabulary import ScenarioTables
from tests.cli.command import good
from tests.cli.schema_subset import fits

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return json.loads(good(tmp_path_factory.mktemp("schema"), "schema").out)


def plain(path: Path) -> Any:
    """A scenario as written, merged over what it extends, of JSON's types."""
    return json.loads(json.dumps(load(path).resolved))


def test_the_keys_are_those_of_the_language(schema: Any) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    fields = ScenarioTables.model_fields
    named = {field.alias or name for name, field in fields.items()}
    assert set(schema["properties"]) == named | {"extends"}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_every_scenario_of_ours_fits(path: Path, schema: Any) -> None:
    assert fits(plain(path), schema, schema)


def lines(scenario: Any) -> Any:
    return next(iter(scenario["lines"].values()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s.update(titel="x"),
        lambda s: lines(s).update(lenght="3 km"),
        lambda s: lines(s).update({"from": 3}),
        lambda s: s.update(seed=-1),
        lambda s: s["stations"].update(jinan=["a", "list"]),
    ],
    ids=["top key", "inner key", "kind of value", "below the least", "a list for a table"],
)
def test_a_slip_does_not_fit(spoil: Any, schema: Any) -> None:
    baseline = next(p for p in SCENARIOS if p.stem == "baseline")
    scenario = copy.deepcopy(plain(baseline))
    assert fits(scenario, schema, schema)
    spoil(scenario)
    assert not fits(scenario, schema, schema)
