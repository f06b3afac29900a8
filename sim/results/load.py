"""Where a queue came from: arrivals and capacity of its busy period, against those of the run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.results.recovery import capacities_on
from sim.results.why import when

if TYPE_CHECKING:
    from sim.results.levels import StepSeries
    from sim.results.scene import Scene


@dataclass(frozen=True)
class Attribution:
    """So many trains of a queue, and what they are put down to.

    ``kind`` is disruption, change, surge, overload or luck.
    """

    kind: str
    what: str
    trains: float


def parts_of(
    scene: Scene,
    resource: str,
    rows: pl.DataFrame,
    begin: float,
    end: float,
) -> tuple[list[Attribution], float, float, float, float]:
    """What a queue from begin to end is made of, most first, and the four rates it comes from.

    With a the mean arrivals of the run and c its capacity without disruptions and at the value
    before any dated change, the arrivals of the period beyond a are a surge, a beyond c is
    overload, and what was there less than c is put down to disruptions and dated changes while
    they held, the rest of it to luck (days, and hours of the day, with less than their mean).
    What was more than usual is no part.

    Returns:
        the parts; arrivals a day in the period and in the run, capacity a day in the period and c.
    """
    results, hours = scene.results, max(end - begin, 1e-9)
    mean_in = rows.height / results.horizon_h
    asked = rows.filter(pl.col("in_h").is_between(begin, end, closed="left")).height
    capacity = scene.capacity(resource)
    parts = [Attribution("surge", "more trains than usual", asked - mean_in * hours)]
    if capacity is None:
        return parts, asked / hours * 24, mean_in * 24, float("nan"), float("nan")
    per = _work_per_train(scene, resource, rows)
    usual, lost, there = _losses(scene, resource, capacity, begin, end)
    usual, there = usual / per, there / per
    lost = [Attribution(p.kind, p.what, p.trains / per) for p in lost]
    parts += lost
    parts.append(Attribution("overload", "more trains than can pass", (mean_in - usual) * hours))
    rest = usual * hours - there - sum(p.trains for p in lost)
    parts.append(Attribution("luck", "less capacity than its mean", rest))
    found = sorted((p for p in parts if p.trains > 0.0), key=lambda p: -p.trains)
    return found, asked / hours * 24, mean_in * 24, there / hours * 24, usual * 24


def _work_per_train(scene: Scene, resource: str, rows: pl.DataFrame) -> float:
    """Working hours of the resource that one train takes; 1 at a gate, which counts trains."""
    for known in scene.results.meta["resources"]:
        if known["name"] == resource and known["kind"] != "gate":
            since = scene.results.warmup_h
            done = rows.filter(
                (pl.col("end_h") >= since) & (pl.col("end_h") <= scene.results.horizon_h)
            ).height
            return float(known["used"]) / done if done and known["used"] else 1.0
    return 1.0


def _losses(
    scene: Scene, resource: str, capacity: StepSeries, begin: float, end: float
) -> tuple[float, list[Attribution], float]:
    """Usual capacity an hour; what disruptions and changes took from it; what there was."""
    horizon = scene.results.horizon_h
    cuts = [
        (p["begin_h"], p["end_h"], p["name"], p["title"], p["factor"])
        for p in scene.network.get("disruptions", ())
        if resource in capacities_on(scene.results, p["on"])
    ]
    changes = changes_of(scene, resource)
    edges = {0.0, horizon, begin, end}
    edges |= {t for b, e, *_ in cuts for t in (b, e)} | {c["time_h"] for c in changes}
    times = sorted(t for t in edges if 0.0 <= t <= horizon)
    area = hours = 0.0
    lost: dict[tuple[str, str], float] = {}
    pieces = []
    for a, b in pairwise(times):
        there = capacity.time_mean(a, b) * (b - a)
        active = [c for c in cuts if c[0] <= a < c[1]]
        share = _share(changes, a)
        factor = 1.0
        for *_, left in active:
            factor *= left
        pieces.append((a, b, there, active, share, factor))
        if factor > 0.0 and share > 0.0:
            area += there / factor / share
            hours += b - a
    usual = area / hours if hours > 0.0 else 0.0
    for a, b, there, active, share, factor in pieces:
        if a < begin or b > end:
            continue
        without = there / factor if factor > 0.0 else usual * share * (b - a)
        for _, _, name, title, left in active:
            key = ("disruption", name if title == name else f"{name} ({title})")
            weight = (1.0 - left) / sum(1.0 - c[4] for c in active)
            lost[key] = lost.get(key, 0.0) + (without - there) * weight
        if share != 1.0:
            change = max((c for c in changes if c["time_h"] <= a), key=lambda c: c["time_h"])
            full = without / share if share > 0.0 else usual * (b - a)
            key = ("change", _change_text(scene, change))
            lost[key] = lost.get(key, 0.0) + full - without
    there = capacity.time_mean(begin, end) * (end - begin) if end > begin else 0.0
    return usual, [Attribution(kind, what, n) for (kind, what), n in lost.items()], there


def changes_of(scene: Scene, resource: str) -> list[dict[str, Any]]:
    """Dated changes of the capacity of a gate, a work or a terminal's lines."""
    place, _, activity = resource.partition("/")
    if activity == "acceptance":
        paths = {f"lines.{place}.acceptance.per_day"}
    elif activity.startswith("paths"):
        paths = {f"lines.{place}.paths"}
    elif activity == "stuffing":
        paths = {f"stations.{place}.stuffing.lines"}
    else:
        work = f"stations.{place}.work.{activity}"
        paths = {f"{work}.servers", f"{work}.cranes"}
    return [c for c in scene.network.get("changes", ()) if c["path"] in paths]


def _share(changes: list[dict[str, Any]], time: float) -> float:
    """The value at a time over that before the first change."""
    passed = [c for c in changes if c["time_h"] <= time]
    if not passed or not changes[0]["before"]:
        return 1.0
    last = max(passed, key=lambda c: c["time_h"])
    return float(last["after"]) / float(changes[0]["before"])


def _change_text(scene: Scene, change: dict[str, Any]) -> str:
    share = change["after"] / change["before"] if change["before"] else 0.0
    since = when(scene.results, change["time_h"])
    return f"{change['path']} at {share:.0%} of what it was, since {since}"
