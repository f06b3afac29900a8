"""The facts that a document cites, and whether the register has them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sim.scenario import register
from sim.scenario import shape as shapes
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near, near_file
from sim.scenario.tree import Tree
from sim.scenario.units import shown


def check(tree: Tree, layers: Mapping[str, Tree], with_register: bool) -> list[Problem]:
    """Fact ids that the register does not have, in the merged document or in one of its files.

    Without `with_register` (a scenario from a manifest, whose files are elsewhere) none are.
    """
    if not with_register:
        return []
    named = tree.child("evidence")
    ids = [fact for document in (tree, *layers.values()) for fact in cited(document)]
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


def fact_ids(source: Tree) -> list[tuple[str, Place]]:
    """The ids a `source` names, each with its place."""
    items = source.value if isinstance(source.value, list) else [source]
    return [(item.value, item.place) for item in items if isinstance(item.value, str)]


def cited(tree: Tree) -> list[tuple[str, Place]]:
    """All fact ids that a document cites, with their places, in its order."""
    found: list[tuple[str, Place]] = []
    for _, shape, here in shapes.walk(tree):
        if not isinstance(here.value, dict):
            continue
        if shape.kind in ("figure", "rule"):
            found.extend(_cited_in(here))
        elif shape.kind == "table" and "source" in here.value:
            found.extend(fact_ids(here.value["source"]))
    return found


def _cited_in(tree: Tree) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []
    if isinstance(tree.value, dict):
        for key, child in tree.value.items():
            found.extend(fact_ids(child) if key == "source" else _cited_in(child))
    return found
