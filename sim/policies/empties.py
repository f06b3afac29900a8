"""How many empty containers a departing train takes along, and when boxes are hired instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sim.policies.durations import hours
from sim.policies.registry import Registry


class EmptiesView(Protocol):
    """What a rule may know when a train leaves with slots to spare."""

    @property
    def name(self) -> str:
        """Station where the train leaves, or ``station/fleet`` for boxes that are not its own."""

    @property
    def stock(self) -> int:
        """Empties of that fleet at hand there, hired ones left out."""

    @property
    def free_slots(self) -> int:
        """Slots that no laden box has taken."""

    @property
    def beyond(self) -> Mapping[str, int]:
        """Empties of that fleet at each terminal that the train, or one after it, leads to.

        Those on their way there count too: on trains, between two trains, or at hand from a known
        time on.
        """


class EmptiesRule(Protocol):
    """Decides about the free slots of a train, and about hiring."""

    def take(self, view: EmptiesView) -> int:
        """Empties to load, at most the stock and at most the free slots."""

    def hire(self, station: str, short: int) -> int:
        """Boxes to hire for goods that find none, on hire or at hand; named as in the view."""

    @property
    def lead(self) -> float:
        """Hours until a box that is hired stands at the station."""


class NoEmpties:
    """Empties stay where they were set free."""

    lead = 0.0

    def take(self, view: EmptiesView) -> int:
        """None."""
        return 0

    def hire(self, station: str, short: int) -> int:
        """None."""
        return 0


class FillSlots(NoEmpties):
    """Free slots are filled with the empties a station has above what it keeps.

    ``keep`` names stations, or station/fleet for boxes that are not the station's own.

    Args:
        keep: boxes by station, or station/fleet (`{jinan: 40}`), that stay there; 0 if absent
    """

    def __init__(self, keep: Mapping[str, int] | None = None) -> None:
        self._keep = _boxes(keep, "keep")

    def take(self, view: EmptiesView) -> int:
        """What is above the stock to keep (0 for stocks not named)."""
        return max(min(view.stock - self._keep.get(view.name, 0), view.free_slots), 0)


class SafetyStock(NoEmpties):
    """Empties go only where a terminal has less than its safety stock, and no more than it lacks.

    A terminal has what is there and what is on its way there, so that trains do not send twice.

    What a station has above its own safety stock is there to be taken.  A service whose dispatch
    rule is `with-empties` then repositions boxes without a laden one on the train.

    Args:
        stock: boxes by station, or station/fleet (`{almaty: 200}`), wanted there
    """

    def __init__(self, stock: Mapping[str, int]) -> None:
        self._safety = _boxes(stock, "stock")
        if not self._safety:
            raise ValueError("stock: expected a number of boxes for one station or more")

    def take(self, view: EmptiesView) -> int:
        """The least of what is spare here, lacking beyond and free on the train."""
        spare = view.stock - self._safety.get(view.name, 0)
        lacking = sum(
            max(safety - view.beyond[station], 0)
            for station, safety in self._safety.items()
            if station in view.beyond
        )
        return max(min(spare, lacking, view.free_slots), 0)


class Hire(FillSlots):
    """Boxes are hired for goods that find none, and given back where they are emptied.

    Own empties fill free slots as with `fill-slots`.  ``most`` limits the boxes on hire at each
    terminal at one asking; ``at`` names the terminals where boxes can be hired (all if absent);
    ``price`` is for the accounts, USD a trip.

    Args:
        lead: a time (`5 d`) until a hired box stands at the station
        price: USD (`450`) a box and trip, for the accounts
        most: boxes (`100`) hired at a terminal at one asking
        keep: boxes by station, or station/fleet (`{jinan: 40}`), that stay there; 0 if absent
        at: `[almaty]`; terminals where boxes can be hired; all if absent
    """

    def __init__(
        self,
        lead: float | str,
        price: float = 0.0,
        most: int = 1_000_000,
        keep: Mapping[str, int] | None = None,
        at: Sequence[str] | None = None,
    ) -> None:
        super().__init__(keep)
        if isinstance(at, str):
            raise ValueError(f"at: expected a list of stations; write [{at}]")
        self._at = None if at is None else frozenset(at)
        self.lead = hours(lead, "lead")
        if float(price) < 0.0:
            raise ValueError(f"price: {price!r} USD is negative; expected 0 or more")
        self.price = float(price)
        self._most = _whole(most, "most")

    def hire(self, station: str, short: int) -> int:
        """As many as are short, up to the limit, where boxes can be hired at all."""
        if self._at is not None and station not in self._at:
            return 0
        return max(min(short, self._most), 0)


def _boxes(numbers: Mapping[str, int] | None, name: str) -> dict[str, int]:
    if numbers is not None and not isinstance(numbers, Mapping):
        raise ValueError(f"{name}: expected station: boxes, not {numbers!r}")
    return {s: _whole(boxes, f"{name}: {s}") for s, boxes in (numbers or {}).items()}


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name}: {value!r} is not a number of boxes")
    if int(value) != value:
        raise ValueError(f"{name}: {value!r} is not a whole number of boxes")
    return int(value)


EMPTIES: Registry[EmptiesRule] = Registry("empties")
EMPTIES.add("none", NoEmpties)
EMPTIES.add("fill-slots", FillSlots)
EMPTIES.add("safety-stock", SafetyStock)
EMPTIES.add("hire", Hire)
