"""What reduces a rate for a time."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sim.scenario.base import Day, Names, Thing
from sim.scenario.drawn import DurationDistribution
from sim.scenario.quantities import Duration, Factor
from sim.scenario.units import Refusal

LOADING = "loading"
"""What is banned toward a border line, after its name and a stroke."""


def _some(raw: Any) -> Any:
    if isinstance(raw, list | tuple) and not raw:
        raise Refusal("names no class; leave `classes` out to ban the trains of all classes")
    return raw


class Disruption(Thing):
    """A stretch of time in which something works at a fraction of its rate."""

    title: str | None = Field(None, description="name for readers")
    on: Names = Field(
        description="what has its rate reduced: lines, stations, station/work (a "
        "laboratory only so, whose answers then come later); or a part alone: line/paths, "
        "line/acceptance, station/stuffing, station/trucks; or line/loading: trains are not "
        "loaded for a border line (a loading ban)"
    )
    classes: Annotated[Names, BeforeValidator(_some)] = Field(
        (), description="train classes a loading ban holds for; all if absent"
    )
    begin: Day | None = Field(None, description="first day of a dated disruption")
    days: Duration | None = Field(None, description="how long a dated disruption lasts")
    every: DurationDistribution | None = Field(
        None, description="time between the end of one and the start of the next, when random"
    )
    after: DurationDistribution | None = Field(
        None,
        description="working time, of all its servers or cranes together, from one breakdown to "
        "the next, when what breaks is a station/work that wears by use",
    )
    lasts: DurationDistribution | None = Field(None, description="how long a random one lasts")
    factor: Factor = Field(Factor.of(0.0), description="what is left of the rate; 0 is a closure")

    def holds_for(self, train_class: str) -> bool:
        """Whether a ban is of trains of that class too."""
        return not self.classes or train_class in self.classes
