"""Which table of the language a place in a document belongs to."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from sim.scenario.tree import Step, Steps, Tree
from sim.scenario.vocabulary import Rule, ScenarioTables
from sim.scenario.written import Validated


@dataclass(frozen=True, slots=True)
class Shape:
    """What is expected at a place.

    ``kind`` is table (a mapping of known keys), names (a mapping of free names), rule, list,
    figure (a quantity), choice (of `kind`-marked tables) or plain; ``type`` is its type.
    """

    kind: Literal["table", "names", "rule", "list", "figure", "choice", "plain"]
    type: Any = None
    below: Any = None


@lru_cache(maxsize=512)
def shape_of(annotation: Any) -> Shape:
    """The shape of a type of the vocabulary."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        members = [a for a in get_args(annotation) if a is not type(None)]
        if len(members) == 1:
            return shape_of(members[0])
        if all(isinstance(m, type) and issubclass(m, BaseModel) for m in members):
            return Shape("choice", annotation, tuple(members))
        return Shape("plain", annotation)
    if origin is dict:
        return Shape("names", annotation, get_args(annotation)[1])
    if origin is tuple:
        return Shape("list", annotation, get_args(annotation)[0])
    if isinstance(annotation, type):
        if issubclass(annotation, Validated):
            return Shape("figure", annotation)
        if annotation is Rule:
            return Shape("rule", annotation)
        if issubclass(annotation, BaseModel):
            return Shape("table", annotation)
    return Shape("plain", annotation)


@lru_cache(maxsize=128)
def fields(table: type[BaseModel]) -> dict[str, Any]:
    """Types of a table's fields by the key a person writes."""
    return {info.alias or name: info.annotation for name, info in table.model_fields.items()}


def chosen(shape: Shape, tree: Tree | None) -> Shape:
    """The table of a choice that the tree's `kind` names; the choice itself if it names none."""
    if shape.kind != "choice" or tree is None:
        return shape
    kind = tree.child("kind")
    for member in shape.below:
        if kind is not None and kind.value in get_args(fields(member)["kind"]):
            return Shape("table", member)
    return shape


def below(shape: Shape, key: Step, tree: Tree | None) -> Shape | None:
    """The shape under a key; nothing where the language has no such key."""
    shape = chosen(shape, tree)
    if shape.kind == "table":
        annotation = fields(shape.type).get(str(key))
        return None if annotation is None else shape_of(annotation)
    if shape.kind in ("names", "list"):
        return shape_of(shape.below)
    return Shape("plain") if shape.kind in ("rule", "figure", "choice") else None


ROOT = Shape("table", ScenarioTables)


def at(tree: Tree, path: Steps, root: Shape = ROOT) -> Shape | None:
    """The shape at a path below the root."""
    shape: Shape | None = root
    here: Tree | None = tree
    for step in path:
        if shape is None:
            return None
        shape = below(shape, step, here)
        here = here.child(step) if here is not None else None
    return shape


def walk(tree: Tree, shape: Shape = ROOT, path: Steps = ()) -> Iterator[tuple[Steps, Shape, Tree]]:
    """Path, shape and tree of all that stands in a document, down to figures and rules."""
    shape = chosen(shape, tree)
    yield path, shape, tree
    if shape.kind in ("figure", "rule", "plain", "choice"):
        return
    steps: list[tuple[Step, Tree]] = []
    if isinstance(tree.value, dict):
        steps = list(tree.value.items())
    elif isinstance(tree.value, list):
        steps = list(enumerate(tree.value))
    for step, child in steps:
        under = below(shape, step, tree)
        if under is not None:
            yield from walk(child, under, (*path, step))
