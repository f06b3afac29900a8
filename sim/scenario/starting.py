"""Scenarios to begin with: a small corridor of one's own, or a variant of a scenario."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.scenario import shape as shapes
from sim.scenario.evidence import figures
from sim.scenario.given import written
from sim.scenario.loader import Scenario
from sim.scenario.tree import Tree
from sim.scenario.units import shown

LEVERS = (
    ("how much is exported, and by others; 2 is twice as much", ("export_volume",)),
    ("", ("background_volume",)),
    ("when trains leave, and how long they are", ("services", "*", "dispatch")),
    ("", ("services", "*", "length")),
    ("what the other side takes over, and how many trains a line bears", ("lines", "*", "paths")),
    ("", ("lines", "*", "places")),
    ("", ("lines", "*", "acceptance", "per_day")),
    ("gangs, cranes, tracks and their hours", ("stations", "*", "tracks")),
    ("", ("stations", "*", "stuffing", "lines")),
    ("", ("stations", "*", "stuffing", "hours")),
    ("", ("stations", "*", "work", "*", "servers")),
    ("", ("stations", "*", "work", "*", "cranes")),
    ("", ("stations", "*", "work", "*", "slots")),
    ("", ("stations", "*", "work", "*", "hours")),
    ("", ("stations", "*", "work", "*", "tracks")),
    ("", ("stations", "*", "yard")),
    ("", ("stations", "*", "delivery", "trucks")),
    ("containers and wagons, by where they are at the start", ("fleets", "*", "at", "*")),
    ("decisions", ("policies", "*")),
)
"""What a variant may turn: keys of one table stand together, and the first says what they are."""
FACTORS = ("export_volume", "background_volume")
"""Keys that are 1 where nothing is written."""
WHY, WHAT = "what if", "What if …?"
MOST = 60
"""Letters of an origin that a comment repeats."""


def corridor() -> str:
    """A small corridor with every part explained, whose figures are all to be replaced."""
    return (files("sim.scenario") / "starters" / "corridor.yaml").read_text(encoding="utf-8")


def variant(scenario: Scenario, base: str) -> str:
    """A variant of a scenario in which nothing differs yet.

    What it may turn stands in comments, with where that is from; a line that is made no comment,
    with the names above it, says the same as the scenario.

    Args:
        base: the scenario's file as the variant names it.
    """
    lines = [
        f"# A variant of {base}: what is not said here is as there.",
        "# Take the `# ` away from a line and from the names that it stands under, change the",
        f"# figure, and say why instead of `{WHY}`. `steppe explain services.dispatch` says what a",
        "# key takes, and `steppe diff` of both files what is other.",
        f"extends: {_flow(base)}",
        f"title: {_flow(f'{scenario.tables.title}, varied')}",
        f"question: {WHAT}",
    ]
    said = {steps[0]: meaning for meaning, steps in reversed(LEVERS) if meaning}
    for key, below in _turned(scenario).items():
        lines += ["", f"# -- {said[key]}"] if key in said else []
        lines += [f"# {line}" for line in _lines({key: below})]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Leaf:
    """What stands at a key, and where it is from."""

    text: str
    origin: str


def _turned(scenario: Scenario) -> dict[str, Any]:
    """All that a variant may turn, as mappings of names to mappings or leaves."""
    found: dict[str, Any] = {}
    grounds = {figure.path: (figure.source, figure.assumed) for figure in figures(scenario)}
    for _, steps in LEVERS:
        for path, tree in written(scenario.tree, steps, ()):
            shape = shapes.at(scenario.tree, path)
            if shape is None or shape.kind not in ("figure", "rule", "plain"):
                continue
            if tree is None and path[0] not in FACTORS:
                continue
            here = found
            for name in path[:-1]:
                here = here.setdefault(str(name), {})
            why = grounds.get(".".join(map(str, path)), ((), None))
            here[str(path[-1])] = _Leaf(_flow(_anew(shape, tree)), _origin(tree, *why))
    return found


def _anew(shape: shapes.Shape, tree: Tree | None) -> Any:
    """What stands there as a variant writes it, with a reason of its own."""
    plain = 1 if tree is None else _bare(tree.plain())
    if shape.kind == "plain":
        return plain
    return {**(plain if isinstance(plain, dict) else {"value": plain}), "assumed": WHY}


def _bare(plain: Any) -> Any:
    """Without the sources and reasons of the base."""
    if isinstance(plain, dict):
        return {k: _bare(v) for k, v in plain.items() if k not in ("source", "assumed")}
    return [_bare(v) for v in plain] if isinstance(plain, list) else plain


def _origin(tree: Tree | None, source: tuple[str, ...], assumed: str | None) -> str:
    where = [] if tree is None else [f"{Path(tree.place.file).name}:{tree.place.line}"]
    ids = [f"[{', '.join(source)}]"] if source else []
    return shown(" ".join([*where, *ids, *([assumed] if assumed else [])]), MOST)


def _lines(found: dict[str, Any], depth: int = 0) -> Iterator[str]:
    for name, below in found.items():
        if isinstance(below, _Leaf):
            origin = f"  # {below.origin}" if below.origin else ""
            yield f"{'  ' * depth}{_flow(name)}: {below.text}{origin}"
        else:
            yield f"{'  ' * depth}{_flow(name)}:"
            yield from _lines(below, depth + 1)


def _flow(plain: Any) -> str:
    """A value as YAML on one line."""
    out = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style, yaml.width, yaml.allow_unicode = True, 1 << 20, True
    yaml.dump(plain, out)
    return out.getvalue().removesuffix("...\n").strip()
