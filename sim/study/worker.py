"""What a worker process has in memory before its first run.

The server that forks the workers imports this once for all of them.
"""

from __future__ import annotations

import gc
from importlib import import_module

from sim.study import identity

NEEDED = (
    "numpy.ma",
    "numpy.random",
    "polars._utils.parquet",
    "sim.corridor.collect",
    "sim.corridor.run",
    "sim.results.kpi",
    "sim.results.series",
    "sim.results.waited",
)

for name in NEEDED:
    import_module(name)
identity.model()
# What was imported stays for ever: no worker's search for cycles need look at it.
gc.collect()
gc.freeze()
