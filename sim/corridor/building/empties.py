"""Empties that services take along, and the terminals that they bring them to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.corridor.repositioning import Depot, Repositioning, Toward

if TYPE_CHECKING:
    from sim.corridor.building.context import Context
    from sim.scenario.vocabulary import Service


class Empties:
    """Repositioning, service by service first, and then as services lead on to each other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tables = context.tables

    def repositioning(self, table: Service) -> Repositioning | None:
        """Empties that a service may take along; none where no rule moves them."""
        if self._tables.policies.empties.rule == "none" or table.carries != "containers":
            return None
        depots = {
            fleet: Depot(
                self._tables.stock_name(table.origin, fleet),
                self._context.equipment.stock(table.origin, fleet),
            )
            for fleet in reversed(self._tables.box_fleets(table.origin))
        }
        return Repositioning(self._context.empties_rule, depots) if depots else None

    def link(self) -> None:
        """Tell each service the terminals that it, or services after it, bring empties to."""
        chains = self._context.chains
        for name, table in self._tables.services.items():
            end = chains.ends[name]
            for station, terminal in self._tables.stations.items():
                if terminal.stuffing is None or station == table.origin:
                    continue
                if chains.lead(end, station, without=table.origin):
                    self._link(name, station)

    def _link(self, name: str, station: str) -> None:
        corridor, origin = self._context.corridor, self._tables.services[name].origin
        empties = corridor.services[name].empties
        for fleet, depot in {} if empties is None else empties.depots.items():
            if (station, fleet) in corridor.terminals:
                depot.beyond[self._tables.stock_name(station, fleet)] = self._toward(
                    station, fleet, origin
                )

    def _toward(self, station: str, fleet: str, origin: str) -> Toward:
        """A terminal, and what brings empties to it without passing a station of origin."""
        equipment, services = self._context.equipment, self._context.corridor.services
        chains = self._context.chains
        toward = Toward(equipment.stock(station, fleet))
        transfers: dict[str, None] = {}
        for name, end in chains.ends.items():
            empties = services[name].empties
            if empties is None or end == origin:
                continue
            if chains.lead(end, station, without=origin):
                toward.carriers.append(empties)
                # what a terminal on the way has is there for its own goods
                if end != station and self._tables.stations[end].stuffing is None:
                    transfers[end] = None
        toward.transfers = [equipment.stock(end, fleet) for end in transfers]
        return toward
