"""Runs a program once and says what it printed and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
OURS = sys.executable
COMPILED = os.environ.get("COMPILED_PYTHON", str(ROOT / ".venv-compiled" / "bin" / "python"))
OTHERS = os.environ.get("BENCH_PYTHON", str(ROOT / ".venv-bench" / "bin" / "python"))
Run = dict[str, Any]


def run(command: Sequence[str]) -> Run:
    """What a command prints as JSON, with peak memory (MB) and processor seconds of its process.

    Raises:
        SystemExit: it failed.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with status {process.returncode}")
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    whole = usage.ru_utime + usage.ru_stime
    return {**told, "memory_mb": usage.ru_maxrss / 1024, "process_s": whole}


def ours(program: str, *words: object) -> Run:
    """A program of this folder, in our environment."""
    return run([OURS, str(HERE / program), *map(str, words)])


def compiled(program: str, *words: object) -> Run:
    """The same with our corridor compiled."""
    return run([COMPILED, str(HERE / program), *map(str, words)])


def others(program: str, *words: object) -> Run:
    """A program of this folder, in the environment of the others."""
    return run([OTHERS, str(HERE / program), *map(str, words)])


def middle(runs: Sequence[Run], key: str) -> float:
    """The median over runs of what they told."""
    return float(median(r[key] for r in runs))


def rounds(programs: dict[str, Any], number: int) -> Iterator[tuple[str, Run]]:
    """Each program once, then each again: what disturbs the machine disturbs all alike."""
    for _ in range(number):
        for name, program in programs.items():
            yield name, program()
