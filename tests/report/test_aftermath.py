"""The report of a run says what its disruptions did, and where what they cost is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.report.words import with_interval
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


def answer(folder: Path, run: str, *options: str) -> str:
    page = (folder / good(folder, "report", run, *options).out.strip()).read_text()
    return page[page.index("<h2>Answer</h2>") : page.index("</section>")]


def about_snow(said: str) -> str:
    """What is said of the storm, and what it cost."""
    lines = said.splitlines()
    first = next(i for i, line in enumerate(lines) if "eep snow (" in line)
    return " ".join(lines[first : first + 2])


def test_a_storm_is_named_with_its_recovery_and_the_command_that_says_what_it_cost(
    place: Path,
) -> None:
    said = answer(place, "runs/stormy")
    # trains stand on the line to China, for which no train waits by turns
    assert "Deep snow (10 Jan 2023, 3 days) left no queue when it ended, with up to " in said
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
    assert " days later in the mean" in said or " arrived later is not told apart" in said
    assert " delivered" in said.split("Against", 1)[1] and "What that cost" not in said
    shutil.rmtree(place / "runs/stormy-recovery")
    good(place, *study[:2], "--replications", "2", "--jobs", "1")
    assert "What that cost exports" in answer(place, "runs/stormy")


def test_the_brief_says_of_a_storm_what_the_report_says(place: Path) -> None:
    said = about_snow(answer(place, "runs/stormy", "--brief"))
    # trains stand on the line to China, for which no train waits by turns
    assert "Deep snow (10 Jan 2023, 3 days) left no queue when it ended, with up to " in said
    assert said == about_snow(answer(place, "runs/stormy"))


def test_what_recovery_prints_of_an_event_stands_in_the_reports(place: Path) -> None:
    study = ("recovery", "stormy.yaml", "--set", "warmup=1 d", "--replications", "2")
    printed = " ".join(good(place, *study, "--jobs", "1").out.split())
    told = printed[printed.index("deep snow: ") : printed.index(". event ")]
    for options in ((), ("--brief",)):
        assert told in about_snow(answer(place, "runs/stormy", *options))
    shutil.rmtree(place / "runs/stormy-recovery")


def test_of_several_runs_the_mean_of_the_longest_recovery_is_told_with_its_interval(
    place: Path,
) -> None:
    run = ("run", "stormy.yaml", "--replications", "3", "--set", "warmup=1 d", "--out", "three")
    good(place, *run, "--jobs", "1")
    kpi = json.loads((place / "three/kpis.json").read_text())["recovery_max_h"]
    said = about_snow(answer(place, "three", "--brief"))
    assert said.strip().startswith("<li>In replication 0: deep snow (")
    days = with_interval(kpi, "", 1 / 24)
    assert f"; the longest recovery in each of 3 runs took {days} days in the mean." in said


def test_what_came_before_the_queue_of_another_was_gone_is_named_without_figures(
    tmp_path: Path,
) -> None:
    again = "  wind: {title: wind, on: [border], begin: 2023-01-24, days: 1 d, factor: 0}\n"
    (tmp_path / "small.yaml").write_text(SMALL + again)
    good(tmp_path, "run", "small.yaml")
    said = answer(tmp_path, "runs/small")
    assert "<li>Storm (20 Jan 2023, 3 days) was felt for " in said
    assert " before; wind came before the queue of an earlier one was gone.</li>" in said


def test_a_run_without_disruptions_says_nothing_of_them(place: Path) -> None:
    good(place, "run", "small.yaml")
    assert "What that cost exports" not in answer(place, "runs/small")
