"""Runs that many tests look at, made once in each test process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import good
from tests.corridor.small import SMALL


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``small.yaml`` and its run in ``run``; for reading only."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "small.yaml").write_text(SMALL)
    good(folder, "run", "small.yaml", "--out", "run")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder of the test's own with ``small.yaml``."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path
