"""Supplies read from a file: a CSV series of dates and tonnes, laid into the document.

A scenario that came from a manifest must not need files that are elsewhere, so the rows stand in
the resolved scenario as if they had been written there.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

from sim.scenario.documents import Tree, near_file
from sim.scenario.problems import Place, Problem
from sim.scenario.units import shown

COLUMNS = ("date", "tonnes")
MOST_ROWS = 100_000


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


def _read(named: Tree, problems: list[Problem]) -> Tree:
    folder = "" if named.place.file.startswith("--set") else os.path.dirname(named.place.file)
    file = Path(os.path.normpath(os.path.join(folder, named.value)))
    rows: dict[str, Tree] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            head = [cell.strip() for cell in next(reader, [])]
            if any(name not in head for name in COLUMNS):
                found = ", ".join(head) or "nothing"
                _say(problems, Place(str(file), 1, 1), f"the first line has {shown(found)}")
                return Tree(rows, named.place, named.key_place)
            date, tonnes = (head.index(name) for name in COLUMNS)
            for cells in reader:
                place = Place(str(file), reader.line_num, 1)
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(head) or len(rows) == MOST_ROWS:
                    _say(problems, place, f"`{shown(','.join(cells))}`")
                    break
                day, mass = cells[date].strip(), cells[tonnes].strip()
                if day in rows:
                    _say(problems, place, f"{shown(day)} is there twice")
                    break
                text = f"{mass} t" if mass.replace(".", "", 1).isdigit() else mass
                rows[day] = Tree(text, place, place)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        hint = "" if file.exists() else near_file(file)
        said = error.strerror if isinstance(error, OSError) else "is no CSV in UTF-8"
        problems.append(Problem("error", named.place, f"series: {file}: {said}{hint}"))
    return Tree(rows, named.place, named.key_place)


def _say(problems: list[Problem], place: Place, what: str) -> None:
    expected = "expected a line `date,tonnes` and then such as `2023-09-01,12000`, each date once"
    problems.append(Problem("error", place, f"{what}; {expected}"))
