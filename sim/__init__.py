"""steppe: a discrete-event simulator of freight supply from Kazakhstan to Shandong.

import sim

run = sim.run("scenarios/baseline.yaml")
run.kpis["delivered_t"]
run.containers
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # not what reports: study imports this package, and knows no pictures
    from sim.scenario import Scenario, ScenarioError, load
    from sim.scenario.agreement import evidence
    from sim.study.api import Run, best, compare, run
    from sim.study.backtest import Backtest, backtest
    from sim.study.differences import differences
    from sim.study.engine import using
    from sim.study.explain import why
    from sim.study.ramp import ramp
    from sim.study.reproduce import reproduce

__version__ = "0.1.0"
__all__ = [
    "Backtest",
    "Run",
    "Scenario",
    "ScenarioError",
    "__version__",
    "backtest",
    "best",
    "compare",
    "differences",
    "evidence",
    "load",
    "ramp",
    "replay",
    "reproduce",
    "run",
    "using",
    "why",
]

_HOME = {
    "Backtest": "sim.study.backtest",
    "backtest": "sim.study.backtest",
    "Run": "sim.study.api",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "best": "sim.study.api",
    "compare": "sim.study.api",
    "differences": "sim.study.differences",
    "evidence": "sim.scenario.agreement",
    "load": "sim.scenario",
    "ramp": "sim.study.ramp",
    "replay": "sim.report.replay",
    "reproduce": "sim.study.reproduce",
    "run": "sim.study.api",
    "using": "sim.study.engine",
    "why": "sim.study.explain",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `import sim` and `steppe --help` cost next to nothing.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
