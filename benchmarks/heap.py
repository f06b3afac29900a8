"""The bare limit: a heap loop with so many events, and nothing else.

``python benchmarks/heap.py EVENTS`` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from heapq import heappop, heappush

from clock import Clock


def main(events: int) -> None:
    """Push and pop with a hundred events under way."""
    clock = Clock()
    heap = [(float(i), i) for i in range(100)]
    for number in range(events):
        now, _ = heappop(heap)
        heappush(heap, (now + 100.0, number))
    print(json.dumps({"events": events, **clock.read()}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
