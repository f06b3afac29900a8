"""How a figure is written: a number with a unit, bare or in a mapping with its evidence.

Bare it is ``870 km``; with its evidence ``{value: 870 km, source: [dist-almaty-dostyk]}``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from sim.scenario import units
from sim.scenario.spelling import near
from sim.scenario.units import Refusal, shown

EVIDENCE_KEYS = ("source", "assumed")
NOT_DATED = "does not change on dates; expected one figure (goods by date are `series`)"
MOST = 10_000_000
"""Things of one kind that are believed to be meant."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """What a number must be: dimension, bounds, examples."""

    noun: str
    dimension: units.Dimension
    examples: tuple[str, ...]
    unit: str
    above_zero: bool = False
    whole: bool = False
    signed: bool = False
    whole_sum: bool = False
    """Whether it is paid as a whole, and not for each of some things."""
    instead: tuple[tuple[units.Dimension, str], ...] = ()
    """What to do with a figure of another dimension, by that."""

    @property
    def expected(self) -> str:
        """The rule in words, for error messages."""
        return f"expected {self.noun} {self._example}"

    @property
    def _example(self) -> str:
        return f"such as {' or '.join(f'`{e}`' for e in self.examples)}"

    def number(self, raw: object) -> float:
        """The number in house units of text or of a plain number as YAML gives it.

        Raises:
            Refusal: wrong kind of value, wrong dimension, out of bounds.
        """
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            what = "nothing" if raw is None else f"`{shown(_yaml_word(raw))}`"
            raise Refusal(f"{what} is not {self.noun}; {self.expected}")
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw.strip()):
            raise Refusal(f"`{raw.strip()}` is a date, not {self.noun}; {self.expected}")
        if isinstance(raw, str):
            try:
                value, dimension, unit = units.read(raw)
            except units.Range as found:
                raise Refusal(f"{found.message}; expected one figure, {self._example}") from None
            except Refusal as refusal:
                raise Refusal(f"{refusal.message}; {self.expected}") from None
        else:
            try:
                value, dimension, unit = float(raw), units.PURE, ""
            except OverflowError:
                value, dimension, unit = math.inf, units.PURE, ""
        said = shown(raw)
        if not math.isfinite(value):
            raise Refusal(f"{said} is not a finite number; {self.expected}")
        if dimension != self.dimension:
            if dimension == units.PURE and unit == "":
                cure = " or ".join(f"`{said} {e}`" for e in self._units())
                raise Refusal(f"{said} has no unit; write {cure}")
            is_a = units.DIMENSION_NAMES.get(dimension, "of another kind")
            how = dict(self.instead).get(dimension)
            wanted = f"{how}, {self._example}" if how else self.expected
            raise Refusal(f"`{said}` is {is_a}, not {self.noun}; {wanted}")
        each = units.counted(unit) if self.whole_sum else None
        if each is not None:
            raise Refusal(
                f"`{said}` is for each {each}, and this is paid whatever moves; multiply it by "
                f"the number of them; {self.expected}"
            )
        if self.dimension == units.PURE and not self.whole and str(raw).strip()[0] == "+":
            share, more = (f"{100 * x:.6g} %" for x in (value, 1.0 + value))
            raise Refusal(
                f"`{said}` may be a share or a growth; write `{share}` for that share, or "
                f"`{more}` for so much more"
            )
        if value < 0 and not self.signed:
            least = "more than 0" if self.above_zero else "0 or more"
            raise Refusal(f"{said} is not {self.noun}, it is negative; expected {least}")
        if self.above_zero and value == 0:
            raise Refusal(f"{said} is not {self.noun}; expected more than 0")
        if self.whole:
            nearest = round(value)
            if isinstance(raw, float) and raw == nearest and 1 <= raw < 1000:
                raise Refusal(
                    f"{said} is written with a point; write `{nearest}`, or `{nearest}000` if the "
                    "point marks thousands"
                )
            if abs(value - nearest) > 1e-9 * max(1.0, abs(value)):
                raise Refusal(f"{said} is not {self.noun}; expected a whole number")
            if nearest > MOST:
                raise Refusal(f"{said} is more than any corridor has; expected at most {MOST:,}")
            return float(nearest)
        return value + 0.0  # no negative zero

    def _units(self) -> tuple[str, ...]:
        return tuple(e.split(" ", 1)[1] for e in self.examples if " " in e)

    def text(self, value: float) -> str:
        """Text for a value in house units."""
        return f"{value:.12g} {self.unit}".rstrip()


def _yaml_word(raw: object) -> str:
    if raw is True or raw is False:
        return str(raw).lower()
    if isinstance(raw, dict):
        return "a mapping"
    if isinstance(raw, list):
        return "a list"
    return str(raw)


def need_value(raw: object, dated: bool = False) -> object:
    """`raw` again; a mapping without ``value`` is refused.

    Args:
        dated: whether the value may change on dates.
    """
    if isinstance(raw, dict) and "value" not in raw:
        if raw and all(re.match(r"\d{4}-\d", str(key)) for key in raw):
            (first, value), *more = raw.items()
            later = ", ".join(f"{key}: {text_of(item)}" for key, item in more[:2])
            cure = f"write `{{value: {text_of(value)}, changes: {{{later or f'{first}: …'}}}}}`"
            raise Refusal(f"dates stand in `changes`; {cure}" if dated else NOT_DATED)
        keys = ", ".join(f"`{shown(key)}`" for key in list(raw)[:4])
        raise Refusal(f"a mapping with {keys or 'no keys'} and no `value`; expected `value` in it")
    return raw


def unwrap(raw: object, rule_keys: tuple[str, ...] = ("value",)) -> tuple[object, bool]:
    """What stands in ``value`` of a figure's mapping, and whether there was such a mapping."""
    if not isinstance(raw, dict) or "value" not in raw or "distribution" in raw:
        return raw, False
    check_evidence(raw, rule_keys)
    return raw["value"], True


def check_evidence(raw: dict[str, Any], others: tuple[str, ...]) -> None:
    """Refuse unknown keys and ill-formed ``source`` or ``assumed`` in a figure's mapping."""
    known = (*others, *EVIDENCE_KEYS)
    for key in raw:
        if key not in known:
            raise Refusal(f"unknown key `{shown(key)}`{near(str(key), known)}", (key,), True)
    source = raw.get("source", [])
    ids = source if isinstance(source, list | tuple) else [source]
    for item in ids:
        if not isinstance(item, str):
            raise Refusal(f"`{shown(item)}` is not a fact id", ("source",))
    if not isinstance(raw.get("assumed", ""), str | None):
        raise Refusal("expected the reason in words", ("assumed",))


def text_of(raw: object) -> str:
    """A value as it was written."""
    return raw if isinstance(raw, str) else str(raw)


class Validated:
    """Hooks that make a class a pydantic type."""

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        """A value of this type from what YAML gave; raises `Refusal`."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def take(raw: object, info: core_schema.ValidationInfo) -> Any:
            return raw if isinstance(raw, cls) else cls.validate(raw, info)

        return core_schema.with_info_plain_validator_function(
            take,
            serialization=core_schema.plain_serializer_function_ser_schema(_written),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return cls.json_schema()

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema of what may be written."""
        raise NotImplementedError


def _written(value: Any) -> Any:
    return value.text


def evidence_schema() -> dict[str, Any]:
    """JSON Schema of the keys beside ``value``."""
    return {
        "source": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "description": "fact ids",
        },
        "assumed": {"type": "string", "description": "why, where there is no source"},
    }


def bare_schema(rule: NumberRule) -> dict[str, Any]:
    """JSON Schema of a bare figure."""
    text = {
        "type": "string",
        "description": f"{rule.noun}, with a unit; {rule.unit or 'plain'} inside",
        "examples": list(rule.examples),
    }
    if rule.dimension != units.PURE:
        return text
    number: dict[str, Any] = {"type": "integer" if rule.whole else "number"}
    if not rule.signed:
        number["exclusiveMinimum" if rule.above_zero else "minimum"] = 0
    return {"anyOf": [number, text]}
