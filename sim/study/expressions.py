"""Conditions of studies, such as ``teams * 2 <= acceptance``: one comparison of sums and products.

A condition is text from a file, so it is read by Python's parser and reckoned by a walk over the
few kinds of nodes below; nothing else of Python is there.  There are no powers and no loops, so
that no text can take long.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.spelling import near
from sim.scenario.units import Refusal, read, shown

MOST = 300
"""Characters of a condition."""
_TWO: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_CALLS: dict[str, Callable[..., float]] = {"min": min, "max": max, "abs": abs}
_EXAMPLE = "expected such as `delivered_t >= 700000`"


@dataclass(frozen=True)
class Condition:
    """``left >= right`` or ``left <= right``, strict or not."""

    text: str
    left: ast.expr
    right: ast.expr
    at_least: bool
    strict: bool
    names: frozenset[str]

    def margin(self, values: Mapping[str, float]) -> float:
        """By how much it holds; below 0 where it does not.

        Raises:
            ValueError: something is divided by zero.
        """
        try:
            left, right = _reckon(self.left, values), _reckon(self.right, values)
        except ZeroDivisionError:
            raise ValueError(f"`{self.text}` divides by zero") from None
        return left - right if self.at_least else right - left

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether it does."""
        margin = self.margin(values)
        return margin > 0.0 if self.strict else margin >= 0.0


def _without_unit(text: str) -> str | None:
    """A cure for a limit with its unit: the limit in the units of key figures."""
    match = re.fullmatch(r"([\w\s./*+-]*[<>]=?)\s*(\d[\d.]*\s*[A-Za-z%/]+)\s*", text)
    if match is None:
        return None
    try:
        value = read(match[2])[0]
    except Refusal:
        return None
    return f"a limit has no unit, it is in that of the figure: `{match[1]} {value:.12g}`"


def condition(text: object, known: Collection[str]) -> Condition:
    """Read a condition whose names are among the known ones.

    Raises:
        Refusal: it is none, with what is wrong.
    """
    if not isinstance(text, str):
        raise Refusal(f"`{shown(text)}` is not a condition; {_EXAMPLE}")
    if len(text) > MOST:
        raise Refusal(f"is longer than {MOST} characters; split it in two")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        cure = _without_unit(text) or _EXAMPLE
        raise Refusal(f"`{shown(text)}` cannot be read; {cure}") from None
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        raise Refusal(f"`{shown(text)}` is not one comparison; {_EXAMPLE}")
    op = tree.ops[0]
    if not isinstance(op, ast.GtE | ast.Gt | ast.LtE | ast.Lt):
        raise Refusal(f"`{shown(text)}` compares with neither >=, >, <= nor <; {_EXAMPLE}")
    left, right = tree.left, tree.comparators[0]
    names = frozenset(_check(left, text, known) | _check(right, text, known))
    if not names:
        raise Refusal(f"`{shown(text)}` names nothing; {_EXAMPLE}")
    at_least = isinstance(op, ast.GtE | ast.Gt)
    return Condition(text, left, right, at_least, isinstance(op, ast.Gt | ast.Lt), names)


def _check(node: ast.expr, text: str, known: Collection[str]) -> set[str]:
    """The names in a part; raises Refusal for what is no sum or product."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return set()
    if isinstance(node, ast.Name):
        if node.id not in known:
            raise Refusal(
                f"unknown name `{shown(node.id)}` in `{shown(text)}`{near(node.id, known)}"
            )
        return {node.id}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _check(node.operand, text, known)
    if isinstance(node, ast.BinOp) and type(node.op) in _TWO:
        return _check(node.left, text, known) | _check(node.right, text, known)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _CALLS
        and node.args
        and not node.keywords
    ):
        return set().union(*(_check(a, text, known) for a in node.args))
    part = shown(ast.unparse(node))
    raise Refusal(
        f"`{part}` in `{shown(text)}` is no sum or product; expected names, numbers, + - * /, "
        "min, max and abs"
    )


def _reckon(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return float(values[node.id])
    if isinstance(node, ast.UnaryOp):
        return -_reckon(node.operand, values)
    if isinstance(node, ast.BinOp):
        two: Any = _TWO[type(node.op)]
        return float(two(_reckon(node.left, values), _reckon(node.right, values)))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    parts = [_reckon(a, values) for a in node.args]
    return float(_CALLS[node.func.id](*parts))
