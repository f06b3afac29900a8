"""Quantities: what a person writes with a unit, as numbers in house units.

Scalar quantities are floats (counts are ints) that remember how they were written (``text``).
Dated values hold from a date on; distributions are random.  Every type takes part in pydantic
validation and in the JSON Schema by itself.  A figure stands bare (``870 km``) or as a mapping
with its evidence: ``{value: 870 km, source: [dist-almaty-dostyk]}``.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from sim.scenario import units
from sim.scenario.distributions import (
    KINDS,
    Parameter,
    parse_call,
)
from sim.scenario.units import Refusal, shown

EVIDENCE_KEYS = ("source", "assumed")
MOST = 10_000_000
"""Things of one kind that are believed to be meant."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a number must be: dimension, bounds, examples."""

    noun: str
    dimension: units.Dimension
    examples: tuple[str, ...]
    unit: str
    above_zero: bool = False
    whole: bool = False
    signed: bool = False

    @property
    def expected(self) -> str:
        """The rule in words, for error messages."""
        return f"expected {self.noun} such as {' or '.join(f'`{e}`' for e in self.examples)}"

    def number(self, raw: object) -> float:
        """The number in house units of text or of a plain number as YAML gives it.

        Raises:
            Refusal: wrong kind of value, wrong dimension, out of bounds.
        """
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            what = "nothing" if raw is None else f"`{shown(_yaml_word(raw))}`"
            raise Refusal(f"{what} is not {self.noun}; {self.expected}")
        if isinstance(raw, str):
            try:
                value, dimension, unit = units.read(raw)
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
            raise Refusal(f"`{said}` is {is_a}, not {self.noun}; {self.expected}")
        if value < 0 and not self.signed:
            least = "more than 0" if self.above_zero else "0 or more"
            raise Refusal(f"{said} is not {self.noun}, it is negative; expected {least}")
        if self.above_zero and value == 0:
            raise Refusal(f"{said} is not {self.noun}; expected more than 0")
        if self.whole:
            nearest = round(value)
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


def need_value(raw: object) -> object:
    """`raw` again; a mapping without ``value`` is refused."""
    if isinstance(raw, dict) and "value" not in raw:
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


def near(word: str, known: Any, otherwise: str | None = None) -> str:
    """``; did you mean …?``, or what there is when nothing is near."""
    import difflib

    names = [str(k) for k in known]
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.lower().replace("_", "-"), name)
    close = difflib.get_close_matches(word.lower().replace("_", "-"), folded, 1, 0.6)
    if close:
        return f"; did you mean `{folded[close[0]]}`?"
    if otherwise is not None:
        return otherwise
    listed = ", ".join(f"`{n}`" for n in names[:12]) + (", …" if len(names) > 12 else "")
    return f"; expected one of {listed}" if names else "; there are none"


class _Validated:
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


def _evidence_schema() -> dict[str, Any]:
    return {
        "source": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "description": "fact ids",
        },
        "assumed": {"type": "string", "description": "why, where there is no source"},
    }


def _bare_schema(rule: Rule) -> dict[str, Any]:
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


class _Scalar(_Validated):
    rule: ClassVar[Rule]
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
            return cls._make(cls.rule.number(value), _text(value))
        except Refusal as refusal:
            raise Refusal(refusal.message, ("value",) if wrapped else ()) from None

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        bare = _bare_schema(cls.rule)
        return {
            "title": cls.__name__,
            "anyOf": [
                bare,
                {
                    "type": "object",
                    "properties": {"value": bare, **_evidence_schema()},
                    "required": ["value"],
                    "additionalProperties": False,
                },
            ],
        }


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else str(raw)


class Quantity(_Scalar, float):
    """A float in house units that knows how it was written."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self)._make, (float(self), self.text))


class Duration(Quantity):
    """A time, h."""

    rule = Rule("a time", units.TIME, ("36 h", "36 d"), "h")


class Offset(Quantity):
    """A difference to UTC, h; may be negative."""

    rule = Rule("a difference to UTC", units.TIME, ("5 h",), "h", signed=True)


class Length(Quantity):
    """A length, km."""

    rule = Rule("a length", units.LENGTH, ("870 km",), "km")


class Speed(Quantity):
    """A speed, km/h, more than zero."""

    rule = Rule("a speed", units.SPEED, ("35 km/h", "800 km/d"), "km/h", above_zero=True)


class Tonnes(Quantity):
    """A mass, t."""

    rule = Rule("a mass", units.MASS, ("3000 t", "12 kt"), "t")


class BoxesLoad(Quantity):
    """Goods in one box, t, more than zero."""

    rule = Rule("a mass per box", units.MASS, ("26 t", "26 t/box"), "t", above_zero=True)


class Volume(Quantity):
    """Goods per time, t/h."""

    rule = Rule("a mass per time", units.FLOW, ("50 kt/yr", "1040 t/d"), "t/h")


class Money(Quantity):
    """Money for one thing, USD."""

    rule = Rule("money", units.MONEY, ("329 USD", "40 USD/box"), "USD")


class MoneyPerTime(Quantity):
    """Money for one thing in a time, USD/h."""

    rule = Rule("money per time", units.MONEY_PER_TIME, ("3 USD/d", "3 USD/box/d"), "USD/h")


class MoneyPerTonneTime(Quantity):
    """Money for a tonne in a time, USD/t/h."""

    rule = Rule("money per tonne and time", units.MONEY_PER_MASS_TIME, ("0.05 USD/t/d",), "USD/t/h")


class FreightRate(Quantity):
    """Money for a tonne over a distance, USD/t/km."""

    rule = Rule("a freight rate", units.FREIGHT_RATE, ("0.03 USD/t/km",), "USD/t/km")


class BoxRate(Quantity):
    """Money for a box over a distance, USD/km."""

    rule = Rule("money per distance", units.MONEY_PER_LENGTH, ("0.4 USD/box/km",), "USD/km")


class Intensity(Quantity):
    """CO2e of a tonne over a distance, t/t/km."""

    rule = Rule("CO2e per tonne and distance", units.PER_LENGTH, ("20 g/t/km",), "/km")


class BoxIntensity(Quantity):
    """CO2e of an empty box over a distance, t/km."""

    rule = Rule("CO2e per distance", units.MASS_PER_LENGTH, ("90 g/box/km",), "t/km")


class Factor(Quantity):
    """A plain number, zero or more; ``12 %`` is 0.12."""

    rule = Rule("a factor or share", units.PURE, ("0.12", "12 %"), "")


class Count(_Scalar, int):
    """A whole number of things, zero or more."""

    rule = Rule("a whole number", units.PURE, ("3", "40 boxes"), "", whole=True)

    @classmethod
    def _make(cls, value: float, text: str) -> Self:
        made = int.__new__(cls, int(value))
        made.text = text
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self)._make, (int(self), self.text))


# Dated values ---------------------------------------------------------------------------------


def moment(raw: object, start: date | None) -> float:
    """Hours since the start of a date (``2024-03-01``) or date and time; raises `Refusal`."""
    try:
        at = datetime.fromisoformat(str(raw))
    except ValueError:
        raise Refusal(f"`{shown(raw)}` is not a date; expected one such as `2024-03-01`") from None
    if at.tzinfo is not None:
        raise Refusal(f"`{shown(raw)}` has a time zone; write UTC without one")
    begin = start or date(2000, 1, 1)
    return (at - datetime(begin.year, begin.month, begin.day)) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Dated(_Validated):
    """A value that changes on dates.

    Attributes:
        initial: value from the start on, in house units.
        changes: (hours since the start, value from then on), sorted by time.
        text: how it was written.
    """

    rule: ClassVar[Rule]

    initial: float
    changes: tuple[tuple[float, float], ...] = ()
    text: str = ""

    def at(self, t_h: float) -> float:
        """The value that holds at `t_h` hours since the start."""
        index = bisect_right(self.changes, t_h, key=lambda change: change[0])
        return self.changes[index - 1][1] if index else self.initial

    def mean(self, from_h: float, to_h: float) -> float:
        """The mean value between two times in hours; the value at `from_h` if they are equal."""
        if to_h <= from_h:
            return self.at(from_h)
        cuts = [from_h, *(t for t, _ in self.changes if from_h < t < to_h), to_h]
        area = sum(self.at(a) * (b - a) for a, b in pairwise(cuts))
        return area / (to_h - from_h)

    @property
    def most(self) -> float:
        """The largest value at any time."""
        return max(self.initial, *(v for _, v in self.changes)) if self.changes else self.initial

    @classmethod
    def of(cls, value: float | str) -> Self:
        """A value that never changes, from house units or text; raises `Refusal`."""
        text = value if isinstance(value, str) else cls.rule.text(value)
        return cls(cls.rule.number(text), (), text)

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        value, wrapped = unwrap(need_value(raw), ("value", "changes"))
        try:
            initial = cls.rule.number(value)
        except Refusal as refusal:
            raise Refusal(refusal.message, ("value",) if wrapped else ()) from None
        if not wrapped or not isinstance(raw, dict) or raw.get("changes") is None:
            return cls(initial, (), _text(value))
        table = raw["changes"]
        if not isinstance(table, dict):
            raise Refusal(
                "expected dates with their values, such as `2024-03-01: 18 trains/d`", ("changes",)
            )
        start = (info.context or {}).get("start") if info is not None else None
        changes: list[tuple[float, float]] = []
        for when, what in table.items():
            inside: tuple[str | int, ...] = ("changes", when)
            try:
                hours = moment(when, start)
            except Refusal as refusal:
                raise Refusal(refusal.message, inside, True) from None
            try:
                new, deeper = unwrap(need_value(what))
                inside = (*inside, "value") if deeper else inside
                changes.append((hours, cls.rule.number(new)))
            except Refusal as refusal:
                raise Refusal(refusal.message, inside + refusal.inside, refusal.at_key) from None
        changes.sort()
        for (a, _), (b, _) in pairwise(changes):
            if a == b:
                raise Refusal("two changes at the same time", ("changes",))
        said = ", ".join(f"{when}: {_change_text(what)}" for when, what in table.items())
        return cls(initial, tuple(changes), f"{_text(value)} ({said})")

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        bare = _bare_schema(cls.rule)
        value = {
            "type": "object",
            "properties": {"value": bare, **_evidence_schema()},
            "required": ["value"],
            "additionalProperties": False,
        }
        changes = {
            "type": "object",
            "description": "new values by the date from which they hold",
            "additionalProperties": {"anyOf": [bare, value]},
        }
        dated = {**value, "properties": {**value["properties"], "changes": changes}}  # type: ignore[dict-item]
        return {"title": cls.__name__, "anyOf": [bare, dated]}


def _change_text(what: object) -> str:
    return _text(what["value"]) if isinstance(what, dict) else _text(what)


class DatedCount(Dated):
    """A whole number of things that changes on dates."""

    __slots__ = ()
    rule = Count.rule


class DatedFactor(Dated):
    """A factor that changes on dates."""

    __slots__ = ()
    rule = Factor.rule


class DatedRate(Dated):
    """A number per time that changes on dates, per hour."""

    __slots__ = ()
    rule = Rule("a rate per time", units.RATE, ("15 trains/d", "7 /wk"), "/h")


# Distributions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Distribution(_Validated):
    """A random quantity in house units, never negative.

    Attributes:
        kind: name in `distributions.KINDS`.
        parameters: values by name, in house units, in the order of the kind's table.
        text: how it was written.
    """

    rule: ClassVar[Rule] = Factor.rule
    default_mean: ClassVar[float | None] = None

    kind: str
    parameters: tuple[tuple[str, float | tuple[float, ...]], ...]
    text: str = ""

    @property
    def mean(self) -> float:
        """Expected value, in house units."""
        return KINDS[self.kind].mean(dict(self.parameters))

    @property
    def variance(self) -> float:
        """Variance, in house units squared."""
        return KINDS[self.kind].variance(dict(self.parameters))

    @property
    def is_constant(self) -> bool:
        """True if every draw is the same."""
        return self.variance == 0.0

    def sample(self, rng: Any, n: int) -> Any:
        """`n` draws from numpy generator `rng`, float64 array in house units."""
        import numpy

        if self.is_constant:
            return numpy.full(n, self.mean)
        drawn = KINDS[self.kind].sample(rng, n, dict(self.parameters))
        return numpy.asarray(drawn, dtype=numpy.float64)

    @classmethod
    def of(cls, value: float | str) -> Self:
        """From a constant in house units or from text; raises `Refusal`."""
        return cls.validate(value if isinstance(value, str) else cls.rule.text(value))

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        value, wrapped = unwrap(raw)
        at: tuple[str | int, ...] = ("value",) if wrapped else ()
        if isinstance(value, dict):
            if "distribution" not in value:
                raise Refusal(f"expected `value` or `distribution` in it; {cls._expected()}", at)
            kind = value["distribution"]
            names = tuple(p.name for k in KINDS.values() for p in k.parameters)
            if isinstance(kind, str) and kind in KINDS:
                names = tuple(p.name for p in KINDS[kind].parameters)
            check_evidence(value, ("distribution", *names))
            given = {k: v for k, v in value.items() if k not in (*EVIDENCE_KEYS, "distribution")}
            said = f"{kind}({', '.join(f'{k}: {_given_text(v)}' for k, v in given.items())})"
            return cls._build(kind, given, said, at, (*at, "distribution"))
        if isinstance(value, str) and "(" in value:
            try:
                kind, given = parse_call(value)
                return cls._build(kind, given, value, (), ())
            except Refusal as refusal:
                raise Refusal(refusal.message, at) from None
        try:
            return cls("constant", (("value", cls.rule.number(value)),), _text(value))
        except Refusal as refusal:
            raise Refusal(refusal.message, at) from None

    @classmethod
    def _build(
        cls,
        kind: object,
        given: dict[str, Any],
        text: str,
        at: tuple[str | int, ...],
        kind_at: tuple[str | int, ...],
    ) -> Self:
        if not isinstance(kind, str) or kind not in KINDS:
            hint = near(str(kind), KINDS)
            raise Refusal(f"unknown distribution `{shown(kind)}`{hint}", kind_at)
        table = KINDS[kind]
        names = [p.name for p in table.parameters]
        for name in given:
            if name not in names:
                raise Refusal(f"{kind} has no `{shown(name)}`{near(name, names)}", at)
        values: dict[str, float | tuple[float, ...]] = {}
        for parameter in table.parameters:
            if parameter.name not in given:
                if parameter.name == "mean" and cls.default_mean is not None:
                    values["mean"] = cls.default_mean
                    continue
                example = table.example
                raise Refusal(f"{kind} needs `{parameter.name}`; write `{example}`", at)
            inside = (*at, parameter.name) if at or kind_at else ()
            try:
                values[parameter.name] = cls._parameter(parameter, given[parameter.name])
            except Refusal as refusal:
                raise Refusal(f"{parameter.name}: {refusal.message}", inside) from None
        wrong = table.check(values)
        if wrong:
            raise Refusal(f"{kind}: {wrong}", at)
        made = cls(kind, tuple(values.items()), text)
        if not (math.isfinite(made.mean) and math.isfinite(made.variance)):
            raise Refusal(f"{kind}: mean or variance is not finite", at)
        return made

    @classmethod
    def _parameter(cls, parameter: Parameter, raw: object) -> float | tuple[float, ...]:
        if parameter.many:
            if not isinstance(raw, list) or not raw:
                raise Refusal("expected a list of values, such as `[1, 2]`")
            return tuple(cls.rule.number(item) for item in raw)
        if parameter.is_quantity:
            return cls.rule.number(unwrap(raw)[0])
        rule = SHAPE_WHOLE if parameter.whole else SHAPE
        value = rule.number(unwrap(raw)[0])
        if value == 0 and parameter.above_zero:
            raise Refusal("0 is too small; expected more than 0")
        return value

    @classmethod
    def _expected(cls) -> str:
        example = cls.rule.examples[0]
        return f"expected `{example}` or `lognormal(mean: {example}, cv: 0.4)`"

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        bare = _bare_schema(cls.rule)
        call = {
            "type": "string",
            "description": "a distribution: " + ", ".join(KINDS),
            "examples": [*cls.rule.examples, cls._expected().split("`")[3]],
        }
        number = {"type": ["number", "string"]}
        forms: list[dict[str, Any]] = [bare, call]
        for kind in KINDS.values():
            forms.append(
                {
                    "type": "object",
                    "properties": {
                        "distribution": {"const": kind.name},
                        **{
                            p.name: {"type": "array", "items": number} if p.many else number
                            for p in kind.parameters
                        },
                        **_evidence_schema(),
                    },
                    "required": [
                        "distribution",
                        *(
                            p.name
                            for p in kind.parameters
                            if p.name != "mean" or cls.default_mean is None
                        ),
                    ],
                    "additionalProperties": False,
                }
            )
        wrapped = {
            "type": "object",
            "properties": {"value": {"anyOf": [bare, call]}, **_evidence_schema()},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"title": cls.__name__, "anyOf": [*forms, wrapped]}


def _given_text(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    return _text(value)


SHAPE = Rule("a plain number", units.PURE, ("0.4",), "")
SHAPE_WHOLE = Rule("a whole number", units.PURE, ("3",), "", whole=True)


class DurationDistribution(Distribution):
    """A random time, h."""

    __slots__ = ()
    rule = Duration.rule


class RateDistribution(Distribution):
    """A random factor without unit; its mean is 1 where none is written."""

    __slots__ = ()
    rule = Factor.rule
    default_mean = 1.0
