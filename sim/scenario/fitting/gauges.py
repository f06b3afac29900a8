"""Boxes that come to another gauge between two services, by no cranes."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from sim.scenario import journey
from sim.scenario.fitting.checked import Checked
from sim.scenario.vocabulary import Cranes, ScenarioTables, Service


def changes(checked: Checked) -> None:
    """Where goods change to a train of another gauge, one of the two routes has cranes there."""
    tables = checked.tables
    found: dict[tuple[str, str], str] = {}
    for supply in tables.supplies.values():
        with suppress(KeyError, ValueError):  # what cannot be loaded or joined is refused elsewhere
            carries = tables.carried_as(supply)
            for end in supply.to:
                ways = journey.service_chains(tables, supply.terminal, end, carries)
                for chain in journey.chosen_chains(tables, ways).values():
                    for first, second in pairwise(chain):
                        where = _unmoved(tables, tables.services[first], tables.services[second])
                        if where:
                            found[first, second] = where
    for (first, second), where in found.items():
        works = tables.stations[where].work
        cranes = [f"{where}/{n}" for n, work in works.items() if isinstance(work, Cranes)]
        checked.say(
            ("services", first, "route"),
            f"route: boxes come from `{first}` to `{second}`, of another gauge, in no time, as no "
            f"cranes at `{where}` move them; expected {f'`{cranes[0]}`' if cranes else 'cranes'} "
            "at its end",
            warning=True,
        )


def _unmoved(tables: ScenarioTables, first: Service, second: Service) -> str:
    """The station where boxes change between gauges by no cranes; empty if there is none."""
    where = second.origin
    before = journey.gauges_along(tables, first.origin, first.route)[-1]
    after = journey.gauges_along(tables, second.origin, second.route)[0]
    if before is None or after is None or before == after:
        return ""
    head = []
    for leg in second.route:
        if "/" not in leg:
            break
        head.append(leg)
    named = [*first.route, *head]
    moved = any(
        isinstance(work, Cranes) and f"{where}/{name}" in named
        for name, work in tables.stations[where].work.items()
    )
    return "" if moved else where
