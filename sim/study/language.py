"""The language of study files: what may be varied, measured, and required.

As in scenarios, each class is one attribute table: a field's annotation is its type, its default
the default, its ``description`` the meaning.  Mistakes are said with place and cure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from sim.scenario import Scenario, ScenarioError, load, translation
from sim.scenario import shape as shapes
from sim.scenario.base import Names, Thing
from sim.scenario.documents import Tree, read_document
from sim.scenario.problems import Place, Problem
from sim.scenario.quantities import Quantity, Rule, near
from sim.scenario.units import Refusal, shown
from sim.study.expressions import Condition, condition

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that conditions can use."""


class YearlyCost(Quantity):
    """Money per time, USD/h."""

    rule = Rule("money per time", (-1, 0, 0, 1), ("2500000 USD/yr",), "USD/h")


class Requirement(Thing):
    """A condition that points or runs must meet."""

    require: str = Field(description="one comparison of sums and products of names")
    because: str | None = Field(None, description="why, in words")


class Factor(Thing):
    """Something that a sweep varies."""

    title: str | None = Field(None, description="name for readers")
    path: Names = Field(min_length=1, description="dotted paths that all get the value")
    values: tuple[Any, ...] | None = Field(None, min_length=1, description="values to try")
    low: Any = Field(None, description="least value of a range, with its unit")
    high: Any = Field(None, description="largest value of a range, with its unit")
    steps: int = Field(5, ge=2, le=10_000, description="values of a range on a grid")
    whole: bool = Field(False, description="whether a range has whole numbers only")
    times: bool = Field(False, description="whether the value multiplies what is written there")


class Design(Thing):
    """Which points are run."""

    kind: Literal["grid", "latin-hypercube", "sobol", "morris", "saltelli"] = Field(
        "grid",
        description="every combination; a Latin hypercube; a Sobol sequence; trajectories for "
        "Morris' elementary effects; Saltelli's sample for Sobol indices",
    )
    samples: int = Field(
        64,
        ge=1,
        le=1_000_000,
        description="points of a hypercube or sequence, trajectories of morris, base of saltelli",
    )
    levels: int = Field(4, ge=2, le=100, description="levels of morris")
    seed: int = Field(1, ge=0, description="root of the design's own random numbers")


class Common(Thing):
    """What all studies have."""

    title: str = Field(description="what the study is")
    question: str | None = Field(None, description="the question it answers")
    base: str = Field(description="scenario, beside the study's file")
    seed: int | None = Field(None, ge=0, description="root of the random numbers of runs")
    replications: int = Field(5, ge=1, le=100_000, description="runs of each point")
    kpis: Names = Field(("delivered_t", "lead_time_mean_h"), description="key figures to keep")


class SweepTables(Common):
    """A sweep."""

    factors: dict[Word, Factor] = Field(min_length=1, description="what varies, by name")
    variants: Names = Field((), description="scenarios in which every point is run as well")
    design: Design = Field(Design(), description="which points are run")
    inputs: tuple[Requirement, ...] = Field(
        (), description="conditions on factors; a point that breaks one is not run"
    )
    outputs: tuple[Requirement, ...] = Field((), description="conditions on key figures")


class Level(Thing):
    """How far a measure is taken."""

    title: str | None = Field(None, description="name for readers")
    extends: Names = Field((), description="scenarios whose own changes are laid over the base")
    sets: dict[str, Any] = Field({}, description="values by dotted path")
    plus: dict[str, Any] = Field({}, description="numbers added to what is written at a path")
    times: dict[str, float] = Field({}, description="factors on what is written at a path")
    cost: YearlyCost = Field(description="what it costs a year")


class Measure(Thing):
    """Something that may be done, to one of several levels or not at all."""

    title: str | None = Field(None, description="name for readers")
    levels: tuple[Level, ...] = Field((), description="from the smallest to the largest")
    extends: Names = Field((), description="as in a level, where there is one only")
    sets: dict[str, Any] = Field({}, description="as in a level, where there is one only")
    plus: dict[str, Any] = Field({}, description="as in a level, where there is one only")
    times: dict[str, float] = Field({}, description="as in a level, where there is one only")
    cost: YearlyCost | None = Field(None, description="as in a level, where there is one only")

    @property
    def choices(self) -> tuple[Level, ...]:
        """Its levels, the first of a measure with one only."""
        if self.levels:
            return self.levels
        assert self.cost is not None
        return (
            Level(
                extends=self.extends,
                sets=self.sets,
                plus=self.plus,
                times=self.times,
                cost=self.cost,
            ),
        )


class Search(Thing):
    """How the measures are searched."""

    trials: int = Field(60, ge=1, le=100_000, description="combinations run at most")
    batch: int = Field(4, ge=1, le=1000, description="combinations chosen before results are seen")
    seed: int = Field(1, ge=0, description="root of the search's own random numbers")
    confirm: int = Field(10, ge=2, le=100_000, description="fresh runs of a winner")


class OptimiseTables(Common):
    """An optimisation: the cheapest measures that meet the requirements, or a front."""

    measures: dict[Word, Measure] = Field(min_length=1, description="what may be done, by name")
    reach: tuple[Requirement, ...] = Field(
        (), description="conditions on key figures, all to be met"
    )
    front: str | None = Field(None, description="key figure to be traded against cost")
    inputs: tuple[Requirement, ...] = Field(
        (), description="conditions on levels (0 is not at all), by name of the measure"
    )
    search: Search = Field(Search(), description="how the measures are searched")


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


def ends(factor: Factor) -> tuple[float, float, str]:
    """Least and largest number of a range, and the unit behind both.

    Raises:
        Refusal: they are no numbers of one unit, or in the wrong order.
    """
    parts = []
    for end in (factor.low, factor.high):
        match = re.fullmatch(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)", str(end))
        if match is None or isinstance(end, bool):
            raise Refusal(
                f"`{shown(end)}` is not a number with a unit; expected such as `10 trains/d`"
            )
        parts.append((float(match[1]), match[2]))
    (low, unit), (high, other) = parts
    if unit.strip() != other.strip():
        raise Refusal(f"`{shown(factor.low)}` and `{shown(factor.high)}` have not the same unit")
    if low >= high:
        raise Refusal(f"low: {shown(factor.low)} is not below high, {shown(factor.high)}")
    return low, high, unit
