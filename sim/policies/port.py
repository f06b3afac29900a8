"""Which port a lot goes to that may go to any of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sim.policies.crossing import Lot
from sim.policies.registry import Registry


class Ports(Protocol):
    """The ports as a rule sees them."""

    def load(self, port: str) -> float:
        """Boxes in the yard, as a share of its slots where they are limited."""

    def next_sailing(self, port: str) -> float:
        """Hours until the next ship calls that still has slots; infinity if none does."""


class PortRule(Protocol):
    """Chooses a port for a lot whose share fell to one of the ports."""

    def choose(self, drawn: str, ports: Sequence[str], lot: Lot, view: Ports) -> str:
        """One of ``ports``, of which ``drawn`` is the one that the fixed shares give."""


class Fixed:
    """The port that the shares give."""

    def choose(self, drawn: str, ports: Sequence[str], lot: Lot, view: Ports) -> str:
        """As drawn."""
        return drawn


class LeastLoaded:
    """The port with the least in its yard."""

    def choose(self, drawn: str, ports: Sequence[str], lot: Lot, view: Ports) -> str:
        """Ties go to the port drawn, then to the first by name."""
        return min(ports, key=lambda port: (view.load(port), port != drawn))


class OnwardLiner:
    """The port from which a ship with free slots sails first."""

    def choose(self, drawn: str, ports: Sequence[str], lot: Lot, view: Ports) -> str:
        """Ties go to the port drawn, then to the first by name."""
        return min(ports, key=lambda port: (view.next_sailing(port), port != drawn))


PORT: Registry[PortRule] = Registry("port")
PORT.add("fixed", Fixed)
PORT.add("least-loaded", LeastLoaded)
PORT.add("onward-liner", OnwardLiner)
