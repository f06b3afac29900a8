"""What all measures of episodes share.

A kind of measure is a class: its fields are the parameters that an episode file may write, `take`
gives the figure of one run within a window.  Figures are in house units (hours, tonnes, rates per
hour); what there is nothing to take from is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sim.scenario import units
from sim.scenario.base import Names, Thing
from sim.scenario.tree import Steps

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.scenario.vocabulary import ScenarioTables

Lookup = tuple[Steps, str, list[str], str]
"""Path in the measure, the name there, the names there are, and what they are names of."""
Take = Callable[["Results", float, float], float | None]
"""Takes the figure of a run in a window of hours."""
Statistic = Literal["mean", "median", "least", "most"]


class Measurement(Thing):
    """What all kinds share."""

    whole_run: ClassVar[bool] = False
    """Whether the figure belongs to the run as a whole, so that a window makes no sense."""
    dimension: ClassVar[units.Dimension]

    @property
    def unit(self) -> units.Dimension:
        """Powers of hour, tonne, kilometre and dollar in the figure."""
        return self.dimension

    def lookups(self, tables: ScenarioTables) -> Iterator[Lookup]:
        """The names that must be in the scenario."""
        yield from ()

    def mistakes(self, tables: ScenarioTables) -> Iterator[tuple[Steps, str]]:
        """What cannot be measured although every name is known: where in the measure, and why."""
        yield from ()

    def taker(self, tables: ScenarioTables) -> Take:
        """What takes the figure of a run of that scenario; it can be sent to a worker process."""
        return self.take

    def take(self, results: Results, begin: float, end: float) -> float | None:
        """The figure of one run in [begin, end), hours since its start."""
        raise NotImplementedError


def of_names(names: Names, field: str, known: Any, noun: str) -> Iterator[Lookup]:
    for i, name in enumerate(names):
        yield (field, i), name, list(known), noun


def of_values(values: pl.Series, statistic: Statistic) -> float | None:
    if values.is_empty():
        return None
    found = {
        "mean": values.mean,
        "median": values.median,
        "least": values.min,
        "most": values.max,
    }[statistic]()
    return float(found)  # type: ignore[arg-type]
