"""A loaded scenario with some of its values changed: laid over, scaled, or raised by a number.

Studies make their points so.  Every change knows its place, so that a value that cannot be taken
is said where the study's file has it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario import shape as shapes
from sim.scenario.distributions import KINDS, parse_call
from sim.scenario.loader import Scenario, finish
from sim.scenario.merging import lay_value, merge, steps_of
from sim.scenario.problems import Place, Problem, ScenarioError
from sim.scenario.tree import Tree
from sim.scenario.units import Refusal, shown, unit_of

Number = Callable[[float, float], float]
"""What becomes of a number as written, given what one of its unit is in house units."""
NOWHERE = Place("change")
"""The place of a change that nobody wrote."""


@dataclass(frozen=True)
class Change:
    """A value of JSON's types at a dotted path, and where somebody wrote it."""

    path: str
    value: Any
    place: Place = NOWHERE


def altered(scenario: Scenario, changes: Sequence[Change], name: str | None = None) -> Scenario:
    """The scenario with values laid over it in order, checked as a whole.

    Fact ids are not looked up again: the scenario has been.

    Raises:
        ScenarioError: a path that is not there, or values that cannot be used together.
    """
    problems: list[Problem] = []
    tree = scenario.tree
    for change in changes:
        tree = lay_value(tree, change.path, change.value, change.place, problems)
    if problems:
        raise ScenarioError(problems)
    return finish(
        Scenario, tree, {}, name or scenario.name, scenario.path, problems, with_register=False
    )


def overlaid(scenario: Scenario, layers: Sequence[Tree]) -> Scenario:
    """The scenario with documents laid over it in order, as `extends` would, checked as a whole.

    Raises:
        ScenarioError: with all that is wrong.
    """
    tree = functools.reduce(merge, layers, scenario.tree)
    return finish(Scenario, tree, {}, scenario.name, scenario.path, [], with_register=False)


def written(scenario: Scenario, path: str, place: Place = NOWHERE) -> Any:
    """What stands at a dotted path, or its default, of JSON's types.

    Raises:
        ScenarioError: there is no such path, or it has neither a value nor a default.
    """
    problems: list[Problem] = []
    steps = steps_of(scenario.tree, path, place, problems)
    if steps is None:
        raise ScenarioError(problems)
    above, _ = scenario.tree.find(tuple(steps[:-1]))
    found, gone = scenario.tree.find(tuple(steps))
    if len(gone) == len(steps):
        return found.plain()
    default = _default(scenario.tree, tuple(steps), above)
    if default is None:
        said = (
            f"`{path}` is not written and has no value to begin from; give it one in the scenario"
        )
        raise ScenarioError([Problem("error", place, said)])
    return default


def _default(tree: Tree, steps: tuple[str, ...], above: Tree) -> Any:
    shape = shapes.at(tree, steps[:-1])
    if shape is None:
        return None
    shape = shapes.chosen(shape, above)
    if shape.kind != "table":
        return None
    for name, info in shape.type.model_fields.items():
        if (info.alias or name) == steps[-1]:
            value = info.get_default()
            return getattr(value, "text", value)
    return None


def scaled(
    scenario: Scenario,
    path: str,
    factor: float,
    place: Place = NOWHERE,
    *,
    up: bool = False,
) -> Change:
    """The change that multiplies what stands at a path: a number, dated values, a distribution.

    Of a distribution every parameter with a unit is multiplied, so that its shape stays.  ``up``
    rounds to the next whole number, which counts need.

    Raises:
        ScenarioError: there is nothing at the path that can be multiplied.
    """

    def times(x: float, one: float) -> float:
        return -(-round(x * factor, 9) // 1) if up else x * factor

    return _mapped(scenario, path, place, times, f"{factor:.12g} times what is written")


def raised(scenario: Scenario, path: str, by: float, place: Place = NOWHERE) -> Change:
    """The change that adds a number in house units to what stands at a path, at every date.

    Raises:
        ScenarioError: there is nothing at the path that can be added to.
    """
    return _mapped(
        scenario, path, place, lambda x, one: x + by / one, f"{by:+.12g} on what is written"
    )


def _mapped(scenario: Scenario, path: str, place: Place, number: Number, why: str) -> Change:
    plain = written(scenario, path, place)
    try:
        return Change(path, _map(plain, number, why), place)
    except Refusal as refusal:
        raise ScenarioError([Problem("error", place, f"{path}: {refusal.message}")]) from None


_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)", re.DOTALL)


def _map(plain: Any, number: Number, why: str) -> Any:
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        made = number(float(plain), 1.0)
        return int(made) if made == int(made) else made
    if isinstance(plain, str) and "(" in plain:
        kind, given = parse_call(plain)
        parts = _parameters(kind, given, number, why)
        return f"{kind}({', '.join(f'{k}: {_listed(v)}' for k, v in parts.items())})"
    if isinstance(plain, str):
        match = _NUMBER.fullmatch(plain)
        if match is not None:
            return f"{number(float(match[1]), unit_of(match[2].strip())[0]):.12g}{match[2]}"
    if isinstance(plain, dict) and "distribution" in plain:
        given = {k: v for k, v in plain.items() if k not in ("distribution", "source", "assumed")}
        return {
            "distribution": plain["distribution"],
            **_parameters(str(plain["distribution"]), given, number, why),
            "assumed": why,
        }
    if isinstance(plain, dict) and "value" in plain:
        made_of: dict[str, Any] = {"value": _map(plain["value"], number, why), "assumed": why}
        if isinstance(plain.get("changes"), dict):
            made_of["changes"] = {d: _map(v, number, why) for d, v in plain["changes"].items()}
        return made_of
    raise Refusal(f"`{shown(plain)}` is not a number that can be changed so")


def _parameters(kind: str, given: dict[str, Any], number: Number, why: str) -> dict[str, Any]:
    if kind not in KINDS:
        raise Refusal(f"unknown distribution `{shown(kind)}`")
    quantities = {p.name for p in KINDS[kind].parameters if p.is_quantity}
    return {
        name: (
            value
            if name not in quantities
            else [_map(v, number, why) for v in value]
            if isinstance(value, list)
            else _map(value, number, why)
        )
        for name, value in given.items()
    }


def _listed(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
