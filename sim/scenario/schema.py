"""JSON Schema of the scenario language, for editors."""

from __future__ import annotations

from typing import Any

from sim.scenario.vocabulary import ScenarioTables

LONG = 300
"""Letters of a type of value above which it is said once only."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file.

    What a file leaves to those it extends may be missing, and `null` removes what they say, so
    nothing is required and every key below the top may be null.
    """
    from pydantic.json_schema import GenerateJsonSchema

    schema = ScenarioTables.model_json_schema(by_alias=True, schema_generator=GenerateJsonSchema)
    _loosen(schema)
    rule = schema["$defs"]["Rule"]
    schema["$defs"]["Rule"] = {"anyOf": [{"type": "string"}, rule]}
    schema["$schema"] = DIALECT
    schema["title"] = "steppe scenario"
    schema["properties"]["extends"] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "scenario files this one is laid upon, relative to it",
    }
    _share(schema)
    return schema


def _share(schema: dict[str, Any]) -> None:
    """Say each long type of value once, under its name, and point to it elsewhere."""
    types: dict[str, Any] = {}
    for table in (schema, *schema["$defs"].values()):
        for entry in table.get("properties", {}).values():
            for i, part in enumerate(entry.get("anyOf", ())):
                name = entry.get("title", "")
                if name in schema["$defs"]:  # a figure called as a table, such as stuffing's cost
                    continue
                if len(str(part)) > LONG and types.setdefault(name, part) == part:
                    entry["anyOf"][i] = {"$ref": f"#/$defs/{name}"}
    schema["$defs"].update({name: part for name, part in types.items() if name})


def _loosen(schema: dict[str, Any]) -> None:
    for table in (schema, *schema.get("$defs", {}).values()):
        if "properties" not in table:
            continue
        for work in _choices(table):
            work["anyOf"] = work.pop("oneOf")
            work.pop("discriminator", None)
        table.pop("required", None)
        for key, entry in table["properties"].items():
            if key == "series" and entry.get("type") == "object":
                _or_file(entry)
            if key in ("source", "route", "on", "open", "weekdays", "closed"):
                _or_one(entry)
            if key == "kind":
                continue
            table["properties"][key] = _or_null(entry)


def _choices(part: Any) -> list[dict[str, Any]]:
    """Where one of several tables may stand: a file that extends may leave `kind` out."""
    if isinstance(part, list):
        return [found for item in part for found in _choices(item)]
    if not isinstance(part, dict):
        return []
    found = [part] if "oneOf" in part else []
    return found + [inner for item in part.values() for inner in _choices(item)]


def _or_file(entry: dict[str, Any]) -> None:
    """A mapping that the name of a file may stand for."""
    described: dict[str, Any] = {
        k: entry.pop(k) for k in ("description", "default", "title") if k in entry
    }
    mapping = dict(entry)
    entry.clear()
    entry.update(described, anyOf=[{"type": "string"}, mapping])


def _or_one(entry: dict[str, Any]) -> None:
    """A list that one text alone may stand for."""
    if entry.get("type") == "array":
        described: dict[str, Any] = {
            k: entry.pop(k) for k in ("description", "default", "title") if k in entry
        }
        array = dict(entry)
        entry.clear()
        entry.update(described, anyOf=[{"type": "string"}, array])


def _or_null(entry: dict[str, Any]) -> dict[str, Any]:
    if {"type": "null"} in entry.get("anyOf", ()):
        return entry
    if isinstance(entry.get("additionalProperties"), dict):
        inner = entry["additionalProperties"]
        entry = {**entry, "additionalProperties": {"anyOf": [inner, {"type": "null"}]}}
    if "patternProperties" in entry:
        named = {
            pattern: {"anyOf": [inner, {"type": "null"}]}
            for pattern, inner in entry["patternProperties"].items()
        }
        entry = {**entry, "patternProperties": named, "additionalProperties": False}
    described: dict[str, Any] = {
        k: entry[k] for k in ("description", "default", "title") if k in entry
    }
    rest = {k: v for k, v in entry.items() if k not in described}
    return {**described, "anyOf": [rest, {"type": "null"}]}
