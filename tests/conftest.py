"""Which tests this machine can run; what is left out is said at the end of the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.chromium import missing

BROWSER = Path(__file__).parent / "browser"
# CI installs Chromium; there the tests run, and fail if it is not there.
LEFT_OUT = bool(missing()) and os.environ.get("CI") != "true"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """The tests in a browser are not collected where there is none."""
    return True if LEFT_OUT and BROWSER in collection_path.parents else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not collected, and how to have it."""
    if LEFT_OUT:
        terminalreporter.section("left out")
        terminalreporter.line(
            f"tests/browser: not run, for want of {' and '.join(missing())}; "
            "`apt-get install chromium chromium-driver` gets them."
        )
