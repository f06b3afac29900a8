"""What comes with a checkout and not with the package: episodes, known answers."""

from __future__ import annotations

from pathlib import Path


def in_checkout(below: Path) -> Path | None:
    """A folder of the checkout: below this directory, or beside the package; None in neither."""
    for root in (Path(), Path(__file__).parents[2]):
        if (root / below).is_dir():
            return root / below
    return None
