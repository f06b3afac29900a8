"""The chains of services that goods take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.service import ServiceLine


class Ways:
    """Chains of services by number, in the order in which goods first took them."""

    __slots__ = ("_next", "_numbers", "chains")

    def __init__(self) -> None:
        self.chains: list[tuple[ServiceLine, ...]] = []
        self._numbers: dict[tuple[ServiceLine, ...], int] = {}
        self._next: dict[tuple[int, str | None], ServiceLine | None] = {}

    def number(self, chain: tuple[ServiceLine, ...]) -> int:
        """The number of a chain, a new one if need be."""
        number = self._numbers.get(chain)
        if number is None:
            number = self._numbers[chain] = len(self.chains)
            self.chains.append(chain)
        return number

    def lengths(self) -> list[int]:
        """Services of each."""
        return [len(chain) for chain in self.chains]

    def next_service(self, way: int, after: str | None) -> ServiceLine | None:
        """The service on a way that follows the one of that name, or is the first; None at its end.

        A way has each service once.
        """
        key = (way, after)
        if key not in self._next:
            chain = self.chains[way]
            names = [None, *(service.name for service in chain)]
            self._next[key] = dict(zip(names, [*chain, None], strict=True))[after]
        return self._next[key]

    def by_next_service(
        self, ways: Sequence[int], after: str | None
    ) -> list[tuple[ServiceLine | None, NDArray[np.int64]]]:
        """Positions in ``ways`` by the service that follows one, or is the first.

        Services come in the order in which they are first found; None is the end of a way.
        """
        found: dict[ServiceLine | None, list[int]] = {}
        for place, way in enumerate(ways):
            found.setdefault(self.next_service(way, after), []).append(place)
        return [(service, np.array(places)) for service, places in found.items()]

    def forget_all(self) -> None:
        """Cut the ties to services: the run is over and nobody asks."""
        self.chains.clear()
        self._numbers.clear()
        self._next.clear()
