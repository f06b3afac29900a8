"""The last mile: from the yard of the destination to the consignee or the ship, and back empty."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, call_at
from sim.corridor.streams import Draws

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.equipment import Equipment
    from sim.corridor.liner import Liners
    from sim.corridor.yard import Yard


class Deliveries:
    """Dwell, truck and stripping at one station; ships take their share first.

    Trucks serve boxes in the order in which their dwell ends, whatever train they came with.
    """

    def __init__(
        self,
        env: simpy.Environment,
        boxes: Boxes,
        trucks: Bank | None,
        dwell: list[Draws],
        truck_time: list[Draws],
        stripping: list[Draws],
        station: str,
        equipment: Equipment,
        liners: Liners | None,
        by_truck: bool,
        yard: Yard | None,
    ) -> None:
        self._env = env
        self._boxes = boxes
        self._trucks = trucks
        self._dwell = dwell
        self._truck_time = truck_time
        self._stripping = stripping
        self._station = station
        self._equipment = equipment
        self._liners = liners
        self._by_truck = by_truck
        self._yard = yard
        self._asking: list[tuple[float, int]] = []
        self._alarm = INF

    def receive(self, arrived: list[tuple[float, int]]) -> None:
        """Boxes whose journey by rail is over, as (time, row); times may be ahead of now."""
        boxes = self._boxes
        if self._liners is not None:
            arrived = self._liners.take_share(arrived)
        if not self._by_truck:
            return
        for time, row in arrived:
            supply, serial = boxes.supply[row], boxes.serial[row]
            collected = time + self._dwell[supply].at(serial)
            boxes.collected[row] = collected
            if self._trucks is None:
                self._drive(row, collected, collected + self._truck_time[supply].at(serial))
            elif collected != INF:
                heappush(self._asking, (collected, row))
        if self._trucks is not None:
            self._watch()

    def _drive(self, row: int, start: float, end: float) -> None:
        boxes = self._boxes
        boxes.loaded[row] = start
        boxes.delivered[row] = end
        if self._yard is not None:
            self._yard.leave_at(start)
        if self._stripping and boxes.unit[row] >= 0:
            supply, serial = boxes.supply[row], boxes.serial[row]
            empty = end + self._stripping[supply].at(serial)
            self._equipment.set_free([boxes.unit[row]], self._station, empty)

    def _watch(self) -> None:
        if self._asking and self._asking[0][0] < self._alarm:
            self._alarm = self._asking[0][0]
            call_at(self._env, self._alarm, self._serve)

    def _serve(self) -> None:
        """Give trucks to the boxes that ask by now: no later box can come before them."""
        assert self._trucks is not None
        self._alarm = INF
        boxes = self._boxes
        while self._asking and self._asking[0][0] <= self._env.now:
            collected, row = heappop(self._asking)
            time = self._truck_time[boxes.supply[row]].at(boxes.serial[row])
            (start,), (end,) = self._trucks.serve([collected], [time])
            self._drive(row, start, end)
        self._watch()
