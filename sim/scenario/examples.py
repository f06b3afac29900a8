"""Examples of keys that hold names with figures, for who wrote something else there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from sim.scenario import shape as shapes
from sim.scenario.tree import Steps, Tree
from sim.scenario.units import DIMENSION_NAMES, PURE, Dimension, Refusal, read


class Examples(NamedTuple):
    """An example of a key, and the keys beside it by the dimension of their figures."""

    own: str
    beside: dict[Dimension, str]


def examples_of(path: Steps, tree: Tree, root: shapes.Shape) -> Examples:
    """What may stand at a path, and how figures of other dimensions are named beside it."""
    around = shapes.at(tree, path[:-1], root)
    if around is not None:
        around = shapes.chosen(around, tree.find(path[:-1])[0])
    if not path or around is None or around.kind != "table":
        return Examples("", {})
    key = str(path[-1])
    example = ""
    beside: dict[Dimension, str] = {}
    for name, info in around.type.model_fields.items():
        name = info.alias or name
        rule = getattr(shapes.shape_of(info.annotation).type, "rule", None)
        if rule is not None and rule.dimension != PURE:
            beside.setdefault(rule.dimension, name)
        if name == key and info.examples:
            example = f"`{key}: {_flow(info.examples[0])}`"
    return Examples(example, beside)


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(below) for below in value) + "]"
    return str(value)


def in_place_of(written: Any, shape: shapes.Shape | None, examples: Examples) -> str:
    """What is expected where something stands that is no mapping."""
    below = shapes.shape_of(shape.below) if shape is not None and shape.kind == "names" else None
    wanted = getattr(getattr(below, "type", None), "rule", None)
    if wanted is not None and isinstance(written, str):
        with suppress(Refusal):
            dimension = read(written)[1]
            if dimension != wanted.dimension and dimension in examples.beside:
                is_a = DIMENSION_NAMES[dimension]
                return f"{is_a} is a `{examples.beside[dimension]}`; expected {examples.own}"
    return f"expected {examples.own or 'a mapping'}"
