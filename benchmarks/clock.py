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


def tell(spent: dict[str, float], rail: Sequence[float], whole: Sequence[float] = ()) -> None:
    """Print one JSON object: what was spent, and the mean times of containers with their errors.

    ``rail`` has the hours of each from the beginning until it is off its train in the port,
    ``whole`` until its vessel sails, where there is one.
    """
    made: dict[str, Any] = {"containers": len(whole or rail), **spent}
    for name, times in (("mean", rail), ("sailed", whole)):
        if times:
            made[f"{name}_h"], made[f"{name}_error_h"] = mean(times), error_of_mean(times)
    print(json.dumps(made))


def error_of_mean(times: Sequence[float]) -> float:
    """The standard error of the mean, hours.

    Times follow each other train by train, 50 of each, so that means of trains are nearly
    independent; trains that share a vessel share its times, so eight of them are taken together.
    """
    means = [mean(times[i : i + 400]) for i in range(0, len(times) - 399, 400)]
    return stdev(means) / len(means) ** 0.5
