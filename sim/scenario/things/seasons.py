"""Shapes over the year."""

from __future__ import annotations

from pydantic import Field, model_validator

from sim.scenario.base import Thing
from sim.scenario.quantities import Factor

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Season(Thing):
    """Relative monthly weights; their mean is scaled to one."""

    jan: Factor = Field(Factor.of(1.0), description="weight of January")
    feb: Factor = Field(Factor.of(1.0), description="weight of February")
    mar: Factor = Field(Factor.of(1.0), description="weight of March")
    apr: Factor = Field(Factor.of(1.0), description="weight of April")
    may: Factor = Field(Factor.of(1.0), description="weight of May")
    jun: Factor = Field(Factor.of(1.0), description="weight of June")
    jul: Factor = Field(Factor.of(1.0), description="weight of July")
    aug: Factor = Field(Factor.of(1.0), description="weight of August")
    sep: Factor = Field(Factor.of(1.0), description="weight of September")
    oct: Factor = Field(Factor.of(1.0), description="weight of October")
    nov: Factor = Field(Factor.of(1.0), description="weight of November")
    dec: Factor = Field(Factor.of(1.0), description="weight of December")

    @model_validator(mode="after")
    def _some_weight(self) -> Season:
        if not any(getattr(self, month) > 0 for month in MONTHS):
            raise ValueError("all months weigh 0; expected at least one above 0")
        return self

    @property
    def weights(self) -> tuple[float, ...]:
        """Twelve factors, January first, of mean one."""
        raw = [getattr(self, m) for m in MONTHS]
        mean = sum(raw) / 12
        return tuple(w / mean for w in raw)
