"""The schema of episodes takes every episode of ours, and refuses what the loader refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.scenario.documents import parse
from sim.study.episodes.schema import json_schema
from tests.cli.schema_subset import fits
from tests.study.episode import EPISODE

ROOT = Path(__file__).parents[2]
SCHEMA = json_schema()


def taken(text: str) -> bool:
    tree = parse(text, "episode.yaml", [])
    assert tree is not None
    return fits(tree.plain(), SCHEMA, SCHEMA)


def test_schema_beside_the_docs_is_the_languages_own() -> None:
    assert json.loads((ROOT / "docs" / "episode.schema.json").read_text()) == SCHEMA, (
        "mend it with: steppe schema --episode > docs/episode.schema.json"
    )


def test_every_episode_of_ours_fits() -> None:
    for path in sorted((ROOT / "scenarios" / "episodes").glob("*.yaml")):
        assert taken(path.read_text()), path.name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("trains-standing", "train-standing"),
        ("at: [exchange]", "att: [exchange]"),
        ("calibrated: false", "calibrated: maybe"),
        ("    calibrated: false\n", ""),
        ("{kind: trains-standing, at: [exchange]}", "{at: [exchange]}"),
        ("scenario: corridor.yaml\n", ""),
    ],
)
def test_what_is_wrong_does_not_fit(old: str, new: str) -> None:
    assert taken(EPISODE)
    assert not taken(EPISODE.replace(old, new))


def test_a_key_figure_fits_by_its_name() -> None:
    assert taken(EPISODE.replace("{kind: trains-standing, at: [exchange]}", "delivered_t"))
