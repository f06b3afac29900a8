"""What every part of a corridor is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from sim.corridor.bank import Bank
from sim.corridor.boxes import Boxes
from sim.corridor.building.chains import Chains
from sim.corridor.clock import INF
from sim.corridor.corridor import Corridor
from sim.corridor.emptied import Emptied, WayBack
from sim.corridor.equipment import Equipment
from sim.corridor.gridlock import Gridlock
from sim.corridor.journal import Journal, Stage
from sim.corridor.profile import ALWAYS, Profile
from sim.corridor.queues import Places
from sim.corridor.rates import Rates
from sim.corridor.step import Shared
from sim.corridor.streams import Draws, Streams, Uniforms
from sim.corridor.use import Meter
from sim.corridor.views import BorderView, PortsView
from sim.policies import EMPTIES, ORDER
from sim.policies.order import FirstCome

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.policies.order import OrderRule
    from sim.scenario.dated import DatedCount
    from sim.scenario.drawn import DurationDistribution
    from sim.scenario.vocabulary import Cranes, Laboratory, Rule, ScenarioTables, Servers

# The activities of a line or a station as a whole, whose closures bear its name alone.
WHOLE = ("enter", "run", "path", "acceptance", "track")


class Context:
    """The tables, the clock, the journal, the streams; and the small things made from a value."""

    def __init__(self, tables: ScenarioTables, seed: int, replication: int) -> None:
        self.tables = tables
        self.env = simpy.Environment(0.0)
        self.journal = Journal()
        self.boxes = Boxes()
        self.streams = Streams(seed, replication)
        self.rates = Rates(tables, self.streams)
        self.equipment = Equipment(self.env, self.journal, tables)
        self.gridlock = Gridlock(self.env)
        self.shared = Shared(self.env, self.journal, self.gridlock, float(tables.horizon))
        self.chains = Chains(tables)
        self.border = BorderView(self.env)
        self.ports = PortsView(self.env)
        rule = tables.policies.empties
        self.empties_rule = EMPTIES.make(rule.rule, rule.parameters)
        self.corridor = Corridor(
            tables,
            self.env,
            self.journal,
            self.boxes,
            self.rates,
            self.equipment,
            self.gridlock,
            float(tables.horizon),
        )
        self._stages: dict[tuple[str, str], int] = {}

    # -- the journal -----------------------------------------------------------------------

    def stage(
        self, place: str, activity: str, cause: str | None, hours: Profile | None = None
    ) -> int:
        """Number of a kind of stage, which is made when first asked for."""
        key = (place, activity)
        if key not in self._stages:
            where = place if activity in WHOLE else f"{place}/{activity}"
            self._stages[key] = self.journal.stage(
                Stage(place, activity, cause, hours, f"{where}: closed")
            )
        return self._stages[key]

    def run_over(self, line: str) -> int:
        """Number of the stage in which trains run over a line that a route leads over."""
        return self._stages[line, "run"]

    def meter(
        self,
        place: str,
        activity: str,
        kind: str,
        unit: str,
        used: Callable[[], float],
        available: Profile | Callable[[], Profile],
        under_way: Callable[[], float] | None = None,
    ) -> None:
        """Have the use of a resource told at the end, when what there was of it is known."""
        there = (lambda: available) if isinstance(available, Profile) else available
        self.corridor.meters.add(Meter(place, activity, kind, unit, used, there, under_way))

    # -- from a value of a table -----------------------------------------------------------

    def work(self, item: str) -> Servers | Cranes | Laboratory:
        """The table of a work that a route names ``station/work``."""
        station, work = item.split("/")
        return self.tables.stations[station].work[work]

    def order(self, rule: Rule) -> OrderRule:
        """Who is next at a queue."""
        return ORDER.make(rule.rule, rule.parameters)

    def changes(self, value: DatedCount) -> list[tuple[float, float]]:
        """Times and values after the first."""
        times, values = self.rates.dated(value)
        return list(zip(times, values, strict=True))[1:]

    def places(
        self, name: str, capacity: DatedCount, rule: Rule, profile: Profile = ALWAYS
    ) -> Places:
        """Tracks, servers, places on a line: a queue with a rule of its own before them."""
        return Places(
            self.env, name, capacity.at(0.0), self.order(rule), self.changes(capacity), profile
        )

    def in_order(self, capacity: DatedCount, rule: Rule) -> int | None:
        """How many there are where none come or go, and nobody overtakes; otherwise None."""
        number = capacity.at(0.0)
        plain = type(self.order(rule)) is FirstCome and not self.changes(capacity)
        return int(number) if plain and 1.0 <= number < INF else None

    def bank(self, servers: DatedCount, profile: Profile) -> Bank:
        """Servers side by side that are asked for many pieces of work at once."""
        return Bank(int(servers.at(0.0)), self.changes(servers), profile)

    # -- boxes that are emptied ------------------------------------------------------------

    def emptied(self, station: str) -> Emptied:
        """Where boxes go that are emptied at a station."""
        ways = {}
        for number, (fleet, table) in enumerate(self.tables.fleets.items()):
            for way in table.returns if table.kind == "containers" else ():
                if way.origin == station and number not in ways:
                    path = (station, "return", fleet, "emptied")
                    ways[number] = WayBack(way.to, self.draws_by_supply(way.time, *path))
        return Emptied(self.boxes, self.equipment, station, ways)

    # -- random numbers --------------------------------------------------------------------

    def draws_by_supply(self, distribution: DurationDistribution | None, *path: str) -> list[Draws]:
        """A stream for each supply; none at all of no distribution."""
        if distribution is None:
            return []
        return [self.streams.draws(distribution, *path, name) for name in self.tables.supplies]

    def lucks_by_supply(self, *path: str) -> list[Uniforms]:
        """The same of numbers from [0, 1)."""
        return [self.streams.uniforms(*path, name) for name in self.tables.supplies]
