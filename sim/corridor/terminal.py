"""An origin terminal: goods wait for empties, empties for a stuffing line, boxes for a train."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import INF, call_at
from sim.corridor.equipment import LADEN, Equipment
from sim.corridor.streams import Draws, draw

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.service import ServiceLine
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
        self._goods: deque[int] = deque()
        self._equipped = 0
        self._alarm = INF
        if yard is not None:
            yard.on_room.append(self.match)

    def bring(self, rows: range) -> None:
        """Goods that have become ready; what the elevator cannot hold is refused."""
        boxes = self._boxes
        at_hand = self._empties.level()
        if self._yard is not None:
            at_hand = min(at_hand, self._yard.room())
        at_hand -= len(self._goods)
        unlimited = self._elevator.storage == INF
        if unlimited:
            self._goods.extend(rows)
        for row in () if unlimited else rows:
            tonnes = boxes.tonnes[row]
            # Goods that find an empty box, and a slot for it, at once never lie in the elevator.
            if at_hand <= 0 and not self._elevator.has_room(tonnes):
                boxes.refused[row] = 1
                continue
            at_hand -= 1
            self._elevator.put(tonnes)
            self._goods.append(row)
        self.match()
        if self._goods:
            self._hire()

    def _hire(self) -> None:
        """Ask the rule for boxes on hire, beyond those that are at hand or on hire already."""
        now, coming = self._env.now, self._on_hire
        while coming and coming[0][0] <= now:
            coming.popleft()
        short = len(self._goods) - self._empties.level() - sum(n for _, n in coming)
        number = self._rule.hire(self._name, short) if short > 0 else 0
        if number > 0:
            time = now + self._rule.lead
            coming.append((time, number))
            self._equipment.hire(number, self._station, self._fleet, time)
            self._watch()

    def match(self) -> None:
        """Stuff as many boxes as there are goods, empties, and slots in the yard."""
        boxes, now = self._boxes, self._env.now
        number = min(len(self._goods), self._empties.level())
        if self._yard is not None:
            for i in range(self._equipped, number):
                boxes.equipped[self._goods[i]] = now
            self._equipped = max(self._equipped, number)
            number = min(number, self._yard.room())
            self._yard.hold(number)
            self._equipped -= number
        if number:
            self._stuff([self._goods.popleft() for _ in range(number)])
        if self._goods:
            self._watch()

    def _stuff(self, rows: list[int]) -> None:
        """Goods go into empties that are at hand; all times until the box is full are known."""
        boxes, now = self._boxes, self._env.now
        units = self._empties.take(len(rows))
        self._equipment.log(units, now, self._station, LADEN, rows)
        run = boxes.run_of(rows)
        supplies = boxes.read(boxes.supply, rows, run)
        times = draw(self._times, supplies, boxes.read(boxes.serial, rows, run))
        starts, ends = self._lines.serve_now(now, times)
        boxes.write(boxes.unit, rows, run, units)
        boxes.write(boxes.matched, rows, run, [now] * len(rows))
        boxes.write(boxes.stuffing, rows, run, starts)
        boxes.write(boxes.stuffed, rows, run, ends)
        if self._elevator.storage < INF:
            for row in rows:
                self._elevator.take(boxes.tonnes[row])
        ready = list(zip(ends, rows, strict=True))
        ways = boxes.read(boxes.way, rows, run)
        if ways.count(ways[0]) == len(ways):
            boxes.chain[rows[0]][0].collect(ready)
            return
        onward: dict[ServiceLine, list[tuple[float, int]]] = {}
        for box in ready:
            onward.setdefault(boxes.chain[box[1]][0], []).append(box)
        for service, mine in onward.items():
            service.collect(mine)

    def goods(self) -> list[int]:
        """Rows of the goods that wait for a box."""
        return list(self._goods)

    def waits(self) -> bool:
        """Whether goods wait for a box."""
        return len(self._goods) > 0

    def news(self) -> None:
        """Empties have come or will come."""
        if self._goods:
            self._watch()

    def _watch(self) -> None:
        if self._empties.level() and self._yard is not None and not self._yard.room():
            return  # the yard calls when there is room
        time = self._empties.next_time() if not self._empties.level() else self._env.now
        if time < self._alarm:
            self._alarm = time
            call_at(self._env, time, self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = INF
        self.match()
