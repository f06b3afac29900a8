"""Checks across tables: what one table names must be in another, and must fit."""

from __future__ import annotations

from sim.scenario.documents import Tree
from sim.scenario.problems import Problem
from sim.scenario.vocabulary import ScenarioTables


def check_evidence(tree: Tree, with_register: bool) -> list[Problem]:
    return []


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    return []
