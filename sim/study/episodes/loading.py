"""From a file to a checked episode: its mistakes with their places, all at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sim.scenario import translation
from sim.scenario.documents import read_document
from sim.scenario.loader import Scenario, load_within
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.register import Fact, read_register, register_path
from sim.scenario.spelling import near_file
from sim.scenario.tree import Tree
from sim.scenario.units import shown
from sim.study.episodes.check import Check, Observation
from sim.study.episodes.language import ROOT, EpisodeTables


@dataclass(frozen=True)
class Episode:
    """A checked episode."""

    name: str
    title: str
    path: Path
    scenario: Scenario
    rows: tuple[Observation, ...]
    question: str | None = None
    warnings: tuple[Problem, ...] = ()


def load_episode(path: str | os.PathLike[str]) -> Episode:
    """Read and check an episode.

    Raises:
        ScenarioError: with all that is wrong with it, its scenario included.
    """
    file = Path(path)
    problems: list[Problem] = []
    tree = read_document(file, str(file), problems)
    if tree is None or not _is_mapping(tree, problems):
        raise ScenarioError(problems)
    scenario = _scenario(tree, str(file), file.stem, problems)
    tables = _tables(tree, problems)
    register = _register(tree, scenario, str(file), problems)
    rows: list[Observation] = []
    if tables is not None and register is not None:
        for name, row in tables.rows.items():
            made = Check(name, row, tree, register, scenario, problems).observation()
            if made is not None:
                rows.append(made)
    if problems or scenario is None or tables is None:
        unique = dict.fromkeys(problems)
        raise ScenarioError(sorted(unique, key=lambda p: (p.place.line, p.place.column)))
    return Episode(
        file.stem, tables.title, file, scenario, tuple(rows), tables.question, scenario.warnings
    )


def is_scenario(path: Path) -> bool:
    """Whether a file reads as a scenario that episodes extend, and not as an episode."""
    tree = read_document(path, str(path), [])
    if tree is None or not isinstance(tree.value, dict):
        return False
    keys = set(tree.value)
    return not keys & {"rows", "scenario"} and bool(keys & {"extends", "stations", "lines"})


def _is_mapping(tree: Tree, problems: list[Problem]) -> bool:
    if isinstance(tree.value, dict):
        return True
    what = "a list" if isinstance(tree.value, list) else f"`{shown(tree.value)}`"
    problems.append(Problem("error", tree.place, f"is {what}; expected keys such as `title: …`"))
    return False


def _scenario(tree: Tree, file: str, name: str, problems: list[Problem]) -> Scenario | None:
    """The episode's scenario, taken out of its tree; what is wrong with it is a problem too."""
    part = tree.value.pop("scenario", None)
    if part is None or part.value is None:
        what = "there is no `scenario`; expected a file, or `{extends: <file>, …}`"
        problems.append(Problem("error", (part or tree).place, what))
        return None
    if isinstance(part.value, str):
        part = Tree({"extends": part}, part.place, part.key_place)
    try:
        return load_within(part, file, name)
    except ScenarioError as error:
        problems.extend(error.problems)
        return None


def _tables(tree: Tree, problems: list[Problem]) -> EpisodeTables | None:
    try:
        return EpisodeTables.model_validate(tree.plain())
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems.extend(translation.problem(e, tree, ROOT) for e in found)
        return None


def _register(
    tree: Tree, scenario: Scenario | None, file: str, problems: list[Problem]
) -> dict[str, Fact] | None:
    """Facts by id; empty where neither episode nor scenario names a register."""
    named = tree.child("evidence")
    if named is None and scenario is not None:
        named = scenario.tree.child("evidence")
    if named is None or not isinstance(named.value, str):
        return {}
    where = register_path(named)
    try:
        return read_register(where)
    except ValueError as error:
        hint = "" if where.exists() else near_file(where)
        problems.append(Problem("error", named.place, f"evidence: {where} {error}{hint}"))
        return None
