"""The command line as a user meets it: a process, its exit status, what it prints and writes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

STEPPE = (str(Path(sys.executable).with_name("steppe")),)
MODULE = (sys.executable, "-m", "sim")
FILES = {
    "manifest.json",
    "kpis.json",
    "containers.parquet",
    "equipment.parquet",
    "trains.parquet",
    "stages.parquet",
    "waits.parquet",
    "legs.parquet",
    "levels.parquet",
    "throughput.png",
}


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str


def steppe(
    cwd: Path, *args: str, program: tuple[str, ...] = STEPPE, env: dict[str, str] | None = None
) -> Done:
    """Run the command in a folder, away from any terminal."""
    made = subprocess.run(
        [*program, *args],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    return Done(made.returncode, made.stdout, made.stderr)


def good(cwd: Path, *args: str, env: dict[str, str] | None = None) -> Done:
    """The same, of a command that must succeed without a word on stderr."""
    done = steppe(cwd, *args, env=env)
    assert (done.status, done.err) == (0, "")
    return done


def snapshot(folder: Path) -> dict[str, str]:
    """Everything beneath a folder, hidden files too, by the hash of its bytes."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        if p.is_file()
        else "folder"
        for p in sorted(folder.rglob("*"))
    }


def place(text: str, mark: str) -> str:
    """``line:column``, both from 1, of the first occurrence of a mark in a text."""
    before = text[: text.index(mark)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
