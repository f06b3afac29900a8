"""Conditions: what they hold, and what they refuse to be."""

from __future__ import annotations

import pytest

from sim.scenario.units import Refusal
from sim.study.expressions import condition

KNOWN = ("teams", "volume", "delivered_t")


@pytest.mark.parametrize(
    ("text", "values", "margin"),
    [
        ("teams >= 2", {"teams": 3.0}, 1.0),
        ("teams <= 2", {"teams": 3.0}, -1.0),
        ("2 * teams - 1 < volume / 2", {"teams": 2.0, "volume": 10.0}, 2.0),
        ("min(teams, volume) > -abs(volume)", {"teams": 2.0, "volume": 1.0}, 2.0),
    ],
)
def test_a_condition_knows_by_how_much_it_holds(
    text: str, values: dict[str, float], margin: float
) -> None:
    found = condition(text, KNOWN)
    assert found.margin(values) == margin
    assert found.holds(values) is (margin > 0)


def test_equality_holds_unless_it_is_strict() -> None:
    assert condition("teams >= 2", KNOWN).holds({"teams": 2.0})
    assert not condition("teams > 2", KNOWN).holds({"teams": 2.0})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team >= 2", "unknown name `team`.*did you mean `teams`"),
        ("teams = 2", "cannot be read"),
        ("teams <= 21 d", "a limit has no unit, it is in that of the figure: `teams <= 504`"),
        ("teams >= 500 kt", "in that of the figure: `teams >= 500000`"),
        ("teams >= 95 %", "in that of the figure: `teams >= 0.95`"),
        ("teams >= 5 apples", "cannot be read; expected"),
        ("teams == 2", "compares with neither"),
        ("1 < teams < 3", "is not one comparison"),
        ("teams", "is not one comparison"),
        ("1 >= 2", "names nothing"),
        ("teams ** 9 >= 2", "is no sum or product"),
        ("__import__('os').system('true') >= teams", "is no sum or product"),
        ("teams.real >= 2", "is no sum or product"),
        ("(lambda: 1)() >= teams", "is no sum or product"),
        ("[teams for x in 'y'] >= 2", "is no sum or product"),
        ("max(teams, key=volume) >= 2", "is no sum or product"),
        ("teams >= '2'", "is no sum or product"),
        ("teams >= True", "is no sum or product"),
        ("(" * 200 + "teams" + ")" * 200 + " >= 1", "longer than 300|cannot be read"),
        (3, "`3` is not a condition"),
    ],
)
def test_anything_else_is_refused(text: object, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        condition(text, KNOWN)


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(ValueError, match="divides by zero"):
        condition("1 / teams >= 2", KNOWN).margin({"teams": 0.0})
