"""What happened: tables of a run, figures derived from them, and the folder they are kept in.

Names are loaded on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.results.errors import ResultsError

if TYPE_CHECKING:
    from sim.results.kpi import KPIS, Kpi, KpiSummary, kpis
    from sim.results.run import Results
    from sim.results.series import throughput
    from sim.results.store import read_kpis, read_manifest, read_run, write_run
    from sim.results.tables import TABLES
    from sim.results.waited import delay_by_cause, stage_use

_HOME = {
    "KPIS": "kpi",
    "Kpi": "kpi",
    "KpiSummary": "kpi",
    "TABLES": "tables",
    "Results": "run",
    "delay_by_cause": "waited",
    "kpis": "kpi",
    "read_kpis": "store",
    "read_manifest": "store",
    "read_run": "store",
    "stage_use": "waited",
    "throughput": "series",
    "write_run": "store",
}

__all__ = [
    "KPIS",
    "TABLES",
    "Kpi",
    "KpiSummary",
    "Results",
    "ResultsError",
    "delay_by_cause",
    "kpis",
    "read_kpis",
    "read_manifest",
    "read_run",
    "stage_use",
    "throughput",
    "write_run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"sim.results.{_HOME[name]}"), name)
    globals()[name] = value
    return value
