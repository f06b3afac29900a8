"""What becomes of a train's boxes where the train ends: laboratory, next service, delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import call_at
from sim.corridor.equipment import LADEN, RETURNING, Equipment
from sim.corridor.rows import numbers, where
from sim.corridor.step import Step
from sim.corridor.stock import NO_UNITS, Units
from sim.corridor.streams import Draws, Uniforms, draw_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.boxes import Boxes
    from sim.corridor.delivery import Deliveries
    from sim.corridor.emptied import Emptied
    from sim.corridor.rows import Rows
    from sim.corridor.service import ServiceLine
    from sim.corridor.train import Train
    from sim.corridor.use import Tally
    from sim.corridor.yard import Yard


class Checks:
    """A laboratory: what is sampled stands in the bonded yard until the answer.

    Each box is sampled by its own luck, or a lot as a whole by the lot's.  Slots go to boxes in
    the order in which their trains came under the cranes.
    """

    __slots__ = (
        "_by_lot",
        "_draws",
        "_env",
        "_lucks",
        "_reject",
        "_shares",
        "_slots",
        "_tally",
        "_verdicts",
        "stage",
    )

    def __init__(
        self,
        env: simpy.Environment,
        slots: Bank | None,
        tally: Tally | None,
        shares: list[float],
        by_lot: bool,
        lucks: list[Uniforms],
        draws: list[Draws],
        reject: float,
        verdicts: list[Uniforms],
        stage: int,
    ) -> None:
        self._env = env
        self._slots = slots
        self._tally = tally
        self._shares = np.array(shares)
        self._by_lot = by_lot
        self._lucks = lucks
        self._draws = draws
        self._reject = reject
        self._verdicts = verdicts
        self.stage = stage

    def check(
        self, boxes: Boxes, rows: Rows, free: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
        """Start of analysis and release of each box, and the positions of those turned back.

        Start and release are the time of asking for what is not sampled.
        """
        here = where(rows)
        supplies = boxes.supply[here]
        samples = boxes.lots.numbers(rows) if self._by_lot else boxes.serial[here]
        shares = self._shares[supplies]
        lucky = (
            draw_all(self._lucks, supplies, samples) >= shares if shares.any() else shares == 0.0
        )
        sampled = np.flatnonzero(~lucky).tolist()
        if not sampled:
            return free, free, []
        starts, ends, refused = free.copy(), free.copy(), []
        for i in sampled:
            supply, sample, asked = int(supplies[i]), int(samples[i]), float(free[i])
            time = self._draws[supply].at(sample)
            if self._slots is None:
                ends[i] = asked + time
            else:
                (start,), (end,) = self._slots.serve([asked], [time])
                starts[i], ends[i] = start, end
                if self._tally is not None:
                    self._tally.add(self._env._now, end, end - start, start)
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
        emptied: Emptied,
        yard: Yard | None,
    ) -> None:
        self._env = env
        self._boxes = boxes
        self._station = station
        self._ways_home = ways_home
        self._services = services
        self._disposal = disposal
        self._equipment = equipment
        self._emptied = emptied
        self._yard = yard

    def turn_back(self, row: int, time: float) -> None:
        """Refuse a box at that time, which may be ahead of now."""
        boxes = self._boxes
        boxes.set("rejected", row, time)
        supply = boxes.supply.item(row)
        if self._ways_home[supply] is not None:
            call_at(self._env, time, lambda: self._send_home(row))
            return
        empty = time
        if self._disposal:
            empty += self._disposal[supply].at(boxes.serial.item(row))
        if self._yard is not None:
            self._yard.leave_at(empty)
        self._emptied.free_together(range(row, row + 1), empty)

    def _send_home(self, row: int) -> None:
        way = self._ways_home[self._boxes.supply.item(row)]
        assert way is not None
        home, names = way
        # Looked up now: when this was made, not all services were there.
        chain = tuple(self._services[name] for name in names)
        now = self._env._now
        here = self._equipment.stations.index(self._station)
        back = self._boxes.take_home(row, here, home, chain, now)
        rows = range(back, back + 1)
        unit = self._boxes.unit[row : row + 1].copy()
        self._equipment.log(unit, now, self._station, LADEN, rows)
        chain[0].collect(rows, np.array([now]), self._boxes.ways.number(chain))


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
