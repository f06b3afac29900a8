"""What becomes of a train's boxes where the train ends: laboratory, next service, delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.corridor.equipment import RETURNING, Equipment
from sim.corridor.rows import numbers, where
from sim.corridor.step import Step
from sim.corridor.stock import NO_UNITS, Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.boxes import Boxes
    from sim.corridor.delivery import Deliveries
    from sim.corridor.laboratory import Checks, Refusals
    from sim.corridor.rows import Rows
    from sim.corridor.streams import Draws
    from sim.corridor.train import Train


class GoodsOut:
    """Goods are lifted out of the units they came in, which are free here and may go back."""

    def __init__(self, boxes: Boxes, equipment: Equipment, ways: Mapping[int, Wagons]) -> None:
        self._boxes = boxes
        self._equipment = equipment
        self._ways = ways

    def take(self, rows: Rows, ends: NDArray[np.float64], serial: int) -> None:
        """Rows of one train and the end of each one's lift; goods already loose stay so."""
        here, column = where(rows), self._boxes.unit
        units = column[here].copy()
        column[here] = -1
        for place, end in enumerate(ends.tolist()):
            if units[place] >= 0:
                way = self._ways[self._equipment.fleet.item(units[place])]
                way.set_free(units[place : place + 1], end, serial)


class Unloading:
    """Where the trains of a service end: hands on boxes, empties and wagons."""

    def __init__(
        self,
        boxes: Boxes,
        checks: Checks | None,
        refusals: Refusals | None,
        deliveries: Deliveries | None,
        station: str,
        equipment: Equipment,
        goods_out: GoodsOut | None,
        service: str,
    ) -> None:
        self._boxes = boxes
        self._service = service
        self._checks = checks
        self._refusals = refusals
        self._deliveries = deliveries
        self._goods_out = goods_out
        self._station = station
        self._equipment = equipment

    def take(
        self,
        train: Train,
        stage: int,
        starts: NDArray[np.float64],
        ends: NDArray[np.float64],
    ) -> None:
        """All boxes of the train, those followed first; start and end of each crane move."""
        leg = train.leg
        assert leg is not None
        rows, number = leg.rows, len(leg.rows)
        if number:
            start, finish = starts[:number], ends[:number]
            if self._goods_out is not None:
                self._goods_out.take(rows, finish, train.serial)
            sampled = released = finish
            refused: list[int] = []
            if self._checks is not None:
                leg.checking = self._checks.stage
                sampled, released, refused = self._checks.check(self._boxes, rows, finish)
            leg.unloaded(stage, start, finish, sampled, released)
            self._hand_on(rows, leg.way, released, refused)
        else:
            leg.unloading = stage
        if len(train.empties):
            free = ends[number : number + len(train.empties)]
            self._equipment.set_free_each(train.empties, self._station, free)
            train.empties = NO_UNITS

    def _hand_on(
        self, rows: Rows, way: int, released: NDArray[np.float64], refused: list[int]
    ) -> None:
        boxes = self._boxes
        if refused:
            assert self._refusals is not None
            told = numbers(rows)
            for place in refused:
                self._refusals.turn_back(int(told[place]), float(released[place]))
            kept = np.ones(len(rows), dtype=bool)
            kept[refused] = False
            rows, released = told[kept], released[kept]
            if not len(rows):
                return
        if way < 0:
            way = boxes.one_way(rows)
        if way >= 0:
            onward = boxes.ways.next_service(way, self._service)
            if onward is not None:
                onward.collect(rows, released, way)
            else:
                self._deliver(rows, released)
            return
        told, here = numbers(rows), None
        for service, places in boxes.by_next_service(rows, self._service):
            if service is None:
                here = places
            else:
                service.collect(told[places], released[places])
        if here is not None:
            self._deliver(told[here], released[here])

    def _deliver(self, rows: Rows, times: NDArray[np.float64]) -> None:
        assert self._deliveries is not None
        self._deliveries.receive_train(rows, times)


class EndOfRun(Step):
    """Last step of a service's route: boxes leave where no crane moved them, wagons are free."""

    __slots__ = ("_stage", "_unloading", "_wagons")

    def __init__(self, unloading: Unloading | None, stage: int, wagons: Wagons | None) -> None:
        super().__init__(ahead=unloading is None)
        self._unloading = unloading
        self._stage = stage
        self._wagons = wagons

    def enter(self, train: Train, time: float) -> float:
        """Hand on what the train still has; takes no time."""
        if self._unloading is not None:
            times = np.full(train.boxes, time)
            self._unloading.take(train, self._stage, times, times)
        if self._wagons is not None:
            self._wagons.set_free(train.wagons, time, train.serial)
            train.wagons = NO_UNITS
        return time

    def is_seen(self) -> bool:
        """Where the train brings boxes or wagons that somebody may wait for."""
        return self._unloading is not None or self._wagons is not None


class Wagons:
    """Where units that trains bring to a station become available, and after how long."""

    __slots__ = ("_draws", "_equipment", "_here", "_to")

    def __init__(
        self,
        equipment: Equipment,
        here: str,
        to: str,
        draws: Draws | None,
    ) -> None:
        self._equipment = equipment
        self._here = here
        self._to = to
        self._draws = draws

    def set_free(self, units: Units, time: float, serial: int) -> None:
        """Units of the train of that number, free here at a time not before now."""
        delay = 0.0 if self._draws is None else self._draws.at(serial)
        if delay > 0.0 and len(units):
            self._equipment.log(units, time, self._here, RETURNING)
        self._equipment.set_free(units, self._to, time + delay)
