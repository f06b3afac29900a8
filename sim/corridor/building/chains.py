"""How the services of a scenario lead on to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.journey import beside, end_of, service_chains

if TYPE_CHECKING:
    from sim.scenario.vocabulary import ScenarioTables


class Chains:
    """Chains of services from station to station, each looked for once.

    ``ends`` are the stations where services end, by service; ``beside`` the services that take
    the same boxes as each, by name.
    """

    def __init__(self, tables: ScenarioTables) -> None:
        self._tables = tables
        self.ends = {name: end_of(tables, service) for name, service in tables.services.items()}
        self.beside = beside(tables)
        self._found: dict[tuple[str, str, str], list[tuple[str, ...]]] = {}

    def between(
        self, origin: str, destination: str, carries: str = "containers"
    ) -> list[tuple[str, ...]]:
        """All chains from one station to another, shortest first."""
        key = (origin, destination, carries)
        if key not in self._found:
            self._found[key] = service_chains(self._tables, *key)
        return self._found[key]

    def lead(self, origin: str, destination: str, without: str) -> bool:
        """Whether services lead from one station to another, and none of them ends at a third."""
        if origin == destination:
            return True
        return any(
            without not in (self.ends[name] for name in chain)
            for chain in self.between(origin, destination)
        )
