"""What became of each unit of equipment: the table of spells, unit by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.corridor.equipment import STATES
from sim.corridor.records import in_order, joined_rows
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.build import Corridor


def equipment(corridor: Corridor) -> pl.DataFrame:
    """All spells of all units, unit by unit; none that begins after the horizon."""
    fleets, spells = corridor.equipment, corridor.journal.spells
    sizes = np.array([len(s[0]) for s in spells], dtype=np.int64)
    number = {name: i for i, name in enumerate(fleets.stations)}
    unit = np.concatenate([np.zeros(0, dtype=np.int32), *(s[0] for s in spells)])
    begin = _spread([s[1] for s in spells], sizes, float)
    place = np.repeat(np.array([number[s[2]] for s in spells], dtype=np.int16), sizes)
    state = np.repeat(np.array([s[3] for s in spells], dtype=np.int8), sizes)
    part = _spread([s[4] for s in spells], sizes, np.int64)
    # Entries of a unit follow each other in the journal; a stable sort keeps them so.
    order = in_order(unit)
    order = order[begin[order] <= corridor.end]
    unit, begin, part = unit[order], begin[order], part[order]
    end = np.full(len(unit), corridor.end)
    follows = np.flatnonzero(unit[1:] == unit[:-1])
    end[follows] = begin[follows + 1]
    fleet = np.array(fleets.fleet, dtype=np.int64)
    hired = np.array(fleets.hired, dtype=bool)
    return pl.DataFrame(
        {
            "unit": unit.astype(np.int64),
            "fleet": coded(list(fleets.fleets), fleet[unit]),
            "hired": hired[unit],
            "state": coded(STATES, state[order]),
            "place": coded(list(fleets.stations), place[order]),
            "begin_h": begin,
            "end_h": end,
            "part_of": pl.Series(part).replace(-1, None),
        }
    )


def _spread(parts: list[Any], sizes: NDArray[np.int64], kind: type[Any]) -> NDArray[Any]:
    """Of each part, one number for all its units or one for each."""
    single = [isinstance(part, (int, float)) for part in parts]
    values = [part if one else 0 for part, one in zip(parts, single, strict=True)]
    made: NDArray[Any] = np.repeat(np.array(values, dtype=kind), sizes)
    if not all(single):
        several = [part for part, one in zip(parts, single, strict=True) if not one]
        each = joined_rows(several) if kind is np.int64 else np.concatenate(several)
        made[np.repeat(~np.array(single), sizes)] = each
    return made
