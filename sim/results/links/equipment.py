"""Wagons and empty boxes that were missing: where the fleet stood."""

from __future__ import annotations

import polars as pl

from sim.results.causes import cause_of
from sim.results.links.link import Found, Traced, is_wait, told
from sim.results.links.rules import end
from sim.results.scene import Scene, busy_since, counts
from sim.results.why import when

HINDRANCES = (
    "acceptance",
    "path",
    "place",
    "track",
    "closed",
    "busy",
    "wagons",
    "admission",
    "ban",
)
"""Waits that keep a box on its way, other than for a timetable, a consignee or more trains."""
FELT = 0.2
"""Share of a fleet of boxes that, standing so, keeps empties from coming back."""
LARGEST = 0.15
"""Share of a fleet from which a wait that it stands in is what wagons are missing for."""


def wagons(traced: Traced) -> Found:
    """Since when a service had too few wagons, and what they waited for."""
    scene, wait, time = traced.scene, traced.wait, traced.middle
    mine = traced.results.trains.filter(pl.col("service") == traced.cause.place)
    spells = traced.results.chosen("equipment", pl.col("state") == "under a train").join(
        mine.select(part_of="train"), on="part_of", how="semi"
    )
    if spells.is_empty():
        return end(traced)
    fleet = str(spells["fleet"][0])
    need = max(n for _, n in counts(spells["part_of"]))
    origin = scene.routes[traced.cause.place][0]
    series = scene.level(f"{origin}: free {fleet}")
    since = wait.begin_h
    if series is not None:
        enough = series.time[(series.time < wait.end_h) & (series.level >= need)]
        after = series.time[series.time > enough[-1]] if len(enough) else series.time
        since = min(float(after[0]) if len(after) else since, wait.begin_h)
    stands, onward = _fleet(scene, fleet, time)
    text = f"fewer than {need} wagons were free at {origin} since {traced.when(since)}; {stands}"
    if onward is None:
        return traced.ends(text, since, _elsewhere(scene, fleet, time, origin, need))
    return traced.goes_on(text, since, onward, time)


def empties(traced: Traced) -> Found:
    """Since when a terminal had no empty boxes, and why fewer came than were asked for."""
    scene, wait, terminal, time = traced.scene, traced.wait, traced.cause.place, traced.wait.begin_h
    series = scene.level(f"{terminal}: goods waiting for empties")
    levels = sorted({*traced.results.each("levels", ["series"], pl.DataFrame.unique)["series"]})
    mark = f"{terminal}: empty "
    fleet = next((s.removeprefix(mark) for s in levels if s.startswith(mark)), None)
    if series is None or fleet is None:
        return end(traced)
    since = min(busy_since(series, wait.end_h), wait.begin_h)
    filled = traced.results.chosen(
        "equipment",
        (pl.col("fleet") == fleet) & (pl.col("state") == "laden") & (pl.col("place") == terminal),
    )["begin_h"]
    ready = traced.results.chosen("containers", pl.col("origin") == terminal, ~pl.col("refused"))[
        "ready_h"
    ]
    came, usual_came = _a_day(traced, filled, since)
    need, usual_need = _a_day(traced, ready, since)
    stands, _ = _fleet(scene, fleet, time)
    text = (
        f"{terminal} had run out of empty boxes on {traced.when(since)}, and "
        f"{series.at(wait.begin_h):,.0f} boxes of goods waited for one; until it got one goods "
        f"for {need:.0f} boxes a day came (usually {usual_need:.0f}) against {came:.0f} "
        f"empties filled (usually {usual_came:.0f}); {stands}"
    )
    onward = _hindered(scene, fleet, time)
    if onward is not None:
        return traced.goes_on(text, since, onward, time)
    root = f"more goods than empties come back to {terminal}"
    if need > 1.1 * usual_need and usual_need <= 1.05 * usual_came:
        root = f"season: {root}"
    text += f": no single event, {need:.0f} a day against {came:.0f}"
    return traced.ends(text, since, root)


def _a_day(traced: Traced, times: pl.Series, since: float) -> tuple[float, float]:
    """How many a day, from a time to the end of the wait and usually."""
    end_h = traced.wait.end_h
    hours = max(end_h - since, 1.0)
    then = int(times.is_between(since, end_h, closed="left").sum()) / hours * 24
    return then, times.len() / traced.results.horizon_h * 24


def _fleet(scene: Scene, fleet: str, time: float) -> tuple[str, str | None]:
    """Where a fleet stands, told, and the wait in which the largest part of it stands."""
    units = scene.units_at(fleet, time)
    where = counts(units["doing"])
    stuck = [(doing, n) for doing, n in where if is_wait(doing)]
    standing = sum(n for _, n in stuck)
    onward = stuck[0][0] if stuck and stuck[0][1] >= LARGEST * max(units.height, 1) else None
    text = (
        f"of {units.height:,} {fleet}, {standing:,} stood waiting with goods or trains on "
        f"{when(scene.results, time)}: {told(where, 5)}"
    )
    return text, onward


def _hindered(scene: Scene, fleet: str, time: float) -> str | None:
    """What most boxes stand waiting for on their way, if so many do that it is felt."""
    units = scene.units_at(fleet, time)
    stuck = [(d, n) for d, n in counts(units["doing"]) if cause_of(d).key in HINDRANCES]
    felt = sum(n for _, n in stuck) >= FELT * max(units.height, 1)
    return stuck[0][0] if felt else None


def _elsewhere(scene: Scene, fleet: str, time: float, origin: str, need: int) -> str:
    """Whether a train's wagons stood free at another station, or there were too few."""
    units = scene.units_at(fleet, time).filter(
        (pl.col("state") == "at hand") & (pl.col("place") != origin)
    )
    spare = [(place, n) for place, n in counts(units["place"]) if n >= need]
    if not spare:
        return f"too few {fleet} for their way round, by {origin}"
    place, number = spare[0]
    return f"{fleet} in the wrong place: {number:,} stood free at {place}, not at {origin}"
