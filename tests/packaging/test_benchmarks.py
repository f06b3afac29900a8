"""The programs of the benchmark that use our inside run, and give what a run of ours gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results.tables import TABLES
from sim.scenario import load

ROOT = Path(__file__).parents[2]
SHORT = "horizon: 25 d"


def measured(*arguments: str) -> dict[str, float]:
    """What a program of the benchmark prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT / "benchmarks",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, float] = json.loads(done.stdout)
    return told


def test_ours_measures_a_run_of_the_micro_corridor() -> None:
    told = measured("ours.py", "micro.yaml", "--set", "horizon=25 d", "--until", "files")
    scenario = load(ROOT / "benchmarks" / "micro.yaml", ["horizon=25 d"])
    results = simulate(scenario, 1)
    assert told["offered"] == results.containers.height
    assert told["events"] == results.meta["events"]
    assert 0 < told["cpu_s"] < told["files_s"]


def test_a_process_for_each_crane_move_gives_what_ours_gives(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(f"extends: {ROOT / 'scenarios' / 'baseline.yaml'}\n{SHORT}\n")
    told = measured("per_container.py", str(path))
    done = simulate(load(path), 1).containers.drop_nulls("delivered_h")
    hours = (done["delivered_h"] - done["ready_h"]).mean()
    assert done.height > 100
    assert told["containers"] == pytest.approx(done.height, rel=0.02)
    assert told["mean_h"] == pytest.approx(hours, rel=0.02)


def test_simpy_with_files_writes_as_much_as_ours() -> None:
    told = measured("in_simpy_files.py", str(120 * 24))
    results = simulate(load(ROOT / "benchmarks" / "micro.yaml", ["horizon=120 d"]), 1)
    rows = sum(results.table(name).height for name in TABLES)
    # What has not sailed yet it does not write, and its trains come by other luck.
    assert told["rows"] == pytest.approx(rows, rel=0.08)
    assert 0 < told["cpu_s"] < told["files_s"]


def test_what_stays_is_of_as_many_events_and_rows(tmp_path: Path) -> None:
    assert measured("floors.py", "events", "500")["events"] == 500
    path = tmp_path / "short.yaml"
    path.write_text(f"extends: {ROOT / 'benchmarks' / 'micro.yaml'}\n{SHORT}\n")
    told = measured("floors.py", "files", str(path))
    results = simulate(load(path), 1)
    assert told["rows"] == sum(results.table(name).height for name in TABLES)
    assert told["cpu_s"] > 0
