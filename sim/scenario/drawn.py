"""Random quantities: a constant or a distribution, with its parameters in house units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic_core import core_schema

from sim.scenario import units
from sim.scenario.distributions import KINDS, Parameter, parse_call
from sim.scenario.quantities import Duration, Factor
from sim.scenario.spelling import near
from sim.scenario.units import Refusal, shown
from sim.scenario.written import (
    EVIDENCE_KEYS,
    NumberRule,
    Validated,
    bare_schema,
    check_evidence,
    evidence_schema,
    text_of,
    unwrap,
)


@dataclass(frozen=True, slots=True)
class Distribution(Validated):
    """A random quantity in house units, never negative.

    Attributes:
        kind: name in `distributions.KINDS`.
        parameters: values by name, in house units, in the order of the kind's table.
        text: how it was written.
    """

    rule: ClassVar[NumberRule] = Factor.rule
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
                named = [k for k in value if k in KINDS and isinstance(value[k], dict)]
                if named:
                    inner = ", ".join(f"{k}: {_given_text(v)}" for k, v in value[named[0]].items())
                    raise Refusal(f"write `{named[0]}({inner})` in place of a mapping", at)
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
        spanned = _span(value)
        if spanned is not None:
            said = f"`{shown(spanned.text)}` is a range; write `{spanned.span.distribution}`"
            raise Refusal(said, at)
        try:
            return cls("constant", (("value", cls.rule.number(value)),), text_of(value))
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
                raise Refusal(f"{kind} has no `{shown(name)}`{_parameter_hint(name, names)}", at)
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
        bare = bare_schema(cls.rule)
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
                        **evidence_schema(),
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
            "properties": {"value": {"anyOf": [bare, call]}, **evidence_schema()},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"title": cls.__name__, "anyOf": [*forms, wrapped]}


ALIASES = {
    "min": "low",
    "max": "high",
    "minimum": "low",
    "maximum": "high",
    "a": "low",
    "b": "high",
}
SPREADS = ("sd", "std", "stdev", "sigma", "stddev")


def _parameter_hint(name: str, names: list[str]) -> str:
    alias = ALIASES.get(name.lower(), "")
    if alias in names:
        return f"; did you mean `{alias}`?"
    if name.lower() in SPREADS and "cv" in names:
        return "; write `cv`, the standard deviation over the mean: 0.3 is 30 %"
    return near(name, names)


def _span(value: object) -> units.Range | None:
    """The range that a value is, written as one figure or as a list of both ends."""
    if isinstance(value, list) and len(value) == 2:
        value = " - ".join(str(end) for end in value)
    if isinstance(value, str):
        try:
            units.read(value)
        except units.Range as found:
            return found
        except Refusal:
            return None
    return None


def _given_text(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(text_of(v) for v in value) + "]"
    return text_of(value)


SHAPE = NumberRule("a plain number", units.PURE, ("0.4",), "")
SHAPE_WHOLE = NumberRule("a whole number", units.PURE, ("3",), "", whole=True)


class DurationDistribution(Distribution):
    """A random time, h."""

    __slots__ = ()
    rule = Duration.rule


class RateDistribution(Distribution):
    """A random factor without unit; its mean is 1 where none is written."""

    __slots__ = ()
    rule = Factor.rule
    default_mean = 1.0
