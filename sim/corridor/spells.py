"""What became of each unit of equipment: the table of spells, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.corridor.equipment import STATES
from sim.corridor.rows import joined_rows
from sim.corridor.sorting import by_unit
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor
    from sim.corridor.journal import Spell

SPELL = np.dtype(
    [("unit", "i4"), ("begin", "f8"), ("place", "i2"), ("state", "i1"), ("part", "i4")]
)
"""What a spell takes in a file."""


def equipment(corridor: Corridor) -> pl.DataFrame:
    """All spells of all units, unit by unit; none that begins after the horizon."""
    return _table(corridor, *_flat(corridor, corridor.journal.spells))


class Spilled:
    """Spells written to files while a run goes on, a file for so many units each.

    Units of different files have nothing to do with each other, so that the table is made file
    by file.
    """

    def __init__(self, corridor: Corridor, folder: Path, units: int = 1 << 18) -> None:
        self._corridor = corridor
        self._folder = folder
        self._units = units
        self._files: set[int] = set()

    def take(self) -> None:
        """Move the journal's spells into the files."""
        spells = self._corridor.journal.spells
        batch: list[Spell] = []
        size = 0
        for spell in spells:
            for piece in _pieces(spell, self._units):
                batch.append(piece)
                size += len(piece[0])
                if size >= self._units:
                    self._write(batch)
                    batch, size = [], 0
        self._write(batch)
        self._corridor.equipment.forget_spells()

    def _write(self, spells: list[Spell]) -> None:
        if not spells:
            return
        columns = _flat(self._corridor, spells)
        rows = np.empty(len(columns[0]), dtype=SPELL)
        for name, column in zip(SPELL.names or (), columns, strict=True):
            rows[name] = column
        file = columns[0] // self._units
        for number in np.unique(file).tolist():
            with self._path(number).open("ab") as out:
                out.write(rows[file == number].tobytes())
            self._files.add(number)

    def _path(self, number: int) -> Path:
        return self._folder / f"spells-{number}"

    def frames(self) -> Iterator[pl.DataFrame]:
        """The table in parts, each of all spells of some units, in the order of units."""
        for number in sorted(self._files):
            rows = np.fromfile(self._path(number), dtype=SPELL)
            self._path(number).unlink()
            yield _table(self._corridor, *(rows[name] for name in SPELL.names or ()))


def _pieces(spell: Spell, most: int) -> Iterator[Spell]:
    """A spell of no more than so many units each."""
    units, begin, station, state, part = spell
    if len(units) <= most:
        yield spell
        return
    for first in range(0, len(units), most):
        mine = slice(first, first + most)
        yield (
            units[mine],
            begin if isinstance(begin, (int, float)) else begin[mine],
            station,
            state,
            part if isinstance(part, int) else part[mine],
        )


def _flat(corridor: Corridor, spells: Sequence[Spell]) -> tuple[NDArray[Any], ...]:
    """Unit, begin, place, state and what it is part of, for each unit of all spells."""
    nothing: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
    units, begin, station, state, part = zip(*spells, strict=True) if spells else ((),) * 5
    number = {name: i for i, name in enumerate(corridor.equipment.stations)}
    sizes = np.fromiter(map(len, units), dtype=np.int64, count=len(units))
    place = np.fromiter(map(number.__getitem__, station), dtype=np.int16, count=len(station))
    return (
        np.concatenate([nothing, *units]),
        _spread(begin, sizes, float),
        np.repeat(place, sizes),
        np.repeat(np.array(state, dtype=np.int8), sizes),
        _spread(part, sizes, np.int32),
    )


def _table(
    corridor: Corridor,
    unit: NDArray[Any],
    begin: NDArray[Any],
    place: NDArray[Any],
    state: NDArray[Any],
    part: NDArray[Any],
) -> pl.DataFrame:
    fleets = corridor.equipment
    found, end = by_unit((unit, begin, place, state, part), corridor.end)
    unit, begin, place, state, part = found
    return pl.DataFrame(
        {
            "unit": unit,
            "fleet": coded(list(fleets.fleets), fleets.fleet[unit]),
            "hired": fleets.hired[unit],
            "state": coded(STATES, state),
            "place": coded(list(fleets.stations), place),
            "begin_h": begin,
            "end_h": end,
            "part_of": pl.Series(part).replace(-1, None),
        }
    )


def _spread(parts: Sequence[Any], sizes: NDArray[np.int64], kind: type[Any]) -> NDArray[Any]:
    """Of each part, one number for all its units or one for each."""
    single = [isinstance(part, (int, float)) for part in parts]
    if all(single):
        return np.repeat(np.array(parts, dtype=kind), sizes)
    values = [part if one else 0 for part, one in zip(parts, single, strict=True)]
    made: NDArray[Any] = np.repeat(np.array(values, dtype=kind), sizes)
    several = [part for part, one in zip(parts, single, strict=True) if not one]
    each = joined_rows(several) if kind is np.int32 else np.concatenate(several)
    made[np.repeat(~np.array(single), sizes)] = each
    return made
