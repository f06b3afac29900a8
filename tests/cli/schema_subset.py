"""As much of JSON Schema 2020-12 as the scenario language needs; anything else is refused."""

from __future__ import annotations

import re
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
SAYS_NOTHING = {"$schema", "$defs", "title", "description", "default", "examples", "format"}
NO_KEYWORDS = {"ge", "gt", "le"}  # bounds of a quantity, which the standard passes over


def fits(value: Any, schema: Any, root: dict[str, Any]) -> bool:
    """Whether a value is what the schema describes.

    Raises:
        NotImplementedError: a keyword that this subset does not have.
    """
    if isinstance(schema, bool):
        return schema
    return all(
        _KEYWORDS[key](value, rule, schema, root)
        for key, rule in schema.items()
        if key not in SAYS_NOTHING | NO_KEYWORDS and _known(key)
    )


def _known(key: str) -> bool:
    if key not in _KEYWORDS:
        raise NotImplementedError(key)
    return True


def _type(value: Any, rule: str | list[str], schema: Any, root: Any) -> bool:
    names = [rule] if isinstance(rule, str) else rule
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, TYPES[name]) for name in names)


def _ref(value: Any, rule: str, schema: Any, root: Any) -> bool:
    return fits(value, root["$defs"][rule.removeprefix("#/$defs/")], root)


def _additional(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    if not isinstance(value, dict):
        return True
    patterns = schema.get("patternProperties", {})
    return all(
        fits(inner, rule, root)
        for key, inner in value.items()
        if key not in schema.get("properties", {}) and not any(re.search(p, key) for p in patterns)
    )


def _named(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    if not isinstance(value, dict):
        return True
    return all(fits(value[key], inner, root) for key, inner in rule.items() if key in value)


def _patterns(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        fits(inner, below, root)
        for pattern, below in rule.items()
        for key, inner in value.items()
        if re.search(pattern, key)
    )


def _items(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    if not isinstance(value, list):
        return True
    return all(fits(item, rule, root) for item in value[len(schema.get("prefixItems", ())) :])


def _prefix(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    if not isinstance(value, list):
        return True
    return all(fits(item, inner, root) for item, inner in zip(value, rule, strict=False))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KEYWORDS: dict[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "additionalProperties": _additional,
    "properties": _named,
    "patternProperties": _patterns,
    "propertyNames": lambda v, r, s, root: (
        not isinstance(v, dict) or all(fits(key, r, root) for key in v)
    ),
    "items": _items,
    "prefixItems": _prefix,
    "anyOf": lambda v, r, s, root: any(fits(v, one, root) for one in r),
    "const": lambda v, r, s, root: v == r,
    "enum": lambda v, r, s, root: v in r,
    "pattern": lambda v, r, s, root: not isinstance(v, str) or bool(re.search(r, v)),
    "required": lambda v, r, s, root: not isinstance(v, dict) or set(r) <= set(v),
    "minProperties": lambda v, r, s, root: not isinstance(v, dict) or len(v) >= r,
    "minItems": lambda v, r, s, root: not isinstance(v, list) or len(v) >= r,
    "maxItems": lambda v, r, s, root: not isinstance(v, list) or len(v) <= r,
    "minimum": lambda v, r, s, root: not _number(v) or v >= r,
    "maximum": lambda v, r, s, root: not _number(v) or v <= r,
    "exclusiveMinimum": lambda v, r, s, root: not _number(v) or v > r,
}
