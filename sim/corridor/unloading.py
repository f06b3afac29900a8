"""What becomes of a train's boxes where the train ends: laboratory, next service, delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import Process, call_at
from sim.corridor.equipment import LADEN, RETURNING, Equipment
from sim.corridor.streams import Draws, Uniforms

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.delivery import Deliveries
    from sim.corridor.service import ServiceLine
    from sim.corridor.train import Train
    from sim.corridor.yard import Yard


class Checks:
    """A laboratory: what is sampled stands in the bonded yard until the answer.

    Each box is sampled by its own luck, or a lot as a whole by the lot's.  Slots go to boxes in
    the order in which their trains came under the cranes.
    """

    __slots__ = (
        "_by_lot",
        "_draws",
        "_lucks",
        "_reject",
        "_shares",
        "_slots",
        "_verdicts",
        "stage",
    )

    def __init__(
        self,
        slots: Bank | None,
        shares: list[float],
        by_lot: bool,
        lucks: list[Uniforms],
        draws: list[Draws],
        reject: float,
        verdicts: list[Uniforms],
        stage: int,
    ) -> None:
        self._slots = slots
        self._shares = shares
        self._by_lot = by_lot
        self._lucks = lucks
        self._draws = draws
        self._reject = reject
        self._verdicts = verdicts
        self.stage = stage

    def check(
        self, boxes: Boxes, rows: list[int], free: list[float]
    ) -> tuple[list[float], list[float], list[int]]:
        """Start of analysis and release of each box, and the positions of those turned back.

        Start and release are the time of asking for what is not sampled.
        """
        starts, ends, refused = list(free), list(free), []
        numbers = boxes.lot if self._by_lot else boxes.serial
        for i, row in enumerate(rows):
            supply = boxes.supply[row]
            share = self._shares[supply]
            if share <= 0.0:
                continue
            sample = numbers[row]
            if self._lucks[supply].at(sample) >= share:
                continue
            time = self._draws[supply].at(sample)
            if self._slots is None:
                ends[i] = free[i] + time
            else:
                (starts[i],), (ends[i],) = self._slots.serve([free[i]], [time])
            if self._reject > 0.0 and self._verdicts[supply].at(sample) < self._reject:
                refused.append(i)
        return starts, ends, refused


class Refusals:
    """What becomes of boxes that a laboratory turns back: home by rail, or emptied on the spot."""

    def __init__(
        self,
        env: simpy.Environment,
        boxes: Boxes,
        station: str,
        ways_home: list[tuple[int, tuple[str, ...]] | None],
        services: Mapping[str, ServiceLine],
        disposal: list[Draws],
        equipment: Equipment,
        yard: Yard | None,
    ) -> None:
        self._env = env
        self._boxes = boxes
        self._station = station
        self._ways_home = ways_home
        self._services = services
        self._disposal = disposal
        self._equipment = equipment
        self._yard = yard

    def turn_back(self, row: int, time: float) -> None:
        """Refuse a box at that time, which may be ahead of now."""
        boxes = self._boxes
        boxes.rejected[row] = time
        supply = boxes.supply[row]
        if self._ways_home[supply] is not None:
            call_at(self._env, time, lambda: self._send_home(row))
            return
        empty = time
        if self._disposal:
            empty += self._disposal[supply].at(boxes.serial[row])
        if self._yard is not None:
            self._yard.leave_at(empty)
        if boxes.unit[row] >= 0:
            self._equipment.set_free([boxes.unit[row]], self._station, empty)

    def _send_home(self, row: int) -> None:
        way = self._ways_home[self._boxes.supply[row]]
        assert way is not None
        home, names = way
        # Looked up now: when this was made, not all services were there.
        chain = tuple(self._services[name] for name in names)
        now = self._env.now
        here = self._equipment.stations.index(self._station)
        back = self._boxes.take_home(row, here, home, chain, now)
        self._equipment.log([self._boxes.unit[row]], now, self._station, LADEN, [back])
        chain[0].collect([(now, back)])


class GoodsOut:
    """Goods are lifted out of the units they came in, which are free here and may go back."""

    def __init__(self, boxes: Boxes, equipment: Equipment, ways: Mapping[int, Wagons]) -> None:
        self._boxes = boxes
        self._equipment = equipment
        self._ways = ways

    def take(self, rows: list[int], ends: list[float], serial: int) -> None:
        """Rows of one train and the end of each one's lift; goods already loose stay so."""
        units = self._boxes.unit
        for row, end in zip(rows, ends, strict=True):
            unit, units[row] = units[row], -1
            if unit >= 0:
                self._ways[self._equipment.fleet[unit]].set_free([unit], end, serial)


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
    ) -> None:
        self._boxes = boxes
        self._checks = checks
        self._refusals = refusals
        self._deliveries = deliveries
        self._goods_out = goods_out
        self._station = station
        self._equipment = equipment

    def take(self, train: Train, stage: int, starts: list[float], ends: list[float]) -> None:
        """All boxes of the train, those followed first; start and end of each crane move."""
        leg = train.leg
        assert leg is not None
        number = len(leg.rows)
        rows, start, finish = list(leg.rows), starts[:number], ends[:number]
        if self._goods_out is not None:
            self._goods_out.take(rows, finish, train.serial)
        sampled = released = finish
        refused: list[int] = []
        if self._checks is not None:
            leg.checking = self._checks.stage
            sampled, released, refused = self._checks.check(self._boxes, rows, finish)
        leg.unloaded(stage, start, finish, sampled, released)
        self._hand_on(rows, released, refused)
        if train.empties:
            free = ends[number : number + len(train.empties)]
            self._equipment.set_free_each(train.empties, self._station, free)
            train.empties = []

    def _hand_on(self, rows: list[int], released: list[float], refused: list[int]) -> None:
        onward: dict[ServiceLine, list[tuple[float, int]]] = {}
        here: list[tuple[float, int]] = []
        chain, leg = self._boxes.chain, self._boxes.leg
        ways = set(map(self._boxes.way.__getitem__, rows))
        legs = set(map(leg.__getitem__, rows))
        if not refused and len(ways) == 1 and len(legs) == 1:
            # A train whose boxes all go the same way.
            services, boarded = chain[rows[0]], leg[rows[0]]
            if boarded < len(services):
                services[boarded].collect(list(zip(released, rows, strict=True)))
            else:
                assert self._deliveries is not None
                self._deliveries.receive_train(rows, released)
            return
        turned_back = frozenset(refused)
        for i, (row, time) in enumerate(zip(rows, released, strict=True)):
            if i in turned_back:
                assert self._refusals is not None
                self._refusals.turn_back(row, time)
                continue
            services = chain[row]
            if leg[row] < len(services):
                onward.setdefault(services[leg[row]], []).append((time, row))
            else:
                here.append((time, row))
        for service, boxes in onward.items():
            service.collect(boxes)
        if here:
            assert self._deliveries is not None
            self._deliveries.receive(here)


class EndOfRun:
    """Last step of a service's route: boxes leave where no crane moved them, wagons are free."""

    __slots__ = ("_env", "_stage", "_unloading", "_wagons")

    def __init__(
        self,
        env: simpy.Environment,
        unloading: Unloading | None,
        stage: int,
        wagons: Wagons | None,
    ) -> None:
        self._env = env
        self._unloading = unloading
        self._stage = stage
        self._wagons = wagons

    def run(self, train: Train) -> Process:
        """Hand on what the train still has; takes no time."""
        if self._unloading is not None:
            times = [self._env.now] * train.boxes
            self._unloading.take(train, self._stage, times, times)
        if self._wagons is not None:
            self._wagons.set_free(train.wagons, self._env.now, train.serial)
            train.wagons = []
        return
        yield  # a step is a generator


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

    def set_free(self, units: Sequence[int], time: float, serial: int) -> None:
        """Units of the train of that number, free here at a time not before now."""
        delay = 0.0 if self._draws is None else self._draws.at(serial)
        if delay > 0.0 and units:
            self._equipment.log(units, time, self._here, RETURNING)
        self._equipment.set_free(units, self._to, time + delay)
