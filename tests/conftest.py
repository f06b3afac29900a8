"""Which tests this machine can run; what is left out is said at the end of the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.chromium import missing
from tests.packaging import compiler

BROWSER = Path(__file__).parent / "browser"
COMPILED = Path(__file__).parent / "packaging" / "test_compiled.py"
# CI has Chromium and a compiler; there the tests run, and fail if either is not there.
IN_CI = os.environ.get("CI") == "true"
LEFT_OUT = bool(missing()) and not IN_CI
NOT_COMPILED = bool(compiler.missing()) and not IN_CI


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """What needs a browser or a compiler is not collected where there is none."""
    browser = LEFT_OUT and BROWSER in collection_path.parents
    return True if browser or (NOT_COMPILED and collection_path == COMPILED) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not collected, and how to have it."""
    if LEFT_OUT:
        terminalreporter.section("left out")
        terminalreporter.line(
            f"tests/browser: not run, for want of {' and '.join(missing())}; "
            "`apt-get install chromium chromium-driver` gets them."
        )
    if NOT_COMPILED:
        terminalreporter.section("left out: compiled")
        terminalreporter.line(
            f"tests/packaging/test_compiled.py: not run, for want of "
            f"{' and '.join(compiler.missing())}; `apt-get install gcc python3-dev` gets them."
        )
