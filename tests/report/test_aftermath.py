"""The report of a run says what its disruptions did, and where what they cost is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command import good
from tests.corridor.small import SMALL

STORM = """extends: small.yaml
title: snow in January
disruptions:
  snow: {title: deep snow, on: [china], begin: 2023-01-10, days: 3 d, factor: 0}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aftermath")
    (folder / "small.yaml").write_text(SMALL[: SMALL.index("disruptions:")])
    (folder / "stormy.yaml").write_text(STORM)
    good(folder, "run", "stormy.yaml", "--set", "warmup=1 d")
    return folder


def answer(folder: Path, run: str) -> str:
    page = (folder / good(folder, "report", run).out.strip()).read_text()
    return page[page.index("<h2>Answer</h2>") : page.index("</section>")]


def test_a_storm_is_named_with_its_recovery_and_the_command_that_says_what_it_cost(
    place: Path,
) -> None:
    said = answer(place, "runs/stormy")
    assert "Deep snow (10 Jan 2023, 3 days) was felt for " in said
    assert "trains waiting" in said
    command = "steppe recovery stormy.yaml --set &#39;warmup=1 d&#39;"
    assert f"What that cost exports: <code>{command}</code>." in said


def test_what_it_cost_is_taken_from_the_study_beside_and_only_of_the_same_scenario(
    place: Path,
) -> None:
    study = ("recovery", "stormy.yaml", "--set", "warmup=1 d", "--replications", "2")
    good(place, *study, "--jobs", "1")
    said = answer(place, "runs/stormy")
    assert "Against the same runs without each (2 paired replications" in said
    assert "t delivered and " in said and "What that cost" not in said
    shutil.rmtree(place / "runs/stormy-recovery")
    good(place, *study[:2], "--replications", "2", "--jobs", "1")
    assert "What that cost exports" in answer(place, "runs/stormy")


def test_a_run_without_disruptions_says_nothing_of_them(place: Path) -> None:
    good(place, "run", "small.yaml")
    assert "What that cost exports" not in answer(place, "runs/small")
