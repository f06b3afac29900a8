"""Faults: exit status 1, one sentence, the trace only where it is asked for.

The fault is real: a decision rule of an installed package that breaks when it is asked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.cli.command import FILES, snapshot, steppe
from tests.corridor.small import SMALL

RULE = '''
import os


class Breaks:
    """Breaks when first asked in a run, or only in the first run that leaves its mark."""

    def __init__(self, once: str = "") -> None:
        self.once, self.sound = once, False

    def next_departure(self, yard, now):
        if self.once and not self.sound:
            try:
                os.close(os.open(self.once, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                self.sound = True
        if not self.sound:
            raise ZeroDivisionError("the probe breaks")
        ready = yard.ready_at(yard.length)
        return None if ready is None else max(ready, now)
'''
BROKEN = SMALL.replace("{rule: when-full}", "{rule: breaks}")
BROKEN_ONCE = SMALL.replace("{rule: when-full}", "{rule: breaks, once: mark}")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which a package with the rule is installed."""
    site = tmp_path_factory.mktemp("site")
    (site / "probe.py").write_text(RULE)
    info = site / "probe-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
    entry = "[steppe.policies.dispatch]\nbreaks = probe:Breaks\n"
    (info / "entry_points.txt").write_text(entry)
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(site), *([before] if before else [])])}


def fill(folder: Path) -> Path:
    for name, text in (("small", SMALL), ("broken", BROKEN), ("once", BROKEN_ONCE)):
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_a_fault_is_one_sentence_and_nothing_is_written(
    plugin: dict[str, str], tmp_path: Path
) -> None:
    before = snapshot(fill(tmp_path))
    done = steppe(tmp_path, "run", "broken.yaml", env=plugin)
    assert done.status == 1
    assert done.out == ""
    first, second = done.err.splitlines()
    assert first.startswith("a fault of steppe: ")
    assert "ZeroDivisionError: the probe breaks" in first
    assert "--debug" in second
    assert snapshot(tmp_path) == before


def test_debug_shows_the_trace_down_to_the_fault(plugin: dict[str, str], tmp_path: Path) -> None:
    fill(tmp_path)
    done = steppe(tmp_path, "--debug", "run", "broken.yaml", env=plugin)
    assert done.status == 1
    assert "Traceback (most recent call last)" in done.err
    assert "probe.py" in done.err
    assert "in next_departure" in done.err


def test_runs_that_ended_are_kept_when_another_fails(
    plugin: dict[str, str], tmp_path: Path
) -> None:
    args = ("run", "once.yaml", "--replications", "3", "--jobs", "1", "--out", "run")
    done = steppe(fill(tmp_path), *args, env=plugin)
    assert done.status == 1
    assert done.err == (
        "once: replication 0 failed in simulate: ZeroDivisionError: the probe breaks\n"
    )
    assert "results in run" in done.out
    run = tmp_path / "run"
    assert {p.name for p in run.iterdir()} == FILES | {"weekly.parquet"}
    assert json.loads((run / "kpis.json").read_text())["delivered_t"]["n"] == 2
    manifest = json.loads((run / "manifest.json").read_text())
    assert [f["replication"] for f in manifest["failed"]] == [0]
    assert manifest["run"]["replication"] == 1  # whose tables these are
    assert pl.read_parquet(run / "containers.parquet").height > 0


def test_a_comparison_says_which_runs_failed_and_debug_where(
    plugin: dict[str, str], tmp_path: Path
) -> None:
    args = ("compare", "small.yaml", "once.yaml", "--replications", "3", "--jobs", "1")
    done = steppe(fill(tmp_path), "--debug", *args, env=plugin)
    assert done.status == 1
    assert done.err.startswith("once: replication 0 failed in simulate: ZeroDivisionError")
    assert "in next_departure" in done.err
    frame = pl.read_parquet(tmp_path / "runs/small-compare/comparison.parquet")
    assert frame.select("n", "dropped").unique().rows() == [(2, 1)]


def test_the_users_mistake_comes_before_a_fault(plugin: dict[str, str], tmp_path: Path) -> None:
    """A folder that is not ours is refused before the run, which would fail."""
    done = steppe(fill(tmp_path), "run", "broken.yaml", "--out", ".", env=plugin)
    assert done.status == 2
    args = ("compare", "broken.yaml", "broken.yaml", "--out", ".")
    assert steppe(tmp_path, *args, env=plugin).status == 2


def test_a_rule_that_is_not_installed_is_the_users_mistake(tmp_path: Path) -> None:
    done = steppe(fill(tmp_path), "run", "broken.yaml")
    assert done.status == 2
    assert "broken.yaml:" in done.err
    assert "when-full" in done.err  # what there is


SWALLOWED = """
import os, signal
from sim.cli import faults


class Ends:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # Python attends to the signal between two steps
            pass


def app():
    del [Ends()][0]
    for _ in range(10**10):  # goes on as if nothing had been
        pass


faults.run(app)
"""
TURNED = """
import os, signal
from sim.cli import faults


def app():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass
    except BaseException as stop:
        raise RuntimeError("what an import makes of it") from stop


faults.run(app)
"""


@pytest.mark.parametrize("program", [SWALLOWED, TURNED], ids=["swallowed", "turned"])
def test_an_interrupt_stops_the_command_wherever_it_comes(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, "stopped; nothing was written\n")
