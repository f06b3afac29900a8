"""The index of a folder of scenarios, made from the files themselves.

``python -m sim.scenario.library scenarios`` writes ``scenarios/README.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.documents import read_document
from sim.scenario.loader import load
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.tree import Tree

PROSE = frozenset({"title", "question", "look_at", "source", "assumed", "evidence", "extends"})
WHOLE = frozenset({"value", "distribution", "rule"})
MOST = 6
HEAD = """\
# The book of rising exports

{count} scenarios, each short by what it `extends`; each figure in them names its source or says
what is assumed (`steppe evidence SCENARIO`). Run one with `steppe run`; set variants against a
reference, named first, with `steppe compare`, ten paired replications by default; lay several
over each other with `extends: [a.yaml, b.yaml]`. This page is made from the files by `make index`.
"""


@dataclass(frozen=True)
class Entry:
    """What a file of the library says of itself.

    Attributes:
        name: stem of the file.
        extends: file names as written; empty of a base.
        changes: dotted paths that the file sets, prose and evidence left out.
    """

    name: str
    title: str
    question: str
    look_at: str
    extends: tuple[str, ...]
    changes: tuple[str, ...]


def entries(folder: Path) -> list[Entry]:
    """The scenarios of a folder: bases first, then by name.

    Raises:
        ScenarioError: a file is no scenario, or has no title, question or look_at of its own.
    """
    found = [_entry(path) for path in sorted(folder.glob("*.yaml"))]
    return sorted(found, key=lambda entry: (bool(entry.extends), entry.name))


def _entry(path: Path) -> Entry:
    load(path)
    problems: list[Problem] = []
    tree = read_document(path, str(path), problems)
    if tree is None:
        raise ScenarioError(problems)
    said = {key: tree.child(key) for key in ("title", "question", "look_at")}
    missing = [key for key, text in said.items() if text is None]
    if missing:
        message = f"no `{missing[0]}`; expected one in a scenario of the library"
        raise ScenarioError([Problem("error", tree.place, message)])
    extends = tree.child("extends")
    bases = extends.plain() if extends is not None else []
    title, question, look_at = (" ".join(str(t.value).split()) for t in said.values() if t)
    return Entry(
        path.stem,
        title,
        question,
        look_at,
        tuple([bases] if isinstance(bases, str) else bases),
        tuple(".".join(steps) for steps in _leaves(tree, ())),
    )


def _leaves(tree: Tree, path: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Paths of what a document sets; a figure with its evidence is one, so is a rule."""
    if not isinstance(tree.value, dict) or WHOLE & set(tree.value):
        yield path
        return
    for key, child in tree.value.items():
        if key not in PROSE:
            yield from _leaves(child, (*path, key))


def shortened(paths: Iterable[str]) -> list[str]:
    """Paths with those that share their beginning drawn together: ``services.*.dispatch.every``."""
    paths = list(paths)
    groups: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        head, *rest = path.split(".")
        groups.setdefault((head, *rest[1:]) if rest else (head,), []).append(path)
    drawn = []
    for (head, *rest), members in groups.items():
        drawn.append(members[0] if len(members) == 1 else ".".join([head, "*", *rest]))
    if len(drawn) <= MOST:
        return drawn
    things: dict[str, list[str]] = {}
    for path in paths:
        steps = path.split(".")
        names = things.setdefault(steps[0], [])
        if len(steps) > 1 and steps[1] not in names:
            names.append(steps[1])
    return [_listed(section, names) for section, names in things.items()]


def _listed(section: str, names: list[str]) -> str:
    if len(names) > 4:
        return f"{section}: {len(names)} of them"
    return f"{section}: {', '.join(names)}" if names else section


def markdown(folder: Path) -> str:
    """The index as a page: a table of titles and questions, then one paragraph a scenario."""
    found = entries(folder)
    lines = [HEAD.format(count=len(found)), "| scenario | question |", "| --- | --- |"]
    lines += [f"| [{e.name}](#{e.name}) | {e.question} |" for e in found]
    for entry in found:
        lines += ["", f"## {entry.name}", "", f"**{entry.title}.** {entry.question}", ""]
        lines.append(f"- Look at: {entry.look_at}")
        if entry.extends:
            lines.append(f"- Extends: {', '.join(f'[{e}]({e})' for e in entry.extends)}")
            changed = ", ".join(f"`{path}`" for path in shortened(entry.changes))
            lines.append(f"- Changes: {changed or 'nothing of its own'}")
    return "\n".join(lines) + "\n"


def write_index(folder: Path) -> Path:
    """Write the index of a folder; returns its path."""
    path = folder / "README.md"
    path.write_text(markdown(folder), encoding="utf-8")
    return path


if __name__ == "__main__":
    write_index(Path(sys.argv[1] if len(sys.argv) > 1 else "scenarios"))
