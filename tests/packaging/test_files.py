"""What an installed package must hold besides its modules."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_that_is_no_module_is_package_data() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["sim"]
    held = {path for pattern in patterns for path in (ROOT / "sim").glob(pattern)}
    others = {
        path
        for path in (ROOT / "sim").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert held == others
