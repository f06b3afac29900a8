"""How many empty containers a departing train takes along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sim.policies.registry import Registry


class EmptiesRule(Protocol):
    """Decides about the free slots of a train."""

    def take(self, station: str, stock: int, free_slots: int) -> int:
        """Empties to load, at most ``stock`` and at most ``free_slots``."""


class NoEmpties:
    """Empties stay where they were set free."""

    def take(self, station: str, stock: int, free_slots: int) -> int:
        """None."""
        return 0


class FillSlots:
    """Free slots are filled with the empties a station has above what it keeps."""

    def __init__(self, keep: Mapping[str, int] | None = None) -> None:
        self._keep = dict(keep or {})
        for station, boxes in self._keep.items():
            if int(boxes) != boxes or boxes < 0:
                raise ValueError(f"keep: {station}: {boxes!r} is not a number of boxes")

    def take(self, station: str, stock: int, free_slots: int) -> int:
        """What is above the stock to keep (0 for stations not named)."""
        return max(min(stock - self._keep.get(station, 0), free_slots), 0)


EMPTIES: Registry[EmptiesRule] = Registry("empties")
EMPTIES.add("none", NoEmpties)
EMPTIES.add("fill-slots", FillSlots)
