"""How it looks: tables in, pictures out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.documents import report, write_report
    from sim.report.pictures import PICTURES, Picture, draw, picture_bytes
    from sim.report.workbook import write_workbook

_HOME = {
    "PICTURES": "pictures",
    "Picture": "pictures",
    "draw": "pictures",
    "picture_bytes": "pictures",
    "report": "documents",
    "write_report": "documents",
    "write_workbook": "workbook",
}

__all__ = [
    "PICTURES",
    "Picture",
    "draw",
    "picture_bytes",
    "report",
    "write_report",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    # matplotlib is loaded when a picture is wanted, not when the package is imported
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"sim.report.{_HOME[name]}"), name)
