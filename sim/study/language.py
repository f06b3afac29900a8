"""The language of study files: what may be varied, measured, and required.

As in scenarios, each class is one attribute table: a field's annotation is its type, its default
the default, its ``description`` the meaning.  Mistakes are said with place and cure.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sim.scenario.base import Names, Thing
from sim.scenario.quantities import Quantity
from sim.scenario.units import Refusal, shown
from sim.scenario.written import NumberRule

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that conditions can use."""


class YearlyCost(Quantity):
    """Money per time, USD/h."""

    rule = NumberRule("money per time", (-1, 0, 0, 1), ("2500000 USD/yr",), "USD/h")


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
