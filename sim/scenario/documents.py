"""From a YAML file to a tree in which every key and value knows its place."""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sim.scenario import syntax
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near_file
from sim.scenario.tree import Tree
from sim.scenario.units import shown

MERGE = "tag:yaml.org,2002:merge"
"""What YAML calls the key `<<`."""
MOST_NODES = 200_000
MOST_BYTES = 20_000_000


class _Stop(Exception):
    """The document cannot be read any further; the problem is recorded."""


def read_document(path: Path, shown_as: str, problems: list[Problem]) -> Tree | None:
    """The tree of a file, or nothing; what is wrong is added to `problems`."""
    here = Place(shown_as)
    try:
        if path.is_dir():
            problems.append(Problem("error", here, f"is a folder; {_folder_hint(path)}"))
            return None
        if path.exists() and path.stat().st_size > MOST_BYTES:
            problems.append(Problem("error", here, "is too large to be a scenario"))
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem("error", here, f"there is no such file{near_file(path)}"))
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problems.append(Problem("error", here, f"cannot be read: {reason or error}"))
        return None
    try:
        if b"\0" in raw[:2]:
            raise UnicodeDecodeError("utf-8", raw, 0, 1, "two bytes a letter")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = raw[: error.start]
        line = head.count(b"\n") + 1
        column = error.start - (head.rfind(b"\n") + 1) + 1
        said = _encoding(raw) or (
            f"byte 0x{raw[error.start]:02x} is not UTF-8; expected YAML text in UTF-8, so save the "
            "file as that; it may be in a code page of Windows"
        )
        problems.append(Problem("error", Place(shown_as, line, column), said))
        return None
    return parse(text, shown_as, problems)


def _encoding(raw: bytes) -> str:
    """What a file is that is no text in UTF-8; empty where that cannot be told."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:2]:
        return "is text in UTF-16, which some editors call Unicode; save the file as UTF-8"
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        return "is a document of an office program, not text; expected YAML text in UTF-8"
    return ""


def _folder_hint(path: Path) -> str:
    inside = sorted(p.name for p in path.glob("*.yaml"))[:4]
    return "expected a YAML file" + (f", such as {', '.join(inside)} in it" if inside else "")


# A distribution may stand as the issue writes it, `time: lognormal(mean: 36 h, cv: 0.4)`, though
# YAML would take its inner colons and commas as marks.  They are masked by others of the same
# width, so that places stay true, and put back after parsing.
_CALL = re.compile(r"(?:(?<=[:\-,\[{] )|\A)(\s*)([A-Za-z][\w-]* ?\()([^()'\"#\n]*)(\))")
_MASK = str.maketrans({":": "\ue000", ",": "\ue001", "[": "\ue002", "]": "\ue003"})
_UNMASK = str.maketrans({"\ue000": ":", "\ue001": ",", "\ue002": "[", "\ue003": "]"})


def parse(text: str, shown_as: str, problems: list[Problem]) -> Tree | None:
    """The tree of a YAML text, or nothing; what is wrong is added to `problems`."""
    odd = syntax.odd_blank(text)
    if odd is not None:
        problems.append(Problem("error", Place(shown_as, *odd), syntax.ODD))
        return None
    masked = "(" in text
    if masked:
        text = _CALL.sub(lambda m: m[1] + m[2] + m[3].translate(_MASK) + m[4], text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruamel warns of anchors used twice, which YAML allows
            node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        problems.append(syntax.problem(error, shown_as, text.translate(_UNMASK)))
        return None
    except ReaderError as error:
        head = text[: error.position] if isinstance(error.position, int) else ""
        place = Place(shown_as, head.count("\n") + 1, len(head) - head.rfind("\n"))
        problems.append(
            Problem("error", place, "a control character that YAML does not allow; remove it")
        )
        return None
    except RecursionError:
        problems.append(Problem("error", Place(shown_as, 1, 1), "is nested too deeply"))
        return None
    except (YAMLError, ValueError, AttributeError, IndexError, TypeError, KeyError) as error:
        # the composer lets some ill-formed texts through to an inner error
        said = shown(error, 80)
        problems.append(Problem("error", Place(shown_as, 1, 1), f"is not YAML: {said}"))
        return None
    if node is None:
        problems.append(
            Problem("error", Place(shown_as), "is empty; expected a scenario, such as `title: …`")
        )
        return None
    builder = _Builder(shown_as, problems, masked)
    try:
        return builder.tree(node, None)
    except _Stop:
        return None
    except RecursionError:
        problems.append(Problem("error", Place(shown_as, 1, 1), "is nested too deeply"))
        return None


class _Builder:
    """Turns ruamel's nodes into trees, by the YAML 1.2 core schema without dates."""

    def __init__(self, shown_as: str, problems: list[Problem], masked: bool) -> None:
        self.file = shown_as
        self.problems = problems
        self.masked = masked
        self.count = 0
        self.open: set[int] = set()

    def place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def error(self, place: Place, message: str) -> None:
        self.problems.append(Problem("error", place, message))

    def tree(self, node: Node, key_place: Place | None) -> Tree:
        self.count += 1
        place = self.place(node)
        if self.count > MOST_NODES or id(node) in self.open:
            self.error(place, "an alias that repeats itself without end")
            raise _Stop
        if isinstance(node, ScalarNode):
            value: Any = self.scalar(node, place)
            if value is None and node.value == "" and key_place is not None:
                place = key_place  # what is not there is missed where its key is
            return Tree(value, place, key_place or place)
        self.open.add(id(node))
        if isinstance(node, SequenceNode):
            value = [self.tree(item, None) for item in node.value]
        elif isinstance(node, MappingNode):
            value = self.mapping(node)
        else:
            value = None
        if not str(node.tag).startswith("tag:yaml.org,2002:"):
            self.error(place, f"tag `{shown(node.tag)}` is not part of the language; remove it")
        self.open.discard(id(node))
        return Tree(value, place, key_place or place)

    def mapping(self, node: MappingNode) -> dict[str, Tree]:
        value: dict[str, Tree] = {}
        merged: dict[str, Tree] = {}
        before: Node | None = None
        last = ""
        for key_node, value_node in node.value:
            place = self.place(key_node)
            meant = before and self.decimal_comma(before, key_node, value_node)
            if meant and last in value:
                value[last].value = meant  # so that nothing more is said of it
                continue
            before = value_node
            if not isinstance(key_node, ScalarNode):
                self.error(place, "a key that is not a word; expected a name")
                continue
            key = self.text(key_node)
            joined = self.joined(key, value_node) if node.flow_style else None
            if joined is not None:
                said = f"`{joined[0]}: {joined[1]}`"
                self.error(
                    place, f"`{shown(key)}` has no colon with a blank after it; write {said}"
                )
                value[joined[0]] = Tree(joined[1], place, place)
                continue
            below = self.tree(value_node, place)
            if str(key_node.tag) == MERGE:
                if merged:
                    self.error(place, "`<<` is given twice; write `<<: [*one, *other]`")
                merged = self.merged(below, place)
                continue
            if key in value:
                first = value[key].key_place
                self.error(place, f"`{shown(key)}` is given twice; first on line {first.line}")
                continue
            value[key] = below
            last = key
        return {**value, **{k: t for k, t in merged.items() if k not in value}}

    def merged(self, source: Tree, place: Place) -> dict[str, Tree]:
        """What `<<: *base` lays beneath a mapping; of a list of bases the first one counts."""
        found: dict[str, Tree] = {}
        for base in source.value if isinstance(source.value, list) else [source]:
            if not isinstance(base.value, dict):
                said = "`<<` takes the keys of an anchor, such as `<<: *base` of `base: &base {…}`"
                self.error(place, said)
                return {}
            found = {**base.value, **found}
        return found

    def joined(self, key: str, value: Node) -> tuple[str, str] | None:
        """Key and value that YAML takes for a key alone, as `{jinan:100 %}` or `{jinan 100 %}`."""
        if not isinstance(value, ScalarNode) or value.value:
            return None
        found = re.fullmatch(r"([A-Za-z][\w.+/-]*)(?:\s*[:=]\s*(\S.*)|\s+(\d.*))", key)
        return (found[1], found[2] or found[3]) if found else None

    def decimal_comma(self, before: Node, key: Node, value: Node) -> str:
        """What is meant where a comma has cut a number in two, as `{time: 2,5 h}`; it is said."""
        cut = (
            isinstance(before, ScalarNode)
            and isinstance(key, ScalarNode)
            and isinstance(value, ScalarNode)
            and not value.value
            and key.start_mark.line == before.end_mark.line
            and key.start_mark.column == before.end_mark.column + 1
            and re.fullmatch(r"[+-]?\d+", before.value)
            and re.match(r"\d+(\s|%|$)", key.value)
        )
        if not cut:
            return ""
        head, tail = str(before.value), str(key.value)
        plain = head + ("" if re.match(r"\d{3}(?!\d)", tail) else ".") + tail
        self.error(
            self.place(before),
            f"`{shown(f'{head},{tail}')}` has a comma in the number; write a decimal point and no "
            f"mark for thousands, such as `{shown(plain)}`",
        )
        return plain

    def text(self, node: ScalarNode) -> str:
        text = str(node.value)
        if not self.masked:
            return text
        return text.translate(_UNMASK)

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        text = self.text(node)
        kind = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if kind in ("str", "timestamp"):
            return text
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind in ("int", "float"):
            return self.number(text, place)
        self.error(place, f"tag `{shown(node.tag)}` is not part of the language; remove it")
        return text

    def number(self, text: str, place: Place) -> Any:
        digits = text.replace("_", "")
        try:
            if re.fullmatch(r"[+-]?0[xob][0-9a-fA-F]+", digits):
                return int(digits, 0)
            if re.fullmatch(r"[+-]?\d{1,300}", digits):
                return int(digits)
            value = float(digits)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.error(place, f"`{shown(text)}` is not a finite number")
            return 0
        return value
