"""Where stderr is a terminal: a bar while work goes on, and an end at Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.scenario import load
from sim.study.engine import using
from sim.study.replications import replicate
from tests.cli.command import FILES, STEPPE, snapshot


class Screen:
    """What a program writes to a terminal."""

    def __init__(self, end: int) -> None:
        self.shown = b""
        self.something = threading.Event()
        self._end = end
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._end, 4096)
            except OSError:  # Linux says so when the last writer has gone
                return
            if not part:
                return
            self.shown += part
            self.something.set()

    def more(self) -> bool:
        """Wait until something more is shown."""
        self.something.clear()
        return self.something.wait(timeout=60)

    def close(self) -> None:
        self._reader.join()
        os.close(self._end)


@contextmanager
def on_a_terminal(cwd: Path, *args: str) -> Iterator[tuple[subprocess.Popen[bytes], Screen]]:
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*STEPPE, *args],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    screen = Screen(ours)
    with program:
        try:
            yield program, screen
        finally:
            program.kill()
            screen.close()


def test_a_bar_counts_the_replications_and_is_not_in_the_output(desk: Path) -> None:
    args = ("run", "small.yaml", "--replications", "3", "--jobs", "1", "--out", "run")
    with on_a_terminal(desk, *args) as (program, screen):
        out, _ = program.communicate(timeout=120)
    assert program.returncode == 0
    assert b"3/3" in screen.shown
    assert b"3/3" not in out
    assert {p.name for p in (desk / "run").iterdir()} == FILES | {"weekly.parquet"}


def test_an_interrupted_run_writes_nothing_but_keeps_its_runs(desk: Path) -> None:
    before = snapshot(desk)
    # thousands of runs: far from done when the bar is first drawn
    args = ("run", "small.yaml", "--replications", "5000", "--jobs", "1", "--out", "run")
    with on_a_terminal(desk, *args) as (program, screen):
        while b"2/5000" not in screen.shown and program.poll() is None:
            assert screen.more()
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=60)
    assert program.returncode == 130
    (kept,) = re.findall(rb"stopped; ([0-9,]+) finished runs kept in", screen.shown)
    assert b"Traceback" not in screen.shown
    assert out == b""
    assert {n: h for n, h in snapshot(desk).items() if not n.startswith("runs")} == before
    assert [p.name for p in (desk / "runs").iterdir()] == [".store"]
    with using(desk / "runs/.store") as setup:
        assert setup.store is not None
        replicate(load(desk / "small.yaml"), int(kept) + 1, jobs=1)
        assert setup.store.put_in in (0, 1)  # the last one may have been kept and not counted
