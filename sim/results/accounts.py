"""What each container's trip cost, by part, and what it moved and emitted.

Taken from the tables of a run and the rates in its ``meta`` alone, part by part where tables are
in parts.  All that equipment costs is charged to the trip it was kept for (``upkeep``), or stands
open at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from sim.results.by_train import ByTrain
from sim.results.text import matching
from sim.results.upkeep import laden_by_train, spells_charged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results

CHARGED = (
    "line haul",
    "gauge change",
    "handling",
    "checks",
    "stuffing and delivery",
    "storage",
    "equipment hire",
    "repositioning",
    "waiting",
)
"""Parts that trips are charged with."""
PARTS = (*CHARGED, "fixed")
"""These, and what is paid for the whole corridor whatever moves."""
YARDS = (": yard", ": quay")
"""Ends of the names of stages in which a box stands on the ground."""


class Charge(NamedTuple):
    """What containers are charged with for one part; a container may be there several times."""

    part: str
    container: NDArray[np.int64]
    usd: NDArray[np.float64]


def accounts(results: Results) -> pl.DataFrame:
    """Costs of containers so far, tidy.

    Returns:
        One row a container and part that cost something: ``container``, ``part`` (one of
        ``CHARGED``), ``usd``.  No rows where the scenario gives no costs.
    """
    number = {part: i for i, part in enumerate(sorted(CHARGED))}
    # one number for both: sorting and grouping by two columns takes several times as long
    rows = [
        pl.DataFrame(
            {"place": c.container.astype(np.int64) * len(CHARGED) + number[c.part], "usd": c.usd}
        )
        for c in charges(results, ByTrain(results))
    ]
    if not rows:
        return pl.DataFrame(schema={"container": pl.Int32, "part": pl.String, "usd": pl.Float64})
    found = (
        pl.concat(rows)
        .filter(pl.col("usd") != 0.0)
        .group_by("place")
        .agg(pl.col("usd").sum())
        .sort("place")
    )
    place = found["place"].to_numpy()
    return pl.DataFrame(
        {
            "container": (place // len(CHARGED)).astype(np.int32),
            "part": pl.Series(list(number)).gather(place % len(CHARGED)),
            "usd": found["usd"],
        }
    )


def paid(results: Results, trains: ByTrain, mine: NDArray[np.bool_]) -> dict[str, float]:
    """USD by part of those containers that are marked, by number; the last mark is nobody's."""
    found = dict.fromkeys(CHARGED, 0.0)
    for charge in charges(results, trains):
        # numpy adds in the same order on every machine
        rows = mine[np.minimum(charge.container, len(mine) - 1)]
        found[charge.part] += float(charge.usd[rows].sum())
    return found


def charges(results: Results, trains: ByTrain) -> Iterator[Charge]:
    """All that containers are charged with; nothing where the scenario gives no costs."""
    rates = results.meta.get("tariff") or {}
    if not rates.get("given"):
        return
    under = np.zeros(trains.size + 1)
    yield from _equipment(results, trains, rates["hire"], under)
    laden = laden_by_train(results, trains)
    share = np.divide(under, laden, out=np.zeros(len(under)), where=laden > 0)
    # Rates of a train for each box on it, or for each tonne; one of each gauge and kind of load.
    haul, haul_wagonload = trains.over_lines("haul"), trains.over_lines("haul_wagonload")
    works = list(trains.works_for_each())
    for boxes, waits, legs in results.together(containers=OWN, waits=WAITS, legs=LEGS):
        own = _Boxes(results, boxes)
        rows, train = own.rows(legs["container"].to_numpy()), trains.at(legs["train"].to_numpy())
        numbers = own.container[rows]
        rate = np.where(own.wagonload[rows], haul_wagonload[train], haul[train])
        yield Charge("line haul", numbers, own.tonnes[rows] * rate)
        yield Charge("equipment hire", numbers, share[train])
        for part, each in works:
            yield Charge(part, numbers, each[train])
        yield from _samples(rates, waits)
        yield _ends(rates, own, boxes, waits)
        yield from _standing(rates, own, waits)


OWN = ("container", "flow", "fleet", "tonnes", "stuffed_h", "delivered_h")
WAITS = ("container", "stage", "cause", "hours")
LEGS = ("container", "train")
"""Columns that containers are charged by."""


class _Boxes:
    """Containers of a part."""

    def __init__(self, results: Results, boxes: pl.DataFrame) -> None:
        fleets = results.meta.get("fleets", {})
        self.container = boxes["container"].to_numpy()
        self.tonnes = boxes["tonnes"].to_numpy()
        self.wagonload = matching(boxes["fleet"], lambda name: fleets.get(name) == "wagons")
        size = len(self.container)
        self._first = int(self.container[0]) if size else 0
        self._order: NDArray[np.int64] | None = None
        if not np.array_equal(self.container, np.arange(self._first, self._first + size)):
            self._order = np.argsort(self.container, kind="stable")

    def rows(self, containers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in the part these are."""
        if self._order is None:
            return containers - self._first
        found = np.searchsorted(self.container, containers, sorter=self._order)
        return np.asarray(self._order[found])


def fixed(results: Results, begin: float, end: float) -> dict[str, float]:
    """USD between two hours of each thing that is paid whatever moves, by name."""
    rates = (results.meta.get("tariff") or {}).get("fixed") or {}
    return {name: _spent(steps, begin, end) for name, steps in rates.items()}


def _spent(steps: list[list[float]], begin: float, end: float) -> float:
    """What is paid between two hours at a rate that holds from each hour on."""
    until = [*(hour for hour, _ in steps[1:]), math.inf]
    return math.fsum(
        rate * max(min(last, end) - max(first, begin), 0.0)
        for (first, rate), last in zip(steps, until, strict=True)
    )


# -- works and ends --------------------------------------------------------------------------


def _samples(rates: dict[str, Any], waits: pl.DataFrame) -> Iterator[Charge]:
    for name, rate in rates["works"].items():
        if rate["kind"] == "sample":
            at = matching(waits["cause"], f"{name}: analysis".__eq__)
            sampled = np.unique(waits["container"].to_numpy()[at])
            yield Charge(rate["part"], sampled, np.full(len(sampled), float(rate["usd"])))


def _ends(rates: dict[str, Any], own: _Boxes, boxes: pl.DataFrame, waits: pl.DataFrame) -> Charge:
    """Filling where the trip begins, truck or ship where it ends."""
    sailed = np.zeros(boxes.height, dtype=np.bool_)
    loaded = matching(waits["stage"], lambda stage: stage.endswith(": loading"))
    sailed[own.rows(waits["container"].to_numpy()[loaded])] = True
    stuffed = boxes["stuffed_h"].is_not_null().to_numpy()
    stuffed = stuffed & ~matching(boxes["flow"], lambda flow: flow == "returns")
    delivered = boxes["delivered_h"].is_not_null().to_numpy()
    usd = np.where(stuffed, rates["stuffing"] or 0.0, 0.0)
    by_box = rates["trucking"] or 0.0
    by_wagon = rates.get("trucking_wagonload", by_box) or 0.0  # earlier runs know one rate
    trucking = np.where(own.wagonload, by_wagon, by_box)
    usd += np.where(delivered & ~sailed, trucking, 0.0)
    usd += np.where(delivered & sailed, rates["shipping"] or 0.0, 0.0)
    return Charge("stuffing and delivery", own.container, usd)


def _standing(rates: dict[str, Any], own: _Boxes, waits: pl.DataFrame) -> Iterator[Charge]:
    """Storage where boxes stand on the ground, and what goods cost while they wait."""
    container, hours = waits["container"].to_numpy(), waits["hours"].to_numpy()
    if rates["storage"] is not None:
        stands = matching(waits["stage"], lambda stage: stage.endswith(YARDS))
        stands |= matching(waits["cause"], lambda cause: cause.endswith(": analysis"))
        yield Charge("storage", container[stands], hours[stands] * rates["storage"])
    if rates["waiting"] is not None:
        waited = waits["cause"].is_not_null().to_numpy()
        tonnes = own.tonnes[own.rows(container[waited])]
        usd = hours[waited] * tonnes * rates["waiting"]
        yield Charge("waiting", container[waited], usd)


# -- equipment -------------------------------------------------------------------------------


def _equipment(
    results: Results, trains: ByTrain, hire: float, under: NDArray[np.float64]
) -> Iterator[Charge]:
    """What trips are charged with for their boxes; what wagons cost is added to their trains."""
    for spells in spells_charged(results, trains):
        on = spells.train >= 0
        under += np.bincount(trains.at(spells.train[on]), spells.usd[on], len(under))
        mine = spells.container >= 0
        container = spells.container[mine]
        yield Charge("equipment hire", container, spells.usd[mine])
        yield Charge("repositioning", container, spells.empty_usd[mine])
        hired = spells.container[spells.hires & mine]
        yield Charge("equipment hire", hired, np.full(len(hired), float(hire)))


def equipment_charged(results: Results) -> float:
    """USD of own equipment that trips are charged with, added up trip by trip."""
    if not (results.meta.get("tariff") or {}).get("given"):
        return 0.0
    trains = ByTrain(results)
    under = np.zeros(trains.size + 1)
    boxes = sum(float(c.usd.sum()) for c in _equipment(results, trains, 0.0, under))
    return boxes + float(under[laden_by_train(results, trains) > 0].sum())


# -- what was moved --------------------------------------------------------------------------


class Carried(NamedTuple):
    """Containers on trains that have run, each as often as there were such trains."""

    container: NDArray[np.int64]
    tonne_km: NDArray[np.float64]
    co2e_t: NDArray[np.float64]


def carried(results: Results, trains: ByTrain) -> Iterator[Carried]:
    """What trains have carried over lines, and what they emitted for it; part by part."""
    km, co2e = trains.over_lines("length_km"), trains.over_lines("co2e")
    columns = ("container", "fleet", "tonnes")
    for part, legs in results.together(containers=columns, legs=LEGS):
        own = _Boxes(results, part)
        train = trains.at(legs["train"].to_numpy())
        ran = trains.moved[train]
        rows, train = own.rows(legs["container"].to_numpy())[ran], train[ran]
        tonnes = own.tonnes[rows]
        yield Carried(own.container[rows], tonnes * km[train], tonnes * co2e[train])


def emitted(results: Results, trains: ByTrain, mine: NDArray[np.bool_]) -> float:
    """CO2e in tonnes of those containers that are marked, by number, if a train has moved them.

    The emissions of a box's run home empty are those of the trip that it was brought for.
    """
    total = 0.0
    moved = np.zeros(len(mine), dtype=np.bool_)
    for legs in carried(results, trains):
        rows = np.minimum(legs.container, len(mine) - 1)
        moved[rows] = mine[rows]
        total += float(legs.co2e_t[mine[rows]].sum())
    for spells in spells_charged(results, trains):
        rows = np.minimum(spells.container, len(mine) - 1)
        charged = (rows >= 0) & moved[rows]
        total += float(spells.empty_co2e[charged].sum())
    return total
