"""Keys and names that the language does not have: which was meant, and where it belongs."""

from __future__ import annotations

import re
from functools import lru_cache

from sim.scenario import shape as shapes
from sim.scenario import wording
from sim.scenario.spelling import CYRILLIC, near
from sim.scenario.synonyms import synonym
from sim.scenario.tree import Steps, Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import Season
from sim.scenario.written import EVIDENCE_KEYS

ENDS = ("end", "until", "finish", "stop", "duration", "days", "length")


def misspelt(path: Steps, found: Tree, tree: Tree, root: shapes.Shape) -> str:
    """What to say of a thing that is new by its name only: one of a base is spelt nearly so."""
    if not path:
        return ""
    around, _ = tree.find(path[:-1])
    shape = shapes.at(tree, path[:-1], root)
    if shape is None or shape.kind != "names" or not isinstance(around.value, dict):
        return ""
    bases = [k for k, t in around.value.items() if t.key_place.file != found.key_place.file]
    hint = near(str(path[-1]), bases, "")
    if not hint:
        return ""
    name = shown(str(path[-1]))
    return f"`{name}` is in no file that this extends, and too little is said for a new one{hint}"


def key(path: Steps, tree: Tree, root: shapes.Shape) -> str:
    """That the language has no such key there, and which was meant."""
    word = str(path[-1]) if path else ""
    owner, _ = tree.find(path[:-1])
    shape = shapes.at(tree, path[:-1], root)
    if shape is None:
        return f"unknown key `{shown(word)}`"
    shape = shapes.chosen(shape, owner)
    known = list(shapes.fields(shape.type)) if shape.kind == "table" else []
    meant = _meant(word, shape, owner)
    if meant:
        return f"unknown key `{shown(word)}`; {meant}"
    if shape == root and root == shapes.ROOT:
        known.append("extends")  # what is read before the tables are
        if word in ENDS:
            return f"unknown key `{word}`; the length of the run is `horizon`, such as `365 d`"
    elsewhere = [] if word in known else _homes(word)
    if elsewhere:
        there = " or ".join(f"`{home}`" for home in elsewhere[:3])
        return f"`{shown(word)}` does not belong here; it belongs in {there}"
    open_keys = [k for k in known if k not in (owner.value or ())]
    evident = [k for k in known if k not in EVIDENCE_KEYS]
    hint = near(word, open_keys, "") or near(word, evident)
    return f"unknown key `{shown(word)}`{hint}"


def _meant(key: str, shape: shapes.Shape, owner: Tree) -> str:
    """What to write for a key that people elsewhere use; empty where that is not known."""
    if shape.type is Season:
        months = wording.months(key)
        if len(months) == 1:
            return f"did you mean `{months[0]}`?"
        return f"write `{', '.join(f'{month}: …' for month in months)}`" if months else ""
    beside = owner.plain() if isinstance(owner.value, dict) else {}
    return synonym(getattr(shape.type, "__name__", ""), key, beside)


def name(written: str) -> str:
    """What to write for a name of a thing that is not as names are."""
    latin = written.lower().translate(CYRILLIC)
    plain = re.sub(r"[\s_]+", "-", latin.strip())
    if re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", plain) is None:
        return "expected lower-case Latin letters, digits and - . +; a `title` may be in any script"
    letters = ", ".join(f"`{c}`" for c in dict.fromkeys(written) if ord(c) > 127)
    return f"{letters} in it is Cyrillic: write `{plain}`" if letters else f"write `{plain}`"


@lru_cache(maxsize=256)
def _homes(key: str) -> list[str]:
    """Paths of the tables of the scenario language that have a key."""
    found: dict[str, None] = {}

    def look(shape: shapes.Shape, path: str) -> None:
        if shape.kind == "table":
            for name, annotation in shapes.fields(shape.type).items():
                if name == key and path:
                    found[path] = None
                look(shapes.shape_of(annotation), f"{path}.{name}" if path else name)
        elif shape.kind == "choice":
            for member in shape.below:
                look(shapes.Shape("table", member), path)
        elif shape.kind == "names":
            look(shapes.shape_of(shape.below), f"{path}.*")
        elif shape.kind == "list":
            look(shapes.shape_of(shape.below), path)

    look(shapes.ROOT, "")
    return list(found)
