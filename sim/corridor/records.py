"""The journal of a run as arrays: stages, trains, and who was on which train."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.rows import joined_rows, one_after_another

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor
    from sim.corridor.journal import Leg
    from sim.corridor.train import Train

NAN = float("nan")


@dataclass(frozen=True)
class Part:
    """Some containers, by number, and what is known of the trains they were on.

    ``legs`` come with the hour at which the train of the same service before was formed;
    ``stages`` has the columns of the journal's and holds those of ``trains``, which begin with
    ``first_train``.  ``last`` says that the run is over, so that what waits now waits to the end.
    """

    containers: NDArray[np.int32]
    legs: Sequence[tuple[Leg, float]]
    trains: Sequence[Train]
    stages: NDArray[np.float64]
    first_train: int = 0
    last: bool = True


def whole(corridor: Corridor) -> Part:
    """All containers of a run that is over."""
    journal = corridor.journal
    legs = Boarded().take(journal.legs)
    stages = all_stages(corridor)
    return Part(np.arange(len(corridor.boxes), dtype=np.int32), legs, journal.trains, stages)


class Boarded:
    """Follows legs in the order in which trains are formed."""

    def __init__(self) -> None:
        self.formed: dict[str, float] = {}

    def take(self, legs: Iterable[Leg]) -> list[tuple[Leg, float]]:
        """Those with containers on board, and when the train of the service before was formed."""
        taken = []
        for leg in legs:
            service = leg.train.service
            if len(leg.rows):
                taken.append((leg, self.formed.get(service, -np.inf)))
            self.formed[service] = leg.train.formed
        return taken


def all_stages(corridor: Corridor) -> NDArray[np.float64]:
    """All stages of all trains at the end of a run, one row each, columns as in the journal."""
    opened: list[float] = []
    for train in corridor.journal.trains:
        if train.open is not None:
            kind, since, start = train.open
            opened += (train.number, kind, since, NAN if start is None else start, NAN)
    still = np.array(opened, dtype=float).reshape(-1, 5)
    table = np.concatenate([*corridor.journal.stage_rows(), still])
    # What trains have computed ahead has not happened.
    last = corridor.last
    if (table[:, 2:] > last).any():
        table = table[table[:, 2] <= last]
        table[:, 3:][table[:, 3:] > last] = NAN
    return table


class Records:
    """What tables are made of, in arrays; times in hours, not a number while not reached.

    ``s_…`` run along stages of trains, ``t_…`` along trains, ``l_…`` along containers on trains,
    in the order in which they boarded, and what has no such sign along ``legs``.  Containers and
    trains are counted from the first ones of the part.
    """

    def __init__(self, corridor: Corridor, part: Part) -> None:
        self.corridor = corridor
        self.part = part
        self.horizon = corridor.end
        self.containers = part.containers
        self._first, self._end = 0, 0
        if len(self.containers):
            self._first, self._end = int(self.containers[0]), int(self.containers[-1]) + 1
        self._follow = self._end - self._first == len(self.containers)
        self.trains = part.trains
        table = part.stages
        self.s_train = table[:, 0].astype(np.int64) - part.first_train
        self.s_kind = table[:, 1].astype(np.int64)
        self.s_in, self.s_start, self.s_end = (np.ascontiguousarray(table[:, i]) for i in (2, 3, 4))
        self._trains()
        self._legs()

    def _trains(self) -> None:
        trains = self.trains
        self.t_formed = np.array([t.formed for t in trains], dtype=float)
        self.t_departed = np.array(
            [NAN if t.departed is None else t.departed for t in trains], dtype=float
        )

    def _legs(self) -> None:
        legs = [leg for leg, _ in self.part.legs]
        self.legs = legs
        self.before = np.array([before for _, before in self.part.legs], dtype=float)
        """When the train of the same service before each leg's was formed."""
        self.unloading = np.array([leg.unloading for leg in legs], dtype=np.int64)
        self.checking = np.array([leg.checking for leg in legs], dtype=np.int64)
        self.due = np.array([leg.due for leg in legs], dtype=float)
        self.admitted = np.array([leg.admitted for leg in legs], dtype=float)
        numbers = [len(leg.rows) for leg in legs]
        sizes = np.array(numbers, dtype=np.int64)
        rows = self.own(joined_rows([leg.rows for leg in legs]))
        mine = rows >= 0
        every = bool(mine.all())

        def column(name: str) -> NDArray[np.float64]:
            parts = [NAN if part is None else part for part in map(attrgetter(name), legs)]
            made = one_after_another(parts, numbers)
            return made if every else made[mine]

        def spread(values: list[Any], kind: type[Any]) -> NDArray[Any]:
            made = np.repeat(np.array(values, dtype=kind), sizes)
            return made if every else made[mine]

        self.l_row = rows if every else rows[mine]
        self.l_leg = spread(list(range(len(legs))), np.int64)
        first = self.part.first_train
        self.l_train = spread([leg.train.number - first for leg in legs], np.int64)
        self.l_ready = column("ready")
        self.l_start = column("start")
        self.l_finish = column("finish")
        self.l_sampled = column("sampled")
        self.l_released = column("released")

    @cached_property
    def legs_done(self) -> NDArray[np.bool_]:
        """Whether each container has boarded all trains of its way."""
        lengths = np.array(self.corridor.boxes.ways.lengths() or [0])
        boarded = np.bincount(self.l_row, minlength=len(self.containers))
        return np.asarray(boarded == lengths[self.box("way")])

    def box(self, name: str) -> NDArray[Any]:
        """A column of the containers."""
        column = self.corridor.boxes.column(name, self._first, self._end)
        return column if self._follow else column[self.containers - self._first]

    def own(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which of the containers these are, by their numbers in the run; -1 for none of them."""
        rows = rows - self._first
        inside = (rows >= 0) & (rows < self._end - self._first)
        if self._follow:
            return np.where(inside, rows, -1)
        place: NDArray[np.int64] = np.full(self._end - self._first + 1, -1, dtype=np.int64)
        place[self.containers - self._first] = np.arange(len(self.containers))
        return place[np.where(inside, rows, -1)]

    def train_numbers(self, trains: NDArray[Any]) -> NDArray[Any]:
        """Numbers of trains in the run; -1 is none."""
        first = self.part.first_train
        return np.where(trains < 0, -1, trains + first) if first else trains

    def cut(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The times, and not a number for what is beyond the horizon."""
        beyond = times > self.horizon
        return np.where(beyond, NAN, times) if beyond.any() else times

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
