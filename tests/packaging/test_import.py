"""What ``import sim`` costs and gives."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points, version

HEAVY = ("numpy", "polars", "matplotlib", "scipy", "simpy", "pydantic", "ruamel", "pint", "rich")


def python(code: str) -> str:
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_import_brings_nothing_heavy() -> None:
    loaded = python("import sim, sys; print(*(m.split('.')[0] for m in sys.modules))").split()
    assert not set(HEAVY) & set(loaded)


def test_package_gives_run_and_compare() -> None:
    names = python("import sim; print(sim.run.__name__, sim.compare.__name__)").split()
    assert names == ["run", "compare"]


def test_distribution_is_steppe_with_a_command_of_that_name() -> None:
    assert version("steppe")
    (script,) = [e for e in entry_points(group="console_scripts") if e.name == "steppe"]
    assert script.value.startswith("sim.")
    made = subprocess.run(
        [sys.executable, "-m", "sim", "--version"], capture_output=True, text=True, check=False
    )
    assert version("steppe") in made.stdout
