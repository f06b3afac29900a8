"""One browser for all tests in it of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import DESKTOP, Browser, missing


@pytest.fixture(scope="session")
def _window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if missing():  # only in CI, elsewhere these tests are not collected
        pytest.fail(f"there is no {' and no '.join(missing())}; .ci/run must install it")
    made = Browser(tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


@pytest.fixture
def browser(_window: Browser) -> Browser:
    """A desktop window with the mouse at rest; ``browser.open(path)`` opens a page."""
    _window.size(*DESKTOP)
    _window.reduced_motion(False)
    _window.point(0, 0)
    return _window
