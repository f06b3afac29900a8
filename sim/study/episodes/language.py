"""What an episode file may say, as attribute tables of the same make as the scenario's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario import register, units
from sim.scenario import shape as shapes
from sim.scenario.base import Day, Names, Thing
from sim.scenario.quantities import Duration
from sim.scenario.units import Refusal, shown
from sim.scenario.vocabulary import Name
from sim.scenario.written import Validated, need_value, unwrap
from sim.study.episodes.kinds import AnyMeasure

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from sim.scenario.register import Fact


@dataclass(frozen=True, slots=True)
class Reading(Validated):
    """A figure that was observed, in whatever unit: ``8.9 h``, ``120 trains``, ``747 kt/yr``.

    Attributes:
        number: as written.
        unit: as written.
        factor: of the unit into house units.
        dimension: of the unit.
    """

    number: float
    unit: str
    factor: float
    dimension: units.Dimension

    @classmethod
    def of(cls, text: str) -> Self:
        """From text with a unit; raises `Refusal`."""
        value, dimension, unit = units.read(text)
        factor = units.unit_of(unit)[0]
        return cls(value / factor, unit, factor, dimension)

    @classmethod
    def of_fact(cls, fact: Fact) -> Self:
        """The figure of a row of the register, in its own unit.

        Raises:
            ValueError: a date or a year, no number, or a unit that is not measured.
        """
        if fact.figure is None:
            raise ValueError("no figure that a measure could give")
        factor, dimension = register.unit_of(fact.unit)
        return cls(float(fact.value), fact.unit, factor, dimension)

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        value, wrapped = unwrap(need_value(raw))
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise Refusal(f"`{shown(value)}` is not a figure; expected such as `8.9 h`")
            return cls.of(str(value))
        except Refusal as refusal:
            raise Refusal(refusal.message, ("value",) if wrapped else ()) from None

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        return {"type": ["string", "number"], "examples": ["8.9 h", "120 trains", "747 kt/yr"]}


class Observed(Thing):
    """What was observed: a fact of the register, or a figure with its source; or a range."""

    fact: Names = Field((), description="fact ids of the register that say it")
    value: Reading | None = Field(
        None, description="the figure; the fact's own value if absent. The fact must say it"
    )
    high: Reading | None = Field(None, description="upper end, when what was observed is a range")


def _truth(raw: Any) -> Any:
    if not isinstance(raw, bool):
        raise Refusal(f"`{shown(raw)}` is neither; expected `true` or `false`")
    return raw


class ObservedRow(Thing):
    """One observation, and the same figure in a run."""

    title: str | None = Field(None, description="what it is, for readers")
    observed: Observed = Field(description="what was observed")
    measure: AnyMeasure = Field(description="a key figure by its name, or a kind with parameters")
    on: Day | None = Field(None, description="the day of the observation")
    begin: Day | None = Field(None, description="first day of the window; the run's if absent")
    days: Duration | None = Field(None, gt=0, description="how long the window lasts")
    calibrated: Annotated[bool, BeforeValidator(_truth)] = Field(
        description="whether figures of the scenario were chosen with this observation in view"
    )
    calibrates: str | None = Field(None, description="which figures these are")
    remark: str | None = Field(None, description="what a reader of the result should know")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.calibrated and not self.calibrates:
            raise ValueError(
                "is calibrated on, and does not say what; expected `calibrates: <which figures>`"
            )
        if self.calibrates and not self.calibrated:
            raise ValueError(
                "says what it calibrates, and is not calibrated; expected `calibrated: true`"
            )
        if self.on is not None and (self.begin is not None or self.days is not None):
            raise ValueError("has `on` beside a window; expected either")
        if (self.begin is None) != (self.days is None):
            raise ValueError("has half a window; expected both `begin` and `days`")
        return self


class EpisodeTables(Thing):
    """A whole episode, as its file says it; the scenario is read by the scenario language."""

    title: str = Field(description="what happened")
    question: str | None = Field(None, description="what the model is asked")
    evidence: str | None = Field(
        None, description="register of facts, beside the file; the scenario's if absent"
    )
    scenario: Any = Field(
        None, description="a scenario's file, or a scenario in place with `extends`"
    )
    rows: dict[Name, ObservedRow] = Field(min_length=1, description="observations by name")


ROOT = shapes.Shape("table", EpisodeTables)


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip


def numbers_in(text: str) -> set[float]:
    """The numbers a text says, in digits (`10,800`, `8.9`) or as words up to twelve."""
    digits = re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)
    words = [_WORDS[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _WORDS]
    return {float(d.replace(",", "")) for d in digits} | {float(w) for w in words}
