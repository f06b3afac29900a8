"""What decision rules see of the corridor: small, read-only views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF

if TYPE_CHECKING:
    from sim.corridor.admission import WayToBorder
    from sim.corridor.bans import Bans
    from sim.corridor.gate import Gate
    from sim.corridor.liner import LinerService
    from sim.corridor.yard import Yard


class BorderView:
    """The border as a crossing rule sees it: acceptance at each crossing, and who waits for it.

    ``bans`` are those of the services that go by a crossing.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.gates: dict[str, dict[Gate, WayToBorder]] = {}
        self.bans: dict[str, list[Bans]] = {}

    def expected_wait(self, crossing: str) -> float:
        """Hours until a train would pass that joined behind all that stand before the crossing.

        They wait for acceptance, or for a track, a path or a place on the way to it; or it waits
        for the end of a loading ban.
        """
        now = self._env._now
        waits = [
            gate.expected_wait(way.held() - len(gate))
            for gate, way in self.gates.get(crossing, {}).items()
        ]
        waits += [ban.over(now) - now for ban in self.bans.get(crossing, ())]
        return max(waits, default=0.0)

    def is_open(self, crossing: str) -> bool:
        """Whether trains are loaded for the crossing now and all its gates let them through."""
        now = self._env._now
        if any(ban.over(now) > now for ban in self.bans.get(crossing, ())):
            return False
        return all(gate.is_open() for gate in self.gates.get(crossing, {}))


class PortsView:
    """The ports as a rule that chooses among them sees them."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.yards: dict[str, Yard] = {}
        self.liners: dict[str, list[LinerService]] = {}

    def load(self, port: str) -> float:
        """Boxes in the yard, as a share of its slots where they are limited."""
        yard = self.yards[port]
        return yard.level() / yard.slots if yard.slots < INF else float(yard.level())

    def next_sailing(self, port: str) -> float:
        """Hours until the next ship calls that still has slots; infinity if none does."""
        now = self._env._now
        return min((ship.next_sailing(now) for ship in self.liners.get(port, [])), default=INF)
