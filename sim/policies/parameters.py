"""Parameters of rules that are not of the kind the rule takes, in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

KINDS: dict[Any, str] = {
    int: "a whole number; expected such as 3",
    float: "a number; expected such as 0.5",
    bool: "yes or no; expected true or false",
    str: "a word or text",
    Mapping: "a mapping; expected such as {name: 3}",
    Sequence: "a list; expected such as [name, other]",
}


def unfit(rule: Callable[..., Any], parameters: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first parameter that is of another kind than the rule says, and what it is not.

    Nothing where all fit, or where the rule does not say what it takes.
    """
    try:
        hints = get_type_hints(rule.__init__ if isinstance(rule, type) else rule)  # type: ignore[misc]
    except Exception:  # a rule of somebody else may name types that are not there
        return None
    for name, value in parameters.items():
        kinds = _kinds(hints.get(name, Any))
        if kinds and not any(_is(value, kind) for kind in kinds):
            said = "nothing" if value is None else repr(value)
            return name, f"{said} is not {KINDS[kinds[0]]}"
    return None


def without_unit(value: Any, said: str) -> str:
    """A cure for numbers refused with a word beside them, as in ``40 boxes``; else nothing.

    Args:
        value: what was written for the parameter.
        said: what the rule says of it.
    """
    inner = list(value.values()) if isinstance(value, Mapping) else [value]
    for text in inner:
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s+[A-Za-z/]+\s*", str(text))
        if match is not None and f"{text!r} is not a" in said and "duration" not in said:
            return f"; a rule's numbers have no unit, write {match[1]}"
    return ""


def _kinds(hint: Any) -> list[Any]:
    """The kinds that an annotation allows; none where it allows what is not known here."""
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    found = []
    for member in members:
        plain = get_origin(member) or member
        if plain is NoneType:
            found.append(plain)
            continue
        kind = {dict: Mapping, list: Sequence, tuple: Sequence}.get(plain, plain)
        if kind not in KINDS:
            return []
        found.append(kind)
    return sorted(found, key=lambda kind: kind is NoneType)


def _is(value: Any, kind: Any) -> bool:
    if kind in (int, float):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (kind is float or value == value // 1)
    if kind is Sequence:
        return isinstance(value, Sequence) and not isinstance(value, str)
    return isinstance(value, kind)
