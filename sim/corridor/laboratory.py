"""A laboratory: which boxes are sampled, when the answer comes, and what is turned back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.corridor.bank import Bank
from sim.corridor.clock import call_at
from sim.corridor.equipment import LADEN, Equipment
from sim.corridor.rows import where
from sim.corridor.streams import Draws, Uniforms, draw_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.boxes import Boxes
    from sim.corridor.emptied import Emptied
    from sim.corridor.profile import Profile
    from sim.corridor.rows import Rows
    from sim.corridor.service import ServiceLine
    from sim.corridor.use import Tally
    from sim.corridor.yard import Yard


class Checks:
    """A laboratory: what is sampled stands in the bonded yard until the answer.

    Each box is sampled by its own luck, or a lot as a whole by the lot's.  Slots go to boxes in
    the order in which their trains came under the cranes.  While the laboratory is disrupted what
    stands there keeps its slot, and answers come as much later as work was lost.
    """

    __slots__ = (
        "_by_lot",
        "_draws",
        "_env",
        "_lucks",
        "_profile",
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
        profile: Profile,
    ) -> None:
        self._env = env
        self._profile = profile
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
                ends[i] = self._profile.finish(asked, time)
            else:
                (start,), (end,) = self._slots.serve([asked], [time])
                if self._profile.work(start) <= self._profile.work(asked):
                    start = asked  # a slot was free, though nobody works there yet
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
        boxes.set("rejected", range(row, row + 1), time)
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
