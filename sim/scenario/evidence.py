"""Where each figure of a scenario comes from: a fact of the register, or an assumption."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario import shape as shapes
from sim.scenario.documents import Tree
from sim.scenario.problems import Place

if TYPE_CHECKING:
    from sim.scenario.loader import Scenario


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity a person wrote.

    Attributes:
        path: dotted path in the scenario; a change's date is its last part.
        text: as written.
        source: fact ids; empty if there are none.
        assumed: the reason, if the figure is an assumption.
        place: where it stands.
    """

    path: str
    text: str
    source: tuple[str, ...]
    assumed: str | None
    place: Place

    @property
    def unsourced(self) -> bool:
        """True if the figure has neither a fact nor a stated assumption."""
        return not self.source and not self.assumed


SETTINGS = frozenset({("horizon",), ("warmup",)})
"""What a run is asked to be, which no source can say."""
Evidence = tuple[tuple[str, ...], str | None]


def figures(scenario: Scenario) -> list[Figure]:
    """Every quantity of the merged scenario, in its order, with source or assumption.

    They come from the figure's own mapping, else from the nearest mapping around it that has
    either.  What the person left to the defaults is not listed.
    """
    found = _figures(scenario.tree, shapes.ROOT, (), ((), None))
    return [f for f in found if tuple(f.path.split(".")) not in SETTINGS]


def unsourced(scenario: Scenario) -> list[Figure]:
    """The figures with neither a fact nor a stated assumption."""
    return [figure for figure in figures(scenario) if figure.unsourced]


def _own(tree: Tree, around: Evidence) -> Evidence:
    source, assumed = tree.child("source"), tree.child("assumed")
    if source is None and assumed is None:
        return around
    ids = tuple(i for i, _ in fact_ids(source)) if source is not None else ()
    return ids, assumed.value if assumed is not None else None


def _figures(
    tree: Tree, shape: shapes.Shape, path: tuple[str, ...], around: Evidence
) -> Iterable[Figure]:
    shape = shapes.chosen(shape, tree)
    if shape.kind == "figure":
        yield from _figure(tree, path, around)
        return
    if shape.kind == "table":
        around = _own(tree, around)
    steps: Iterable[tuple[Any, Tree]] = ()
    if isinstance(tree.value, dict):
        steps = tree.value.items()
    elif isinstance(tree.value, list):
        steps = enumerate(tree.value)
    for step, child in steps:
        under = shapes.below(shape, step, tree)
        if under is not None and shape.kind in ("table", "names", "list"):
            yield from _figures(child, under, (*path, str(step)), around)


def _figure(tree: Tree, path: tuple[str, ...], around: Evidence) -> Iterable[Figure]:
    name = ".".join(path)
    if not isinstance(tree.value, dict):
        if tree.value is not None:
            yield Figure(name, str(tree.value), *around, tree.place)
        return
    own = _own(tree, around)
    kind = tree.child("distribution")
    value = tree.child("value") if kind is None else None
    if value is not None and not isinstance(value.value, dict):
        yield Figure(name, str(value.value), *own, value.place)
    elif value is not None:
        yield from _figure(value, path, own)
    if kind is not None:
        given = ", ".join(
            f"{key}: {_words(child)}"
            for key, child in tree.value.items()
            if key not in ("distribution", "source", "assumed")
        )
        yield Figure(name, f"{kind.value}({given})", *own, tree.place)
    changes = tree.child("changes")
    if changes is not None and isinstance(changes.value, dict):
        for when, child in changes.value.items():
            yield from _figure(child, (*path, "changes", when), own)


def _words(tree: Tree) -> str:
    plain = tree.plain()
    return f"[{', '.join(map(str, plain))}]" if isinstance(plain, list) else str(plain)


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


def read_register(path: Path) -> dict[str, dict[str, str]]:
    """Rows of a register of facts by their id.

    Raises:
        ValueError: it cannot be read, or has no column ``id``.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if "id" not in (reader.fieldnames or ()):
                raise ValueError("has no column `id`")
            return {row["id"]: row for row in reader if row["id"]}
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8 text") from error
    except csv.Error as error:
        raise ValueError(f"is not CSV: {error}") from error
