"""A machine without Chromium runs the rest and says what it left out; CI fails instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHOUT = """
import sys
from pathlib import Path

import pytest

import tests.browser.chromium as chromium

chromium.CHROMIUM = Path("/nowhere/chromium")
sys.exit(pytest.main(["-n", "0", *sys.argv[1:]]))
"""


def without_chromium(ci: str, *args: str) -> tuple[int, list[str]]:
    """Exit status and printed lines of a test run that finds no Chromium."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *args],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout.splitlines()


def test_what_is_left_out_stands_in_the_last_lines() -> None:
    status, lines = without_chromium("", "tests/browser", "tests/packaging/test_import.py")
    assert status == 0
    assert lines[-2].startswith("tests/browser: not run, for want of /nowhere/chromium")
    assert "apt-get install chromium" in lines[-2]
    assert "passed" in lines[-1] and "skipped" not in lines[-1]


def test_in_ci_the_tests_in_a_browser_fail_without_one() -> None:
    status, lines = without_chromium("true", "tests/browser/test_harness.py")
    assert status == 1
    assert any("there is no /nowhere/chromium; .ci/run must install it" in line for line in lines)
    assert "passed" not in lines[-1]
