"""What the inputs imply before any run: load against capacity, equipment, and a bound.

All of it is arithmetic on means.  A load over one is a queue that grows; a load under one still
waits when arrivals come in bunches, which only a run shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.rates import Rates
from sim.corridor.streams import Streams
from sim.study.choke import Choke, TrainStage, chokes
from sim.study.means.bound import bound
from sim.study.means.capacities import Capacities
from sim.study.means.equipment import FleetCapacity
from sim.study.means.findings import Balance, Implied, StageLoad
from sim.study.means.goods import Goods
from sim.study.means.months import Months
from sim.study.means.spare import spare
from sim.study.means.trains import Trains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario

__all__ = ["Balance", "Implied", "StageLoad", "implied"]


def implied(scenario: Scenario) -> Implied:
    """Load against capacity at every stage and month, trains, equipment, and the bound.

    Random disruptions count as they are drawn for replication 0.  The bound is the largest flow
    of exports through the slots of timetabled services, the trains that gates and servers pass
    and the empties that can ever be at hand; background traffic and random disruptions are left
    out of it, so that no run can exceed it.
    """
    tables = scenario.tables
    months, rates = Months(tables), Rates(tables, Streams(tables.seed, 0))
    goods = Goods(tables, rates, months)
    trains = Trains(tables, rates, months, goods.boxes)
    equipment = FleetCapacity(tables)
    asked = [*goods.loads.asked.items(), *trains.loads.asked.items()]
    balances = equipment.balances(goods, months)
    stages = [
        *equipment.stages(goods, months),
        *trains.slots,
        *Capacities(tables, rates, months).stages(asked),
    ]
    bound_t, bound_by = bound(tables, equipment) or (None, [])
    return Implied(
        months.names,
        months.hours,
        stages,
        trains.per_week,
        equipment.wagons(goods.rate, trains.per_week),
        balances,
        goods.offered_t,
        bound_t,
        bound_by,
        _chokes(goods, trains.others, stages, balances, months),
        list(spare(tables, rates, months, trains.loads)),
    )


def _chokes(
    goods: Goods,
    others: Mapping[str, list[float]],
    stages: Sequence[StageLoad],
    balances: Sequence[Balance],
    months: Months,
) -> list[Choke]:
    """Where it backs up: boxes that are not followed take their part of the cranes."""
    boxes: dict[str, list[float]] = {}
    passing: dict[str, TrainStage] = {}
    for stage in stages:
        per_hour = [c / 24.0 for c in stage.capacity]
        if stage.unit == "trains":
            passing[stage.name] = TrainStage([x / 24.0 for x in stage.load], per_hour)
        else:
            beside = others.get(stage.name, months.each(0.0))
            boxes[stage.name] = [max(c - o, 0.0) for c, o in zip(per_hour, beside, strict=True)]
    stock = {f"{b.station}: empties": float(b.stock) for b in balances}
    there = {name: count for name, count in stock.items() if name in boxes}
    return chokes(goods.flows, boxes, passing, months.hours, there)
