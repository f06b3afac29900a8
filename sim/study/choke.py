"""Where goods back up when every stage passes what it can: a fluid run of the corridor by month.

Each flow of boxes meets its stages in their order; what a stage cannot pass in a month stays
before it and asks again in the next.  So a stage is called tight only for what really reaches it.
It knows no luck and no priorities: it says where to look, and a run says how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INF = float("inf")


@dataclass(frozen=True)
class BoxFlow:
    """Boxes an hour by month, and the names of the stages on their way in order."""

    rate: Sequence[float]
    stages: tuple[str, ...]


@dataclass(frozen=True)
class TrainStage:
    """Trains an hour by month: what is offered, and what can pass."""

    load: Sequence[float]
    capacity: Sequence[float]


@dataclass(frozen=True)
class Choke:
    """Most that stands before one stage at the end of a month, and when it began to.

    ``held`` is in boxes, or in trains where the stage passes trains.
    """

    stage: str
    unit: str
    held: float
    since: int
    most: int


def chokes(
    flows: Sequence[BoxFlow],
    boxes: Mapping[str, Sequence[float]],
    trains: Mapping[str, TrainStage],
    hours: Sequence[float],
    stock: Mapping[str, float] | None = None,
) -> list[Choke]:
    """Stages before which something stands at the end of a month, most boxes first.

    Args:
        flows: all boxes followed.
        boxes: capacity for them by stage and month, boxes an hour; stages not named pass all.
        trains: stages that pass trains, with everything that runs over them.
        hours: length of each month.
        stock: stages whose capacity keeps until it is used (empties), and what they begin with.
    """
    kept = dict(stock or {})
    standing: list[dict[str, float]] = [{} for _ in flows]
    queue = dict.fromkeys(trains, 0.0)
    held: dict[str, list[float]] = {}
    for month, length in enumerate(hours):
        passing = {}
        for name, stage in trains.items():
            offered = stage.load[month] * length + queue[name]
            can = stage.capacity[month] * length
            passing[name] = min(1.0, can / offered) if offered > 0.0 else 1.0
            queue[name] = max(offered - can, 0.0)
            held.setdefault(name, []).append(queue[name])
        room = {n: c[month] * length + kept.get(n, 0.0) for n, c in boxes.items()}
        shares, asked = _box_shares(flows, standing, room, passing, month, length)
        passing.update(shares)
        for name in kept:
            kept[name] = max(room[name] - asked[name], 0.0)
        for flow, waiting in zip(flows, standing, strict=True):
            _advance(flow, waiting, passing, month, length)
        for name in boxes:
            held.setdefault(name, []).append(sum(w.get(name, 0.0) for w in standing))
    found = []
    for name, levels in held.items():
        peak = max(levels)
        if peak > 1.0:
            since = next(i for i, level in enumerate(levels) if level > 1.0)
            unit = "trains" if name in trains else "boxes"
            # the first of months that are alike but for rounding
            most = next(i for i, level in enumerate(levels) if level >= peak * (1.0 - 1e-9))
            found.append(Choke(name, unit, peak, since, most))
    return sorted(found, key=lambda c: (c.unit, -c.held, c.stage))


def _box_shares(
    flows: Sequence[BoxFlow],
    standing: Sequence[Mapping[str, float]],
    room: Mapping[str, float],
    trains: Mapping[str, float],
    month: int,
    length: float,
) -> tuple[dict[str, float], dict[str, float]]:
    """What each box stage passes (a share) and is asked; exact after as many rounds as stages."""
    shares, asked = dict.fromkeys(room, 1.0), dict.fromkeys(room, 0.0)
    rounds = max((len(f.stages) for f in flows), default=0) + 1
    for _ in range(rounds):
        asked = dict.fromkeys(room, 0.0)
        for flow, waiting in zip(flows, standing, strict=True):
            going = flow.rate[month] * length
            for name in flow.stages:
                going += waiting.get(name, 0.0)
                if name in asked:
                    asked[name] += going
                going *= shares.get(name, trains.get(name, 1.0))
        fresh = {n: min(1.0, room[n] / a) if a > 0.0 else 1.0 for n, a in asked.items()}
        if fresh == shares:
            break
        shares = fresh
    return shares, asked


def _advance(
    flow: BoxFlow,
    waiting: dict[str, float],
    passing: Mapping[str, float],
    month: int,
    length: float,
) -> None:
    going = flow.rate[month] * length
    for name in flow.stages:
        going += waiting.get(name, 0.0)
        share = passing.get(name, 1.0)
        waiting[name] = going * (1.0 - share)
        going *= share
