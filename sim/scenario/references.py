"""Checks across tables: what one table names must be in another, and must fit."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sim.scenario import evidence, register
from sim.scenario.documents import Tree, near_file
from sim.scenario.fitting import events, figures, goods, places, plausible, trains
from sim.scenario.fitting.checked import Checked
from sim.scenario.problems import Problem
from sim.scenario.spelling import near
from sim.scenario.units import shown
from sim.scenario.vocabulary import ScenarioTables


def check_evidence(tree: Tree, layers: Mapping[str, Tree], with_register: bool) -> list[Problem]:
    """Fact ids that the register does not have, in the merged document or in one of its files.

    Without `with_register` (a scenario from a manifest, whose files are elsewhere) none are.
    """
    if not with_register:
        return []
    named = tree.child("evidence")
    ids = [fact for document in (tree, *layers.values()) for fact in evidence.cited(document)]
    if named is None or not isinstance(named.value, str):
        if not ids:
            return []
        return [
            Problem(
                "warning",
                ids[0][1],
                f"source: `{shown(ids[0][0])}` cannot be looked up; "
                "expected `evidence: <register>.csv` in the scenario",
            )
        ]
    file = register.register_path(named)
    try:
        known = register.read_register(file)
    except ValueError as error:
        # A name too long for any file is not there either; a path's own `exists` raises.
        hint = "" if os.path.exists(file) else near_file(file)
        return [Problem("error", named.place, f"evidence: {file} {error}{hint}")]
    return [
        Problem(
            "error",
            place,
            f"source: no fact `{shown(fact)}` in {file}{near(fact, known, '')}",
        )
        for fact, place in ids
        if fact not in known
    ]


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """All that does not fit between the tables of a scenario that is right in itself."""
    checked = Checked(tables, tree)
    for fits in (
        figures.times,
        figures.fleets,
        places.stations,
        places.lines,
        trains.services,
        trains.background,
        goods.supplies,
        events.disruptions,
        events.calendars,
        figures.costs,
        figures.dated,
        plausible.usual,
        plausible.lots,
        plausible.full_trains,
    ):
        fits(checked)
    return checked.problems
