"""Made-up tables that look like a run, without a corridor."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.results.run import Results

COMMODITIES = ("barley", "bran", "wheat")
CROSSINGS = ("altynkol-khorgos", "dostyk-alashankou")
DESTINATIONS = ("jinan", "qingdao", "rizhao")
GATES = (
    ("dostyk-alashankou", "acceptance"),
    ("altynkol-khorgos", "acceptance"),
    ("alashankou", "track"),
    ("khorgos", "track"),
    ("jinan", "track"),
    ("moiynty-dostyk", "enter"),
    ("alashankou-jinan", "enter"),
    ("dostyk", "track"),
)


def containers(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Container columns from rows that say only what matters."""
    usual: dict[str, Any] = {
        "flow": "exports",
        "commodity": "barley",
        "region": "almaty",
        "origin": "almaty",
        "crossing": "dostyk-alashankou",
        "destination": "jinan",
        "tonnes": 26.0,
        "stuffed_h": None,
        "departed_h": None,
        "border_in_h": None,
        "border_out_h": None,
        "arrived_h": None,
        "delivered_h": None,
        "refused": False,
        "first_train": None,
        "last_train": None,
    }
    full = [{"container": i, **usual, **row} for i, row in enumerate(rows)]
    names = ("container", *usual, "ready_h")
    return {name: [row[name] for row in full] for name in names}


def stages(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Stage columns from (train, place, activity, in, start, end[, cause])."""
    names = ("train", "place", "activity", "in_h", "start_h", "end_h", "cause")
    full = [(*row, *(None,) * (7 - len(row))) for row in rows]
    return {name: [row[i] for row in full] for i, name in enumerate(names)}


def results(
    *,
    containers_: Any = None,
    trains: Any = None,
    stages_: Any = None,
    waits: Any = None,
    levels: Any = None,
    **meta: Any,
) -> Results:
    """A run of the given tables; the others are empty."""
    from sim.results.tables import TABLES

    known: dict[str, Any] = {
        "scenario": "made-up",
        "title": "A made-up corridor",
        "start": "2023-09-01",
        "horizon_h": 8760.0,
        "warmup_h": 0.0,
        "seed": 1,
        "replication": 0,
        "events": 0,
        "wall_s": 0.5,
        "crossings": list(CROSSINGS),
        "resources": [],
        "status": "done",
    }

    def table(name: str, given: Any) -> Any:
        return TABLES[name].empty() if given is None else given

    return Results(
        containers=table("containers", containers_),
        trains=table("trains", trains),
        stages=table("stages", stages_),
        waits=table("waits", waits),
        levels=table("levels", levels),
        meta={**known, **meta},
    )


def year(seed: int = 1, count: int = 12_000, replication: int = 0, **meta: Any) -> Results:
    """A plausible year of exports: a season, queues at the border, the end cut off."""
    rng = np.random.default_rng([seed, replication])
    horizon = float(meta.get("horizon_h", 8760.0))
    ready = np.sort(rng.beta(1.3, 1.6, count) * horizon)
    busy = 1 + 2.5 * np.exp(-(((ready - 3500) / 900) ** 2))
    parts = {
        "stuffed_h": ("stuffing", "no empty container", rng.gamma(1.2, 30, count), 6.0),
        "departed_h": ("train", "train not full", rng.gamma(2, 20, count), 4.0),
        "border_in_h": ("line to the border", "no path free", rng.gamma(1, 5, count), 46.0),
        "border_out_h": (
            "border",
            "dostyk-alashankou: acceptance",
            rng.gamma(1.5, 25, count) * busy,
            22.0,
        ),
        "arrived_h": ("line in China", "no path free", rng.gamma(1, 6, count), 74.0),
        "delivered_h": ("delivery", "no truck free", rng.gamma(1, 15, count), 30.0),
    }
    at = ready.copy()
    columns: dict[str, Any] = {}
    wait_rows: list[tuple[np.ndarray, str, str | None, np.ndarray]] = []
    for name, (stage, cause, wait, work) in parts.items():
        begin = at
        at = begin + wait + work
        reached = at <= horizon
        columns[name] = np.where(reached, at, np.nan)
        numbers = np.flatnonzero(reached)
        wait_rows.append((numbers, stage, cause, wait[reached]))
        wait_rows.append((numbers, stage, None, np.full(len(numbers), work)))
    tonnes = rng.choice([26.0, 25.0, 22.0], count)
    first = (np.nan_to_num(columns["departed_h"], nan=-1) // 24).astype(int)
    frame = {
        "container": np.arange(count),
        "flow": np.where(rng.random(count) < 0.85, "exports", "imports"),
        "commodity": rng.choice(COMMODITIES, count, p=[0.5, 0.3, 0.2]),
        "region": rng.choice(["akmola", "almaty", "kostanay"], count),
        "origin": rng.choice(["almaty", "kostanay"], count),
        "crossing": rng.choice(CROSSINGS, count, p=[0.4, 0.6]),
        "destination": rng.choice(DESTINATIONS, count, p=[0.5, 0.35, 0.15]),
        "tonnes": tonnes,
        "ready_h": ready,
        **columns,
        "refused": np.zeros(count, dtype=bool),
        "first_train": [int(t) if t >= 0 else None for t in first],
        "last_train": [int(t) if t >= 0 else None for t in first],
    }
    days = int(horizon // 24)
    trains = {
        "train": list(range(days)),
        "name": [f"qilu-east/{i}" for i in range(days)],
        "service": ["qilu-east"] * days,
        "kind": ["service"] * days,
        "train_class": ["container"] * days,
        "boxes": rng.integers(30, 55, days).tolist(),
        "slots": [55] * days,
        "formed_h": [24.0 * i for i in range(days)],
        "departed_h": [24.0 * i + 3 for i in range(days)],
        "ended_h": [24.0 * i + 170 for i in range(days)],
        "outcome": ["done"] * days,
    }
    stage_rows: list[tuple[Any, ...]] = []
    for weight, (place, activity) in enumerate(GATES):
        n = 4000
        asked = np.sort(rng.random(n) * horizon)
        peak = np.exp(-(((asked - 3600) / (500 + 200 * weight)) ** 2))
        wait = rng.gamma(1, 1, n) * (2 + 60 * peak) / (1 + weight) * (rng.random(n) < 0.7)
        for train, (t, w) in enumerate(zip(asked.tolist(), wait.tolist(), strict=True)):
            start = t + w if t + w <= horizon else None
            stage_rows.append(
                (
                    train % days,
                    place,
                    activity,
                    t,
                    start,
                    None if start is None else min(start + 2, horizon),
                    f"{place}: {activity}" if w else None,
                )
            )
    waits = {
        "container": np.concatenate([r[0] for r in wait_rows]),
        "stage": [s for r in wait_rows for s in [r[1]] * len(r[0])],
        "cause": [c for r in wait_rows for c in [r[2]] * len(r[0])],
        "hours": np.concatenate([r[3] for r in wait_rows]),
    }
    return results(
        containers_=frame,
        trains=trains,
        stages_=stages(stage_rows),
        waits=waits,
        seed=seed,
        replication=replication,
        **{"warmup_h": 672.0, **meta},
    )
