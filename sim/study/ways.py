"""Chains of services that boxes go by, and the stages that they meet on their way, in order.

Stages have the names that loads and capacities share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.policies import CROSSING
from sim.policies.crossing import expected_shares
from sim.scenario.journey import chosen_chains, service_chains
from sim.scenario.vocabulary import Laboratory
from sim.study.choke import BoxFlow

if TYPE_CHECKING:
    from sim.scenario.vocabulary import ScenarioTables, Supply

Way = tuple[float, tuple[str, ...]]


def chains_used(
    tables: ScenarioTables, supply: Supply, destination: str
) -> Iterator[tuple[tuple[str, ...], float]]:
    """The chain of services used by each crossing, with its share of the goods."""
    chains = service_chains(tables, supply.terminal, destination, tables.carried_as(supply))
    chosen = chosen_chains(tables, chains)
    if not chosen:
        return
    rule = tables.policies.crossing
    made = CROSSING.make(rule.rule, rule.parameters)
    shares = expected_shares(made, list(chosen), supply.commodity)
    yield from zip(chosen.values(), shares, strict=True)


def box_flows(
    tables: ScenarioTables,
    supply: Supply,
    chain: Sequence[str],
    destination: str,
    rate: Sequence[float],
) -> Iterator[BoxFlow]:
    """Flows of boxes along a chain of services, split where a share goes another way.

    Laboratories see only what they sample, ships only what sails on.
    """
    terminal, fleet = supply.terminal, tables.loaded_into(supply)
    checked_as = tables.commodities[supply.commodity].checked_as or ""
    stock = f"{tables.stock_name(terminal, fleet)}: empties"
    ways: list[Way] = [(1.0, (stock, f"{terminal}/stuffing"))]
    for name in chain:
        table = tables.services[name]
        ways = _then(ways, f"{name}: slots")
        place = table.origin
        for item in table.route:
            if "/" in item:
                station, part = item.split("/")
                work = tables.stations[station].work[part]
                sampled = work.share.get(checked_as, 0.0) if isinstance(work, Laboratory) else 1.0
                ways = _then(ways, item, float(sampled))
                continue
            line = tables.lines[item]
            place = line.to if place == line.origin else line.origin
            ways = _then(ways, line.paths_stage(item, place))
            if line.acceptance is not None and line.acceptance.toward == place:
                ways = _then(ways, f"{item}: acceptance")
    left = 1.0
    for name, liner in tables.stations[destination].liners.items():
        left -= float(liner.share)
        for share, stages in ways:
            stages = (*stages, f"{destination}/{name}: slots")
            yield BoxFlow([r * share * float(liner.share) for r in rate], stages)
    for share, stages in ways:
        stages = (*stages, f"{destination}: trucks")
        yield BoxFlow([r * share * left for r in rate], stages)


def _then(ways: list[Way], stage: str, part: float = 1.0) -> list[Way]:
    """The ways with one stage more for a part of the boxes."""
    through = [(share * part, (*stages, stage)) for share, stages in ways if part > 0.0]
    past = [(share * (1.0 - part), stages) for share, stages in ways if part < 1.0]
    return through + past
