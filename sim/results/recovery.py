"""What each disruption did to the trains, and how long it took until it was over.

All that is said of recovery in one run follows these definitions (``sim.study.recovery`` holds
runs with and without a disruption against each other, and has its own):

*held* are trains that wait for anything (acceptance, a path, a place, a track, a server, a crane)
at the place disrupted or at one before it on their way; trains that do not pass it do not count,
nor do those that may not be loaded yet (a ban, a rule of admission).
*before* is the time mean of the trains held over the week before the disruption began (since the
start of the run if that is less; none held where it begins with the run).
*Recovered* is the first moment from its end on at which no more trains are held than before, and
the *recovery time* runs from its end to that moment.  It is unknown, null, where that does not
come by the horizon.  *Extra* are train-hours held above the level before, from its begin until
recovered or the horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.results.levels import CAPACITY, NOT_LOADED, StepSeries, step_series
from sim.results.spans import WEEK
from sim.results.text import holding, plain

if TYPE_CHECKING:
    from sim.results.run import Results

DOWN = " down"
"""End of the names of series that say how much is broken."""
SCHEMA = {
    "disruption": pl.String,
    "title": pl.String,
    "on": pl.String,
    "begin_h": pl.Float64,
    "end_h": pl.Float64,
    "factor": pl.Float64,
    "lost": pl.Float64,
    "lost_unit": pl.String,
    "held_before": pl.Float64,
    "held_peak": pl.Float64,
    "peak_h": pl.Float64,
    "extra_train_h": pl.Float64,
    "recovered_h": pl.Float64,
    "recovery_h": pl.Float64,
    "within": pl.String,
}


def recoveries(results: Results) -> pl.DataFrame:
    """One row a period of a disruption, dated, random or by use, in the order of their begin.

    Columns: ``disruption``, ``title``, ``on``, ``begin_h``, ``end_h``, ``factor`` (what was left
    of the rate; null for a breakdown by use), ``lost`` (trains that could have passed, or hours of
    servers or cranes there would have been; null where nothing says) and ``lost_unit``,
    ``held_before``, ``held_peak`` (most trains held until recovered) and ``peak_h`` (when),
    ``extra_train_h``, ``recovered_h`` (when; null if not by the horizon), ``recovery_h``,
    ``within`` (an earlier one that was not over when it began; what was held before is of that
    too, and it may end with fewer).
    """
    levels = _capacities(results)
    periods = sorted(_periods(results, levels), key=lambda p: (p["begin_h"], p["name"]))
    held = Held(results)
    rows = [_row(results, levels, period, held.before(period["on"])) for period in periods]
    for number, row in enumerate(rows):
        row["within"] = _still_on(rows[:number], row["begin_h"])
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _still_on(earlier: list[dict[str, Any]], begin: float) -> str | None:
    """The latest disruption before that trains had not recovered from."""
    for row in reversed(earlier):
        over = row["recovered_h"]
        if row["held_peak"] > row["held_before"] and (over is None or over > begin):
            return str(row["disruption"])
    return None


def longest_recovery(results: Results) -> float | None:
    """Longest recovery time, h, of dated and random disruptions that ended; None if none did.

    One that is not over at the horizon counts until then.
    """
    longest, held_there = None, Held(results)
    for period in results.meta.get("network", {}).get("disruptions", ()):
        begin, end = period["begin_h"], period["end_h"]
        if end < results.horizon_h and end > results.warmup_h:
            held = held_there.before(period["on"])
            before = _level_before(held, begin)
            over = held.first_at_most(before, end, results.horizon_h)
            hours = (results.horizon_h if over is None else over) - end
            longest = hours if longest is None else max(longest, hours)
    return longest


def _level_before(held: StepSeries, begin: float) -> float:
    since = max(begin - WEEK, 0.0)
    return held.time_mean(since, begin) if begin > since else 0.0


def _capacities(results: Results) -> pl.DataFrame:
    """Of the levels what there was of each resource, and what was down; taken part by part."""
    found = []
    for part in results.parts("levels", ["series", "unit", "time_h", "level"]):
        mine = holding(part["series"], f": {CAPACITY}") | holding(part["series"], DOWN)
        found.append(plain(part.filter(pl.Series(mine))))
    return pl.concat(found)


def _periods(results: Results, levels: pl.DataFrame) -> list[dict[str, Any]]:
    network = results.meta.get("network", {})
    found = list(network.get("disruptions", ()))
    down = levels.filter(pl.col("series").str.ends_with(DOWN))
    for (series,), rows in down.group_by("series", maintain_order=True):
        name, _, item = str(series).removesuffix(DOWN).partition(": ")
        changes = [*rows.select("time_h", "level").iter_rows(), (results.horizon_h, 0.0)]
        begin = None
        for time, level in changes:
            if level > 0.0 and begin is None:
                begin = time
            elif level <= 0.0 and begin is not None:
                found.append(
                    {
                        "name": name,
                        "title": name,
                        "on": [item],
                        "begin_h": begin,
                        "end_h": time,
                        "factor": None,
                    }
                )
                begin = None
    return found


class Held:
    """Trains over time that wait, before each of the places that are asked for."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._found: dict[tuple[str, ...], StepSeries] = {}

    @cached_property
    def _waits(self) -> pl.DataFrame:
        """``service``, ``place``, ``in_h``, ``start_h`` of all stages that were waited for."""
        columns = ["train", "place", "activity", "in_h", "start_h"]
        waited = ~pl.col("start_h").eq_missing(pl.col("in_h"))
        waited &= ~pl.col("activity").is_in(NOT_LOADED)
        rows = [plain(part.filter(waited)) for part in self._results.parts("stages", columns)]
        trains = [plain(part) for part in self._results.parts("trains", ["train", "service"])]
        return pl.concat(rows).join(pl.concat(trains), on="train", how="left")

    def before(self, targets: Sequence[str]) -> StepSeries:
        """Trains that wait at one of these (line, station or station/work), or before it.

        Each train counts the places of its own way up to the last of these.
        """
        on = tuple(targets)
        if on not in self._found:
            rows = self._waits.join(self._ways(on), on=["service", "place"], how="semi")
            got = rows["start_h"].fill_null(float("inf")).to_numpy()
            self._found[on] = step_series(rows["in_h"].to_numpy(), got)
        return self._found[on]

    def elsewhere(self, targets: Sequence[str], until: float) -> dict[str, float]:
        """Train-hours waited by this hour that ``before`` does not count, by place."""
        rows = self._waits.join(self._ways(tuple(targets)), on=["service", "place"], how="anti")
        waited = pl.min_horizontal(pl.col("start_h").fill_null(until), until) - pl.col("in_h")
        return dict(rows.group_by("place").agg(waited.sum()).sort("place").iter_rows())

    def anywhere(self) -> StepSeries:
        """Trains that wait at any place, for anything."""
        got = self._waits["start_h"].fill_null(float("inf"))
        return step_series(self._waits["in_h"].to_numpy(), got.to_numpy())

    def _ways(self, targets: tuple[str, ...]) -> pl.DataFrame:
        """Each service with the places of its way up to the last of the targets."""
        places = {t.partition("/")[0] for t in targets}
        pairs = []
        for service, way in self._results.meta.get("network", {}).get("routes", {}).items():
            last = max((i for i, place in enumerate(way) if place in places), default=-1)
            pairs += [(service, place) for place in way[: last + 1]]
        schema = {"service": pl.String, "place": pl.String}
        return pl.DataFrame(pairs, schema=schema, orient="row").unique()


def _row(
    results: Results, levels: pl.DataFrame, period: dict[str, Any], held: StepSeries
) -> dict[str, Any]:
    begin, end, horizon = period["begin_h"], period["end_h"], results.horizon_h
    before = _level_before(held, begin)
    recovered = held.first_at_most(before, end, horizon)
    until = horizon if recovered is None else recovered
    peak, peak_h = _peak(held, begin, until)
    extra = (held.time_mean(begin, until) - before) * (until - begin) if until > begin else 0.0
    lost, unit = _lost(results, levels, period)
    return {
        "disruption": period["name"],
        "title": period["title"],
        "on": ", ".join(period["on"]),
        "begin_h": begin,
        "end_h": end,
        "factor": period["factor"],
        "lost": lost,
        "lost_unit": unit,
        "held_before": before,
        "held_peak": peak,
        "peak_h": peak_h,
        "extra_train_h": extra,
        "recovered_h": recovered,
        "recovery_h": None if recovered is None else recovered - end,
    }


def _peak(held: StepSeries, begin: float, until: float) -> tuple[float, float]:
    inside = (held.time > begin) & (held.time <= until)
    times = np.concatenate([[begin], held.time[inside]])
    levels = np.concatenate([[held.at(begin)], held.level[inside]])
    most = int(levels.argmax())
    return float(levels[most]), float(times[most])


def _lost(
    results: Results, levels: pl.DataFrame, period: dict[str, Any]
) -> tuple[float | None, str | None]:
    """Trains that could not pass, or working hours there were not, by the capacity series."""
    factor = period["factor"]
    if factor is None:
        return None, None
    total: float | None = None
    unit = None
    for name in capacities_on(results, period["on"]):
        rows = levels.filter(pl.col("series") == f"{name}: {CAPACITY}")
        mine = (
            "trains"
            if rows["unit"][0] == "trains/h"
            else f"{str(rows['unit'][0]).removesuffix('s')} hours"
        )
        if unit is not None and mine != unit:
            continue
        unit = mine
        steps = StepSeries(rows["time_h"].to_numpy(), rows["level"].to_numpy())
        begin, end = period["begin_h"], period["end_h"]
        left = steps.time_mean(begin, end) * (end - begin)
        if factor > 0.0:
            loss = left * (1.0 / factor - 1.0)
        else:
            others = _undisturbed(results, name, steps)
            loss = (others or 0.0) * (end - begin)
        total = (total or 0.0) + loss
    return total, unit


def capacities_on(results: Results, targets: list[str]) -> list[str]:
    """Gates and works that a disruption of these targets reduces, in the order of the results."""
    found = []
    for resource in results.meta.get("resources", ()):
        name, place = str(resource["name"]), str(resource["place"])
        flows = resource["kind"] in ("gate", "servers", "cranes", "stuffing lines")
        # a line's paths are named by direction, and disrupted together
        plain = f"{place}/paths" if "/paths toward" in name else name
        if flows and (place in targets or plain in targets):
            found.append(name)
    return found


def _undisturbed(results: Results, name: str, steps: StepSeries) -> float | None:
    """Time mean of a capacity where no disruption reduced it; None if one always did."""
    horizon = results.horizon_h
    cuts = {0.0, horizon}
    mine = []
    for period in results.meta.get("network", {}).get("disruptions", ()):
        if name in capacities_on(results, period["on"]):
            mine.append((period["begin_h"], period["end_h"]))
            cuts.update(mine[-1])
    edges = sorted(c for c in cuts if 0.0 <= c <= horizon)
    area = hours = 0.0
    for begin, end in pairwise(edges):
        if not any(b <= begin < e for b, e in mine):
            area += steps.time_mean(begin, end) * (end - begin)
            hours += end - begin
    return area / hours if hours > 0.0 else None
