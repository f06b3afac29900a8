"""The last mile: from the yard of the destination to the consignee or the ship, and back empty."""

from __future__ import annotations

from heapq import heappop, heappush
from operator import add
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, call_at
from sim.corridor.streams import Draws, draw, draw_all

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.equipment import Equipment
    from sim.corridor.liner import Liners
    from sim.corridor.yard import Yard


MOST = 16_384
"""Boxes that are put off at most."""


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
        self._later: tuple[list[int], list[float]] = ([], [])
        if yard is None:
            equipment.ask_first(station, self.settle, self.foresee)

    def receive_train(self, rows: list[int], times: list[float]) -> None:
        """Boxes of one train, as ``receive``."""
        if self._puts_off():
            self._later[0].extend(rows)
            self._later[1].extend(times)
            if len(self._later[0]) > MOST:
                self.settle()
        else:
            self.receive(list(zip(times, rows, strict=True)))

    def _puts_off(self) -> bool:
        """Whether boxes may be seen to later: where nobody waits for what becomes of them."""
        simple = self._trucks is None and self._yard is None and self._liners is None
        return simple and self._by_truck and not self._equipment.awaited(self._station)

    def settle(self) -> None:
        """Bring the boxes that were put off to their consignees, all in one go.

        Dwell, trucks without limit and stripping take times of the box's own, whenever they are
        computed; who asks for empties here has this done first.
        """
        if self._trucks is not None:
            self._serve_all()
        numbers, times = self._later
        if not numbers:
            return
        self._later = ([], [])
        boxes = self._boxes
        rows = np.array(numbers)
        supplies = np.frombuffer(boxes.supply, dtype=boxes.supply.typecode)[rows]
        serials = np.frombuffer(boxes.serial, dtype=boxes.serial.typecode)[rows]
        collected = np.array(times) + draw_all(self._dwell, supplies, serials)
        delivered = collected + draw_all(self._truck_time, supplies, serials)
        for column, values in (
            (boxes.collected, collected),
            (boxes.loaded, collected),
            (boxes.delivered, delivered),
        ):
            np.frombuffer(column)[rows] = values
        if self._stripping:
            empty = delivered + draw_all(self._stripping, supplies, serials)
            units = np.frombuffer(boxes.unit, dtype=boxes.unit.typecode)[rows]
            own = units >= 0
            self._equipment.set_free_each(units[own].tolist(), self._station, empty[own].tolist())

    def foresee(self) -> None:
        """Somebody waits for empties here: see to each box at its time."""
        self.settle()
        if self._trucks is not None:
            self._watch()

    def receive(self, arrived: list[tuple[float, int]]) -> None:
        """Boxes whose journey by rail is over, as (time, row); times may be ahead of now."""
        boxes = self._boxes
        if self._liners is not None:
            arrived = self._liners.take_share(arrived)
        if not self._by_truck:
            return
        if not arrived:
            return
        rows = [row for _, row in arrived]
        run = boxes.run_of(rows)
        supplies = boxes.read(boxes.supply, rows, run)
        serials = boxes.read(boxes.serial, rows, run)
        dwell = draw(self._dwell, supplies, serials)
        collected = [time + stay for (time, _), stay in zip(arrived, dwell, strict=True)]
        boxes.write(boxes.collected, rows, run, collected)
        if self._trucks is None:
            drive = draw(self._truck_time, supplies, serials)
            self._drive(rows, collected, list(map(add, collected, drive)), supplies, serials)
            return
        for asked in zip(collected, rows, strict=True):
            if asked[0] != INF:
                heappush(self._asking, asked)
        if self._yard is not None or self._equipment.awaited(self._station):
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
        run = boxes.run_of(rows)
        boxes.write(boxes.loaded, rows, run, starts)
        boxes.write(boxes.delivered, rows, run, ends)
        if self._yard is not None:
            for start in starts:
                self._yard.leave_at(start)
        if self._stripping:
            stripping = draw(self._stripping, supplies, serials)
            units = boxes.read(boxes.unit, rows, run)
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
        self._alarm = INF
        self._serve_all()
        if self._yard is not None or self._equipment.awaited(self._station):
            self._watch()

    def _serve_all(self) -> None:
        """Give trucks to the boxes that ask by now: no later box can come before them."""
        assert self._trucks is not None
        boxes = self._boxes
        while self._asking and self._asking[0][0] <= self._env._now:
            collected, row = heappop(self._asking)
            supply, serial = boxes.supply[row], boxes.serial[row]
            starts, ends = self._trucks.serve([collected], [self._truck_time[supply].at(serial)])
            self._drive([row], starts, ends, [supply], [serial])
