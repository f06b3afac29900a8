"""The journal of a run as arrays: stages, trains, and who was on which train."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.boxes import numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.build import Corridor

NAN = float("nan")


def in_order(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions in the order of the numbers (0 or more), equal ones as they come.

    ``np.argsort`` sorts 16 bits in linear time, so the numbers are sorted by 16 bits at a time.
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    most = int(numbers.max(initial=0))
    for shift in range(16, most.bit_length(), 16):
        digits = (numbers[order] >> shift).astype(np.uint16)
        order = order[np.argsort(digits, kind="stable")]
    return order


class Records:
    """What tables are made of, in arrays; times in hours, not a number while not reached.

    ``s_…`` run along stages of trains, ``t_…`` along trains, ``l_…`` along containers on trains,
    in the order in which they boarded.
    """

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self.horizon = corridor.end
        self.containers = np.arange(len(corridor.boxes))
        self.trains = corridor.journal.trains
        self._stages()
        self._trains()
        self._legs()

    def _stages(self) -> None:
        stages = self.corridor.journal.stages
        opened = [
            (train.number, train.open[0], train.open[1], train.open[2], NAN)
            for train in self.trains
            if train.open is not None
        ]
        number = len(stages) + len(opened)
        table = np.fromiter(
            chain(
                chain.from_iterable(stages), (NAN if x is None else x for t in opened for x in t)
            ),
            dtype=float,
            count=5 * number,
        ).reshape(-1, 5)
        # What trains have computed ahead has not happened.
        last = self.corridor.last
        if (table[:, 2:] > last).any():
            table = table[table[:, 2] <= last]
            table[:, 3:][table[:, 3:] > last] = NAN
        self.s_train = table[:, 0].astype(np.int64)
        self.s_kind = table[:, 1].astype(np.int64)
        self.s_in, self.s_start, self.s_end = (np.ascontiguousarray(table[:, i]) for i in (2, 3, 4))

    def _trains(self) -> None:
        trains = self.trains
        self.t_formed = np.array([t.formed for t in trains], dtype=float)
        self.t_departed = np.array(
            [NAN if t.departed is None else t.departed for t in trains], dtype=float
        )

    def _legs(self) -> None:
        legs, before = [], []
        formed: dict[str, float] = {}
        for leg in self.corridor.journal.legs:
            service = leg.train.service
            if len(leg.rows):
                legs.append(leg)
                before.append(formed.get(service, -np.inf))
            formed[service] = leg.train.formed
        self.legs = legs
        self.before = np.array(before, dtype=float)
        """When the train of the same service before each leg's was formed."""
        self.last_formed = formed
        """When the last train of each service was formed."""
        sizes = [len(leg.rows) for leg in legs]
        self.sizes = np.array(sizes, dtype=np.int64)

        def column(name: str) -> NDArray[np.float64]:
            parts = [getattr(leg, name) for leg in legs]
            if any(part is None for part in parts):
                parts = [
                    np.full(size, NAN) if part is None else part
                    for size, part in zip(sizes, parts, strict=True)
                ]
            return np.concatenate(parts) if parts else np.zeros(0)

        self.l_row = joined_rows([leg.rows for leg in legs])
        self.l_leg = np.repeat(np.arange(len(legs)), self.sizes)
        self.l_train = self.spread([leg.train.number for leg in legs])
        self.l_unloading = self.spread([leg.unloading for leg in legs])
        self.l_checking = self.spread([leg.checking for leg in legs])
        self.l_due = np.repeat(np.array([leg.due for leg in legs], dtype=float), self.sizes)
        self.l_admitted = np.repeat(
            np.array([leg.admitted for leg in legs], dtype=float), self.sizes
        )
        self.l_ready = column("ready")
        self.l_start = column("start")
        self.l_finish = column("finish")
        self.l_sampled = column("sampled")
        self.l_released = column("released")

    def spread(self, numbers: list[int]) -> NDArray[np.int64]:
        """What is known of each leg, for all on board."""
        return np.repeat(np.array(numbers, dtype=np.int64), self.sizes)

    @cached_property
    def legs_done(self) -> NDArray[np.bool_]:
        """Whether each container has boarded all trains of its way."""
        boxes = self.corridor.boxes
        return boxes.legs_done(np.bincount(self.l_row, minlength=len(boxes)))

    def box(self, name: str) -> NDArray[Any]:
        """A column of the containers."""
        return self.corridor.boxes.column(name)

    def cut(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The times, and not a number for what is beyond the horizon."""
        return np.where(times <= self.horizon, times, NAN)

    def closed(
        self, kind: NDArray[np.int64], since: NDArray[np.float64], until: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Hours within each wait of a stage in which the thing waited for was closed."""
        closed = np.zeros(len(kind))
        for number, stage in enumerate(self.corridor.journal.kinds):
            if stage.hours is None or stage.hours.constant is not None:
                continue
            here = np.flatnonzero((kind == number) & (until > since))
            if len(here):
                begin, end = since[here], until[here]
                hours = stage.hours.closed_hours(end) - stage.hours.closed_hours(begin)
                closed[here] = np.minimum(hours, end - begin)
        return closed


def joined_rows(parts: list[Any]) -> NDArray[np.int64]:
    """Numbers of rows of all parts, ranges or arrays, one after the other."""
    if not parts:
        return np.zeros(0, dtype=np.int64)
    if all(type(part) is range for part in parts):
        sizes = np.array([len(part) for part in parts], dtype=np.int64)
        firsts = np.array([part.start for part in parts], dtype=np.int64)
        begins = np.cumsum(sizes) - sizes
        return np.asarray(np.arange(int(sizes.sum())) + np.repeat(firsts - begins, sizes))
    return np.concatenate([numbers(part) for part in parts], dtype=np.int64)
