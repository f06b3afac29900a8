"""What ``explain`` shows."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.show import as_json, table

if TYPE_CHECKING:
    from sim.scenario.given import Given
    from sim.scenario.keys import Explained, Key


def show_key(key: str, scenario: Path | None, json: bool) -> None:
    """Print what a key takes and means, what stands below it, and what a scenario gives it."""
    from sim.scenario.keys import explain

    found = explain(key, scenario)
    if json:
        as_json(dataclasses.asdict(found))
        return
    parts = [*([_own] if found.keys else []), *([_below] if found.below else [])]
    parts += [*([_rules] if found.rules else []), *([_given] if found.scenario else [])]
    for number, part in enumerate(parts):
        if number:
            print()
        part(found)


def _plain(text: str) -> str:
    return text.replace("`", "")


def _own(found: Explained) -> None:
    for key in found.keys:
        of = f"  ({key.of})" if key.of else ""
        print(f"{key.path}{of}")
        print(f"  takes    {_plain(key.type)}")
        print(f"  default  {_plain(key.default)}")
        print(f"  means    {_plain(key.meaning)}")


def _below(found: Explained) -> None:
    head = ["key", "type and unit", "default", "meaning"]
    table(head, [_row(key) for key in found.below], left=4)


def _row(key: Key) -> list[str]:
    name = f"{key.path} ({key.of})" if key.of else key.path
    return [name, _plain(key.type), _plain(key.default), _plain(key.meaning)]


def _rules(found: Explained) -> None:
    rows = [[r.rule, ", ".join(r.parameters) or "—", _plain(r.meaning)] for r in found.rules]
    table(["rule", "parameters", "meaning"], rows, left=3)


def _given(found: Explained) -> None:
    if not found.given:
        more = "; name a key of the table to see what" if found.below else ""
        print(f"{found.scenario}: {'a table' if found.below else 'nothing is written there'}{more}")
        return
    head = ["key", f"in {found.scenario}", "from", "written at"]
    table(head, [_value(given) for given in found.given], left=4)


def _value(given: Given) -> list[str]:
    if given.text is None:
        return [given.path, "not written", "", ""]
    said = [*given.source, *([f"assumed: {given.assumed}"] if given.assumed else [])]
    return [given.path, given.text, "; ".join(" ".join(s.split()) for s in said), given.place]
