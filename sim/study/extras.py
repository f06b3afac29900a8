"""Libraries that only some studies need."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class MissingExtra(RuntimeError):
    """A library that a study needs is not installed."""


def needed(module: str) -> Any:
    """A module of the extra ``studies``.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        top = module.partition(".")[0]
        if error.name != top:
            raise
        raise MissingExtra(
            f"{top} is not installed; install it with `pip install 'steppe[studies]'`"
        ) from None
