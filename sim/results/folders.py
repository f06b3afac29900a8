"""A folder of results that is there as a whole or as it was before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def taking_the_place_of(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, which takes its place if all goes well.

    Whatever goes wrong, an interrupt between two steps too, the target is as it was.

    Raises:
        OSError: something cannot be written.
    """
    fresh, old = (
        target.with_name(f".{target.name}.{purpose}-{os.getpid()}")
        for purpose in ("writing", "old")
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh.mkdir()
    try:
        yield fresh
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(old, ignore_errors=True)
