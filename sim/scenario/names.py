"""Names in a document that is not yet right in itself.

The full checks need validated tables.  Where validation fails, the names are still looked up in
what was written, so that a misspelt station is said together with the other mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.scenario import shape as shapes
from sim.scenario.journey import several_legs
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import CYRILLIC, near
from sim.scenario.tree import Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import (
    Background,
    Cranes,
    Delivery,
    EmptyReturn,
    Fleet,
    Line,
    Servers,
    Service,
    Stuffing,
    Supply,
)

NOUNS = {
    "stations": "station",
    "lines": "line",
    "fleets": "fleet",
    "commodities": "commodity",
    "calendars": "calendar",
}

NAMED: dict[tuple[type, str], str] = {
    (Line, "from"): "stations",
    (Line, "to"): "stations",
    (Service, "from"): "stations",
    (Background, "from"): "stations",
    (EmptyReturn, "from"): "stations",
    (EmptyReturn, "to"): "stations",
    (Fleet, "at"): "stations",
    (Supply, "terminal"): "stations",
    (Supply, "to"): "stations",
    (Supply, "commodity"): "commodities",
    (Service, "wagons"): "fleets",
    (Stuffing, "fleet"): "fleets",
    (Delivery, "fleet"): "fleets",
    (Stuffing, "hours"): "calendars",
    (Servers, "hours"): "calendars",
    (Cranes, "hours"): "calendars",
}
"""The section in which the text, or the keys, of a field are looked up."""


def check(tree: Tree) -> list[Problem]:
    """Names that no section of the document has."""
    problems = [Problem("error", leg.place, said) for leg, said in _run_together(tree)]
    keys = [key for key in tree.value if key not in shapes.fields(shapes.ROOT.type)]
    misspelt = [section for section in NOUNS if any(near(key, [section], "") for key in keys)]
    for name, section, place in _used(tree):
        there = tree.child(section)
        known = _listed(there)
        if there is None and section in misspelt:
            continue
        alike = {re.sub(r"[\s_]+", "-", key.lower().translate(CYRILLIC)) for key in known}
        if name not in known and name not in alike:  # a name as it may not be is refused itself
            noun = NOUNS[section]
            hint = near(name, known, f"; the scenario has no such {noun}")
            problems.append(Problem("error", place, f"unknown {noun} `{shown(name)}`{hint}"))
    return problems


def _listed(section: Tree | None) -> list[str]:
    """Names of a section, though they stand in a list, which is refused itself."""
    inside = section.value if section is not None else None
    if isinstance(inside, list):
        return [name for item in inside if isinstance(item.value, dict) for name in item.value]
    return list(inside) if isinstance(inside, dict) else []


def _used(tree: Tree) -> Iterator[tuple[str, str, Place]]:
    for _, shape, here in shapes.walk(tree):
        if shape.kind != "table" or not isinstance(here.value, dict):
            continue
        for key, below in here.value.items():
            section = NAMED.get((shape.type, key))
            if section is not None and isinstance(below.value, str):
                yield below.value, section, below.place
            elif section is not None and isinstance(below.value, dict):
                yield from ((name, section, item.key_place) for name, item in below.value.items())
            elif key == "route" and shape.type in (Service, Background):
                yield from _legs(below)


def _run_together(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """Legs of routes that are several names in one, and what to write."""
    for _, shape, here in shapes.walk(tree):
        if shape.type in (Service, Background) and isinstance(here.value, dict):
            for leg in _items(here.value.get("route")):
                said = several_legs(leg.value) if isinstance(leg.value, str) else ""
                if said:
                    yield leg, said


def _items(route: Tree | None) -> list[Tree]:
    if route is None:
        return []
    return route.value if isinstance(route.value, list) else [route]


def _legs(route: Tree) -> Iterator[tuple[str, str, Place]]:
    for leg in _items(route):
        if isinstance(leg.value, str) and not several_legs(leg.value):
            station, work, _ = leg.value.partition("/")
            yield station, "stations" if work else "lines", leg.place
