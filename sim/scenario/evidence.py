"""Where each figure of a scenario comes from: a fact of the register, or an assumption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.scenario import shape as shapes
from sim.scenario import units
from sim.scenario.calendars import Calendar
from sim.scenario.citations import fact_ids
from sim.scenario.loader import Scenario
from sim.scenario.problems import Place, Problem
from sim.scenario.tree import Step, Steps, Tree

EVIDENCE = ("source", "assumed")
SETTINGS = frozenset({"start", "horizon", "warmup", "seed", "steppe"})
"""What a run is asked to be, which no source can say."""
HOURS = frozenset({"open", "weekdays", "closed"})
"""Fields of a calendar that say numbers in words."""
ON_COMMAND_LINE = "set on the command line"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure a person wrote: a quantity, a parameter of a rule, a date, opening hours.

    Attributes:
        path: dotted path in the scenario; a change's date is its last part.
        text: as written.
        source: fact ids; empty if there are none.
        assumed: the reason, if the figure is an assumption or derived from its facts.
        place: where it stands, in the file that set it.
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


Grounds = tuple[tuple[str, ...], str | None]


def figures(scenario: Scenario) -> list[Figure]:
    """Every figure of the merged scenario, in its order, with source or assumption.

    They come from the figure's own mapping, else from the nearest mapping around it that has
    either, in the file that wrote the figure: what a variant assumes says nothing of what it
    inherits, nor the other way round.  What the person left to the defaults is not listed, nor
    what changes no result: titles, positions on the map, and the settings of the run.
    """
    return list(_Finder(scenario.tree, scenario.layers).find())


def unsourced(scenario: Scenario) -> list[Figure]:
    """The figures with neither a fact nor a stated assumption."""
    return [figure for figure in figures(scenario) if figure.unsourced]


def gaps(scenario: Scenario) -> list[Problem]:
    """A warning for each figure with neither, at its place."""
    return [
        Problem(
            "warning",
            figure.place,
            f"{figure.path}: {units.shown(figure.text)} has neither source nor assumption; "
            "expected `source: [fact-id]` or `assumed: why`, beside it or on a group around it",
        )
        for figure in unsourced(scenario)
    ]


class _Finder:
    """Walks the merged document; looks for evidence in the document of each figure's own file."""

    def __init__(self, tree: Tree, layers: Mapping[str, Tree]) -> None:
        self.tree = tree
        self.layers = layers

    def find(self) -> Iterator[Figure]:
        yield from self.under(self.tree, shapes.ROOT, (), ())

    def under(
        self, tree: Tree, shape: shapes.Shape, path: Steps, groups: tuple[Steps, ...]
    ) -> Iterator[Figure]:
        """The figures of a tree; `groups` are the paths of the tables around, outermost first."""
        shape = shapes.chosen(shape, tree)
        if shape.kind == "figure":
            yield from self.quantity(tree, path, groups)
        elif shape.kind == "rule":
            yield from self.parameters(tree, path, (*groups, path))
        elif shape.kind == "plain":
            if shape.type is date and tree.value is not None:
                yield self.figure(tree, path, groups)
        else:
            if shape.kind == "table":
                groups = (*groups, path)
            elif isinstance(tree.value, str) and shapes.shape_of(shape.below).kind == "figure":
                yield self.figure(tree, path, groups)  # the file in which the figures stand
            for step, child in _children(tree):
                if not path and step in SETTINGS:
                    continue
                below = shapes.below(shape, step, tree)
                if shape.type is Calendar and step in HOURS:
                    yield self.figure(child, (*path, step), groups)
                elif below is not None:
                    yield from self.under(child, below, (*path, step), groups)

    def quantity(self, tree: Tree, path: Steps, groups: tuple[Steps, ...]) -> Iterator[Figure]:
        """A figure, bare or in a mapping of its own with its evidence, and its changes by date."""
        if not isinstance(tree.value, dict):
            if tree.value is not None:
                yield self.figure(tree, path, groups)
            return
        groups = (*groups, path)
        kind = tree.child("distribution")
        value = tree.child("value")
        if kind is not None:
            given = ", ".join(
                f"{key}: {_words(child)}"
                for key, child in tree.value.items()
                if key not in ("distribution", *EVIDENCE)
            )
            yield self.figure(tree, path, groups, f"{kind.value}({given})")
        elif value is not None and not isinstance(value.value, dict):
            yield self.figure(value, path, groups)
        elif value is not None:
            yield from self.quantity(value, path, groups)
        changes = tree.child("changes")
        if changes is not None:
            for when, child in _children(changes):
                yield from self.quantity(child, (*path, "changes", when), groups)

    def parameters(self, tree: Tree, path: Steps, groups: tuple[Steps, ...]) -> Iterator[Figure]:
        """The numbers and quantities among a rule's parameters."""
        for step, child in _children(tree):
            if step in ("rule", *EVIDENCE):
                continue
            if isinstance(child.value, dict | list):
                yield from self.parameters(child, (*path, step), groups)
            elif _is_number(child.value):
                yield self.figure(child, (*path, step), groups)

    def figure(
        self, tree: Tree, path: Steps, groups: tuple[Steps, ...], text: str | None = None
    ) -> Figure:
        source, assumed = self.evidence(tree.place.file, groups)
        said = _words(tree) if text is None else text
        return Figure(".".join(map(str, path)), said, source, assumed, tree.place)

    def evidence(self, file: str, groups: tuple[Steps, ...]) -> Grounds:
        """Of the innermost group that has any in the file."""
        if file.startswith("--set"):
            return (), ON_COMMAND_LINE
        layer = self.layers.get(file, self.tree)
        for group in reversed(groups):
            found, reached = layer.find(group)
            if reached != group or not isinstance(found.value, dict):
                continue
            source, assumed = found.child("source"), found.child("assumed")
            if source is not None or assumed is not None:
                ids = tuple(i for i, _ in fact_ids(source)) if source is not None else ()
                return ids, None if assumed is None else assumed.value
        return (), None


def _children(tree: Tree) -> list[tuple[Step, Tree]]:
    if isinstance(tree.value, dict):
        return list(tree.value.items())
    return list(enumerate(tree.value)) if isinstance(tree.value, list) else []


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        try:
            units.read(value)
        except units.Refusal:
            return False
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words(tree: Tree) -> str:
    plain: Any = tree.plain()
    return f"[{', '.join(map(str, plain))}]" if isinstance(plain, list) else str(plain)
