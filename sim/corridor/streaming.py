"""Tables written while a run goes on, so that memory is taken by what is on its way.

Containers are written so many at a time when they are delivered or turned away; what their
trains knew of them is dropped then.  Spells of equipment go to files at once.  What is kept of a
container to the end are its own times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.corridor import changes
from sim.corridor.collect import Collector
from sim.corridor.records import Boarded, Part, Records, all_stages
from sim.corridor.rows import where
from sim.corridor.spells import Spilled
from sim.results.parts import Parts
from sim.results.tables import TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor
    from sim.corridor.journal import Leg

BLOCK = 1 << 16
"""Containers in a part."""


class Stream:
    """Watches a run and writes what is over."""

    def __init__(self, corridor: Corridor, parts: Parts, block: int = BLOCK) -> None:
        self._corridor = corridor
        self._parts = parts
        self._block = block
        # Which containers are written; all are up to the first that is on its way.
        self._written = np.zeros(0, dtype=np.bool_)
        self._first = 0
        self._next_look = block
        self._boarded = Boarded()
        self._legs_known = 0
        self._legs: list[tuple[Leg, float]] = []
        # Stages of trains that containers not written yet are or may be on.
        self._stages: NDArray[np.float64] = np.zeros((0, 5))
        self._stages_known = 0
        self._spilled = Spilled(corridor, parts.folder)

    def look(self) -> None:
        """Write whole blocks that are over; called after every event."""
        count = len(self._corridor.boxes)
        if count < self._next_look:
            return
        self._next_look = count + self._block // 8
        self._spilled.take()
        over = self._over(count)
        if len(over) >= self._block:
            self._write(over, last=False)

    def _over(self, count: int) -> NDArray[np.int64]:
        """Containers of the first so many that are over and not written."""
        boxes, now, first = self._corridor.boxes, self._corridor.env._now, self._first
        more = np.zeros(count - len(self._written), dtype=np.bool_)
        self._written = np.append(self._written, more)
        over = boxes.column("delivered", first, count) < now
        over |= boxes.column("rejected", first, count) < now
        over |= boxes.column("refused", first, count)
        over &= ~self._written[first:]
        return np.flatnonzero(over) + first

    def _write(self, containers: NDArray[np.int64], last: bool) -> None:
        """Tables of these containers."""
        written = self._written
        made = Collector(self._corridor, self._part(containers, last))
        self._parts.write("containers", made.containers())
        self._parts.write("waits", made.waits())
        self._parts.write("legs", made.legs())
        written[containers] = True
        left = np.flatnonzero(~written[self._first :])
        self._first = self._first + int(left[0]) if len(left) else len(written)
        kept = []
        for leg, before in self._legs:
            if written[where(leg.rows)].all():
                leg.start = leg.finish = leg.sampled = leg.released = None
            else:
                kept.append((leg, before))
        self._legs = kept

    def _part(self, containers: NDArray[np.int64], last: bool) -> Part:
        journal = self._corridor.journal
        self._legs += self._boarded.take(journal.legs[self._legs_known :])
        self._legs_known = len(journal.legs)
        oldest = min((leg.train.number for leg, _ in self._legs), default=len(journal.trains))
        if not last:
            rows = journal.stage_rows()
            self._stages = np.concatenate([self._stages, *rows[self._stages_known :]])
            self._stages_known = len(rows)
        self._stages = self._stages[self._stages[:, 0] >= oldest]
        trains = journal.trains[oldest:]
        own = containers.astype(np.int32)
        return Part(own, self._legs, trains, self._stages, oldest, last)

    def finish(self) -> None:
        """The run is over: write what is left of containers and units, then trains."""
        corridor, parts = self._corridor, self._parts
        self._spilled.take()
        self._stages = all_stages(corridor)
        self._over(len(corridor.boxes))
        left = np.flatnonzero(~self._written)
        for begin in range(0, len(left), self._block):
            self._write(left[begin : begin + self._block], last=True)
        corridor.boxes.forget("unit", "collected", "loaded", "delivered")
        for frame in self._spilled.frames():
            parts.write("equipment", frame)
        made = Collector(corridor, self._rest())
        parts.write("trains", made.trains())
        parts.write("stages", made.stages())

    def finish_levels(self) -> None:
        """What is known of levels; the books of the run cannot be asked after it."""
        corridor, parts = self._corridor, self._parts
        corridor.boxes.forget("stuffing", "stuffed")
        for frame in changes.in_parts(Records(corridor, self._rest())):
            parts.write("levels", frame)
        for name in TABLES:
            parts.write_empty(name)

    def _rest(self) -> Part:
        """All trains, and no containers."""
        nobody: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        return Part(nobody, [], self._corridor.journal.trains, all_stages(self._corridor))
