"""What is wrong with a text that is not YAML, in words: mostly a colon, a blank or a bracket."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from sim.scenario.problems import Place, Problem
from sim.scenario.units import shown

ODD = (
    "a blank of a text program or web page, which YAML takes for a letter; write an ordinary space "
    "in its place"
)
_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
_ODD = re.compile(rf"^[ \t]*([{_BLANKS}])|^[ -]*[\w.+-]+:([{_BLANKS}])", re.MULTILINE)


def odd_blank(text: str) -> tuple[int, int] | None:
    """Line and column of a blank that is none for YAML, where an indent or a colon's blank is."""
    found = None if text.isascii() else _ODD.search(text)
    if found is None:
        return None
    at = found.start(found.lastindex or 0)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def problem(error: MarkedYAMLError, shown_as: str, text: str) -> Problem:
    """Where the parser gave up, or rather where what it stumbled over was written.

    Args:
        error: what ruamel raised, of a text as a person wrote it.
    """
    mark = error.problem_mark or error.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    line = lines[row] if row < len(lines) else ""
    raw = str(error.problem or error.context or "syntax error")
    said, at = _cause(raw, error, lines, line, row, column)
    where = Place(shown_as, at[0] + 1, at[1] + 1)
    return Problem("error", where, f"is not YAML: {said}")


def _cause(
    raw: str, error: MarkedYAMLError, lines: list[str], line: str, row: int, column: int
) -> tuple[str, tuple[int, int]]:
    here = (row, column)
    if "\t" in line[: column + 1]:
        column = line.index("\t")
        return "a tab; YAML is indented by spaces, so write spaces in its place", (row, column)
    if "another document" in raw:
        return "a second document; expected one scenario in a file", here
    if "undefined alias" in raw:
        return f"{shown(raw, 120)}; an anchor `&name` must stand before it", here
    if "expected ',' or" in raw:
        opened = error.context_mark
        mark, close = ("[", "]") if "sequence" in str(error.context) else ("{", "}")
        if opened is not None:
            at = f"{opened.line + 1}:{opened.column + 1}"
            return (
                f"the `{mark}` of {at} is not closed before this; expected `,` or `{close}`",
                here,
            )
    opened = error.context_mark
    if "end of stream" in raw and "quoted" in str(error.context) and opened is not None:
        quote = lines[opened.line][opened.column]
        return f"the quote `{quote}` is not closed", (opened.line, opened.column)
    begun = re.search(r"found character '(.)' that cannot start", raw)
    if begun:
        return _unquoted(begun[1], line[column:]), here
    closing = re.search(r"but found '([\]}])'", raw)
    if closing:
        return f"a `{closing[1]}` that closes nothing; remove it", here
    if "<block end>" in raw and "scalar" in raw and re.search(r"'[^']*'\w", line):
        return (
            "an apostrophe ends the text that a single quote begins; write it twice, or put the "
            'text in double quotes, as "…"'
        ), here
    if "<block end>" in raw and "scalar" in raw and re.search(r"""(['"]).*\1\s+\S""", line):
        return "text behind a closing quote; put all of the value in quotes, or nothing of it", here
    above = _above(lines, row)
    if "mapping values are not allowed" in raw or "could not find expected ':'" in raw:
        key = line[:column].strip()
        first = ":" not in line[:column] and (not key or re.fullmatch(r"[\w.+/-]+", key))
        if above is not None and first and (_indent(line) > _indent(lines[above])):
            if _no_colon(lines[above]):
                return _colon(lines, above), (above, _indent(lines[above]))
            return _too_deep(lines, above, line), (row, _indent(line))
        if above is not None and first and _no_colon(lines[above]):
            return _colon(lines, above), (above, _indent(lines[above]))
        if "mapping values" in raw:
            return "a second `: ` in this value; put the value in quotes", here
    if "expected <block end>" in raw and above is not None:
        return _indented(lines, row, line), (row, _indent(line))
    return shown(raw, 120), here


def _unquoted(mark: str, rest: str) -> str:
    """A value that begins with a mark of YAML."""
    if rest.startswith("```"):
        return "a fence of Markdown; remove the line"
    word = re.split(r"[,}\]#]", rest)[0].strip()
    if mark == "%":
        return f"`%` stands behind the number; write `{shown(word.strip('% '))} %`"
    plain = word.strip(mark).strip()
    return (
        f"`{mark}` begins nothing in YAML; write `{shown(plain)}` without it, or put it in quotes"
    )


def _above(lines: list[str], row: int) -> int | None:
    """The next line above that says something."""
    for number in range(min(row, len(lines)) - 1, -1, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _no_colon(line: str) -> bool:
    return re.search(r":(\s|$)", line.partition(" #")[0]) is None


def _colon(lines: list[str], row: int) -> str:
    word = lines[row].strip()
    if word.startswith(("//", "/*", ";", "--")):
        return f"`{shown(word)}` is no comment; comments begin with `#`"
    cure = re.sub(r":(?=\S)", ": ", word, count=1) if ":" in word else f"{word}:"
    if re.match(r"[\w.+-]+\s*=\s*\S", word):
        cure = re.sub(r"\s*=\s*", ": ", word, count=1)
    return f"`{shown(word)}` has no colon with a blank after it; write `{shown(cure)}`"


def _too_deep(lines: list[str], above: int, line: str) -> str:
    """A line deeper than the one above it, which has a value already."""
    key = line.strip().partition(":")[0]
    before = lines[above].strip()
    return (
        f"`{shown(key)}` is indented by {_indent(line)} spaces, beneath `{shown(before)}` with a "
        f"value of its own; expected {_indent(lines[above])} spaces, as in line {above + 1}"
    )


def _indented(lines: list[str], row: int, line: str) -> str:
    """A line that begins in a column where nothing above it does, or a list beside keys."""
    key = line.strip().partition(":")[0]
    deep = _indent(line)
    open_at: dict[int, int] = {}  # spaces to the nearest line above that is so indented
    least = 10_000
    for number in range(row - 1, -1, -1):
        text = lines[number]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if _indent(text) < least:
            least = _indent(text)
            open_at[least] = number
        if _indent(text) == deep and text.lstrip().startswith("- ") != line.lstrip().startswith(
            "- "
        ):
            return (
                f"`{shown(line.strip())}` and `{shown(text.strip())}` (line {number + 1}) are a "
                "key and an item of a list side by side; expected keys alone, or items alone"
            )
        if least == 0:
            break
    listed = [f"{n} (as line {at + 1})" for n, at in sorted(open_at.items())]
    choice = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
    said = (
        f"`{shown(key)}` is indented by {deep} space{'s' * (deep != 1)}, "
        f"as nothing above it is; expected {choice}"
    )
    if deep > least:  # perhaps the line that lies shallower was meant to be as deep as this one
        shallow = open_at[least]
        alike = [n for n in range(shallow) if lines[n].strip() and _indent(lines[n]) == deep]
        begun = [n for n in range(shallow) if lines[n].strip() and _indent(lines[n]) == least]
        if alike and begun and alike[-1] > begun[-1]:
            said += (
                f"; or is line {shallow + 1}, `{shown(lines[shallow].strip())}`, to have {deep}?"
            )
    return said
