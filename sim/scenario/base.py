"""What all tables of the scenario language share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from sim.scenario.dates import not_a_date
from sim.scenario.units import Refusal


def _one_or_more(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


def start_of(info: ValidationInfo | None) -> date | None:
    """First day of the scenario whose tables are being made, if that is known."""
    return (info.context or {}).get("start") if info is not None else None


def _day(raw: Any, info: ValidationInfo) -> Any:
    try:
        day = raw if type(raw) is date else date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Refusal(not_a_date(raw, start=start_of(info))) from None
    if not 1900 <= day.year <= 2200:
        raise Refusal(f"`{day}` is out of range; expected a year from 1900 to 2200")
    return day


def _day_text(raw: str, info: ValidationInfo) -> str:
    _day(raw, info)
    return raw


def _latitude(raw: Any) -> Any:
    if isinstance(raw, int | float) and not -90 <= raw <= 90:
        raise Refusal(f"{raw} is no latitude; expected [longitude, latitude], longitude first")
    return raw


DayKey = Annotated[str, AfterValidator(_day_text)]
"""A date as a key."""

Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
"""A list of names; one alone may stand without the list."""

Day = Annotated[date, BeforeValidator(_day)]
"""A date written ``2024-03-01``."""

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), BeforeValidator(_latitude)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]*$", description="lower-case name")]


@dataclass(frozen=True)
class Needed:
    """Marks a key that must be given although its table can do without: when, in words."""

    when: str


class Thing(BaseModel):
    """What every table shares: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    source: Names = Field((), description="fact ids for the figures of this mapping")
    assumed: str | None = Field(None, description="why figures without a source are as they are")


class Rule(BaseModel):
    """A decision rule chosen by name, with its parameters beside the name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    rule: str = Field(description="name of the rule in the registry of its decision")
    source: Names = Field((), description="fact ids for the rule")
    assumed: str | None = Field(None, description="why the rule is as it is")

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, raw: Any) -> Any:
        """A rule without parameters may stand as its name alone."""
        return {"rule": raw} if isinstance(raw, str) else raw

    @property
    def parameters(self) -> dict[str, Any]:
        """The rule's parameters as written, without its name."""
        return dict(self.model_extra or {})
