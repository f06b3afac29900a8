"""Replications of the baseline with one worker and with two.

``python benchmarks/workers.py WORKERS [REPLICATIONS]`` prints one JSON object; processor seconds
are those of this process and of its workers.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

BASELINE = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"


def spent() -> float:
    """Processor seconds of this process and of children that have ended."""
    return sum(r.ru_utime + r.ru_stime for r in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def main(workers: int, replications: int) -> None:
    """Run them."""
    import sim.corridor.build
    import sim.corridor.collect  # noqa: F401
    from sim.scenario import load
    from sim.study.replications import replicate

    scenario = load(BASELINE)
    wall, cpu = time.perf_counter(), spent()
    made = replicate(scenario, replications, jobs=workers)
    assert not made.failed
    print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": spent() - cpu}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8)
