"""One tree over another: ``extends`` and ``--set``."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from sim.scenario import shape as shapes
from sim.scenario.documents import parse, read_document
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Tree
from sim.scenario.units import shown

ASKED = ("question", "look_at")
"""What a scenario is made to answer, which belongs to its title."""


def merge(base: Tree, over: Tree) -> Tree:
    """`over` laid upon `base`; places come from where each value was written.

    Mappings merge; lists and scalars replace; a figure's mapping (``value``, ``distribution``)
    and a rule of another name replace whole; nothing (``null``) removes a key of the base.
    """
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    if any(key in tree.value for tree in (base, over) for key in ("value", "distribution")):
        return over
    rule, new_rule = base.child("rule"), over.child("rule")
    if new_rule is not None and (rule is None or rule.value != new_rule.value):
        return over
    value: dict[str, Tree] = dict(base.value)
    for key, tree in over.value.items():
        if key not in value:
            value[key] = tree
        elif tree.value is None:
            del value[key]
        else:
            value[key] = merge(value[key], tree)
    return Tree(value, over.place, over.key_place)


def _asking_anew(base: Tree, over: Tree) -> Tree:
    """A base without its question, where what is laid over it says anew what the scenario is.

    A variant with a title of its own answers something else than its base; that nobody wrote down
    what is better than the question of another scenario.
    """
    mine = over.value if isinstance(over.value, dict) else {}
    if not isinstance(base.value, dict) or not {"title", "question"} & mine.keys():
        return base
    kept = {key: tree for key, tree in base.value.items() if key not in ASKED or key in mine}
    return Tree(kept, base.place, base.key_place)


def read_with_bases(
    path: Path, shown_as: str, problems: list[Problem]
) -> tuple[Tree, dict[str, Tree]] | None:
    """The tree of a file over all that it extends, and the documents of all these files, each by
    the name its places bear, bases first; nothing if any of them cannot be read.

    A file that several bases extend is laid once, beneath all of them, so that variants of one
    baseline can be put together: `extends: [a.yaml, b.yaml]` keeps what each of them changes.
    """
    gathered: dict[str, Tree] = {}
    if not _gather(path, shown_as, problems, (), gathered):
        return None
    return _merged(gathered)


def lay_on_bases(
    tree: Tree, shown_as: str, problems: list[Problem]
) -> tuple[Tree, dict[str, Tree]] | None:
    """The same for a scenario that stands in another document; `shown_as` is the document's file.

    What it extends is looked for beside that file.
    """
    gathered: dict[str, Tree] = {}
    if not _add(tree, shown_as, f"{os.path.realpath(shown_as)}: inside", problems, (), gathered):
        return None
    return _merged(gathered)


def _merged(gathered: dict[str, Tree]) -> tuple[Tree, dict[str, Tree]]:
    layers = {layer.place.file: layer for layer in gathered.values()}
    whole = functools.reduce(lambda b, o: merge(_asking_anew(b, o), o), layers.values())
    return whole, layers


def _gather(
    path: Path,
    shown_as: str,
    problems: list[Problem],
    chain: tuple[str, ...],
    layers: dict[str, Tree],
) -> bool:
    """Add the documents of a file and its bases, bases first, each once; whether all were read."""
    tree = read_document(path, shown_as, problems)
    if tree is None:
        return False
    return _add(tree, shown_as, os.path.realpath(path), problems, chain, layers)


def _add(
    tree: Tree,
    shown_as: str,
    here: str,
    problems: list[Problem],
    chain: tuple[str, ...],
    layers: dict[str, Tree],
) -> bool:
    """Add a document and its bases; `here` is what it is known by in chains and layers."""
    if not isinstance(tree.value, dict):
        if tree.value is None:
            said = "is empty; expected a scenario, such as `title: …`"
            problems.append(Problem("error", tree.place, said))
            return False
        what = "a list" if isinstance(tree.value, list) else f"`{shown(tree.value)}`"
        problems.append(
            Problem("error", tree.place, f"is {what}; expected keys such as `title: …`")
        )
        return False
    extends = tree.value.pop("extends", None)
    named = [] if extends is None else [extends]
    if extends is not None and isinstance(extends.value, list):
        named = extends.value
    failed = False
    for item in named:
        if not isinstance(item.value, str) or not item.value or "\0" in item.value:
            problems.append(
                Problem("error", item.place, "extends: expected a file name or a list of them")
            )
            failed = True
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(shown_as), item.value))
        if "," in item.value and not os.path.exists(target):
            said = f"extends: `{shown(item.value)}` is one name; write a list: `[{item.value}]`"
            problems.append(Problem("error", item.place, said))
            failed = True
            continue
        if "\\" in item.value and not os.path.exists(target):
            plain = item.value.replace("\\\\", "/").replace("\\", "/")
            said = f"`{shown(item.value)}` is no file here; folders end in `/`: `{shown(plain)}`"
            said = f"extends: {said}"
            problems.append(Problem("error", item.place, said))
            failed = True
            continue
        real = os.path.realpath(target)
        links = (*chain, here)
        if real in links:
            names = [os.path.basename(link) for link in links[links.index(real) :]]
            loop = " → ".join([*names, os.path.basename(real)])
            problems.append(
                Problem("error", item.place, f"extends: a cycle, {loop}; expected an end to it")
            )
            failed = True
            continue
        if real in layers:
            continue
        found: list[Problem] = []
        read = _gather(Path(target), target, found, links, layers)
        # what cannot even be opened is the fault of the line that names it
        problems.extend(
            Problem(p.severity, item.place, f"extends: {target}: {p.message}")
            if p.place == Place(target)
            else p
            for p in found
        )
        failed = failed or not read
    layers[here] = tree
    return not failed


def apply_set(tree: Tree, text: str, number: int, problems: list[Problem]) -> Tree:
    """The tree with ``dotted.path=value`` applied; `number` counts from 1 in the place."""
    place = Place(f"--set {number}")
    path_text, mark, value_text = text.partition("=")
    if not mark or not path_text.strip():
        problems.append(Problem("error", place, f"`{shown(text)}`; expected dotted.path=value"))
        return tree
    if value_text.strip():
        inner: list[Problem] = []
        value = parse(value_text, str(place), inner)
        problems.extend(Problem(p.severity, place, p.message) for p in inner)
        if value is None or inner:
            return tree
        plain: Any = value.plain()
    else:
        plain = None
    return lay_value(tree, path_text.strip(), plain, place, problems)


def lay_value(tree: Tree, path: str, plain: Any, place: Place, problems: list[Problem]) -> Tree:
    """The tree with a value of JSON's types at a dotted path; null removes what is there."""
    steps = steps_of(tree, path, place, problems)
    if steps is None:
        return tree
    over = _placed(plain, place)
    for step in reversed(steps):
        over = Tree({step: over}, place, place)
    return _lay(_asking_anew(tree, over), over)


def _placed(plain: Any, place: Place) -> Tree:
    if isinstance(plain, dict):
        return Tree({str(k): _placed(v, place) for k, v in plain.items()}, place, place)
    if isinstance(plain, list):
        return Tree([_placed(v, place) for v in plain], place, place)
    return Tree(plain, place, place)


def _lay(base: Tree, over: Tree) -> Tree:
    """`over` has one key a level; the whole mapping above a figure's inner value must stay."""
    if isinstance(over.value, dict) and len(over.value) == 1:
        ((step, inner),) = over.value.items()
        if isinstance(base.value, list) and step.isdigit() and int(step) < len(base.value):
            items = list(base.value)
            items[int(step)] = _lay(items[int(step)], inner)
            return Tree(items, base.place, base.key_place)
        if isinstance(base.value, dict) and step not in ("value", "distribution", "rule"):
            value = dict(base.value)
            if inner.value is None and step in value:
                del value[step]
            else:
                value[step] = _lay(value[step], inner) if step in value else inner
            return Tree(value, base.place, base.key_place)
        if isinstance(base.value, dict) and step in base.value and step != "rule":
            return Tree({**base.value, step: inner}, base.place, base.key_place)
    return merge(base, over)


def steps_of(tree: Tree, text: str, place: Place, problems: list[Problem]) -> list[str] | None:
    """The keys of a dotted path; names that hold dots are found in the tree."""
    parts = text.split(".")
    steps: list[str] = []
    here: Tree | None = tree
    shape: shapes.Shape | None = shapes.ROOT
    index = 0
    while index < len(parts):
        step, width = _longest(here, parts[index:])
        if here is not None and isinstance(here.value, list):
            known = [str(i) for i in range(len(here.value))]
            if step not in known:
                _unknown(step, steps, known, place, problems)
                return None
        elif here is None or step not in (here.value if isinstance(here.value, dict) else ()):
            deeper = index + width < len(parts)
            kind = "plain" if shape is None else shapes.chosen(shape, here).kind
            present = list(here.value) if here is not None and isinstance(here.value, dict) else []
            if kind == "table" and shape is not None:
                known = list(shapes.fields(shapes.chosen(shape, here).type))
                if step not in known:
                    _unknown(step, steps, known, place, problems)
                    return None
            elif (kind == "names" and (deeper or not _is_free(shape))) or kind in ("plain", "list"):
                _unknown(step, steps, present, place, problems)
                return None
        shape = None if shape is None else shapes.below(shape, step, here)
        key: str | int = step
        if here is not None and isinstance(here.value, list):
            key = int(step)
        here = here.child(key) if here is not None else None
        steps.append(step)
        index += width
    return steps


def _is_free(shape: shapes.Shape | None) -> bool:
    """Whether a new name may be set: figures by name may, things such as stations may not."""
    return shape is not None and shapes.shape_of(shape.below).kind == "figure"


def _longest(here: Tree | None, parts: list[str]) -> tuple[str, int]:
    if here is not None and isinstance(here.value, dict):
        for width in range(len(parts), 0, -1):
            name = ".".join(parts[:width])
            if name in here.value:
                return name, width
    return parts[0], 1


def _unknown(
    step: str, steps: list[str], known: list[str], place: Place, problems: list[Problem]
) -> None:
    where = f" in `{'.'.join(steps)}`" if steps else ""
    message = f"there is no `{shown(step)}`{where}{near(step, known)}"
    problems.append(Problem("error", place, message))
