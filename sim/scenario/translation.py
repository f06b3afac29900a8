"""Pydantic's errors in plain words, each at its place in the files."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import ValidationError

from sim.policies import ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT, Registry
from sim.scenario import shape as shapes
from sim.scenario import unknown
from sim.scenario.examples import Examples, examples_of, in_place_of
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Step, Steps, Tree
from sim.scenario.units import Refusal, shown

REGISTRIES: tuple[Registry[Any], ...] = (
    ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT
)  # fmt: skip
DECISIONS = {registry.decision: registry for registry in REGISTRIES}
KIND_BY_KEY = {"cranes": "cranes", "tracks": "cranes", "share": "laboratory", "slots": "laboratory"}


def problems(error: ValidationError, tree: Tree, root: shapes.Shape = shapes.ROOT) -> list[Problem]:
    """A `Problem` for each error of a document, but for those that come of one of them alone."""
    found = error.errors(include_url=False)
    beside = {}  # what stands beside a name that it was meant to stand beneath, by its path
    for entry in found:
        meant = _beneath(entry, tree, root)
        if meant is not None:
            beside[(*entry["loc"][:-1], meant)] = entry["loc"]
    kept = []
    for entry in found:
        loc = tuple(entry["loc"])
        if any(loc[: len(path)] == path for path in beside):
            continue
        said = problem(entry, tree, root)
        inner = [path[-1] for path, empty in beside.items() if tuple(empty) == loc]
        if inner:
            said = Problem(
                "error",
                said.place,
                f"`{loc[-1]}` is empty, and `{inner[0]}` stands beside it, not in it; indent that "
                "line, and what belongs to it, by two more spaces",
            )
        kept.append(said)
    return kept


def _beneath(error: Any, tree: Tree, root: shapes.Shape) -> str | None:
    """The key that follows an empty name in its column, and that belongs beneath it."""
    loc = tuple(error["loc"])
    if error["type"] not in ("model_type", "dict_type") or len(loc) < 2:
        return None
    around, gone = tree.find(loc[:-1])
    shape, outer = shapes.at(tree, loc, root), shapes.at(tree, loc[:-1], root)
    if gone != loc[:-1] or not isinstance(around.value, dict) or shape is None or outer is None:
        return None
    empty = around.value.get(str(loc[-1]))
    if empty is None or empty.value is not None or shape.kind != "table" or outer.kind != "names":
        return None
    names = list(around.value)
    following = names[names.index(str(loc[-1])) + 1 :][:1]
    return following[0] if following and following[0] in shapes.fields(shape.type) else None


def problem(error: Any, tree: Tree, root: shapes.Shape = shapes.ROOT) -> Problem:
    """A `Problem` for one entry of ``ValidationError.errors()``.

    ``root`` is the table that the whole document is an instance of, a scenario by default.
    """
    loc = tuple(error["loc"])
    of_key = bool(loc) and loc[-1] == "[key]"
    if of_key:
        loc = loc[:-1]
    cause = error.get("ctx", {}).get("error")
    inside = cause.inside if isinstance(cause, Refusal) else ()
    found, path = tree.find(_written_path(loc, tree, root))
    deeper, deeper_path = found.find(inside)
    kind = error["type"]
    label = _label((*path, *deeper_path))
    if kind == "missing":
        likely = unknown.misspelt(path, found, tree, root)
        if likely:
            return Problem("error", found.key_place, likely)
        return Problem("error", found.key_place, _missing(label, loc, path, tree, root))
    if kind == "extra_forbidden":
        return Problem("error", found.key_place, unknown.key(path, tree, root))
    if of_key and isinstance(cause, Refusal):
        return Problem("error", found.key_place, cause.message)
    if of_key:
        name = shown(path[-1] if path else "")
        return Problem("error", found.key_place, f"`{name}` is not a name; {unknown.name(name)}")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _kind_problem(found, label, shapes.at(tree, path, root))
    place: Place = deeper.place
    if isinstance(cause, Refusal):
        if cause.at_key:
            place = deeper.key_place
        plain = not label or cause.at_key
        return Problem("error", place, cause.message if plain else f"{label}: {cause.message}")
    said = _words(error, deeper, shapes.at(tree, path, root), examples_of(path, tree, root))
    return Problem("error", place, f"{label}: {said}" if label else said)


def _written_path(loc: Steps, tree: Tree, root: shapes.Shape) -> Steps:
    """The path in the document of one of pydantic's, which puts a work's kind after its name."""
    path: list[Step] = []
    shape: shapes.Shape | None = root
    here: Tree | None = tree
    steps = iter(loc)
    for step in steps:
        path.append(step)
        shape = shapes.below(shape, step, here) if shape is not None else None
        here = here.child(step) if here is not None else None
        if shape is not None and shape.kind == "choice":
            next(steps, None)
    return tuple(path)


def _label(path: Steps) -> str:
    """The last name on a path, with the one it counts in when it is a number."""
    names = [str(step) for step in path]
    if not names:
        return ""
    if names[-1].isdigit() and len(names) > 1:
        return f"{names[-2]}.{names[-1]}"
    if names[-1] in ("value",) and len(names) > 1:
        return names[-2]
    if len(names) > 2 and names[-2] == "changes":
        return f"{names[-3]} from {names[-1]}"
    return names[-1]


def _missing(label: str, loc: Steps, path: Steps, tree: Tree, root: shapes.Shape) -> str:
    shape = shapes.at(tree, path, root)
    found, _ = tree.find(path)
    key = str(loc[-1])
    if isinstance(loc[-1], int):
        own = examples_of(path, tree, root).own or "more"
        return f"{label}: has {loc[-1]} of its values; expected {own}"
    wanted, meaning = "", ""
    if shape is not None:
        shape = shapes.chosen(shape, found)
    if shape is not None and shape.kind in ("table", "rule"):
        for name, info in shape.type.model_fields.items():
            if (info.alias or name) == key:
                meaning = info.description or ""
                rule = getattr(info.annotation, "rule", None)
                examples = getattr(rule, "examples", ())
                wanted = f", such as `{key}: {examples[0]}`" if examples else ""
    owner = f"`{label}` has" if label else "there is"
    if shape is not None and shape.kind == "rule" and label in DECISIONS:
        rules = ", ".join(f"`{name}`" for name in DECISIONS[label].names())
        return f"{owner} no `rule`; expected `{label}: {{rule: …}}` with one of {rules}"
    expected = f"; expected {meaning}{wanted}" if meaning else ""
    return f"{owner} no `{key}`{expected}"


def _kind_problem(found: Tree, label: str, shape: shapes.Shape | None) -> Problem:
    kinds = [k for m in (shape.below if shape else ()) for k in get_args(shapes.fields(m)["kind"])]
    written = found.child("kind")
    if written is not None:
        message = (
            f"kind: unknown kind of work `{shown(written.value)}`{near(str(written.value), kinds)}"
        )
        return Problem("error", written.place, message)
    guess = "servers"
    if isinstance(found.value, dict):
        guess = next((KIND_BY_KEY[k] for k in KIND_BY_KEY if k in found.value), guess)
    listed = ", ".join(f"`{k}`" for k in kinds)
    message = f"`{label}` has no `kind`; expected one of {listed}; did you mean `kind: {guess}`?"
    return Problem("error", found.key_place, message)


def _words(error: Any, found: Tree, shape: shapes.Shape | None, examples: Examples) -> str:
    kind, ctx = error["type"], error.get("ctx", {})
    inner = found.child("value")
    written = (found if inner is None else inner).plain()
    value = f"`{shown(_short(written))}`"
    if kind in ("literal_error", "enum"):
        options = [
            o.strip().strip("'") for o in str(ctx["expected"]).replace(" or ", ", ").split(",")
        ]
        return f"{value} is not known{near(str(written), options)}"
    if kind in ("dict_type", "model_type", "model_attributes_type", "mapping_type"):
        if written is None:
            return "is empty; expected keys in it, or remove it"
        wanted = in_place_of(written, shape, examples)
        if isinstance(written, list) and written and all(isinstance(w, dict) for w in written):
            name = shown(next(iter(written[0]), ""))
            return f"a list stands where keys are expected; write `{name}: …` without the `-`"
        return f"{value} stands where keys are expected; {wanted}"
    if kind in ("tuple_type", "list_type") and written is None:
        return f"is empty; expected {examples.own or 'such as `[a, b]`'}, or remove it"
    if kind in ("tuple_type", "list_type"):
        return f"{value} is not a list; expected {examples.own or 'such as `[a, b]`'}"
    if kind.startswith("string") and written is None:
        return "is empty; expected words, or remove it"
    if kind.startswith("string"):
        if kind == "string_pattern_mismatch":
            return f"{value} is not a name; expected lower-case Latin letters, digits and - . +"
        return f"{value} is not text; expected words" + (
            ", perhaps in quotes" if isinstance(written, int | float) else ""
        )
    if kind.startswith("bool"):
        return f"{value} is neither yes nor no; expected `true` or `false`"
    if kind.startswith("int"):
        return f"{value} is not a whole number; expected such as `1`"
    if kind.startswith("float"):
        return f"{value} is not a number; expected such as `43.2`"
    bounds = {"greater_than": "more than", "greater_than_equal": "at least",
              "less_than": "less than", "less_than_equal": "at most"}  # fmt: skip
    if kind in bounds:
        limit = next(iter(ctx.values()))
        return f"{value} is out of range; expected {bounds[kind]} {_limit(limit, shape)}"
    if kind in ("too_short", "too_long", "missing_argument", "unexpected_keyword_argument"):
        length = ctx.get("min_length", ctx.get("max_length", "other"))
        if isinstance(written, list) and len(written) == 4 and length == 2:
            a, b = (f"{x}.{y}" for x, y in (written[:2], written[2:]))
            return f"{value} has commas in its numbers; write decimal points, `[{a}, {b}]`"
        return f"{value} has the wrong length; expected {length} values"
    if kind == "value_error":
        return str(ctx.get("error", error["msg"]))
    return f"{value}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _limit(limit: float, shape: shapes.Shape | None) -> str:
    """A limit of a range with the unit of what is limited."""
    rule = None if shape is None else getattr(shape.type, "rule", None)
    unit = getattr(rule, "unit", "")
    if not unit:
        return f"{limit:g}"
    return f"{limit / 24:g} d" if unit == "h" and limit % 24 == 0 else f"{limit:.12g} {unit}"


def _short(value: Any) -> Any:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "{" + ", ".join(map(str, value)) + "}"
    if isinstance(value, list):
        return f"[{', '.join(str(_short(item)) for item in value)}]"
    return str(value).lower() if isinstance(value, bool) else value
