"""What is asked for help or the version loads nothing that computes or draws."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from sim import __version__
from tests.cli.command import MODULE, STEPPE, good, steppe

HEAVY = {"numpy", "polars", "matplotlib", "scipy", "simpy", "pydantic", "pint", "ruamel", "rich"}
DRAWS_AND_COMPUTES = {"polars", "matplotlib", "scipy", "simpy"}


def loaded(cwd: Path, *args: str) -> set[str]:
    """Top names of the modules that a command imports."""
    done = steppe(cwd, *args, program=(sys.executable, "-X", "importtime", "-m", "sim"))
    names = set(re.findall(r"^import time:.*\|\s+(\w+)", done.err, re.MULTILINE))
    assert "sim" in names
    return names


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--help") & HEAVY == set()


@pytest.mark.parametrize(
    "args", [("run", "--help"), ("plot", "--help"), ("--version",), ("rum",), ("run",)]
)
def test_options_are_read_with_no_more_than_typer_reads_them_with(
    args: tuple[str, ...], tmp_path: Path
) -> None:
    assert loaded(tmp_path, *args) & HEAVY <= {"pydantic"}


def test_a_mistake_in_a_scenario_is_said_without_loading_what_draws_and_computes(
    desk: Path,
) -> None:
    (desk / "small.yaml").write_text("title: x\n")
    assert loaded(desk, "run", "small.yaml") & DRAWS_AND_COMPUTES == set()


def test_the_look_at_imports_would_see_a_heavy_one(desk: Path) -> None:
    there = loaded(desk, "run", "small.yaml", "--set", "horizon=1 d")
    assert {"numpy", "polars", "matplotlib", "simpy", "pydantic", "ruamel"} <= there


@pytest.mark.parametrize("program", [STEPPE, MODULE], ids=["steppe", "python -m sim"])
def test_the_version_is_that_of_the_package(program: tuple[str, ...], tmp_path: Path) -> None:
    done = steppe(tmp_path, "--version", program=program)
    assert (done.status, done.out, done.err) == (0, f"steppe {__version__}\n", "")


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = good(tmp_path, "--help").out
    for command in ("check", "run", "plot", "compare", "schema"):
        assert re.search(rf"^  {command}\s+\w", shown, re.MULTILINE), command
