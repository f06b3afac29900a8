"""A scenario of ours through the public loader, with all tables made.

``python benchmarks/ours.py SCENARIO [SEED]`` prints one JSON object: containers delivered, mean
hours from ready to delivered, events, seconds of the run with its tables, and of loading.
"""

from __future__ import annotations

import json
import sys
import time


def main(path: str, seed: int) -> None:
    """Load, run, make every table."""
    # Imported before the clock starts, as SimPy is in the others.
    import numpy.random  # noqa: F401
    import polars  # noqa: F401

    import sim.corridor.build
    import sim.corridor.collect  # noqa: F401
    from sim.corridor import simulate
    from sim.scenario import load

    began = time.perf_counter()
    scenario = load(path)
    loaded = time.perf_counter()
    results = simulate(scenario, seed)
    boxes = results.containers
    tables = [results.trains, results.stages, results.waits, results.levels]
    seconds = time.perf_counter() - loaded
    done = boxes.drop_nulls("delivered_h")
    made = {
        "containers": done.height,
        "mean_h": (done["delivered_h"] - done["ready_h"]).mean(),
        "events": results.meta["events"],
        "rows": sum(t.height for t in tables),
        "seconds": seconds,
        "loading_s": loaded - began,
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
