"""Every snippet of the README does what the README says, in a copy of the scenarios."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sim.results import read_run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.split(" #")[0].strip()
    for language, text in BLOCKS
    if not language
    for line in text.replace("\\\n", " ").splitlines()
    if line.startswith("steppe ")
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder like a fresh clone's: scenarios and seeds."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("scenarios", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def steppe(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", *words]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def yaml(first_line: str) -> str:
    (found,) = [t for language, t in BLOCKS if language == "yaml" and t.startswith(first_line)]
    return found


def test_commands_of_the_tour_run_in_their_order(place: Path) -> None:
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        if "--replications" in words:  # the figures need ten; that the command works needs two
            words[words.index("--replications") + 1] = "2"
        made = steppe(place, *words)
        assert made.returncode == 0, (command, made.stderr)
    assert (place / "runs/baseline/throughput.png").stat().st_size > 10_000
    assert (place / "runs/exports-double/queues.png").stat().st_size > 10_000


def test_commands_that_take_long_are_commands_with_these_options(place: Path) -> None:
    long = [
        shlex.split(line.split(" #")[0])
        for language, text in BLOCKS
        if language == "sh"
        for line in text.splitlines()
    ]
    assert len(long) >= 6
    for _, command, *words in long:
        told = steppe(place, command, "--help")
        assert told.returncode == 0, command
        for word in words:
            if word.startswith("--"):
                assert word in told.stdout, (command, word)
            elif word.startswith(("scenarios/", "studies/")):
                assert (ROOT / word).is_file(), word


def test_trains_leave_on_the_weekdays_that_the_readme_names(place: Path) -> None:
    path = place / "scenarios" / "weekdays.yaml"
    path.write_text(yaml("extends: baseline.yaml\ntitle: Trains by Dostyk on"))
    made = steppe(place, "run", str(path), "--out", "runs/weekdays")
    assert made.returncode == 0 and not made.stderr, made.stderr
    stages, trains = (read_run(place / "runs/weekdays").table(t) for t in ("stages", "trains"))
    start = datetime(2023, 9, 1)

    def days(frame: pl.DataFrame, hour: str) -> set[str]:
        return {(start + timedelta(hours=h)).strftime("%a %H:%M") for h in frame[hour]}

    held = stages.filter(activity="departure", place="burundai")
    assert days(held, "end_h") == {"Mon 02:00", "Wed 02:00", "Fri 02:00"}  # 07:00 in Kazakhstan
    dates = [h // 24 for h in held["end_h"]]
    assert len(dates) == len(set(dates)) >= 5  # one train on each day, and none left at once
    other = trains.filter(service="burundai-altynkol").drop_nulls("departed_h")
    assert days(other, "departed_h") == {"Sat 01:00"} and other.height >= 4


def test_variant_and_smallest_scenario_are_sound(place: Path) -> None:
    for number, first in enumerate(("extends: [", "title: one gang")):
        path = place / "scenarios" / f"mine-{number}.yaml"
        path.write_text(yaml(first))
        made = steppe(place, "check", str(path))
        assert made.returncode == 0, made.stderr


def test_errors_are_those_shown(place: Path) -> None:
    (place / "scenarios/my.yaml").write_text(yaml("extends: baseline.yaml\nexport_volum"))
    (shown,) = [t for language, t in BLOCKS if not language and t.startswith("my.yaml")]
    command = [sys.executable, "-m", "sim", "check", "my.yaml"]
    made = subprocess.run(
        command, cwd=place / "scenarios", capture_output=True, text=True, check=False
    )
    assert made.returncode == 2
    assert made.stderr == shown


def test_python_snippet_runs(place: Path) -> None:
    (snippet,) = [t for language, t in BLOCKS if language == "python"]
    code = snippet.replace("replications=10", "replications=2") + (
        "\nassert run.kpis['delivered_t'].n == 2"
        "\nassert {'ready_h', 'delivered_h'} <= set(run.containers.columns)"
        "\nassert {'stage', 'cause', 'hours'} <= set(run.waits.columns)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr


def test_files_and_folders_named_are_there() -> None:
    for name in re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_pictures_are_there() -> None:
    names = re.findall(r"!\[[^\]]+\]\(docs/pictures/(\w+\.png)\)", README)
    assert names == ["replay.png", "throughput.png", "ramp.png"]
    for name in names:
        picture = (ROOT / "docs" / "pictures" / name).read_bytes()
        assert picture.startswith(b"\x89PNG") and len(picture) > 10_000, name
