"""What a program costs: processor seconds, which other work on the machine hardly changes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any


class Clock:
    """Processor and wall seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Seconds so far; ``cpu_s`` counts all threads of the process."""
        return {
            "wall_s": time.perf_counter() - self._wall,
            "cpu_s": time.process_time() - self._cpu,
        }


def tell(spent: dict[str, float], times: Sequence[float], **more: Any) -> None:
    """Print one JSON object: what was spent, and the mean time of containers with its error.

    ``times`` follow each other train by train, 50 of each, so that means of trains are nearly
    independent; the error is the standard error of their mean.
    """
    trains = [mean(times[i : i + 50]) for i in range(0, len(times) - 49, 50)]
    made = {
        "containers": len(times),
        "mean_h": mean(times),
        "error_h": stdev(trains) / len(trains) ** 0.5,
        **spent,
        **more,
    }
    print(json.dumps(made))
