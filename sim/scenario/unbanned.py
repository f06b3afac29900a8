"""What loading bans do not keep: trains that are loaded for another line, or for none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sim.scenario import journey
from sim.scenario.problems import Problem
from sim.scenario.tree import Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import LOADING, Background, ScenarioTables, Service


def check(tables: ScenarioTables, tree: Tree) -> Iterator[Problem]:
    """Warnings, one for each flow that is not kept, or one where a ban keeps none."""
    flows: dict[str, Service | Background] = {**tables.services, **tables.background}
    for name, disruption in tables.disruptions.items():
        mine = {n: flow for n, flow in flows.items() if disruption.holds_for(flow.train_class)}
        for i, target in enumerate(disruption.on):
            line, _, part = target.partition("/")
            if part != LOADING:
                continue
            loaded: set[str] = set()
            later: dict[str, str] = {}
            for n, flow in mine.items():
                with suppress(ValueError):  # a route that does not join is refused elsewhere
                    first = journey.border_line(tables, flow.origin, flow.route)
                    over = journey.lines_along(tables, flow.origin, flow.route)
                    if first is not None and first[0] == line:
                        loaded.add(n)
                    elif first is not None and any(_accepted(tables, *leg, line) for leg in over):
                        later[n] = first[0]
            place = tree.find(("disruptions", name, "on", i))[0].place
            for n, first_line in later.items():
                said = (
                    f"on: `{shown(target)}` does not keep `{shown(n)}`, which is loaded for "
                    f"`{first_line}`, the first border line on its way; name "
                    f"`{first_line}/{LOADING}` to ban it"
                )
                yield Problem("warning", place, said)
            if not loaded and not later:
                whom = "no train of `classes`" if disruption.classes else "no train"
                said = f"on: {whom} is loaded for `{shown(line)}`: the ban changes nothing"
                yield Problem("warning", place, said)


def _accepted(tables: ScenarioTables, leg: str, _: str, toward: str, line: str) -> bool:
    """Whether a leg is a run over that line the way in which its trains are accepted."""
    acceptance = tables.lines[line].acceptance
    return leg == line and acceptance is not None and acceptance.toward == toward
