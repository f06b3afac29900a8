"""The books of a corridor: every container, wagon and tonne is in one place, and only in one.

What the processes hold is counted from scratch and held against what the journal says, so that
something lost, doubled or taken twice is found where it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.equipment import AT_HAND, CARRIED, LADEN, STATES, UNDER_TRAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor

MANY = 1024
"""Numbers in an array from which on it pays to look whether they follow each other."""


def imbalance(corridor: Corridor) -> list[str]:
    """Sentences about what does not balance now; empty when all is well."""
    for deliveries in corridor.deliveries.values():
        deliveries.settle()
    return [*_units(corridor), *_boxes(corridor)]


def _count(parts: Iterable[range | NDArray[Any]], size: int) -> NDArray[np.int32]:
    """How often each number below ``size`` is there."""
    ranges: list[range] = []
    arrays: list[NDArray[Any]] = []
    for part in parts:
        if isinstance(part, range):
            ranges.append(part)
        elif len(part) > MANY and (part[1:] - part[:-1] == 1).all():
            # Units of a fleet that have never moved lie in a row.
            ranges.append(range(part[0], part[-1] + 1))
        else:
            arrays.append(part)
    counted = np.zeros(size, dtype=np.int32)
    if ranges:
        # One more where a range begins, one less where it ends.
        change = np.zeros(size + 1, dtype=np.int32)
        np.add.at(change, [part.start for part in ranges], 1)
        np.subtract.at(change, [part.stop for part in ranges], 1)
        np.cumsum(change[:size], out=counted)
    if arrays:
        counted += np.bincount(np.concatenate(arrays), minlength=size)
    return counted


def _units(corridor: Corridor) -> Iterator[str]:
    equipment = corridor.equipment
    state = equipment.state
    running = [t for t in corridor.journal.trains if len(t.wagons) or len(t.empties)]
    counts = {
        AT_HAND: _count(equipment.at_hand(), len(state)),
        UNDER_TRAIN: _count((t.wagons for t in running), len(state)),
        CARRIED: _count((t.empties for t in running), len(state)),
    }
    wrong = np.zeros(len(state), dtype=bool)
    for name, counted in counts.items():
        wrong |= counted != (state == name)
    for unit in np.flatnonzero(wrong).tolist():
        fleet = equipment.fleets[equipment.fleet[unit]]
        found = {STATES[name]: int(counted[unit]) for name, counted in counts.items()}
        yield f"unit {unit} of {fleet} is {STATES[state[unit]]}; counted {found}"


def _boxes(corridor: Corridor) -> Iterator[str]:
    """Every trip is at its terminal, in a yard, on a train, at its destination, or over."""
    boxes = corridor.boxes
    size = len(boxes)
    goods = (part for terminal in corridor.terminals.values() for part in terminal.goods())
    waiting = (part for service in corridor.services.values() for part in service.waiting.rows())
    aboard = (leg.rows for leg in corridor.journal.legs if leg.unloading < 0)
    count = _count(chain(goods, waiting, aboard), size)
    rejected = ~np.isnan(boxes.column("rejected"))
    over = (boxes.column("refused") != 0) | rejected
    legs_done = boxes.legs_done(_count((leg.rows for leg in corridor.journal.legs), size))
    there = legs_done & ~over & (count == 0)
    places = count + over + there
    lost = there & ~boxes.deliveries.is_written(size) & (boxes.column("onward") < 0)
    for row in np.flatnonzero((places != 1) | lost).tolist():
        if places[row] != 1:
            yield f"container {row} is in {places[row]} places"
        if lost[row]:
            yield f"container {row} has arrived and is in nobody's hands"
    laden = corridor.equipment.state == LADEN
    unit = boxes.column("unit")
    on_way = (unit >= 0) & ~legs_done & ~rejected
    for row in (
        np.flatnonzero(on_way).tolist()
        if not len(laden)
        else np.flatnonzero(on_way & ~laden[np.where(on_way, unit, 0)]).tolist()
    ):
        yield f"container {row} is on its way in unit {unit[row]}, which is not laden"
