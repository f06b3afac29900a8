"""Combinations of measures: what each costs, and the scenario that it makes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from sim.results.spans import YEAR
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.altering import Change, altered, overlaid, raised, scaled
from sim.scenario.problems import Place, Problem
from sim.scenario.tree import Tree

if TYPE_CHECKING:
    from sim.study.language import Level, OptimiseTables
    from sim.study.reading import Study

Taken = tuple[int, ...]
"""Level of each measure in the order of the study; 0 is not at all."""


class Measures:
    """The measures of a study, with what their files say read once.

    Raises:
        ScenarioError: one of them, taken alone, makes no scenario.
    """

    def __init__(self, study: Study[OptimiseTables]) -> None:
        self.study = study
        self.names = tuple(study.tables.measures)
        self.choices = tuple(m.choices for m in study.tables.measures.values())
        problems: list[Problem] = []
        self.layers: dict[tuple[int, int], list[Tree]] = {}
        for m in range(len(self.names)):
            for level in range(1, len(self.choices[m]) + 1):
                self.layers[m, level] = self._read(m, level, problems)
        if problems:
            raise ScenarioError(dict.fromkeys(problems))
        for taken in self._alone():
            try:
                self.scenario(taken)
            except ScenarioError as error:
                problems.extend(error.problems)
        if problems:
            raise ScenarioError(dict.fromkeys(problems))

    @property
    def count(self) -> int:
        """How many combinations there are, none at all included."""
        total = 1
        for choices in self.choices:
            total *= len(choices) + 1
        return total

    def all(self) -> Iterator[Taken]:
        """Every combination, cheapest first."""
        every = product(*(range(len(c) + 1) for c in self.choices))
        yield from sorted(every, key=lambda t: (self.cost(t), t))

    def cost(self, taken: Taken) -> float:
        """USD a year."""
        return sum(
            float(choices[level - 1].cost) * YEAR
            for choices, level in zip(self.choices, taken, strict=True)
            if level
        )

    def words(self, taken: Taken) -> str:
        """The measures taken, by name and level."""
        parts = [
            name if len(choices) == 1 else f"{name} {level}"
            for name, choices, level in zip(self.names, self.choices, taken, strict=True)
            if level
        ]
        return " + ".join(parts) or "nothing"

    def scenario(self, taken: Taken) -> Scenario:
        """The base with these measures, in the order of the study.

        Raises:
            ScenarioError: they cannot be taken together.
        """
        made = self.study.base
        for m, level in enumerate(taken):
            if level:
                made = self._take(made, m, level)
        return made

    def _take(self, scenario: Scenario, m: int, level: int) -> Scenario:
        choice, place = self.choices[m][level - 1], self._place(m, level)
        if self.layers[m, level]:
            scenario = overlaid(scenario, self.layers[m, level])
        changes = [Change(path, value, place(path)) for path, value in choice.sets.items()]
        if changes:
            scenario = altered(scenario, changes)
        for path, by in choice.plus.items():
            scenario = altered(
                scenario, [raised(scenario, path, _plain(by, place(path)), place(path))]
            )
        for path, factor in choice.times.items():
            scenario = altered(scenario, [scaled(scenario, path, factor, place(path))])
        return scenario

    def _place(self, m: int, level: int) -> Callable[[str], Place]:
        """Where a path of a level is written."""
        here = self.study.tree.find(("measures", self.names[m]))[0]
        if here.child("levels") is not None:
            here = here.find(("levels", level - 1))[0]

        def at(path: str) -> Place:
            for key in ("sets", "plus", "times"):
                below = here.child(key)
                found = None if below is None else below.child(path)
                if found is not None:
                    return found.key_place
            return here.key_place

        return at

    def _read(self, m: int, level: int, problems: list[Problem]) -> list[Tree]:
        """What the files of a level change themselves, without what the base has already."""
        choice: Level = self.choices[m][level - 1]
        known = {os.path.realpath(f) for f in self.study.base.layers}
        place = self.study.tree.find(("measures", self.names[m], "extends"))[0].place
        layers: dict[str, Tree] = {}
        for name in choice.extends:
            file = self.study.path.parent / name
            try:
                found = load(file)
            except ScenarioError as error:
                for p in error.problems:
                    same = p.place == Place(str(file))
                    problems.append(Problem("error", place, f"{file}: {p.message}") if same else p)
                continue
            mine = {f: t for f, t in found.layers.items() if os.path.realpath(f) not in known}
            layers.update(mine)
        return list(layers.values())

    def _alone(self) -> Iterator[Taken]:
        for m, choices in enumerate(self.choices):
            for level in range(1, len(choices) + 1):
                yield tuple(level if i == m else 0 for i in range(len(self.choices)))


def _plain(by: object, place: Place) -> float:
    """A number in house units of what is written, with or without a unit."""
    from sim.scenario.units import Refusal, read

    if isinstance(by, int | float) and not isinstance(by, bool):
        return float(by)
    try:
        return read(str(by))[0]
    except Refusal as refusal:
        raise ScenarioError([Problem("error", place, f"plus: {refusal.message}")]) from None


def cheapest(measures: Measures, many: Sequence[Taken]) -> list[Taken]:
    """Combinations by cost, then by level."""
    return sorted(many, key=lambda t: (measures.cost(t), t))
