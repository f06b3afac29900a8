"""The compiled corridor is the same one: every table, to the last bit, and the order of events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
RUNS = """
import hashlib, json, sys
from pathlib import Path

import sim.corridor.native
import sim.corridor.train
from sim.corridor import simulate, stream
from sim.results import kpis
from sim.results.tables import TABLES
from sim.scenario import load


def told(results):
    tables = {
        name: hashlib.sha256(results.table(name).write_ipc(None).getvalue()).hexdigest()
        for name in TABLES
    }
    figures = {name: repr(kpi.value) for name, kpi in kpis(results).items()}
    meta = {key: value for key, value in results.meta.items() if key != "wall_s"}
    return {"tables": tables, "figures": figures, "meta": json.loads(json.dumps(meta, default=str))}


made = {"from": sim.corridor.train.__file__, "loops": sim.corridor.native.LOOPS is not None}
folder = Path(sys.argv[1])
for path in map(Path, sys.argv[2:]):
    made[path.stem] = told(simulate(load(path, ["horizon=45 d"]), 5, 2))
streamed = load(sys.argv[2], ["horizon=45 d"])
folder.mkdir()
made["streamed"] = told(stream(streamed, folder, 5))
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as ``make compiled`` builds it, but for what the optimiser does."""
    work = tmp_path_factory.mktemp("compiled")
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, work / name)
    shutil.copytree(ROOT / "sim", work / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    built = subprocess.run(
        [sys.executable, "setup.py", "build", "--build-lib", "lib", "--build-temp", "temp"],
        cwd=work,
        env={**os.environ, "STEPPE_COMPILE": "1", "STEPPE_OPTIMISE": "0"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    # Which matters only where the optimiser and the processor could fuse, so it is looked for here.
    commands = [line for line in built.stdout.splitlines() if " -c " in line]
    for source in ("steppe", "loops.c"):
        assert any(source in command for command in commands)
    assert all("-ffp-contract=off" in command for command in commands)
    return work / "lib"


def runs_of(package: Path, work: Path, files: list[Path]) -> dict[str, Any]:
    """What the package in a folder makes of some scenarios."""
    done = subprocess.run(
        [sys.executable, "-c", RUNS, str(work / "streamed"), *map(str, files)],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_compiled_it_gives_the_same_tables_to_the_last_bit(compiled: Path, tmp_path: Path) -> None:
    # Drawn crane times, then every scenario of the library.
    files = [ROOT / "benchmarks" / "micro.yaml", *SCENARIOS]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    plain = runs_of(ROOT, tmp_path / "one", files)
    fast = runs_of(compiled, tmp_path / "two", files)
    assert not plain.pop("loops")
    assert fast.pop("loops")
    assert plain.pop("from").endswith(".py")
    assert fast.pop("from").endswith((".so", ".pyd"))
    assert len(plain) == len(files) + 1
    assert fast == plain
