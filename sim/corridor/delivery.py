"""The last mile: from the yard of the destination to the consignee or the ship, and back empty."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, Alarm, Clock
from sim.corridor.rows import joined, numbers
from sim.corridor.streams import Draws

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.emptied import Emptied
    from sim.corridor.equipment import Equipment
    from sim.corridor.liner import Liners
    from sim.corridor.rows import Column, Rows
    from sim.corridor.yard import Yard


NAN = float("nan")
MOST = 4096
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
        emptied: Emptied,
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
        self._emptied = emptied
        self._liners = liners
        self._by_truck = by_truck
        self._yard = yard
        self._asking: list[tuple[float, int]] = []
        self._alarm = Alarm(Clock(env), self._serve)
        self._later: list[tuple[Rows, Column]] = []
        self._put_off = 0
        if yard is None:
            equipment.ask_first(station, self.settle, self.foresee)

    def receive_train(self, rows: Rows, times: Column) -> None:
        """Boxes of one train, as ``receive``."""
        if not self._puts_off():
            self.receive(rows, times)
            return
        self._later.append((rows, times))
        self._put_off += len(rows)
        if self._put_off > MOST:
            self.settle()

    def _puts_off(self) -> bool:
        """Whether boxes may be seen to later: where nobody waits for what becomes of them."""
        simple = self._trucks is None and self._yard is None and self._liners is None
        return simple and self._by_truck and not self._awaited()

    def _awaited(self) -> bool:
        """Whether boxes are to be seen to at their times.

        Who asks for those that go back to another station asks there, and not here.
        """
        return self._emptied.leave or self._equipment.awaited(self._station)

    def settle(self) -> None:
        """Bring the boxes that were put off to their consignees, all in one go.

        Dwell, trucks without limit and stripping take times of the box's own, whenever they are
        computed; who asks for empties here has this done first.
        """
        if self._trucks is not None:
            self._serve_all()
        if not self._later:
            return
        boxes = self._boxes
        rows = joined([part for part, _ in self._later])
        times = np.concatenate([part for _, part in self._later])
        self._later, self._put_off = [], 0
        collected = times + boxes.draw(self._dwell, rows)
        delivered = collected + boxes.draw(self._truck_time, rows)
        boxes.deliveries.put(rows, collected, collected, delivered)
        self._strip(rows, delivered)

    def foresee(self) -> None:
        """Somebody waits for empties here: see to each box at its time."""
        self.settle()
        if self._trucks is not None:
            self._watch()

    def receive(self, rows: Rows, times: Column) -> None:
        """Boxes whose journey by rail is over; times may be ahead of now."""
        boxes = self._boxes
        if self._liners is not None:
            rows, times = self._liners.take_share(rows, times)
        if not self._by_truck or not len(rows):
            return
        collected = times + boxes.draw(self._dwell, rows)
        if self._trucks is None:
            arrived = collected + boxes.draw(self._truck_time, rows)
            self._drive(rows, collected, collected, arrived)
            return
        boxes.deliveries.put(rows, collected, NAN, NAN)
        for asked in zip(collected.tolist(), numbers(rows).tolist(), strict=True):
            if asked[0] != INF:
                heappush(self._asking, asked)
        if self._yard is not None or self._awaited():
            self._watch()
        elif len(self._asking) > MOST:
            self._serve_all()

    def _drive(self, rows: Rows, collected: Column, starts: Column, ends: Column) -> None:
        """Trucks take boxes from the yard to where they are emptied."""
        self._boxes.deliveries.put(rows, collected, starts, ends)
        if self._yard is not None:
            for start in starts.tolist():
                self._yard.leave_at(start)
        self._strip(rows, ends)

    def _strip(self, rows: Rows, ends: Column) -> None:
        """Boxes are emptied, and the units that are ours or on hire are free."""
        if not self._stripping:
            return
        self._emptied.free(rows, ends + self._boxes.draw(self._stripping, rows))

    def _watch(self) -> None:
        if self._asking:
            self._alarm.set(self._asking[0][0])

    def _serve(self, _time: float) -> None:
        self._serve_all()
        if self._yard is not None or self._awaited():
            self._watch()

    def _serve_all(self) -> None:
        """Give trucks to the boxes that ask by now: no later box can come before them."""
        assert self._trucks is not None
        asking, now = self._asking, self._env._now
        asked = []
        while asking and asking[0][0] <= now:
            asked.append(heappop(asking))
        if not asked:
            return
        rows = np.array([row for _, row in asked])
        collected = [time for time, _ in asked]
        times = self._boxes.draw(self._truck_time, rows).tolist()
        starts, ends = self._trucks.serve(collected, times)
        self._drive(rows, np.array(collected), np.array(starts), np.array(ends))
