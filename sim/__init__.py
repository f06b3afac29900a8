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
    from sim.scenario.keys import explain
    from sim.study.api import Run, best, compare, run
    from sim.study.backtest import Backtest, backtest
    from sim.study.bottleneck import bottleneck
    from sim.study.differences import differences
    from sim.study.engine import using
    from sim.study.explain import why
    from sim.study.optimise import optimise
    from sim.study.ramp import ramp
    from sim.study.recovery import recovery
    from sim.study.relief import relief
    from sim.study.reproduce import reproduce
    from sim.study.sensitivity import sensitivity
    from sim.study.streamed import stream
    from sim.study.sweep import sweep

__version__ = "0.1.0"
__all__ = [
    "Backtest",
    "Run",
    "Scenario",
    "ScenarioError",
    "__version__",
    "backtest",
    "best",
    "bottleneck",
    "compare",
    "differences",
    "evidence",
    "explain",
    "load",
    "optimise",
    "ramp",
    "recovery",
    "relief",
    "replay",
    "reproduce",
    "run",
    "sensitivity",
    "stream",
    "sweep",
    "using",
    "why",
]

_HOME = {
    "Backtest": "sim.study.backtest",
    "Run": "sim.study.api",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "backtest": "sim.study.backtest",
    "best": "sim.study.api",
    "bottleneck": "sim.study.bottleneck",
    "compare": "sim.study.api",
    "differences": "sim.study.differences",
    "evidence": "sim.scenario.agreement",
    "explain": "sim.scenario.keys",
    "load": "sim.scenario",
    "optimise": "sim.study.optimise",
    "ramp": "sim.study.ramp",
    "recovery": "sim.study.recovery",
    "relief": "sim.study.relief",
    "replay": "sim.report.replay",
    "reproduce": "sim.study.reproduce",
    "run": "sim.study.api",
    "sensitivity": "sim.study.sensitivity",
    "stream": "sim.study.streamed",
    "sweep": "sim.study.sweep",
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
