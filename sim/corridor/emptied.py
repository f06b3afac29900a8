"""Where boxes go that are emptied at a station: they stay there, or go back by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.corridor.equipment import RETURNING
from sim.corridor.rows import numbers, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.corridor.boxes import Boxes
    from sim.corridor.equipment import Equipment
    from sim.corridor.rows import Column, Rows
    from sim.corridor.streams import Draws


class WayBack(NamedTuple):
    """The station where boxes of a fleet are at hand again, and how long they take by supply."""

    to: str
    draws: list[Draws]


class Emptied:
    """Units of boxes that consignees, ships or laboratories have emptied at one station.

    Hired ones are given back where they are emptied, whatever the scenario's own do.
    """

    def __init__(
        self, boxes: Boxes, equipment: Equipment, station: str, ways: Mapping[int, WayBack]
    ) -> None:
        self._boxes = boxes
        self._equipment = equipment
        self._station = station
        self._ways = ways

    def free_together(self, rows: Rows, time: float) -> None:
        """Rows whose boxes are all empty from one time on."""
        units = self._boxes.unit[where(rows)]
        if self._ways:
            self.free(rows, np.full(len(units), time))
        else:
            self._equipment.set_free(units[units >= 0], self._station, time)

    @property
    def leave(self) -> bool:
        """Whether boxes of any fleet go to another station from here."""
        return bool(self._ways)

    def free(self, rows: Rows, times: Column) -> None:
        """Rows whose boxes are empty, each from a time on that is not before now."""
        units = self._boxes.unit[where(rows)]
        own = units >= 0
        if not own.all():
            rows, units, times = numbers(rows)[own], units[own], times[own]
        if not self._ways:
            self._equipment.set_free_each(units, self._station, times)
            return
        equipment, rows = self._equipment, numbers(rows)
        stays = equipment.hired[units]
        fleets = np.where(stays, -1, equipment.fleet[units])
        stays |= ~np.isin(fleets, list(self._ways))
        equipment.set_free_each(units[stays], self._station, times[stays])
        for fleet, way in self._ways.items():
            mine = fleets == fleet
            if not mine.any():
                continue
            back = times[mine] + self._boxes.draw(way.draws, rows[mine])
            gone = back > times[mine]
            equipment.log(units[mine][gone], times[mine][gone], self._station, RETURNING)
            equipment.set_free_each(units[mine], way.to, back)
