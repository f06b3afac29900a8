"""The register of facts: what sources said, one row a fact, and its figures in house units."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sim.scenario import units
from sim.scenario.tree import Tree

COLUMNS = ("id", "statement", "value", "unit", "period", "source")
NO_FIGURE = ("date", "year")
"""Units of facts that name a point in time, with which no quantity can be compared."""
WORDS = {"areas": "tracks", "shift": "units", "x": ""}
"""Units that sources use and the scenario language does not, and what they count."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the register: what a source said, as it said it.

    Attributes:
        id: the name by which scenarios cite it.
        statement: what it is about.
        value: the figure, as text; a date or a year for some.
        unit: as in the register, such as ``trains/d each way``.
        period: to which time it refers.
        source: who said it and when; begins with ``unsourced`` where nobody did.
    """

    id: str
    statement: str
    value: str
    unit: str
    period: str
    source: str

    @property
    def unsourced(self) -> bool:
        """True of general geography, which counts as an assumption."""
        return self.source.lower().startswith("unsourced")

    @property
    def figure(self) -> tuple[float, units.Dimension] | None:
        """Value in house units and dimension; None of a date or of a unit not compared."""
        if self.unit.lower() in NO_FIGURE:
            return None
        try:
            number = float(self.value)
            factor, dimension = unit_of(self.unit)
        except ValueError:
            return None
        return number * factor, dimension

    def says(self) -> str:
        """The row in one line."""
        when = "" if self.period in ("", "-") else f", {self.period}"
        return f"{self.statement}: {self.value} {self.unit}{when}; {self.source}"


def unit_of(text: str) -> tuple[float, units.Dimension]:
    """Factor into house units and dimension of a register's unit, such as ``kt/8 months``.

    Raises:
        units.Refusal: a unit of something that scenarios do not measure.
    """
    unit = text.strip().removesuffix("each way").strip()
    many = 1.0
    counted = re.fullmatch(r"(.+)/\s*(\d+(?:\.\d+)?)\s+(.+)", unit)
    if counted is not None:
        unit, many = f"{counted[1]}/{counted[3]}", float(counted[2])
    factor, dimension = units.unit_of(WORDS.get(unit, unit))
    return factor / many, dimension


def register_path(named: Tree) -> Path:
    """Where the register is that ``evidence:`` names: beside the file that names it."""
    folder = "" if named.place.file.startswith("--set") else os.path.dirname(named.place.file)
    return Path(os.path.normpath(os.path.join(folder, str(named.value))))


def read_register(path: Path) -> dict[str, Fact]:
    """The facts of a register by their id.

    Raises:
        ValueError: it cannot be read, has no column ``id``, or has an id twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if "id" not in (reader.fieldnames or ()):
                raise ValueError("has no column `id`")
            found: dict[str, Fact] = {}
            for row in reader:
                fact = Fact(**{name: (row.get(name) or "").strip() for name in COLUMNS})
                if fact.id in found:
                    raise ValueError(f"line {reader.line_num}: id `{fact.id}` is given twice")
                if fact.id:
                    found[fact.id] = fact
            return found
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8 text") from error
    except csv.Error as error:
        raise ValueError(f"is not CSV: {error}") from error
