"""One key of the language: what it takes and means, and what a scenario gives it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.policies.registry import Registry
from sim.scenario import reference
from sim.scenario import shape as shapes
from sim.scenario.given import ITEM, Given, at, given, names_in
from sim.scenario.loader import Scenario, load
from sim.scenario.problems import Place, Problem, ScenarioError
from sim.scenario.spelling import near
from sim.scenario.tree import Tree
from sim.scenario.units import shown

MOST = 4
"""Paths that are named where a word stands at several."""
ANY = ("*", "<name>")
"""What stands for any name."""


@dataclass(frozen=True)
class Key:
    """A key as the reference has it: ``path`` with ``<name>`` for names, ``of`` the kind of its
    table where there are several."""

    path: str
    of: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class RuleKey:
    """A rule that may stand at a key, with its parameters."""

    rule: str
    parameters: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class Explained:
    """A key, what stands below it or may be chosen for it, and what a scenario gives it."""

    keys: tuple[Key, ...]
    below: tuple[Key, ...]
    rules: tuple[RuleKey, ...]
    scenario: str | None
    given: tuple[Given, ...]


def explain(key: str = "", scenario: Scenario | Path | str | None = None) -> Explained:
    """What a dotted path of the language means, such as ``stations.*.work.cranes``.

    Names may be given, left out, or stand as ``*``; an empty key is the whole scenario.

    Args:
        key: dotted path.
        scenario: a scenario, or its file, whose values there are wanted too.

    Raises:
        ScenarioError: there is no such key, or the scenario is wrong.
    """
    if scenario is not None and not isinstance(scenario, Scenario):
        scenario = load(scenario)
    places = [_Place(shapes.ROOT)]
    tree = None if scenario is None else scenario.tree
    steps = [step for step in key.split(".") if step]
    for number, step in enumerate(steps, 1):
        found = [p for place in places for p in place.below(step, tree)]
        # with nothing after it, a name that no scenario has is rather a key that is misspelt
        last = scenario is None and number == len(steps)
        misspelt = last and any(p.is_like_a_key(step) for p in places)
        if not found or misspelt:
            raise ScenarioError([Problem("error", Place(key), _unknown(step, places, tree))])
        places = found
    values = [] if scenario is None else _given(scenario, places)
    return Explained(
        tuple(k for p in places for k in p.own()),
        tuple(k for p in places for k in p.beneath(tree)),
        tuple(dict.fromkeys(r for p in places for r in p.rules())),
        None if scenario is None else scenario.name,
        tuple(values),
    )


def _given(scenario: Scenario, places: list[_Place]) -> list[Given]:
    """What the scenario has at places; of names and lists what stands below them."""
    named = [p for p in places if p.steps and p.shape.kind in ("table", "choice")]
    if named and not any(step in ANY for p in named for step in p.steps):
        # of one table what is written in it
        found = _given(scenario, [child for p in named for child in p.children()])
        keys = ("source", "assumed")  # said of each figure
        return [g for g in found if g.text is not None and g.path.rpartition(".")[2] not in keys]
    own = [p.inner() if p.shape.kind in ("names", "list") else p for p in places]
    return given(
        scenario,
        [
            (place.table, place.steps)
            for place in own
            if place.shape.kind in ("figure", "rule", "plain") and place.table is not None
        ],
    )


@dataclass(frozen=True)
class _Place:
    """A place in the language: its shape, the way there, and the field it belongs to."""

    shape: shapes.Shape
    steps: tuple[str, ...] = ()
    table: type[BaseModel] | None = None
    field: str | None = None
    parameter: str | None = None

    def tables(self) -> list[type[BaseModel]]:
        """The tables that may stand here, or below the names that stand here."""
        if self.shape.kind == "table":
            return [self.shape.type]
        if self.shape.kind == "choice":
            return list(self.shape.below)
        return self.inner().tables() if self.shape.kind in ("names", "list") else []

    def inner(self, name: str = "*") -> _Place:
        """Below a name of a mapping, or an item of a list."""
        step = ITEM if self.shape.kind == "list" and name == "*" else name
        return replace(self, shape=shapes.shape_of(self.shape.below), steps=(*self.steps, step))

    def below(self, step: str, tree: Tree | None) -> Iterator[_Place]:
        """Where a step leads; a name may be left out."""
        if self.shape.kind in ("names", "list"):
            there = None if tree is None else [n for t in at(tree, self.steps) for n in names_in(t)]
            is_name = step in ANY or (step in there if there is not None else False)
            if not is_name:
                yield from (found := list(self.inner().below(step, tree)))
                if found or there is not None:
                    return
            yield self.inner("*" if step in ANY else step)
        elif self.shape.kind in ("table", "choice"):
            for table in self.tables():
                known = shapes.fields(table)
                if step in known:
                    shape = shapes.shape_of(known[step])
                    yield _Place(shape, (*self.steps, step), table, step)
        elif step in self.known():  # a rule's
            yield replace(self, steps=(*self.steps, step), parameter=step)

    def children(self) -> Iterator[_Place]:
        """The places of the keys of its tables."""
        for table in self.tables():
            for key, kind in shapes.fields(table).items():
                yield _Place(shapes.shape_of(kind), (*self.steps, key), table, key)

    def is_like_a_key(self, step: str) -> bool:
        """Whether a name here is nearly what a key below is called, and not quite."""
        known = self.known() if self.shape.kind == "names" else []
        return step not in (*known, *ANY) and bool(near(step, known, ""))

    def known(self) -> list[str]:
        """Keys that lead on from here."""
        if self.shape.kind == "rule" and self.parameter is None:
            return [p for rule in self.registry().own().values() for p in _parameters(rule)]
        return [key for table in self.tables() for key in shapes.fields(table)]

    def own(self) -> list[Key]:
        """The key itself, as the reference has it; of a parameter one for each rule that has it."""
        if self.table is None:
            return []
        if self.parameter is not None:
            return [
                Key(
                    self.path(),
                    f"rule: {name}",
                    "parameter",
                    default,
                    _meaning(rule, self.parameter),
                )
                for name, rule in self.registry().own().items()
                for default in [_default(rule, self.parameter)]
                if default is not None
            ]
        ((_, kind, default, meaning),) = (
            row for row in reference.rows(self.table, evidence=True) if row[0] == self.field
        )
        return [Key(self.path(), _kind_of(self.table), kind, default, meaning)]

    def path(self) -> str:
        """The way there as it is told, names and items left open."""
        return ".".join("<name>" if s == "*" else s for s in self.steps if s != ITEM)

    def chosen(self, tree: Tree | None) -> list[type[BaseModel]]:
        """The tables of the kinds that a scenario has here; all that may be where it has none."""
        there = [] if tree is None else at(tree, self.steps)
        kinds = [shapes.chosen(self.shape, one) for one in there]
        found = [kind.type for kind in kinds if kind.kind == "table"]
        return [table for table in self.tables() if table in found] or self.tables()

    def beneath(self, tree: Tree | None) -> list[Key]:
        """What stands below, where tables do; of kinds those that the scenario has here."""
        here = self
        while here.shape.kind in ("names", "list"):
            here = here.inner()
        path = f"{here.path()}." if here.steps else ""
        return [
            Key(f"{path}{key}", _kind_of(table), *others)
            for table in here.chosen(tree)
            for key, *others in reference.rows(table)
        ]

    def registry(self) -> Registry[Any]:
        """The rules for the decision that the field is."""
        return next(r for r in reference.REGISTRIES if r.decision == self.field)

    def rules(self) -> list[RuleKey]:
        """The rules that may be named here."""
        if self.shape.kind != "rule" or self.parameter is not None:
            return []
        return [
            RuleKey(name, tuple(_parameters(rule).values()), reference.first_line(rule))
            for name, rule in self.registry().own().items()
        ]


def _kind_of(table: type[BaseModel]) -> str:
    marked = table.model_fields.get("kind")
    return "" if marked is None or marked.is_required() else f"kind: {marked.default}"


def _parameters(rule: Any) -> dict[str, str]:
    accepted = inspect.signature(rule).parameters
    return {name: reference.parameter(p).replace("`", "") for name, p in accepted.items()}


def _meaning(rule: Any, parameter: str) -> str:
    """Unit and meaning of a parameter; what the rule does where it does not say."""
    return reference.arguments(rule).get(parameter) or reference.first_line(rule)


def _default(rule: Any, parameter: str) -> str | None:
    """A parameter's default as it would be written; None where the rule has no such parameter."""
    said = _parameters(rule).get(parameter)
    if said is None:
        return None
    return said.partition(" = ")[2] or ("required" if said.endswith("(required)") else "—")


def _elsewhere(step: str, tree: Tree | None) -> list[str]:
    """Paths of the language and of a scenario that end in a word which none begins with."""
    places, found = [_Place(shapes.ROOT)], dict[str, None]()
    while places:
        place = places.pop(0)
        here = place
        while here.shape.kind in ("names", "list"):
            here = here.inner()
        for child in here.children():
            found |= {child.path(): None} if child.field == step else {}
            places.append(child)
        kinds = [t for t in here.tables() if _kind_of(t) == f"kind: {step}"]
        if kinds and here.shape.kind == "choice" and tree is None:
            found[f"{here.path()} (kind: {step})"] = None
    named = [] if tree is None else [".".join(map(str, p)) for p in _ending(tree, step, ())]
    return [*named, *found]


def _ending(tree: Tree, step: str, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Paths to tables of a scenario with this name or of this kind, such as works and fleets."""
    if not isinstance(tree.value, dict):
        return
    for name, below in tree.value.items():
        kind = below.child("kind")
        of_kind = kind is not None and kind.value == step
        # a work, and a part of a line, as routes and disruptions call them
        owner = path[-2:-1] if path[-1:] == ("work",) else path[-1:]
        called = (str(name), "/".join(map(str, (*owner, name))))
        if isinstance(below.value, dict) and (step in called or of_kind):
            yield (*path, name)
        yield from _ending(below, step, (*path, name))


def _unknown(step: str, places: list[_Place], tree: Tree | None) -> str:
    known = dict.fromkeys(k for place in places for k in place.known())
    if tree is not None:
        open_ = [p for p in places if p.shape.kind in ("names", "list")]
        names = (n for p in open_ for t in at(tree, p.steps) for n in names_in(t))
        known = dict.fromkeys([*names, *known])
    where = places[0].path()
    inside = f" in `{where}`" if where else ""
    if not where and (paths := _elsewhere(step, tree)):
        more = ", …" if len(paths) > MOST else ""
        named = ", ".join(f"`{path}`" for path in paths[:MOST])
        return f"there is no `{shown(step)}` at the top; below it there is {named}{more}"
    if not known:
        return f"there is nothing below `{where}`; expected no `{shown(step)}`"
    return f"there is no `{shown(step)}`{inside}{near(step, list(known))}"
