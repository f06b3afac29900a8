"""All programs side by side, interleaved, several times: medians and ratios.

``make bench`` or ``python benchmarks/bench.py [ROUNDS]``.  Each program runs in a process of its
own and times itself after its imports; peak memory is the process's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
BASELINE = str(HERE.parent / "scenarios" / "baseline.yaml")
PROGRAMS = {
    "ours": ["ours.py", str(HERE / "micro.yaml")],
    "plain SimPy": ["plain_simpy.py"],
    "baseline": ["ours.py", BASELINE],
    "baseline, a process a crane move": ["per_container.py"],
}


def run(words: list[str]) -> dict[str, Any]:
    """One program once: what it prints, and its peak memory in MB."""
    command = [sys.executable, str(HERE / words[0]), *words[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[0]} failed with status {process.returncode}")
    return {**json.loads(text), "memory_mb": usage.ru_maxrss / 1024}


def main(rounds: int) -> None:
    """Print the table."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, words in PROGRAMS.items():
            runs[name].append(run(words))
    for name in ("ours", "baseline"):
        events = str(runs[name][0]["events"])
        runs[f"bare heap, events of {name}"] = [run(["heap.py", events]) for _ in range(rounds)]
    print(f"{'program':34}{'containers':>11}{'mean h':>9}{'seconds':>9}{'ms/1000':>9}{'MB':>6}")
    for name, made in runs.items():
        first, seconds = made[0], median(m["seconds"] for m in made)
        boxes, mean = first.get("containers"), first.get("mean_h")
        print(
            f"{name:34}{boxes or '':>11}{f'{mean:.2f}' if mean else '':>9}{seconds:>9.3f}"
            f"{f'{1e6 * seconds / boxes:.1f}' if boxes else '':>9}"
            f"{median(m['memory_mb'] for m in made):>6.0f}"
        )

    def seconds(name: str) -> float:
        return median(m["seconds"] for m in runs[name])

    each = seconds("plain SimPy") / runs["plain SimPy"][0]["containers"]
    mine = seconds("baseline") / runs["baseline"][0]["containers"]
    print(f"\nours is {seconds('plain SimPy') / seconds('ours'):.1f} x plain SimPy")
    print(f"a container of the baseline costs 1/{each / mine:.1f} of one in plain SimPy")
    slow = seconds("baseline, a process a crane move")
    print(
        f"the baseline takes 1/{slow / seconds('baseline'):.1f} of it with a process a crane move"
    )
    for name in ("ours", "baseline"):
        first = runs[name][0]
        heap = seconds(f"bare heap, events of {name}")
        print(
            f"{name}: {first['events'] / first['containers']:.2f} events a container, "
            f"{seconds(name) / heap:.0f} x the bare heap loop"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
