"""The last mile: from the yard of the destination to the consignee or the ship, and back empty."""

from __future__ import annotations

from heapq import heappop, heappush
from operator import add
from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, call_at
from sim.corridor.streams import Draws, draw

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
        rows = [row for _, row in arrived]
        supplies, serials = [boxes.supply[r] for r in rows], [boxes.serial[r] for r in rows]
        dwell = draw(self._dwell, supplies, serials)
        collected = [time + stay for (time, _), stay in zip(arrived, dwell, strict=True)]
        for row, time in zip(rows, collected, strict=True):
            boxes.collected[row] = time
        if self._trucks is None:
            drive = draw(self._truck_time, supplies, serials)
            self._drive(rows, collected, list(map(add, collected, drive)), supplies, serials)
            return
        for asked in zip(collected, rows, strict=True):
            if asked[0] != INF:
                heappush(self._asking, asked)
        self._watch()

    def _drive(
        self,
        rows: list[int],
        starts: list[float],
        ends: list[float],
        supplies: list[int],
        serials: list[int],
    ) -> None:
        """Trucks take boxes from the yard to where they are emptied."""
        boxes = self._boxes
        for row, start, end in zip(rows, starts, ends, strict=True):
            boxes.loaded[row] = start
            boxes.delivered[row] = end
        if self._yard is not None:
            for start in starts:
                self._yard.leave_at(start)
        if self._stripping:
            stripping = draw(self._stripping, supplies, serials)
            units = [boxes.unit[row] for row in rows]
            empty = [
                (unit, end + time)
                for unit, end, time in zip(units, ends, stripping, strict=True)
                if unit >= 0
            ]
            self._equipment.set_free_each(
                [unit for unit, _ in empty], self._station, [time for _, time in empty]
            )

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
            supply, serial = boxes.supply[row], boxes.serial[row]
            starts, ends = self._trucks.serve([collected], [self._truck_time[supply].at(serial)])
            self._drive([row], starts, ends, [supply], [serial])
        self._watch()
