"""How it looks: tables in, pictures out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.pictures import PICTURES, Picture, draw, picture_bytes

__all__ = ["PICTURES", "Picture", "draw", "picture_bytes"]


def __getattr__(name: str) -> Any:
    # matplotlib is loaded when a picture is wanted, not when the package is imported
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.report import pictures

    return getattr(pictures, name)
