"""JSON Schema of an episode file, for editors."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema import DIALECT
from sim.study.episodes.language import EpisodeTables


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12); a scenario in place is any mapping, which its own schema describes."""
    schema = EpisodeTables.model_json_schema(by_alias=True)
    for table in (schema, *schema["$defs"].values()):
        for entry in table.get("properties", {}).values():
            _one_or_list(entry)
    for table in schema["$defs"].values():
        if "kind" in table.get("properties", {}):  # without it nothing says which measure it is
            table["required"] = ["kind", *table.get("required", ())]
    row = schema["$defs"]["ObservedRow"]["properties"]
    measure = row["measure"]
    kinds = measure.pop("oneOf")
    measure.pop("discriminator")
    measure["anyOf"] = [{"type": "string", "description": "a key figure by its name"}, *kinds]
    schema["properties"]["scenario"] = {
        "anyOf": [{"type": "string"}, {"type": "object"}],
        "description": schema["properties"]["scenario"]["description"],
    }
    schema["required"] = ["title", "scenario", "rows"]
    schema["$schema"] = DIALECT
    schema["title"] = "steppe episode"
    return schema


def _one_or_list(entry: dict[str, Any]) -> None:
    """A list of names that one text alone may stand for."""
    if entry.get("type") == "array" and entry.get("items") == {"type": "string"}:
        kept: dict[str, Any] = {
            k: entry.pop(k) for k in ("description", "default", "title") if k in entry
        }
        array = dict(entry)
        entry.clear()
        entry.update(kept, anyOf=[{"type": "string"}, array])
