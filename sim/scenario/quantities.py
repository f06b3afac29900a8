"""Quantities: what a person writes with a unit, as numbers in house units.

They are floats (counts are ints) that remember how they were written (``text``).  Every type takes
part in pydantic validation and in the JSON Schema by itself.  Values that change on dates are in
`dated`, random ones in `drawn`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic_core import core_schema

from sim.scenario import units, wording
from sim.scenario.units import Refusal
from sim.scenario.written import (
    NumberRule,
    Validated,
    bare_schema,
    evidence_schema,
    need_value,
    text_of,
    unwrap,
)


class _Scalar(Validated):
    rule: ClassVar[NumberRule]
    text: str

    @classmethod
    def _make(cls, value: float, text: str) -> Self:
        made: Any = cls.__new__(cls, value)  # type: ignore[call-arg]
        made.text = text
        return made  # type: ignore[no-any-return]

    @classmethod
    def of(cls, value: float | str) -> Self:
        """From a number in house units or from text with a unit; raises `Refusal`."""
        if isinstance(value, str):
            return cls._make(cls.rule.number(value), value)
        text = cls.rule.text(value)
        return cls._make(cls.rule.number(text), text)

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        value, wrapped = unwrap(need_value(raw))
        try:
            return cls._make(cls.rule.number(value), text_of(value))
        except Refusal as refusal:
            raise Refusal(refusal.message, ("value",) if wrapped else ()) from None

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        bare = bare_schema(cls.rule)
        return {
            "title": cls.__name__,
            "anyOf": [
                bare,
                {
                    "type": "object",
                    "properties": {"value": bare, **evidence_schema()},
                    "required": ["value"],
                    "additionalProperties": False,
                },
            ],
        }


class Quantity(_Scalar, float):
    """A float in house units that knows how it was written."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self)._make, (float(self), self.text))


class Duration(Quantity):
    """A time, h."""

    rule = NumberRule(
        "a time",
        units.TIME,
        ("36 h", "36 d"),
        "h",
        instead=((units.LENGTH, "minutes are `min`"),),
    )


class Offset(Quantity):
    """A difference to UTC, h; may be negative."""

    rule = NumberRule("a difference to UTC", units.TIME, ("5 h",), "h", signed=True)

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        try:
            return super().validate(raw, info)
        except Refusal as refusal:
            zone = str(raw["value"] if isinstance(raw, dict) and refusal.inside else raw)
            meant = wording.offset(zone)
            if meant is None:
                raise
            said = f"`{units.shown(zone)}` is a time zone; {meant}"
            raise Refusal(said, refusal.inside) from None


class Length(Quantity):
    """A length, km."""

    rule = NumberRule("a length", units.LENGTH, ("870 km",), "km")


class Speed(Quantity):
    """A speed, km/h, more than zero."""

    rule = NumberRule(
        "a speed",
        units.SPEED,
        ("35 km/h", "800 km/d"),
        "km/h",
        above_zero=True,
        instead=((units.LENGTH, "say in what time that is run"),),
    )


class Tonnes(Quantity):
    """A mass, t."""

    rule = NumberRule("a mass", units.MASS, ("3000 t", "12 kt"), "t")


class BoxesLoad(Quantity):
    """Goods in one box, t, more than zero."""

    rule = NumberRule("a mass per box", units.MASS, ("26 t", "26 t/box"), "t", above_zero=True)


class Volume(Quantity):
    """Goods per time, t/h."""

    rule = NumberRule(
        "a mass per time",
        units.FLOW,
        ("50 kt/yr", "1040 t/d"),
        "t/h",
        instead=(
            (units.MASS, "say in what time that becomes ready"),
            (units.RATE, "multiply it by the tonnes in one"),
        ),
    )


class Money(Quantity):
    """Money for one thing, USD."""

    rule = NumberRule(
        "money",
        units.MONEY,
        ("329 USD", "40 USD/box"),
        "USD",
        instead=((units.MONEY_PER_MASS, "multiply it by the tonnes in one unit"),),
    )


class MoneyPerTime(Quantity):
    """Money for one thing in a time, USD/h."""

    rule = NumberRule(
        "money per time",
        units.MONEY_PER_TIME,
        ("3 USD/d", "3 USD/box/d"),
        "USD/h",
        instead=((units.MONEY, "divide it by the time that it is paid for"),),
    )


class MoneyPerTonneTime(Quantity):
    """Money for a tonne in a time, USD/t/h."""

    rule = NumberRule(
        "money per tonne and time",
        units.MONEY_PER_MASS_TIME,
        ("0.05 USD/t/d",),
        "USD/t/h",
        instead=(
            (units.MONEY_PER_MASS, "divide it by the time that it is paid for"),
            (units.MONEY_PER_TIME, "divide it by the tonnes in a box"),
        ),
    )


class FreightRate(Quantity):
    """Money for a tonne over a distance, USD/t/km."""

    rule = NumberRule(
        "a freight rate",
        units.FREIGHT_RATE,
        ("0.03 USD/t/km",),
        "USD/t/km",
        instead=(
            (units.MONEY, "divide the price of a box by its tonnes and the kilometres"),
            (units.MONEY_PER_MASS, "divide it by the kilometres"),
            (units.MONEY_PER_LENGTH, "divide it by the tonnes in a box"),
        ),
    )


class BoxRate(Quantity):
    """Money for a box over a distance, USD/km."""

    rule = NumberRule("money per distance", units.MONEY_PER_LENGTH, ("0.4 USD/box/km",), "USD/km")


class Intensity(Quantity):
    """CO2e of a tonne over a distance, t/t/km."""

    rule = NumberRule("CO2e per tonne and distance", units.PER_LENGTH, ("20 g/t/km",), "/km")


class BoxIntensity(Quantity):
    """CO2e of an empty box over a distance, t/km."""

    rule = NumberRule("CO2e per distance", units.MASS_PER_LENGTH, ("90 g/box/km",), "t/km")


class Factor(Quantity):
    """A plain number, zero or more; ``12 %`` is 0.12."""

    rule = NumberRule("a factor or share", units.PURE, ("0.12", "12 %"), "")


class Count(_Scalar, int):
    """A whole number of things, zero or more."""

    rule = NumberRule("a whole number", units.PURE, ("3", "40 boxes"), "", whole=True)

    @classmethod
    def _make(cls, value: float, text: str) -> Self:
        made = int.__new__(cls, int(value))
        made.text = text
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self)._make, (int(self), self.text))
