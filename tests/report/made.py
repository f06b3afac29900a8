"""A run written by hand: three stations, six trains, ten days; what pictures show can be counted.

Train n of `out` leaves `west` at 24 n h, runs 100 km to `gate` in 10 h, waits there 2 n h for
acceptance, is worked on for 4 h, and runs 300 km to `east` in 30 h.  Two trains of `back` come the
other way without a wait; two of `others` stand at `gate` alone.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from sim.results.run import Results
from tests.results import builder

NETWORK: dict[str, Any] = {
    "stations": {
        "west": {"title": "West", "position": [70.0, 50.0]},
        "gate": {"title": "Gate", "position": None},
        "east": {"title": "East (port)", "position": None},
    },
    "lines": {
        "plain": {
            "title": "plain",
            "from": "west",
            "to": "gate",
            "length_km": 100.0,
            "gauge": 1520,
        },
        "far": {"title": "far", "from": "gate", "to": "east", "length_km": 300.0, "gauge": 1435},
    },
    "routes": {
        "out": ["west", "plain", "gate", "far", "east"],
        "back": ["east", "far", "gate", "plain", "west"],
        "others": ["gate"],
    },
    "disruptions": [
        {
            "name": "storm",
            "title": "snow",
            "on": ["plain"],
            "begin_h": 60.0,
            "end_h": 84.0,
            "factor": 0.0,
            "dated": True,
        }
    ],
    "changes": [
        {"path": "lines.far.acceptance.per_day", "time_h": 156.0, "before": 0.5, "after": 0.75}
    ],
    "calendars": {"day": {"title": "by day", "on": ["gate/papers"], "closed": [[0.0, 8.0]]}},
}
RESOURCES: list[dict[str, Any]] = [
    {
        "name": "gate/papers",
        "place": "gate",
        "activity": "papers",
        "kind": "servers",
        "unit": "h",
        "used": 16.0,
        "available": 240.0,
        "busy": 16 / 240,
    },
    {
        "name": "far/acceptance",
        "place": "far",
        "activity": "acceptance",
        "kind": "gate",
        "unit": "trains",
        "used": 4.0,
        "available": 20.0,
        "busy": 0.2,
    },
]


def run() -> Results:
    """The run."""
    stages: list[tuple[Any, ...]] = []
    for n in range(4):
        t = 24.0 * n
        stages += [
            (n, "plain", "run", t, t, t + 10.0),
            (n, "gate", "papers", t + 10.0, t + 10.0, t + 14.0),
            (
                n,
                "far",
                "acceptance",
                t + 14.0,
                t + 14.0 + 2 * n,
                t + 14.0 + 2 * n,
                "far: acceptance" if n else None,
            ),
            (n, "far", "run", t + 14.0 + 2 * n, t + 14.0 + 2 * n, t + 44.0 + 2 * n),
        ]
    for n in range(2):
        t = 50.0 + 60.0 * n
        stages += [
            (4 + n, "far", "run", t, t, t + 30.0),
            (4 + n, "plain", "run", t + 30.0, t + 30.0, t + 40.0),
        ]
    for n in range(2):
        stages.append((6 + n, "gate", "track", 100.0, 110.0 + n, 112.0, "gate: no track free"))
    names = ["out"] * 4 + ["back"] * 2 + ["others"] * 2
    trains = {
        "train": list(range(8)),
        "name": [f"{s}/{i}" for i, s in enumerate(names)],
        "service": names,
        "kind": ["service"] * 6 + ["background"] * 2,
        "train_class": ["container"] * 8,
        "boxes": [2] * 8,
        "slots": [2] * 6 + [None] * 2,
        "formed_h": [0.0] * 8,
        "departed_h": [0.0] * 8,
        "ended_h": [200.0] * 8,
        "outcome": ["done"] * 8,
    }
    boxes = [
        {
            "ready_h": 24.0 * n - 10.0 if n else 0.0,
            "stuffed_h": 24.0 * n,
            "departed_h": 24.0 * n,
            "delivered_h": 50.0 + 26.0 * n,
            "crossing": "gate",
            "origin": "west",
            "destination": "east",
            "commodity": "barley" if n % 2 else "wheat",
            "first_train": n,
            "last_train": n,
        }
        for n in range(4)
    ]
    boxes.append({"ready_h": 30.0, "refused": True, "crossing": "gate", "origin": "west"})
    levels = pl.DataFrame(
        {
            "series": ["west: goods waiting for empties"] * 3 + ["far/acceptance: capacity"] * 2,
            "unit": ["containers"] * 3 + ["trains/h"] * 2,
            "time_h": [0.0, 24.0, 72.0, 0.0, 168.0],
            "level": [0.0, 3.0, 1.0, 4 / 168, 0.5],
        }
    )
    waits = {
        "container": [1, 2, 3, 3],
        "stage": ["far: acceptance"] * 3 + ["west: goods"],
        "cause": ["far: acceptance"] * 3 + ["west: no empty container"],
        "begin_h": [38.0, 62.0, 86.0, 62.0],
        "end_h": [40.0, 66.0, 92.0, 72.0],
        "hours": [2.0, 4.0, 6.0, 10.0],
    }
    equipment = pl.DataFrame(
        {
            "unit": [0, 0, 1, 2],
            "fleet": ["boxes", "boxes", "boxes", "wagons"],
            "hired": [False] * 4,
            "state": ["at hand", "laden", "at hand", "at hand"],
            "place": ["west", "west", "east", "west"],
            "begin_h": [0.0, 120.0, 0.0, 0.0],
            "end_h": [120.0, 240.0, 240.0, 240.0],
            "part_of": [None, 0, None, None],
        },
        schema_overrides={"part_of": pl.Int64},
    )
    made = builder.results(
        containers_=builder.containers(boxes),
        trains=trains,
        stages_=builder.stages(stages),
        waits=waits,
        levels=levels,
        horizon_h=240.0,
        start="2024-02-26",
        resources=RESOURCES,
        network=NETWORK,
        crossings=["gate"],
    )
    tables = {n: made.table(n) for n in ("containers", "trains", "stages", "waits", "levels")}
    return Results(**tables, equipment=equipment, meta=made.meta)
