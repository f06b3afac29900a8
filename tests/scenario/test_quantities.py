"""Quantities as written become numbers in house units, or are refused with a cure."""

from __future__ import annotations

import itertools
import math
import pickle
from datetime import date

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sim.scenario import units
from sim.scenario.dated import DatedCount, DatedRate
from sim.scenario.distributions import KINDS
from sim.scenario.drawn import Distribution, DurationDistribution, RateDistribution
from sim.scenario.quantities import (
    BoxesLoad,
    Count,
    Duration,
    Factor,
    Length,
    Speed,
    Tonnes,
    Volume,
)
from sim.scenario.units import Refusal


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Duration, "36 h", 36),
        (Duration, "36 d", 864),
        (Duration, "90 min", 1.5),
        (Duration, "1 yr", 8760),
        (Duration, "1 month", 730),
        (Duration, "3 min/box", 0.05),
        (Length, "870 km", 870),
        (Length, "500 m", 0.5),
        (Speed, "800 km/d", 800 / 24),
        (Speed, "20 mile/h", 32.18688),
        (Tonnes, "12 kt", 12000),
        (BoxesLoad, "26 t", 26),
        (BoxesLoad, "26 t/box", 26),
        (BoxesLoad, "13 t/TEU", 26),
        (Volume, "50 kt/yr", 50_000 / 8760),
        (Volume, "1040 t/d", 1040 / 24),
        (Factor, "12 %", 0.12),
        (Factor, "12%", 0.12),
        (Count, "3 cranes", 3),
        (Count, "40 boxes", 40),
    ],
)
def test_text_becomes_house_units(kind, text, value):
    made = kind.of(text)
    assert made == pytest.approx(value, rel=1e-12)
    assert made.text == text
    again = pickle.loads(pickle.dumps(made))
    assert again == made and again.text == text and type(again) is kind


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        (Duration, 36, "write `36 h` or `36 d`"),
        (Duration, "36", "write `36 h` or `36 d`"),
        (Duration, "36 km", "`36 km` is a length, not a time"),
        (Duration, "-1 h", "negative"),
        (Duration, "nan h", "not a number"),
        (Duration, "nan", "not a finite number"),
        (Duration, float("nan"), "not a finite number"),
        (Duration, float("inf"), "not a finite number"),
        (Duration, 10**400, "not a finite number"),
        (Duration, "1e400 h", "not a finite number"),
        (Duration, "36 hurs", "did you mean `hours`?"),
        (Duration, "1,040 h", "such as `1040 h`"),
        (Duration, True, "`true` is not a time"),
        (Duration, None, "nothing is not a time"),
        (Duration, ["3 h"], "a list"),
        (Speed, "0 km/h", "more than 0"),
        (BoxesLoad, "0 t", "more than 0"),
        (Volume, "50 kt", "is a mass, not a mass per time"),
        (Count, -2, "expected 0 or more"),
        (Count, 2.5, "expected a whole number"),
        (Count, "3 h", "is a time"),
        (Factor, "1 USD", "is money"),
        (Factor, "5 degC", "unit"),
        (Factor, "5 h**99999999", "unknown unit"),
    ],
)
def test_what_cannot_be_is_refused_with_a_cure(kind, raw, said):
    with pytest.raises(Refusal) as caught:
        kind.validate(raw)
    assert said in caught.value.message


def test_every_unit_of_the_table_means_what_pint_says():
    for name in units.ATOMS:
        assert units.pint_unit(name) == (
            pytest.approx(units.ATOMS[name][0], rel=1e-12),
            units.ATOMS[name][1],
        ), name


@pytest.mark.parametrize("unit", ["km/d", "kt/yr", "t/box", "trains/wk", "/d", "min/move"])
def test_quotients_mean_what_pint_says(unit):
    factor, dimension = units.unit_of(unit)
    assert units.pint_unit(unit) == (pytest.approx(factor, rel=1e-12), dimension)


def test_a_count_counts():
    assert list(range(Count.of(3))) == [0, 1, 2]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    for kind in (Duration, Count, DatedRate, DurationDistribution, RateDistribution):
        try:
            made = kind.validate(text)
        except Refusal:
            continue
        number = getattr(made, "mean", None) if isinstance(made, Distribution) else None
        number = number if number is not None else getattr(made, "initial", made)
        assert math.isfinite(number) and number >= 0


# Dated values


def dated(kind, raw):
    return TypeAdapter(kind).validate_python(raw, context={"start": date(2024, 1, 1)})


def test_a_dated_rate_changes_on_its_dates():
    rate = dated(
        DatedRate,
        {
            "value": "24 trains/d",
            "changes": {
                "2024-01-11": {"value": "72 /d", "assumed": "growth"},
                "2024-01-02": "48 trains/d",
            },
            "source": ["x"],
        },
    )
    assert rate.initial == 1
    assert rate.changes == ((24.0, 2.0), (240.0, 3.0))
    assert [rate.at(t) for t in (0, 23.9, 24, 239, 240, 1e9)] == [1, 1, 2, 2, 3, 3]
    assert rate.mean(0, 48) == pytest.approx(1.5)
    assert rate.most == 3
    assert pickle.loads(pickle.dumps(rate)) == rate


@pytest.mark.parametrize(
    ("raw", "said", "inside"),
    [
        ({"value": 3, "changes": {"2024-02-30": 4}}, "is not a date", ("changes", "2024-02-30")),
        ({"value": 3, "changes": {"2024-02-03": -4}}, "negative", ("changes", "2024-02-03")),
        ({"value": 3, "chnges": {}}, "did you mean `changes`?", ("chnges",)),
        ({"value": 3, "changes": [4]}, "expected dates", ("changes",)),
        ({"changes": {"2024-02-03": 4}}, "no `value`", ()),
        ({"value": 3, "source": 4}, "not a fact id", ("source",)),
    ],
)
def test_a_wrong_dated_value_is_refused_where_it_is_wrong(raw, said, inside):
    with pytest.raises(Refusal) as caught:
        DatedCount.validate(raw)
    assert said in caught.value.message
    assert caught.value.inside == inside


# Distributions

EXAMPLES = [kind.example for kind in KINDS.values()]


@pytest.mark.parametrize("text", EXAMPLES)
def test_samples_have_the_mean_and_variance_that_are_stated(text):
    distribution = DurationDistribution.of(text)
    n = 200_000
    drawn = distribution.sample(numpy.random.default_rng(7), n)
    assert drawn.shape == (n,) and drawn.dtype == numpy.float64
    assert drawn.min() >= 0 and numpy.isfinite(drawn).all()
    sd = math.sqrt(distribution.variance)
    assert drawn.mean() == pytest.approx(distribution.mean, abs=5 * sd / math.sqrt(n) + 1e-12)
    assert drawn.var() == pytest.approx(distribution.variance, rel=0.05, abs=1e-12)
    assert distribution.is_constant == (distribution.kind == "constant")
    assert pickle.loads(pickle.dumps(distribution)) == distribution


@pytest.mark.parametrize("text", EXAMPLES)
def test_text_and_mapping_say_the_same(text):
    from sim.scenario.distributions import parse_call

    kind, given_values = parse_call(text)
    a = DurationDistribution.of(text)
    b = DurationDistribution.validate({"distribution": kind, **given_values, "source": ["x"]})
    c = DurationDistribution.validate({"value": text, "assumed": "so"})
    assert a.parameters == b.parameters == c.parameters


def test_a_bare_time_is_a_constant():
    distribution = DurationDistribution.of("36 h")
    assert distribution.is_constant and distribution.mean == 36
    assert distribution.sample(numpy.random.default_rng(1), 3).tolist() == [36, 36, 36]


def test_no_spread_is_a_constant():
    for text in (
        "lognormal(mean: 3 h, cv: 0)",
        "gamma(mean: 3 h, cv: 0)",
        "uniform(low: 3 h, high: 3 h)",
        "triangular(low: 3 h, mode: 3 h, high: 3 h)",
        "exponential(mean: 0 h)",
    ):
        assert DurationDistribution.of(text).is_constant
        assert len(set(DurationDistribution.of(text).sample(numpy.random.default_rng(1), 9))) == 1


def test_a_factor_has_mean_one_unless_said():
    assert RateDistribution.of("gamma(cv: 0.3)").mean == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lognormal(mean: 36, cv: 0.4)", "mean: 36 has no unit"),
        ("lognormal(mean: 36 h)", "lognormal needs `cv`"),
        ("lognormal(mean: 36 h, sd: 4 h)", "lognormal has no `sd`"),
        ("lognormal(36 h, 0.4)", "has no name"),
        ("lognorml(mean: 36 h, cv: 0.4)", "did you mean `lognormal`?"),
        ("lognormal(mean: -36 h, cv: 0.4)", "negative"),
        ("lognormal(mean: 3 h, cv: nan)", "finite"),
        ("uniform(low: 6 h, high: 2 h)", "`low` is above `high`"),
        ("erlang(mean: 3 h, k: 0)", "more than 0"),
        ("erlang(mean: 3 h, k: 1.5)", "whole"),
        ("weibull(mean: 3 h, shape: 0.001)", "below 0.05"),
        ("empirical(values: [])", "list of values"),
        ("lognormal(mean: 3 h, mean: 4 h, cv: 1)", "given twice"),
        ("lognormal(mean: 3 h", "not a distribution"),
    ],
)
def test_a_wrong_distribution_is_refused(text, said):
    with pytest.raises(Refusal) as caught:
        DurationDistribution.of(text)
    assert said in caught.value.message


@given(
    st.sampled_from(list(KINDS)),
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=3, max_size=3),
    st.floats(0, 50),
    st.integers(1, 50),
)
def test_no_distribution_ever_draws_a_negative_or_nan(kind, numbers, shape, k):
    low, mode, high = sorted(numbers)
    offered = {
        "value": f"{low} h",
        "mean": f"{mode} h",
        "low": f"{low} h",
        "mode": f"{mode} h",
        "high": f"{high} h",
        "cv": shape,
        "shape": shape,
        "k": k,
        "values": [f"{x} h" for x in numbers],
    }
    raw = {"distribution": kind, **{p.name: offered[p.name] for p in KINDS[kind].parameters}}
    try:
        distribution = DurationDistribution.validate(raw)
    except Refusal:
        return
    drawn = distribution.sample(numpy.random.default_rng(3), 50)
    assert (drawn >= 0).all() and numpy.isfinite(drawn).all()


def test_units_combine_in_any_order():
    for a, b in itertools.product(("t", "kt", "box"), ("h", "d", "yr")):
        factor, dimension = units.unit_of(f"{a}/{b}")
        assert factor == pytest.approx(units.ATOMS[a][0] / units.ATOMS[b][0])
        assert dimension[0] == -1
