"""The points of a sweep: from a design in the unit cube to values at paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from sim.scenario import Scenario
from sim.scenario.altering import Change, altered, scaled
from sim.scenario.tree import Tree
from sim.study.extras import needed
from sim.study.language import Factor, SweepTables, ends
from sim.study.reading import Study

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Point:
    """One combination: the value of each factor as it is laid, and as a number for conditions.

    ``why_not`` says which condition refuses it.
    """

    number: int
    values: dict[str, Any]
    numbers: dict[str, float]
    why_not: str | None


def points(study: Study[SweepTables]) -> list[Point]:
    """All points of a study's design, those refused too."""
    factors = study.tables.factors
    made = []
    for number, row in enumerate(_cells(study.tables)):
        values = dict(zip(factors, row, strict=True))
        numbers = {n: x for n, v in values.items() if (x := number_of(v)) is not None}
        made.append(Point(number, values, numbers, _refusal(study, numbers)))
    return made


def _refusal(study: Study[SweepTables], numbers: dict[str, float]) -> str | None:
    for condition, written in zip(study.inputs, study.tables.inputs, strict=True):
        if not condition.holds(numbers):
            reason = f", {written.because}" if written.because else ""
            return f"not {condition.text}{reason}"
    return None


def _cells(tables: SweepTables) -> Sequence[Sequence[Any]]:
    factors = list(tables.factors.values())
    if tables.design.kind == "grid":
        return list(product(*(_on_grid(f) for f in factors)))
    cube = unit_points(tables)
    return [[_in_cube(f, float(u)) for f, u in zip(factors, row, strict=True)] for row in cube]


def _on_grid(factor: Factor) -> list[Any]:
    if factor.values is not None:
        return list(factor.values)
    low, high, unit = ends(factor)
    if factor.whole:
        count = min(factor.steps, round(high) - round(low) + 1)
        span = [low + (high - low) * i / (count - 1) for i in range(count)]
        return [_text(float(round(x)), unit) for x in span]
    span = [low + (high - low) * i / (factor.steps - 1) for i in range(factor.steps)]
    return [_text(x, unit) for x in span]


def _in_cube(factor: Factor, u: float) -> Any:
    if factor.values is not None:
        return factor.values[min(int(u * len(factor.values)), len(factor.values) - 1)]
    low, high, unit = ends(factor)
    if factor.whole:  # every whole number has the same width
        return _text(min(low + float(int(u * (high - low + 1))), high), unit)
    return _text(low + (high - low) * u, unit)


def _text(value: float, unit: str) -> Any:
    if unit:
        return f"{value:.10g}{unit}"
    return int(value) if value == int(value) else float(f"{value:.10g}")


def number_of(value: Any) -> float | None:
    """The number in a value as written, without its unit; None of words."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        head = value.split()[0] if value.split() else ""
        try:
            return float(head.rstrip("%"))
        except ValueError:
            return None
    return None


def problem_of(tables: SweepTables) -> dict[str, Any]:
    """What SALib is told of the factors: all lie in the unit interval."""
    names = list(tables.factors)
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def unit_points(tables: SweepTables) -> NDArray[Any]:
    """The points of a design in the unit cube, one row each.

    Raises:
        MissingExtra: SALib is needed and not installed.
    """
    design, width = tables.design, len(tables.factors)
    if design.kind == "morris":
        sample = needed("SALib.sample.morris").sample
        made: NDArray[Any] = sample(
            problem_of(tables), design.samples, num_levels=design.levels, seed=design.seed
        )
        return made
    if design.kind == "saltelli":
        sample = needed("SALib.sample.sobol").sample
        made = sample(problem_of(tables), design.samples, calc_second_order=False, seed=design.seed)
        return made
    from scipy.stats import qmc

    if design.kind == "sobol":
        return qmc.Sobol(width, rng=design.seed).random(design.samples)  # type: ignore[no-any-return]
    return qmc.LatinHypercube(width, rng=design.seed).random(design.samples)  # type: ignore[no-any-return]


def laid(study: Study[SweepTables], base: Scenario, values: dict[str, Any], name: str) -> Scenario:
    """A scenario with the values of a point.

    Raises:
        ScenarioError: a value cannot be used, at its place in the study's file.
    """
    scenario = base
    for factor_name, value in values.items():
        factor = study.tables.factors[factor_name]
        place = _place(study.tree, factor_name, value)
        changes = []
        for path in factor.path:
            if factor.times:
                by = number_of(value)
                assert by is not None
                changes.append(scaled(scenario, path, by, place))
            else:
                changes.append(Change(path, value, place))
        scenario = altered(scenario, changes, name)
    return scenario


def _place(tree: Tree, factor: str, value: Any) -> Any:
    """Where a value is written; its factor where it lies within a range."""
    here = tree.find(("factors", factor))[0]
    written = here.child("values")
    if written is not None and isinstance(written.value, list):
        for item in written.value:
            if item.plain() == value:
                return item.place
    return here.find(("low",))[0].place
