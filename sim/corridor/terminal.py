"""An origin terminal: goods wait for empties, empties for a stuffing line, boxes for a train."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, Alarm, Clock
from sim.corridor.equipment import LADEN, Equipment
from sim.corridor.rows import each, joined, numbers, where
from sim.corridor.streams import Draws, constant

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.lots import Lot
    from sim.corridor.rows import Times
    from sim.corridor.stock import Stock
    from sim.corridor.yard import Yard
    from sim.policies.empties import EmptiesRule


class Elevator:
    """Goods that lie at a station until they are loaded, in limited room.

    ``storage`` and ``stored`` in tonnes.
    """

    __slots__ = ("_lots", "_stored", "storage")

    def __init__(self, storage: float) -> None:
        self.storage = storage
        self._stored = 0.0
        self._lots = 0

    def has_room(self, tonnes: float) -> bool:
        """Whether so much more fits."""
        return self._stored + tonnes <= self.storage

    def put(self, tonnes: float) -> None:
        """Goods for one box come in."""
        self._stored += tonnes
        self._lots += 1

    def take(self, tonnes: float) -> None:
        """Goods for one box go out; an empty elevator holds exactly nothing."""
        self._lots -= 1
        self._stored = self._stored - tonnes if self._lots else 0.0


class Terminal:
    """Goods and the empties of one fleet meet first come, first served.

    Terminals of other fleets at the same station share its stuffing lines, elevator and yard.
    Stuffing times follow exactly at once.
    """

    def __init__(
        self,
        env: simpy.Environment,
        boxes: Boxes,
        lines: Bank,
        times: list[Draws],
        elevator: Elevator,
        station: str,
        name: str,
        equipment: Equipment,
        fleet: str,
        empties: Stock,
        rule: EmptiesRule,
        yard: Yard | None,
    ) -> None:
        self._env = env
        self._boxes = boxes
        self._lines = lines
        self._times = times
        self._elevator = elevator
        self._empties = empties
        self._station = station
        self._name = name
        self._equipment = equipment
        self._fleet = fleet
        self._rule = rule
        self._on_hire: deque[tuple[float, int]] = deque()
        self._yard = yard
        self._goods: deque[Lot] = deque()
        self._count = 0
        self._equipped = 0
        self._alarm = Alarm(Clock(env), self._on_alarm)
        if yard is not None:
            yard.on_room.append(self.match)

    def bring(self, lot: Lot) -> None:
        """Goods that have become ready; what the elevator cannot hold is refused."""
        if self._elevator.storage < INF:
            for part in self._stored(lot):
                self._goods.append(part)
                self._count += len(part)
        else:
            self._goods.append(lot)
            self._count += len(lot)
        self.match()
        if self._count:
            self._hire()

    def _stored(self, lot: Lot) -> Iterator[Lot]:
        """What comes in, in parts that follow each other; the others are refused."""
        boxes = self._boxes
        at_hand = self._empties.up_to(self._count + len(lot))
        if self._yard is not None:
            at_hand = min(at_hand, self._yard.room())
        at_hand -= self._count
        first = 0
        for place, tonnes in enumerate(boxes.lots.loads(lot.rows)):
            # Goods that find an empty box, and a slot for it, at once never lie in the elevator.
            if at_hand <= 0 and not self._elevator.has_room(tonnes):
                boxes.set("refused", lot.rows[place : place + 1], 1.0)
                if first < place:
                    yield lot.part(first, place)
                first = place + 1
                continue
            at_hand -= 1
            self._elevator.put(tonnes)
        if first < len(lot):
            yield lot.part(first, len(lot))

    def _hire(self) -> None:
        """Ask the rule for boxes on hire, beyond those that are at hand or on hire already."""
        now, coming = self._env._now, self._on_hire
        while coming and coming[0][0] <= now:
            coming.popleft()
        short = self._count - self._empties.up_to(self._count) - sum(n for _, n in coming)
        number = self._rule.hire(self._name, short) if short > 0 else 0
        if number > 0:
            time = now + self._rule.lead
            coming.append((time, number))
            self._equipment.hire(number, self._station, self._fleet, time)
            self._watch()

    def match(self) -> None:
        """Stuff as many boxes as there are goods, empties, and slots in the yard."""
        number = self._empties.up_to(self._count)
        if self._yard is not None:
            now, known = self._env._now, self._equipped
            rows = chain.from_iterable(lot.rows for lot in self._goods)
            for row in islice(rows, known, max(known, number)):
                self._boxes.set("equipped", range(row, row + 1), now)
            self._equipped = max(known, number)
            number = min(number, self._yard.room())
            self._yard.hold(number)
            self._equipped -= number
        if number:
            self._stuff(self._first(number), number)
        if self._count:
            self._watch()

    def _first(self, number: int) -> list[Lot]:
        """The goods that have waited longest, which leave."""
        goods, parts = self._goods, []
        self._count -= number
        while number:
            lot = goods[0]
            if len(lot) <= number:
                parts.append(goods.popleft())
                number -= len(lot)
            else:
                parts.append(lot.part(0, number))
                goods[0] = lot.part(number, len(lot))
                number = 0
        return parts

    def _stuff(self, lots: list[Lot], number: int) -> None:
        """Goods go into empties that are at hand; all times until the box is full are known."""
        boxes, now = self._boxes, self._env._now
        units = self._empties.take(number)
        rows = joined([lot.rows for lot in lots])
        self._equipment.log(units, now, self._station, LADEN, rows)
        starts, ends = self._lines.serve_now(now, number, self._drawn(lots))
        boxes.unit[where(rows)] = units
        boxes.stuffings.put(rows, now, starts, ends)
        if self._elevator.storage < INF:
            for lot in lots:
                for tonnes in boxes.lots.loads(lot.rows):
                    self._elevator.take(tonnes)
        way = lots[0].way
        if len(lots) == 1 or all(lot.way == way for lot in lots):
            boxes.ways.chains[way][0].collect(rows, ends, way)
            return
        told, full = numbers(rows), each(ends, number)
        for service, places in boxes.by_next_service(told, None):
            assert service is not None
            service.collect(told[places], full[places])

    def _drawn(self, lots: list[Lot]) -> Times:
        """How long each box of these lots takes to be stuffed; hours."""
        draws = [self._times[lot.supply] for lot in lots]
        time = constant(draws)
        if time is not None:
            return time
        times = [d.run(lot.serial, len(lot)) for d, lot in zip(draws, lots, strict=True)]
        return times[0] if len(times) == 1 else np.concatenate(times)

    def goods(self) -> list[range]:
        """Rows of the goods that wait for a box, in parts."""
        return [lot.rows for lot in self._goods]

    def waits(self) -> bool:
        """Whether goods wait for a box."""
        return self._count > 0

    def news(self) -> None:
        """Empties have come or will come."""
        if self._count:
            self._watch()

    def _watch(self) -> None:
        there = self._empties.up_to(1)
        if there and self._yard is not None and not self._yard.room():
            return  # the yard calls when there is room
        self._alarm.set(self._env._now if there else self._empties.next_time())

    def _on_alarm(self, _time: float) -> None:
        self.match()
