"""What a scenario gives at a key, wherever a document has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.scenario import shape as shapes
from sim.scenario.evidence import Figure, figures
from sim.scenario.loader import Scenario
from sim.scenario.tree import Step, Steps, Tree

ITEM = "[]"
"""Any item of a list, in the steps to a key; ``*`` is any name."""


@dataclass(frozen=True)
class Given:
    """What a scenario has at a key; ``text`` is None where it is left to the default."""

    path: str
    text: str | None
    source: tuple[str, ...] = ()
    assumed: str | None = None
    place: str = ""


def given(
    scenario: Scenario, keys: Sequence[tuple[type[BaseModel], tuple[str, ...]]]
) -> list[Given]:
    """What a scenario has at keys, in their order.

    Args:
        keys: the table that each is a key of, since several may stand at one place, and the steps
            to it from the top.
    """
    known = {figure.path: figure for figure in figures(scenario)}
    found: list[Given] = []
    for table, steps in keys:
        for path, tree in written(scenario.tree, steps, ()):
            above = shapes.at(scenario.tree, path[:-1])
            holder, _ = scenario.tree.find(path[:-1])
            if above is not None:
                shape = shapes.chosen(above, holder)
                if shape.kind == "table" and shape.type is not table:
                    continue
            found += _of(".".join(map(str, path)), tree, known)
    return found


def names_in(tree: Tree) -> list[str]:
    """The names a tree has below it; the numbers of a list's items."""
    if isinstance(tree.value, dict):
        return list(tree.value)
    return [str(i) for i in range(len(tree.value))] if isinstance(tree.value, list) else []


def at(tree: Tree, steps: tuple[str, ...]) -> list[Tree]:
    """What stands at a path with ``*`` for any name."""
    return [here for _, here in written(tree, steps, ()) if here is not None]


def written(tree: Tree, steps: tuple[str, ...], path: Steps) -> Iterator[tuple[Steps, Tree | None]]:
    """Every path that fits, with what stands there; None where only the last key is missing."""
    if not steps:
        yield path, tree
        return
    for name in names_in(tree) if steps[0] in ("*", ITEM) else [steps[0]]:
        key: Step = int(name) if isinstance(tree.value, list) and name.isdigit() else name
        child = tree.child(key)
        if child is not None:
            yield from written(child, steps[1:], (*path, key))
        elif len(steps) == 1 and isinstance(tree.value, dict):
            yield (*path, key), None


def _of(path: str, tree: Tree | None, known: dict[str, Figure]) -> list[Given]:
    """What is written at a path, with its changes on dates."""
    if tree is None:
        return [Given(path, None)]
    mine = [f for p, f in known.items() if p == path or p.startswith(f"{path}.changes.")]
    if mine:
        return [Given(f.path, f.text, f.source, f.assumed, str(f.place)) for f in mine]
    plain = tree.plain()
    evidence: dict[str, Any] = plain if isinstance(plain, dict) else {}
    source = evidence.get("source", ())
    ids = (source,) if isinstance(source, str) else tuple(source)
    return [Given(path, _words(plain), ids, evidence.get("assumed"), str(tree.place))]


def _words(plain: Any) -> str:
    if isinstance(plain, dict):
        inner = {k: v for k, v in plain.items() if k not in ("source", "assumed")}
        name = inner.pop("rule", "")
        said = ", ".join(f"{k}: {_words(v)}" for k, v in inner.items())
        return f"{name} ({said})" if name and said else name or f"{{{said}}}"
    if isinstance(plain, list):
        return f"[{', '.join(map(_words, plain))}]"
    return str(plain).lower() if isinstance(plain, bool) else str(plain)
