"""Supplies read from a file: a CSV series of dates and tonnes, laid into the document.

A scenario that came from a manifest must not need files that are elsewhere, so the rows stand in
the resolved scenario as if they had been written there.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
from pathlib import Path

from sim.scenario.dates import meant, not_a_date
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near_file
from sim.scenario.tree import Tree
from sim.scenario.units import shown

COLUMNS = ("date", "tonnes")
MOST_ROWS = 100_000
EXPECTED = "expected a line `date,tonnes` and then such as `2023-09-01,12000`"
SAVE = "save the sheet as CSV in UTF-8, with commas between columns"


def lay_in(tree: Tree, problems: list[Problem]) -> Tree:
    """The document with every ``series: <file>.csv`` of a supply replaced by what it holds."""
    supplies = tree.child("supplies")
    if supplies is None or not isinstance(supplies.value, dict):
        return tree
    changed = {}
    for name, supply in supplies.value.items():
        named = supply.child("series")
        if named is None or not isinstance(named.value, str):
            continue
        rows = _read(named, problems)
        changed[name] = Tree({**supply.value, "series": rows}, supply.place, supply.key_place)
    if not changed:
        return tree
    laid = Tree({**supplies.value, **changed}, supplies.place, supplies.key_place)
    return Tree({**tree.value, "supplies": laid}, tree.place, tree.key_place)


class _Unusable(Exception):
    """The file cannot be used; its place and what is wrong."""

    def __init__(self, place: Place, message: str) -> None:
        self.problem = Problem("error", place, message)


def _read(named: Tree, problems: list[Problem]) -> Tree:
    aside = named.place.file.startswith("--set")
    folder = "" if aside else os.path.dirname(named.place.file)
    file = Path(os.path.normpath(os.path.join(folder, named.value)))
    try:
        rows = _rows(_text(file, named.place), str(file), problems)
    except _Unusable as found:
        problems.append(found.problem)
        # stands for what cannot be read, so that no more is said of this supply
        rows = {"2000-01-01": Tree("0 t", named.place, named.place)}
    return Tree(rows, named.place, named.key_place)


def _text(file: Path, named_at: Place) -> str:
    try:
        raw = file.read_bytes()
    except (OSError, ValueError) as error:
        said = f"series: {file}: {(isinstance(error, OSError) and error.strerror) or error}"
        where = (
            "where the command is run" if "--set" in named_at.file else f"beside {named_at.file}"
        )
        hint = near_file(file) or f"; expected a file {where}, of a line `date,tonnes` and figures"
        raise _Unusable(named_at, said + hint) from None
    top = Place(str(file), 1, 1)
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _Unusable(top, f"is a workbook (Excel), not a CSV file; {SAVE}")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Unusable(top, f"is text in UTF-16; {SAVE}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(str(file), raw.count(b"\n", 0, error.start) + 1, 1)
        said = f"byte 0x{raw[error.start]:02x} is not UTF-8; {SAVE}"
        raise _Unusable(place, said) from None


def _rows(text: str, file: str, problems: list[Problem]) -> dict[str, Tree]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, [c.strip() for c in cells]) for cells in reader]
    except csv.Error as error:
        raise _Unusable(Place(file, reader.line_num, 1), f"is no CSV: {error}; {SAVE}") from None
    head = lines[0][1] if lines else []
    if any(name not in head for name in COLUMNS):
        raise _Unusable(Place(file, 1, 1), _head(head, text))
    date, tonnes = (head.index(name) for name in COLUMNS)
    rows: dict[str, Tree] = {}
    undated: list[tuple[Place, str]] = []
    for number, cells in lines[1:]:
        place = Place(file, number, 1)
        if not any(cells):
            continue
        if len(cells) != len(head):
            raise _Unusable(place, _columns(cells, len(head), tonnes))
        if len(rows) == MOST_ROWS:
            raise _Unusable(place, f"has more than {MOST_ROWS:,} lines; expected fewer")
        day, mass = cells[date], cells[tonnes]
        if day in rows:
            raise _Unusable(place, f"{shown(day)} is there twice; {EXPECTED}, each date once")
        if not mass:
            raise _Unusable(place, f"{shown(day)} has no tonnes; write 0 for none")
        if _is_day(day):
            rows[day] = Tree(f"{mass} t" if _is_number(mass) else mass, place, place)
        else:
            undated.append((place, day))
    if undated:
        place, day = undated[0]
        others = len(undated) - 1
        more = f"; {others} more line{'s' * (others > 1)} likewise" if others else ""
        raise _Unusable(place, not_a_date(day) + more)
    if not rows:
        raise _Unusable(Place(file, lines[-1][0], 1), f"has no figures; {EXPECTED}")
    return rows


def _head(head: list[str], text: str) -> str:
    """What is wrong with a first line that has not both columns."""
    said = f"the first line has {shown(', '.join(head) or 'nothing')}"
    first, second = [*text.splitlines(), "", ""][:2]
    for mark, name in ((";", "`;`"), ("\t", "tabs")):
        if mark in first or first.lower() == "sep=" + mark:
            sheet = (second if first.lower().startswith("sep=") else first).replace(mark, ",")
            comma = " and a point in a number" if re.search(r"\d,\d", text) else ""
            columns = re.sub(r"\s*,\s*", ",", sheet.strip())
            return f"{said}, set apart by {name}; write commas between columns{comma}: `{columns}`"
    lower = [cell.lower() for cell in head]
    if all(name in lower for name in COLUMNS):
        return f"{said}; write them in small letters: `{','.join(lower)}`"
    if any(_is_day(cell) or meant(cell) for cell in head) and any(map(_is_number, head)):
        return f"{said}, which are figures; write a line `date,tonnes` above them"
    return f"{said}; {EXPECTED}"


def _columns(cells: list[str], wanted: int, tonnes: int) -> str:
    """What is wrong with a line of more or fewer columns than the first has."""
    line = ",".join(cells)
    said = f"`{shown(line)}` has {len(cells)} columns and the first line {wanted}"
    if len(cells) == wanted + 1 and all(c.isdigit() for c in cells[tonnes : tonnes + 2]):
        whole, part = cells[tonnes : tonnes + 2]
        number = whole + ("" if len(part) == 3 else ".") + part
        meant_line = ",".join([*cells[:tonnes], number, *cells[tonnes + 2 :]])
        return (
            f"{said}: a comma in a number begins a new column; write a decimal point and no mark "
            f"for thousands, such as `{shown(meant_line)}`"
        )
    return f"{said}; {EXPECTED}"


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None
