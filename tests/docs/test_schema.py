"""The schema that the scenarios name to editors is the one that the language has now."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sim.scenario.schema import json_schema

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "scenario.schema.json"


def test_schema_beside_the_docs_is_the_languages_own() -> None:
    assert json.loads(SCHEMA.read_text()) == json_schema(), (
        "mend it with: steppe schema > docs/scenario.schema.json"
    )


def test_baseline_names_the_schema() -> None:
    text = (ROOT / "scenarios/baseline.yaml").read_text()
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert found is not None
    assert (ROOT / "scenarios" / found[1]).resolve() == SCHEMA
