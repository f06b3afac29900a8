"""The kinds of distributions: one entry a kind, with parameters, moments and sampler."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sim.scenario.units import Refusal, shown

Values = dict[str, Any]  # parameter name to float, or to a tuple of floats


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind: a quantity with the unit of the draws, or a plain number."""

    name: str
    is_quantity: bool = True
    many: bool = False
    whole: bool = False
    above_zero: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of distribution; `check` says what is wrong with the values, or nothing."""

    name: str
    parameters: tuple[Parameter, ...]
    example: str
    mean: Callable[[Values], float]
    variance: Callable[[Values], float]
    sample: Callable[[Any, int, Values], Any]
    check: Callable[[Values], str | None] = lambda p: None


def _ordered(*names: str) -> Callable[[Values], str | None]:
    def check(p: Values) -> str | None:
        for a, b in pairwise(names):
            if p[a] > p[b]:
                return f"`{a}` is above `{b}`"
        return None

    return check


def _draw_lognormal(rng: Any, n: int, p: Values) -> Any:
    s2 = math.log1p(p["cv"] ** 2)
    return rng.lognormal(math.log(p["mean"]) - s2 / 2, math.sqrt(s2), n)


def _draw_gamma(rng: Any, n: int, p: Values) -> Any:
    k = p["cv"] ** -2
    return rng.gamma(k, p["mean"] / k, n)


def _weibull_scale(p: Values) -> float:
    return float(p["mean"]) / math.gamma(1 + 1 / p["shape"])


def _weibull_variance(p: Values) -> float:
    ratio = math.exp(math.lgamma(1 + 2 / p["shape"]) - 2 * math.lgamma(1 + 1 / p["shape"]))
    return float(p["mean"] ** 2 * max(0.0, ratio - 1))


def _shape_check(p: Values) -> str | None:
    return None if p["shape"] >= 0.05 else "`shape` is below 0.05, which no data support"


def _cv_check(p: Values) -> str | None:
    if p["cv"] > 100:
        return "`cv` is above 100, which no data support"
    if 0 < p["cv"] < 1e-6:
        return "`cv` is below 1e-6; write 0 for a constant"
    return None


def _empirical_variance(p: Values) -> float:
    values = p["values"]
    mean = math.fsum(values) / len(values)
    return math.fsum((v - mean) ** 2 for v in values) / len(values)


_MEAN = Parameter("mean")
_CV = Parameter("cv", is_quantity=False)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "constant",
            (Parameter("value"),),
            "constant(value: 36 h)",
            lambda p: float(p["value"]),
            lambda p: 0.0,
            lambda rng, n, p: [p["value"]] * n,
        ),
        Kind(
            "exponential",
            (_MEAN,),
            "exponential(mean: 36 h)",
            lambda p: float(p["mean"]),
            lambda p: float(p["mean"] ** 2),
            lambda rng, n, p: rng.exponential(p["mean"], n),
        ),
        Kind(
            "lognormal",
            (_MEAN, _CV),
            "lognormal(mean: 36 h, cv: 0.4)",
            lambda p: float(p["mean"]),
            lambda p: float((p["mean"] * p["cv"]) ** 2),
            _draw_lognormal,
            _cv_check,
        ),
        Kind(
            "gamma",
            (_MEAN, _CV),
            "gamma(mean: 36 h, cv: 0.4)",
            lambda p: float(p["mean"]),
            lambda p: float((p["mean"] * p["cv"]) ** 2),
            _draw_gamma,
            _cv_check,
        ),
        Kind(
            "uniform",
            (Parameter("low"), Parameter("high")),
            "uniform(low: 2 h, high: 6 h)",
            lambda p: float(p["low"] + p["high"]) / 2,
            lambda p: float((p["high"] - p["low"]) ** 2) / 12,
            lambda rng, n, p: rng.uniform(p["low"], p["high"], n),
            _ordered("low", "high"),
        ),
        Kind(
            "triangular",
            (Parameter("low"), Parameter("mode"), Parameter("high")),
            "triangular(low: 2 h, mode: 3 h, high: 6 h)",
            lambda p: float(p["low"] + p["mode"] + p["high"]) / 3,
            lambda p: (
                float(
                    (p["high"] - p["low"]) ** 2 - (p["mode"] - p["low"]) * (p["high"] - p["mode"])
                )
                / 18
            ),
            lambda rng, n, p: rng.triangular(p["low"], p["mode"], p["high"], n),
            _ordered("low", "mode", "high"),
        ),
        Kind(
            "erlang",
            (_MEAN, Parameter("k", is_quantity=False, whole=True, above_zero=True)),
            "erlang(mean: 36 h, k: 3)",
            lambda p: float(p["mean"]),
            lambda p: float(p["mean"] ** 2 / p["k"]),
            lambda rng, n, p: rng.gamma(p["k"], p["mean"] / p["k"], n),
        ),
        Kind(
            "weibull",
            (_MEAN, Parameter("shape", is_quantity=False, above_zero=True)),
            "weibull(mean: 36 h, shape: 1.5)",
            lambda p: float(p["mean"]),
            _weibull_variance,
            lambda rng, n, p: _weibull_scale(p) * rng.weibull(p["shape"], n),
            _shape_check,
        ),
        Kind(
            "empirical",
            (Parameter("values", many=True),),
            "empirical(values: [2 h, 3 h, 7 h])",
            lambda p: math.fsum(p["values"]) / len(p["values"]),
            _empirical_variance,
            lambda rng, n, p: rng.choice(p["values"], n),
        ),
    )
}
"""Every kind by name; a new one is one entry more."""

_CALL = re.compile(r"\s*([A-Za-z][\w-]*)\s*\((.*)\)\s*", re.DOTALL)


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """Name and parameters as written, of ``lognormal(mean: 36 h, cv: 0.4)``; raises `Refusal`."""
    match = _CALL.fullmatch(text)
    if match is None:
        raise Refusal(
            f"`{shown(text)}` is not a distribution; "
            "expected one such as `lognormal(mean: 36 h, cv: 0.4)`"
        )
    kind = KINDS.get(match[1])
    parts = [part.strip() for part in re.split(r"[,;](?![^\[]*\])", match[2]) if part.strip()]
    if kind is not None and parts and not any(re.search("[:=]", part) for part in parts):
        names = [p.name for p in kind.parameters]
        write = kind.example
        if len(parts) == len(names) and not kind.parameters[0].many:
            write = f"{kind.name}({', '.join(map(': '.join, zip(names, parts, strict=True)))})"
        raise Refusal(f"`{shown(parts[0])}` has no name; write `{write}`")
    given: dict[str, Any] = {}
    for part in parts:
        cut = re.search("[:=]", part)
        mark = cut.start() if cut else 0
        name, value = part[:mark].strip(), part[mark + 1 :].strip()
        if not mark:
            if kind is None:
                return match[1], {}  # that there is no such distribution is said of its name
            last = str(next(reversed(given.values()), ""))
            if re.match(r"\d", part) and re.fullmatch(r"[\d.]+", last):
                number = shown(part)
                raise Refusal(
                    f"`{last},{number}` has a comma in the number; write a decimal point, such as "
                    f"`{last}.{number}`"
                )
            raise Refusal(f"`{shown(part)}` has no name; write it such as `{kind.example}`")
        if name in given:
            raise Refusal(f"`{name}` is given twice")
        if value.startswith("[") and value.endswith("]"):
            inner = re.split(r"[,;]", value[1:-1])
            given[name] = [item.strip() for item in inner if item.strip()]
        else:
            given[name] = value
    return match[1], given
