"""Loops over columns, where Cython has made C of them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


def compiled_loops() -> ModuleType | None:
    """The module ``loops`` where it is compiled; as Python it would be slower than NumPy."""
    found = find_spec("sim.corridor.loops")
    if found is None or found.origin is None or found.origin.endswith(".py"):
        return None
    from sim.corridor import loops

    return loops


LOOPS: Any = compiled_loops()
"""None where they are not compiled."""
