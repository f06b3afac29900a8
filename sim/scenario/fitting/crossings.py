"""Shares of crossings that leave out some of them, by which no goods go then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sim.policies import CROSSING
from sim.policies.crossing import expected_shares
from sim.scenario import journey
from sim.scenario.fitting.checked import Checked, ticked
from sim.scenario.vocabulary import ScenarioTables


def shares(checked: Checked) -> None:
    """Each crossing that goods could take is named, if only with 0."""
    rule = checked.tables.policies.crossing
    given = rule.parameters.get("shares")
    if not isinstance(given, dict) or not given:
        return
    try:
        made = CROSSING.make(rule.rule, rule.parameters)
    except Exception:  # refused elsewhere, with its place
        return
    left_out: dict[str, None] = {}
    for crossings, commodity in _choices(checked.tables):
        found = dict(zip(crossings, expected_shares(made, crossings, commodity), strict=True))
        if sum(found[name] for name in crossings if name in given) > 0:
            left_out |= dict.fromkeys(n for n in crossings if n not in given and not found[n])
    if not left_out:
        return
    path = ("policies", "crossing", "shares")
    others = [f"{name}: {share}" for name, share in given.items()]
    cure = ", ".join([*others, *(f"{name}: 0" for name in left_out)])
    checked.say(
        path,
        f"shares: these leave out {ticked(left_out)}, whose share is 0 then; name every crossing, "
        f"and write `{{{cure}}}` if that is meant",
        warning=True,
    )


def _choices(tables: ScenarioTables) -> Iterator[tuple[list[str], str]]:
    """The crossings that goods may go by where there is a choice, and what goods they are."""
    for supply in tables.supplies.values():
        with suppress(KeyError, ValueError):  # a terminal that cannot load is refused elsewhere
            carries = tables.carried_as(supply)
            for end in supply.to:
                ways = journey.service_chains(tables, supply.terminal, end, carries)
                crossings = list(journey.chosen_chains(tables, ways))
                if len(crossings) > 1:
                    yield crossings, supply.commodity
