"""Study files, read and checked: mistakes are said with place and cure, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from sim.scenario import Scenario, ScenarioError, load, translation
from sim.scenario import shape as shapes
from sim.scenario.documents import read_document
from sim.scenario.merging import steps_of
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Tree
from sim.scenario.units import Refusal, shown
from sim.study.expressions import Condition, condition
from sim.study.language import Common, OptimiseTables, Requirement, SweepTables, ends

T = TypeVar("T", bound=Common)
T_co = TypeVar("T_co", bound=Common, covariant=True)


@dataclass(frozen=True)
class Study(Generic[T_co]):
    """A checked study: its tables, the tree with places, its scenarios and conditions."""

    name: str
    path: Path
    tables: T_co
    tree: Tree
    base: Scenario
    variants: tuple[Scenario, ...]
    inputs: tuple[Condition, ...]
    outputs: tuple[Condition, ...]

    def place(self, *steps: str | int) -> Place:
        """Where something was written, or the nearest that was."""
        return self.tree.find(steps)[0].place


def load_sweep(path: str | Path) -> Study[SweepTables]:
    """Read and check the file of a sweep, its scenarios too.

    Raises:
        ScenarioError: with all that is wrong.
    """
    return _load(Path(path), SweepTables)


def doubts(study: Study[SweepTables]) -> list[Problem]:
    """Warnings of its scenarios, but for those of values that a factor puts others in place of."""
    paths = [p for f in study.tables.factors.values() if not f.times for p in f.path]
    found: dict[Problem, None] = {}
    for scenario in (study.base, *study.variants):
        replaced = set()
        for path in paths:
            steps = steps_of(scenario.tree, path, study.tree.place, []) or []
            here, _ = scenario.tree.find(tuple(steps))
            replaced |= {t.place for t in (here, here.child("value")) if t is not None}
        found |= dict.fromkeys(p for p in scenario.warnings if p.place not in replaced)
    return list(found)


def load_optimise(path: str | Path) -> Study[OptimiseTables]:
    """Read and check the file of an optimisation, its scenarios too.

    Raises:
        ScenarioError: with all that is wrong.
    """
    return _load(Path(path), OptimiseTables)


def _load(file: Path, kind: type[T]) -> Study[T]:
    problems: list[Problem] = []
    tree = read_document(file, str(file), problems)
    if tree is not None and not isinstance(tree.value, dict):
        problems.append(Problem("error", tree.place, "expected keys such as `title: …`"))
    if tree is None or problems:
        raise ScenarioError(problems)
    try:
        tables = kind.model_validate(tree.plain())
    except ValidationError as error:
        root = shapes.Shape("table", kind)
        found = (translation.problem(e, tree, root) for e in error.errors(include_url=False))
        raise ScenarioError(dict.fromkeys(found)) from None
    names: Iterable[str]
    if isinstance(tables, SweepTables):
        problems += _check_design(tables, tree)
        problems += _check_factors(tables, tree)
        names, requires, key = tables.factors, tables.outputs, "outputs"
        written, refusals = tables.variants, tables.inputs
    else:
        assert isinstance(tables, OptimiseTables)
        problems += _check_measures(tables, tree)
        names, requires, key = tables.measures, tables.reach, "reach"
        written, refusals = (), tables.inputs
    problems += _check_kpis(tables, tree)
    inputs = _conditions(refusals, list(names), "inputs", tree, problems)
    outputs = _conditions(requires, _kpi_names(), key, tree, problems)
    base = _scenario(file, tables.base, tree.find(("base",))[0].place, problems)
    variants = [
        _scenario(file, name, tree.find(("variants", i))[0].place, problems)
        for i, name in enumerate(written)
    ]
    if problems or base is None:
        raise ScenarioError(dict.fromkeys(problems))
    good = tuple(v for v in variants if v is not None)
    return Study(file.stem, file, tables, tree, base, good, inputs, outputs)


def _scenario(file: Path, name: str, place: Place, problems: list[Problem]) -> Scenario | None:
    target = file.parent / name
    try:
        return load(target)
    except ScenarioError as error:
        for p in error.problems:
            here = p.place == Place(str(target))
            problems.append(Problem("error", place, f"{target}: {p.message}") if here else p)
        return None


def _check_design(tables: SweepTables, tree: Tree) -> list[Problem]:
    """A grid has all combinations, so that a number of samples is not heard."""
    given = tree.find(("design", "samples"))
    if tables.design.kind != "grid" or len(given[1]) < 2:
        return []
    said = (
        "samples: a grid has every combination of values and no samples; remove it, or name "
        "another `kind`, such as `latin-hypercube`; runs of each point are `replications`"
    )
    return [Problem("error", given[0].key_place, said)]


def _kpi_names() -> list[str]:
    from sim.results.kpi import KPIS

    return list(KPIS)


def _check_kpis(tables: Common, tree: Tree) -> list[Problem]:
    known = _kpi_names()
    problems = []
    for i, name in enumerate(tables.kpis):
        if name not in known:
            place = tree.find(("kpis", i))[0].place
            said = f"unknown key figure `{shown(name)}`{near(name, known)}"
            problems.append(Problem("error", place, said))
    front = getattr(tables, "front", None)
    if front is not None and front not in known:
        place = tree.find(("front",))[0].place
        problems.append(
            Problem("error", place, f"unknown key figure `{shown(front)}`{near(front, known)}")
        )
    return problems


def _conditions(
    requirements: tuple[Requirement, ...],
    known: list[str],
    key: str,
    tree: Tree,
    problems: list[Problem],
) -> tuple[Condition, ...]:
    found = []
    for i, requirement in enumerate(requirements):
        try:
            found.append(condition(requirement.require, known))
        except Refusal as refusal:
            place = tree.find((key, i, "require"))[0].place
            problems.append(Problem("error", place, f"require: {refusal.message}"))
    return tuple(found)


def _check_factors(tables: SweepTables, tree: Tree) -> list[Problem]:
    problems = []
    for name, factor in tables.factors.items():
        here = tree.find(("factors", name))[0]
        ranged = factor.low is not None and factor.high is not None
        if (factor.values is None) == (not ranged):
            said = f"`{name}` needs either `values` or both `low` and `high`"
            problems.append(Problem("error", here.key_place, said))
        elif ranged:
            try:
                ends(factor)
            except Refusal as refusal:
                place = here.find(("low",))[0].place
                problems.append(Problem("error", place, refusal.message))
    words = {
        name
        for name, factor in tables.factors.items()
        if any(isinstance(v, str) and v[:1].isalpha() for v in factor.values or ())
    }
    for i, requirement in enumerate(tables.inputs):
        used = sorted(w for w in words if re.search(rf"\b{w}\b", requirement.require))
        if used:
            place = tree.find(("inputs", i, "require"))[0].place
            said = f"require: `{used[0]}` has words as values, which cannot be compared"
            problems.append(Problem("error", place, said))
    design = tables.design
    place = tree.find(("design", "samples"))[0].place
    if design.kind in ("sobol", "saltelli") and design.samples & (design.samples - 1):
        near_power = 1 << (design.samples.bit_length() - 1)
        said = (
            f"samples: {design.samples} is no power of 2, which a Sobol sequence needs; "
            f"expected such as {near_power} or {2 * near_power}"
        )
        problems.append(Problem("error", place, said))
    if design.kind in ("morris", "saltelli") and tables.inputs:
        said = (
            f"inputs: points of a {design.kind} design belong together, so none can be refused; "
            "use another design, or ranges in which every point is allowed"
        )
        problems.append(Problem("error", tree.find(("inputs",))[0].key_place, said))
    return problems


def _check_measures(tables: OptimiseTables, tree: Tree) -> list[Problem]:
    problems = []
    for name, measure in tables.measures.items():
        here = tree.find(("measures", name))[0]
        single = bool(measure.extends or measure.sets or measure.plus or measure.times)
        if measure.levels and (single or measure.cost is not None):
            said = f"`{name}` has `levels` and changes of its own; move these into a level"
            problems.append(Problem("error", here.key_place, said))
        elif not measure.levels and (not single or measure.cost is None):
            said = (
                f"`{name}` needs `levels`, or `cost` and one of `sets`, `plus`, `times`, `extends`"
            )
            problems.append(Problem("error", here.key_place, said))
        costs = [level.cost for level in measure.levels]
        for i, (a, b) in enumerate(pairwise(costs), 1):
            if b < a:
                place = here.find(("levels", i, "cost"))[0].place
                said = "cost: is less than that of the level before; put levels in order of cost"
                problems.append(Problem("error", place, said))
        for i, level in enumerate(
            measure.levels or ([measure] if measure.cost is not None else [])
        ):
            if not level.source and level.assumed is None and not measure.assumed:
                at = here.find(("levels", i, "cost") if measure.levels else ("cost",))[0]
                said = "cost: has no evidence; give `source: [fact-id]` or `assumed: why` beside it"
                problems.append(Problem("error", at.place, said))
    if bool(tables.reach) == (tables.front is not None):
        said = "expected either `reach`, a list of conditions, or `front`, a key figure"
        place = tree.find(("reach",))[0].key_place if tables.reach else tree.place
        problems.append(Problem("error", place, said))
    return problems
