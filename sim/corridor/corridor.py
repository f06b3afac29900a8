"""All that one replication is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.corridor.clock import INF
from sim.corridor.use import Meters

if TYPE_CHECKING:
    import simpy

    from sim.corridor.boxes import Boxes
    from sim.corridor.clock import Agenda
    from sim.corridor.delivery import Deliveries
    from sim.corridor.equipment import Equipment
    from sim.corridor.gridlock import Gridlock
    from sim.corridor.journal import Journal
    from sim.corridor.profile import Profile
    from sim.corridor.rates import Rates
    from sim.corridor.service import ServiceLine
    from sim.corridor.terminal import Terminal
    from sim.scenario.vocabulary import ScenarioTables


@dataclass(frozen=True)
class Ends:
    """What the tables need to know of a service's route: kinds of stages by number."""

    last_run: int
    border_run: int
    crossing: str | None


@dataclass
class Corridor:
    """Everything of one replication, ready to run or run already."""

    tables: ScenarioTables
    env: simpy.Environment
    journal: Journal
    boxes: Boxes
    rates: Rates
    equipment: Equipment
    gridlock: Gridlock
    end: float
    terminals: dict[tuple[str, str], Terminal] = field(default_factory=dict)
    services: dict[str, ServiceLine] = field(default_factory=dict)
    ends: dict[str, Ends] = field(default_factory=dict)
    stuffing: dict[str, Profile] = field(default_factory=dict)
    liners: list[str] = field(default_factory=list)
    meters: Meters = field(default_factory=Meters)
    deliveries: dict[str, Deliveries] = field(default_factory=dict)
    agendas: list[Agenda] = field(default_factory=list)

    @property
    def last(self) -> float:
        """The last time at which something happens: before the end, but for a gridlock at it."""
        return self.end if self.gridlock.found is not None else math.nextafter(self.end, -INF)

    def settle(self) -> None:
        """Whatever was put off because nobody looked is done, up to now and not at this instant."""
        for agenda in self.agendas:
            agenda.settle_before(self.env.now)
