"""From a file to a checked scenario."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from sim.scenario import (
    breaking,
    citations,
    effect,
    idle,
    names,
    references,
    rules,
    series,
    size,
    translation,
    unbanned,
)
from sim.scenario import shape as shapes
from sim.scenario.merging import apply_set, lay_on_bases, read_with_bases
from sim.scenario.problems import Place, Problem, ScenarioError
from sim.scenario.tree import Tree, from_plain
from sim.scenario.vocabulary import ScenarioTables

PROSE = ("title", "question", "look_at", "source", "assumed", "evidence")
"""Keys that say something to readers and change no number."""


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    Attributes:
        name: stem of the file.
        path: the file, or nothing if it came from a manifest.
        tables: the language's tables with numbers in house units.
        resolved: everything as written, merged over `extends` and sets, of JSON's types.
        warnings: what is doubtful and no error.
        tree: the merged document with places.
        layers: the documents of its files by the name their places bear, bases first; empty if
            it came from a manifest.
    """

    name: str
    path: Path | None
    tables: ScenarioTables
    resolved: dict[str, Any]
    warnings: tuple[Problem, ...] = ()
    tree: Tree = field(default_factory=lambda: from_plain({}, Place("")), repr=False, compare=False)
    layers: dict[str, Tree] = field(default_factory=dict, repr=False, compare=False)

    @property
    def content(self) -> Any:
        """The document as JSON's types, without what changes no number: prose, titles, evidence."""
        return _without_prose(self.tree, shapes.ROOT)

    @property
    def hash(self) -> str:
        """SHA-256, hex, of all that changes a number: prose, titles and evidence are left out."""
        text = json.dumps(self.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_resolved(cls, resolved: dict[str, Any], name: str) -> Self:
        """The same scenario again, from a manifest.

        Raises:
            ScenarioError: `resolved` is not a scenario.
        """
        tree = from_plain(resolved, Place(name))
        return finish(cls, tree, {}, name, None, [], with_register=False)


_S = TypeVar("_S", bound=Scenario)


def load(path: str | os.PathLike[str], sets: Sequence[str] = ()) -> Scenario:
    """Read, merge and check a scenario.

    Args:
        path: YAML file.
        sets: ``dotted.path=value`` texts, applied last and in order.

    Raises:
        ScenarioError: with all that is wrong.
    """
    problems: list[Problem] = []
    file = Path(path)
    read = read_with_bases(file, str(file), problems)
    if read is None:
        raise ScenarioError(problems)
    tree, layers = read
    for number, text in enumerate(sets, 1):
        tree = apply_set(tree, text, number, problems)
    return finish(Scenario, tree, layers, file.stem, file, problems, with_register=True, sets=sets)


def load_within(tree: Tree, shown_as: str, name: str) -> Scenario:
    """Check a scenario that stands in another document, such as an episode.

    Args:
        tree: the scenario's part of the document; bases it extends are beside the file.
        shown_as: the document's file.
        name: what the scenario is called.

    Raises:
        ScenarioError: with all that is wrong.
    """
    problems: list[Problem] = []
    read = lay_on_bases(tree, shown_as, problems)
    if read is None:
        raise ScenarioError(problems)
    return finish(Scenario, *read, name, Path(shown_as), problems, with_register=True)


def finish(
    cls: type[_S],
    tree: Tree,
    layers: dict[str, Tree],
    name: str,
    path: Path | None,
    problems: list[Problem],
    *,
    with_register: bool,
    sets: Sequence[str] = (),
) -> _S:
    """A scenario of a whole tree, checked.

    Args:
        layers: the files that it was merged of, by path; none of a manifest.
        problems: what is known to be wrong; all else that is wrong joins it.
        with_register: whether fact ids are looked up.
        sets: texts of ``--set`` that were laid over the files.

    Raises:
        ScenarioError: with all that is wrong.
    """
    tree, tables, found = _checked(tree)
    if found and (len(layers) > 1 or sets):
        found = breaking.traced(found, layers, sets, _sound)
    problems.extend(found)
    problems.extend(citations.check(tree, layers, with_register))
    errors = [p for p in problems if p.severity == "error"]
    if tables is not None and not errors:
        errors = size.check(tables, tree)
    if errors or tables is None:
        raise ScenarioError(_in_order(errors))
    warnings = tuple(_in_order(p for p in problems if p.severity == "warning"))
    return cls(name, path, tables, tree.plain(), warnings, tree, layers)


def _checked(tree: Tree) -> tuple[Tree, ScenarioTables | None, list[Problem]]:
    """A document with its series laid in, its tables if they are right, and what is wrong."""
    problems: list[Problem] = []
    tree = series.lay_in(tree, problems)
    tables = validate(tree, problems)
    if tables is None:
        problems.extend(names.check(tree))
    else:
        problems.extend(references.check(tables, tree))
        problems.extend(rules.check(tables, tree))
        problems.extend(effect.check(tables, tree))
        if all(p.severity != "error" for p in problems):
            # They follow routes, which must be right for that.
            problems.extend(idle.check(tables, tree))
            problems.extend(unbanned.check(tables, tree))
    return tree, tables, problems


def _sound(tree: Tree) -> tuple[bool, list[Problem]]:
    _, tables, problems = _checked(tree)
    return tables is not None, problems


def _in_order(problems: Any) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.place.file, p.place.line, p.place.column))


def validate(tree: Tree, problems: list[Problem]) -> ScenarioTables | None:
    """The tables of a tree, or nothing; what is wrong is added to `problems`."""
    start = None
    written = tree.child("start")
    if written is not None and isinstance(written.value, str):
        with suppress(ValueError):  # the field's own check says so
            start = date.fromisoformat(written.value)
    try:
        return ScenarioTables.model_validate(tree.plain(), context={"start": start})
    except ValidationError as error:
        problems.extend(translation.problems(error, tree))
        return None


def _without_prose(tree: Tree, shape: shapes.Shape) -> Any:
    """Plain data without prose; a figure's mapping that only wraps a value becomes the value."""
    shape = shapes.chosen(shape, tree)
    if isinstance(tree.value, list):
        under = shapes.below(shape, 0, tree) or shapes.Shape("plain")
        return [_without_prose(item, under) for item in tree.value]
    if not isinstance(tree.value, dict):
        return tree.value
    kept: dict[str, Any] = {}
    for key, below in tree.value.items():
        if shape.kind != "names" and key in PROSE:
            continue
        under = shapes.below(shape, key, tree) or shapes.Shape("plain")
        kept[key] = _without_prose(below, under)
    return kept["value"] if shape.kind == "figure" and set(kept) == {"value"} else kept
