"""Where every train is at every minute, packed: its stages one after another with their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report.replay.pack import varints, zigzag

if TYPE_CHECKING:
    from sim.results.run import Results

BEFORE_LINE = ("enter", "path", "acceptance")
DONE, WAITING, BEGUN = 0, 1, 2
"""How far a stage got before the run ended."""


@dataclass
class Movements:
    """``kinds`` and ``services`` are lists that ``data`` names things by; see replay.js for it."""

    kinds: list[dict[str, Any]]
    services: list[dict[str, Any]]
    trains: int
    data: bytes


def movements(results: Results) -> Movements:
    """All trains of a run, in the order in which they appeared, their times to the minute.

    A stage that was neither a wait nor took time is left out.  A stage that had begun when the run
    ended is given the median time of the others of its kind, so that its train is drawn on its way.
    """
    network = results.meta["network"]
    services = _services(results, network)
    by_name = {s["name"]: i for i, s in enumerate(services)}
    kinds = _Kinds(network)
    typical = _typical(results.stages)
    empties = _empties(results)
    stages = _by_train(results.stages)
    end = minute(results.meta["horizon_h"])
    numbers: list[int] = []
    before = 0
    columns = ("train", "name", "service", "boxes", "slots", "formed_h")
    for train, name, service, boxes, slots, formed_h in (
        results.trains.select(columns).sort("train").iter_rows()
    ):
        formed = minute(formed_h)
        carried = min(empties.get(train, 0), boxes)
        serial = int(name.rsplit("/", 1)[1])
        numbers += [by_name[service], serial, boxes - carried, carried, slots or 0]
        numbers.append(zigzag(formed - before))
        before = formed
        lived = list(_lived(stages.get(train, []), network["routes"][service][0], kinds))
        numbers.append(len(lived))
        now = formed
        for kind, asked_h, start_h, end_h in lived:
            asked = minute(asked_h)
            state = DONE if end_h is not None else WAITING if start_h is None else BEGUN
            start = end if start_h is None else minute(start_h)
            stop = start
            if end_h is not None:
                stop = minute(end_h)
            elif state == BEGUN:
                place, activity = kinds.made[kind]["place"], kinds.made[kind]["activity"]
                stop = max(end + 1, start + minute(typical.get((place, activity), 0.0)))
            numbers += [kind * 3 + state, zigzag(asked - now), start - asked, stop - start]
            now = stop
    return Movements(kinds.made, services, results.trains.height, varints(numbers))


def minute(hours: float) -> int:
    """The nearest minute."""
    return round(hours * 60.0)


def _services(results: Results, network: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = results.trains.group_by("service", maintain_order=True).first()
    made = []
    for service, kind, train_class in kinds.select("service", "kind", "train_class").iter_rows():
        route = network["routes"][service]
        gauges = [network["lines"][p]["gauge"] for p in route[1::2]]
        made.append(
            {
                "name": service,
                "background": kind == "background",
                "class": train_class,
                "gauge": next((g for g in gauges if g), None),
                "from": route[0],
                "to": route[-1],
            }
        )
    return made


def _empties(results: Results) -> dict[int, int]:
    """Boxes carried empty by train; null in ``slots`` cannot say, the units' spells do."""
    counts = results.each(
        "equipment",
        ["state", "part_of"],
        lambda part: part.filter(pl.col("state") == "carried empty").group_by("part_of").len(),
    )
    return dict(counts.drop_nulls().group_by("part_of").agg(pl.col("len").sum()).iter_rows())


def _typical(stages: pl.DataFrame) -> dict[tuple[str, str], float]:
    medians = stages.group_by("place", "activity").agg(
        (pl.col("end_h") - pl.col("start_h")).median().alias("hours")
    )
    return {(p, a): h or 0.0 for p, a, h in medians.iter_rows()}


def _by_train(stages: pl.DataFrame) -> dict[int, list[tuple[Any, ...]]]:
    """The stages of each train in time; those that took no time are left out."""
    lasting = stages.filter(
        pl.col("end_h").is_null()
        | (pl.col("end_h") > pl.col("in_h"))
        | (pl.col("activity") == "run")
    )
    found: dict[int, list[tuple[Any, ...]]] = {}
    columns = ("train", "place", "activity", "cause", "in_h", "start_h", "end_h")
    for train, *stage in (
        lasting.sort("train", "in_h", maintain_order=True).select(columns).iter_rows()
    ):
        found.setdefault(train, []).append(tuple(stage))
    return found


def _lived(
    stages: list[tuple[Any, ...]], origin: str, kinds: _Kinds
) -> Iterator[tuple[int, float, float | None, float | None]]:
    here, came_by = origin, None
    for place, activity, cause, asked, start, end in stages:
        line = kinds.lines.get(place)
        if activity == "run" and line is not None:
            yield kinds.number(place, activity, cause, here, place), asked, start, end
            here, came_by = (line["to"] if here == line["from"] else line["from"]), place
        elif line is not None and activity in BEFORE_LINE:
            yield kinds.number(place, activity, cause, here, None), asked, start, end
        else:
            yield kinds.number(place, activity, cause, here, came_by), asked, start, end


class _Kinds:
    """Kinds of stages as they come up, each with where a train is while in it."""

    def __init__(self, network: dict[str, Any]) -> None:
        self.lines = network["lines"]
        self.made: list[dict[str, Any]] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def number(
        self, place: str, activity: str, cause: str | None, here: str, line: str | None
    ) -> int:
        """``line`` is the one run on, or the one that a train waiting for a track stands on."""
        key = (place, activity, cause, here, line if activity in ("run", "track") else None)
        if key not in self._known:
            self._known[key] = len(self.made)
            self.made.append(
                {
                    "place": place,
                    "activity": activity,
                    "cause": cause,
                    "station": here,
                    "line": key[4],
                }
            )
        return self._known[key]
