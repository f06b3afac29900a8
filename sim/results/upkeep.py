"""What equipment costs, and the trip that each spell of it is charged to.

A trip pays for its box from the moment the trip before set it free: the run home empty, on which
it is lifted as a laden box is and shares what its train pays at works, the days it stood idle, and
its own.  Wagons under a train are charged to the train's laden boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.by_train import ByTrain
from sim.results.text import looked_up, matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results


@dataclass(frozen=True)
class Spells:
    """Spells of some units, each with the trip or train that it is charged to; -1 is none.

    ``usd`` is what the unit costs, ``empty_usd`` and ``empty_co2e`` are of its being carried empty,
    ``hires`` are laden spells of units that are hired.
    """

    container: NDArray[np.int64]
    train: NDArray[np.int64]
    usd: NDArray[np.float64]
    empty_usd: NDArray[np.float64]
    empty_co2e: NDArray[np.float64]
    hires: NDArray[np.bool_]


def spells_charged(results: Results, trains: ByTrain) -> Iterator[Spells]:
    """Spells of all units, part by part."""
    rates = (results.meta.get("tariff") or {}).get("equipment") or {}
    home, co2e = trains.each_empty(), trains.over_lines("co2e_empty")
    columns = ["unit", "fleet", "hired", "state", "begin_h", "end_h", "part_of"]
    for part in results.parts("equipment", columns):
        unit, of = part["unit"].to_numpy(), part["part_of"].fill_null(-1).to_numpy()
        hired = part["hired"].to_numpy()
        laden, under, carried = (
            matching(part["state"], state.__eq__)
            for state in ("laden", "under a train", "carried empty")
        )
        usd = (part["end_h"] - part["begin_h"]).to_numpy() * looked_up(part["fleet"], rates)
        train = _next(under & (of >= 0), unit, of)
        container = np.where(train >= 0, -1, _next(laden & (of >= 0), unit, of))
        on = trains.at(np.where(carried, of, -1))
        yield Spells(container, train, np.where(hired, 0.0, usd), home[on], co2e[on], hired & laden)


def _next(
    marked: NDArray[np.bool_], unit: NDArray[np.int64], of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """What the first marked spell of the same unit, this one or a later, is part of; -1 if none."""
    number = len(unit)
    place = np.where(marked, np.arange(number), number)
    place = np.minimum.accumulate(place[::-1])[::-1]
    there = np.flatnonzero(place < number)
    there = there[unit[place[there]] == unit[there]]
    found: NDArray[np.int64] = np.full(number, -1, dtype=np.int64)
    found[there] = of[place[there]]
    return found


def laden_by_train(results: Results, trains: ByTrain) -> NDArray[np.int64]:
    """Boxes with goods on each train."""
    laden = np.zeros(trains.size + 1, dtype=np.int64)
    for part in results.parts("legs", ["train"]):
        laden += np.bincount(trains.at(part["train"].to_numpy()), minlength=trains.size + 1)
    return laden


def open_costs(results: Results) -> float:
    """USD of own equipment that no trip is charged with: idle at the end, or under empty trains."""
    trains = ByTrain(results)
    laden = laden_by_train(results, trains)
    total = 0.0
    for spells in spells_charged(results, trains):
        mine = (spells.container < 0) & ((spells.train < 0) | (laden[spells.train] == 0))
        total += float((spells.usd + spells.empty_usd)[mine].sum())
    return total


def all_costs(results: Results) -> float:
    """USD of all own equipment with its empty runs, added up fleet by fleet."""
    rates = (results.meta.get("tariff") or {}).get("equipment") or {}
    trains, total = ByTrain(results), 0.0
    home = trains.each_empty()
    hours: dict[str, float] = {}
    columns = ["fleet", "hired", "state", "begin_h", "end_h", "part_of"]
    for part in results.parts("equipment", columns):
        own = part.filter(~pl.col("hired")).select(
            "fleet", hours=pl.col("end_h") - pl.col("begin_h")
        )
        for (fleet,), group in own.group_by("fleet", maintain_order=True):
            hours[str(fleet)] = hours.get(str(fleet), 0.0) + float(group["hours"].to_numpy().sum())
        carried = matching(part["state"], lambda word: word == "carried empty")
        on = part["part_of"].fill_null(-1).to_numpy()[carried]
        total += float(home[trains.at(on)].sum())
    return total + sum(float(rates.get(fleet, 0.0)) * h for fleet, h in hours.items())
