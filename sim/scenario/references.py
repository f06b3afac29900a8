"""Checks across tables: what one table names must be in another, and must fit."""

from __future__ import annotations

from sim.scenario.fitting import (
    crossings,
    events,
    figures,
    gauges,
    goods,
    places,
    plausible,
    positions,
    trains,
)
from sim.scenario.fitting.checked import Checked
from sim.scenario.problems import Problem
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import ScenarioTables


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """All that does not fit between the tables of a scenario that is right in itself."""
    checked = Checked(tables, tree)
    for fits in (
        figures.times,
        figures.fleets,
        places.stations,
        places.lines,
        positions.positions,
        trains.services,
        trains.background,
        goods.supplies,
        gauges.changes,
        crossings.shares,
        events.disruptions,
        events.calendars,
        figures.costs,
        figures.dated,
        plausible.usual,
        plausible.lots,
        plausible.seasons,
        plausible.hiring,
        plausible.full_trains,
    ):
        fits(checked)
    return checked.problems
