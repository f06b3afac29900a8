"""The books of a corridor: every container, wagon and tonne is in one place, and only in one.

What the processes hold is counted from scratch and held against what the journal says, so that
something lost, doubled or taken twice is found where it happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from sim.corridor.equipment import (
    AT_HAND,
    CARRIED,
    GIVEN_BACK,
    LADEN,
    RETURNING,
    STATES,
    UNDER_TRAIN,
)

if TYPE_CHECKING:
    from sim.corridor.build import Corridor


def imbalance(corridor: Corridor) -> list[str]:
    """Sentences about what does not balance now; empty when all is well."""
    return [*_units(corridor), *_boxes(corridor)]


def _units(corridor: Corridor) -> Iterator[str]:
    equipment = corridor.equipment
    held = Counter(chain.from_iterable(stock.units() for stock in equipment.stocks()))
    running = [t for t in corridor.journal.trains if t.wagons or t.empties]
    under = Counter(chain.from_iterable(t.wagons for t in running))
    carried = Counter(chain.from_iterable(t.empties for t in running))
    for unit, state in enumerate(equipment.state):
        where = {AT_HAND: held, UNDER_TRAIN: under, CARRIED: carried}
        counts = {name: where[name][unit] for name in where}
        right = {name: int(name == state) for name in where}
        if state in (LADEN, RETURNING, GIVEN_BACK):
            right = dict.fromkeys(where, 0)
        if counts != right:
            fleet = equipment.fleets[equipment.fleet[unit]]
            found = {STATES[name]: n for name, n in counts.items()}
            yield f"unit {unit} of {fleet} is {STATES[state]}; counted {found}"


def _boxes(corridor: Corridor) -> Iterator[str]:
    """Every trip is at its terminal, in a yard, on a train, at its destination, or over."""
    boxes = corridor.boxes
    count: Counter[int] = Counter()
    for terminal in corridor.terminals.values():
        count.update(terminal.goods())
    for service in corridor.services.values():
        count.update(row for _, row in service.waiting.pending())
    for leg in corridor.journal.legs:
        if leg.unloading < 0:
            count.update(leg.rows)
    for row in range(len(boxes)):
        over = boxes.refused[row] or boxes.rejected[row] == boxes.rejected[row]
        there = boxes.leg[row] == len(boxes.chain[row]) and not over and not count[row]
        places = count[row] + bool(over) + bool(there)
        if places != 1:
            yield f"container {row} is in {places} places"
        if there and boxes.collected[row] != boxes.collected[row] and boxes.onward[row] < 0:
            yield f"container {row} has arrived and is in nobody's hands"
    laden = {unit for unit, state in enumerate(corridor.equipment.state) if state == LADEN}
    for row in range(len(boxes)):
        unit = boxes.unit[row]
        on_way = unit >= 0 and boxes.leg[row] < len(boxes.chain[row])
        gone = boxes.rejected[row] == boxes.rejected[row]
        if on_way and not gone and unit not in laden:
            yield f"container {row} is on its way in unit {unit}, which is not laden"
