"""Checks of decision rules: that each exists, and that it takes the parameters it was given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.policies import (
    ADMISSION,
    CROSSING,
    CUSTOMS,
    DISPATCH,
    EMPTIES,
    ORDER,
    PORT,
    Registry,
    UnknownRuleError,
)
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import Laboratory, Rule, ScenarioTables, Servers

Keys = tuple[str, ...]


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """Rules that the registries do not have, or that refuse their parameters."""
    problems = []
    for path, registry, rule in _rules(tables):
        try:
            registry.make(rule.rule, rule.parameters)
        except UnknownRuleError as error:
            place = _place(tree.find(path)[0], error)
            problems.append(Problem("error", place, f"{'.'.join(path)}: {error}"))
        except Exception as error:
            found, _ = tree.find(path)
            said = f"rule `{rule.rule}` refuses its parameters: {error}"
            problems.append(Problem("error", found.place, f"{'.'.join(path)}: {said}"))
    return problems + _names(tables, tree)


def _place(rule: Tree, error: UnknownRuleError) -> Place:
    """Where the parameter that is wrong was written, or else the name of the rule."""
    wrong = None if error.parameter is None else rule.child(error.parameter)
    if wrong is not None:
        return wrong.key_place if error.unknown else wrong.place
    name = rule.child("rule")
    return rule.place if name is None else name.place


def _rules(tables: ScenarioTables) -> Iterator[tuple[Keys, Registry[Any], Rule]]:
    for name, station in tables.stations.items():
        yield ("stations", name, "order"), ORDER, station.order
        for work, table in station.work.items():
            if not isinstance(table, Laboratory):
                yield ("stations", name, "work", work, "order"), ORDER, table.order
    for name, line in tables.lines.items():
        yield ("lines", name, "order"), ORDER, line.order
        if line.acceptance is not None:
            yield ("lines", name, "acceptance", "order"), ORDER, line.acceptance.order
    for name, service in tables.services.items():
        yield ("services", name, "dispatch"), DISPATCH, service.dispatch
    policies = tables.policies
    yield ("policies", "crossing"), CROSSING, policies.crossing
    yield ("policies", "empties"), EMPTIES, policies.empties
    yield ("policies", "admission"), ADMISSION, policies.admission
    yield ("policies", "customs"), CUSTOMS, policies.customs
    yield ("policies", "port"), PORT, policies.port


def _names(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """Crossings, stations and classes that the rules' parameters name."""
    crossings = {s.crossing for s in tables.services.values() if s.crossing is not None}
    classes = {s.train_class for s in tables.services.values()}
    classes |= {b.train_class for b in tables.background.values()}
    works = [w for s in tables.stations.values() for w in s.work.values()]
    checks = {w.check for w in works if isinstance(w, Servers) and w.check is not None}
    problems = []

    def known(path: Keys, names: Any, table: set[str], noun: str) -> None:
        for name in names if isinstance(names, dict | list | tuple) else ():
            if name not in table:
                found, _ = tree.find(path)
                hint = near(str(name), sorted(table), None)
                problems.append(
                    Problem(
                        "error", found.place, f"{'.'.join(path)}: unknown {noun} `{name}`{hint}"
                    )
                )

    for path, _, rule in _rules(tables):
        parameters = rule.parameters
        if path == ("policies", "crossing"):
            known((*path, "shares"), parameters.get("shares"), crossings, "crossing")
            chosen = parameters.get("crossings")
            if isinstance(chosen, dict):
                known((*path, "crossings"), list(chosen), set(tables.commodities), "commodity")
                known((*path, "crossings"), list(chosen.values()), crossings, "crossing")
        elif path == ("policies", "empties"):
            stocks = {f"{s}/{f}" for s in tables.stations for f in tables.box_fleets(s)[1:]}
            for key in ("keep", "at", "stock"):
                known((*path, key), parameters.get(key), stocks | set(tables.stations), "station")
        elif path in (("policies", "admission"), ("policies", "customs")):
            known((*path, "classes"), parameters.get("classes"), classes, "train class")
            known((*path, "checks"), parameters.get("checks"), checks, "check")
            known((*path, "regions"), parameters.get("regions"), set(tables.stations), "station")
        elif rule.rule == "class-priority":
            known((*path, "classes"), parameters.get("classes"), classes, "train class")
    return problems
