"""Decision rules by name: one registry for each decision.

A rule is a class whose constructor takes the parameters written beside its name in the scenario.
Adding one is one class and one line; installed packages add theirs by an entry point.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

from sim.policies.parameters import unfit, without_unit

R = TypeVar("R")


class UnknownRuleError(ValueError):
    """A rule or a parameter that the registry does not have; says what it has.

    ``parameter`` is the one that is wrong, if one is; ``unknown`` says that its name is.
    """

    def __init__(self, message: str, parameter: str | None = None, unknown: bool = False) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.unknown = unknown


@cache
def _accepted(rule: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """What a rule takes: looked up once, since every run makes its rules anew."""
    return inspect.signature(rule).parameters


class Registry(Generic[R]):
    """The rules for one decision.

    Packages register a rule by an entry point in the group ``steppe.policies.<decision>``.
    """

    def __init__(self, decision: str) -> None:
        self.decision = decision
        self._rules: dict[str, Callable[..., R]] = {}
        self._looked = False
        self._found: set[str] = set()

    def add(self, name: str, rule: Callable[..., R]) -> None:
        """Register a rule.

        Raises:
            ValueError: the name is taken.
        """
        if name in self._rules:
            raise ValueError(f"rule {name!r} for {self.decision} is registered twice")
        self._rules[name] = rule

    def names(self) -> list[str]:
        """All rules, installed packages included."""
        if not self._looked:
            self._looked = True
            for point in entry_points(group=f"steppe.policies.{self.decision}"):
                self.add(point.name, point.load())
                self._found.add(point.name)
        return sorted(self._rules)

    def own(self) -> dict[str, Callable[..., R]]:
        """The rules that come with steppe, by name; those of installed packages left out."""
        return {name: rule for name, rule in sorted(self._rules.items()) if name not in self._found}

    def make(self, name: str, parameters: Mapping[str, Any]) -> R:
        """The rule with its parameters.

        Raises:
            UnknownRuleError: no such rule, no such parameter, one missing or out of its range.
        """
        known = self.names()
        if name not in self._rules:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnknownRuleError(
                f"no rule {name!r} for {self.decision}; there is {', '.join(known)}{hint}"
            )
        rule = self._rules[name]
        accepted = _accepted(rule)
        for parameter in parameters:
            if parameter not in accepted:
                near = difflib.get_close_matches(parameter, accepted, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                there = ", ".join(accepted) or "none"
                raise UnknownRuleError(
                    f"rule {name!r} has no parameter {parameter!r}; it has {there}{hint}",
                    parameter,
                    unknown=True,
                )
        for parameter, spec in accepted.items():
            if spec.default is inspect.Parameter.empty and parameter not in parameters:
                raise UnknownRuleError(f"rule {name!r} needs the parameter {parameter!r}")
        try:
            return rule(**parameters)
        except (AttributeError, TypeError, ValueError) as error:
            at, _, _ = str(error).partition(":")  # rules begin with the parameter they refuse
            said = str(error)
            if at not in parameters:
                wrong = unfit(rule, parameters)
                if wrong is None:
                    raise UnknownRuleError(f"rule {name!r}: {error}") from error
                at, said = wrong[0], ": ".join(wrong)
            cure = without_unit(parameters[at], said)
            raise UnknownRuleError(f"rule {name!r}: {said}{cure}", at) from error
