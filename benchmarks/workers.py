"""Replications of the baseline with one worker and with two.

``python benchmarks/workers.py WORKERS [REPLICATIONS]`` prints one JSON object: seconds by the
clock, processor seconds of this process and all its workers, and by the clock what it costs to
start the workers and to end them.  A worker is one processor, so that one worker too has one
thread.
"""

from __future__ import annotations

import json
import os
import sys
import time
from multiprocessing import forkserver
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from sim.study.processes import THREADS

BASELINE = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
os.environ.update(dict.fromkeys(THREADS, "1"))


def spent() -> float:
    """Processor seconds of this process and of children that have ended."""
    return sum(r.ru_utime + r.ru_stime for r in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def main(workers: int, replications: int) -> None:
    """Run them."""
    import sim.corridor.build
    import sim.corridor.collect  # noqa: F401
    from sim.scenario import load
    from sim.study.engine import Job, run_all
    from sim.study.replications import replicate

    # The server of the workers is counted when it has ended; it would go on for the next study.
    end_server = forkserver._forkserver._stop  # type: ignore[attr-defined]
    scenario = load(BASELINE)
    wall, cpu = time.perf_counter(), spent()
    made = replicate(scenario, replications, jobs=workers)
    wall = time.perf_counter() - wall
    end_server()
    cpu = spent() - cpu
    assert not made.failed

    nothing = load(BASELINE, ["horizon=1 h", "warmup=0 h"])
    start = time.perf_counter()
    run_all([Job(nothing, 1, r, measure=type) for r in range(workers)], workers)
    start = time.perf_counter() - start
    print(json.dumps({"wall_s": wall, "cpu_s": cpu, "start_s": start}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 24)
