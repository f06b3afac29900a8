"""Shapes over the year."""

from __future__ import annotations

from calendar import monthrange

from pydantic import Field, model_validator

from sim.scenario.base import Thing
from sim.scenario.quantities import Factor
from sim.scenario.wording import MONTHS


class Season(Thing):
    """Relative weights of a day in each month; their mean over a year is scaled to one."""

    jan: Factor = Field(Factor.of(1.0), description="weight of a day in January")
    feb: Factor = Field(Factor.of(1.0), description="weight of a day in February")
    mar: Factor = Field(Factor.of(1.0), description="weight of a day in March")
    apr: Factor = Field(Factor.of(1.0), description="weight of a day in April")
    may: Factor = Field(Factor.of(1.0), description="weight of a day in May")
    jun: Factor = Field(Factor.of(1.0), description="weight of a day in June")
    jul: Factor = Field(Factor.of(1.0), description="weight of a day in July")
    aug: Factor = Field(Factor.of(1.0), description="weight of a day in August")
    sep: Factor = Field(Factor.of(1.0), description="weight of a day in September")
    oct: Factor = Field(Factor.of(1.0), description="weight of a day in October")
    nov: Factor = Field(Factor.of(1.0), description="weight of a day in November")
    dec: Factor = Field(Factor.of(1.0), description="weight of a day in December")

    @model_validator(mode="after")
    def _some_weight(self) -> Season:
        if not any(getattr(self, month) > 0 for month in MONTHS):
            raise ValueError("all months weigh 0; expected at least one above 0")
        return self

    def factors(self, year: int) -> tuple[float, ...]:
        """Twelve factors, January first, whose mean over the days of that year is one."""
        weights = [float(getattr(self, month)) for month in MONTHS]
        days = [monthrange(year, month)[1] for month in range(1, 13)]
        mean = sum(w * d for w, d in zip(weights, days, strict=True)) / sum(days)
        return tuple(weight / mean for weight in weights)
