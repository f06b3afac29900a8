"""How levels changed: trains waiting, boxes by place, equipment, and what there was of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.corridor.records import Records, in_order
from sim.results.levels import CAPACITY, HELD, StepSeries, step_series
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray


def levels(records: Records) -> pl.DataFrame:
    """All series of levels, one after the other."""
    made = _Levels(records.horizon)
    _trains_waiting(records, made)
    _boxes_waiting(records, made)
    _moved(records, made)
    for meter in records.corridor.meters.all:
        times, rates = (np.asarray(part, dtype=float) for part in meter.available.steps)
        name = f"{meter.place}/{meter.activity}: {CAPACITY}"
        unit = "trains/h" if meter.kind == "gate" else meter.kind
        made.add(name, unit, StepSeries(times, rates))
    return made.frame()


def _trains_waiting(records: Records, made: _Levels) -> None:
    kinds = records.corridor.journal.kinds
    held = {k.place for k in kinds if k.activity in HELD}
    for place in sorted(held):
        these = np.array([k.place == place and k.activity in HELD for k in kinds], dtype=bool)
        mine = these[records.s_kind]
        series = step_series(records.s_in[mine], records.s_start[mine])
        if len(series.time):
            made.add_as_is(f"{place}: trains waiting", "trains", series)


def _boxes_waiting(records: Records, made: _Levels) -> None:
    corridor, supply = records.corridor, records.box("supply")
    terminals = [s.terminal for s in corridor.tables.supplies.values()]
    taken = ~records.box("refused")
    ready, matched = records.box("ready"), records.box("matched")
    for terminal in corridor.stuffing:
        here = np.array([t == terminal for t in terminals], dtype=bool)[supply] & taken
        name = f"{terminal}: goods waiting for empties"
        made.add(name, "containers", step_series(ready[here], matched[here]))
    numbers = {name: i for i, name in enumerate(corridor.services)}
    whose = records.spread([numbers[leg.train.service] for leg in records.legs])
    formed = records.t_formed[records.l_train]
    for name, service in corridor.services.items():
        mine = whose == numbers[name]
        pending = np.array([t for t, _ in service.waiting.pending()], dtype=float)
        plus = np.concatenate([records.l_ready[mine], pending])
        series = step_series(plus, formed[mine])
        made.add(f"{name}: boxes waiting for a train", "containers", series)


def _moved(records: Records, made: _Levels) -> None:
    journal = records.corridor.journal
    moves = journal.moves
    series_of = np.array(moves.series, dtype=np.int64)
    time_of, change_of = np.array(moves.time), np.array(moves.change)
    order = in_order(series_of)
    cuts = np.searchsorted(series_of[order], np.arange(len(journal.series) + 1))
    for number, (name, unit, initial) in enumerate(journal.series):
        part = order[cuts[number] : cuts[number + 1]]
        times, changes = time_of[part], change_of[part]
        up = changes > 0
        weights = (changes[up], -changes[~up])
        made.add(name, unit, step_series(times[up], times[~up], initial, weights=weights))


class _Levels:
    """The table while it is filled."""

    def __init__(self, horizon: float) -> None:
        self._horizon = horizon
        self._names: list[str] = []
        self._units: list[str] = []
        self._times: list[NDArray[np.float64]] = []
        self._levels: list[NDArray[np.float64]] = []

    def add(self, name: str, unit: str, series: StepSeries) -> None:
        """A series from hour 0 to the horizon."""
        inside = series.time <= self._horizon
        times, level = series.time[inside], series.level[inside]
        if not len(times) or times[0] > 0.0:
            times = np.concatenate([[0.0], times])
            level = np.concatenate([[series.initial], level])
        self._put(name, unit, times, level)

    def add_as_is(self, name: str, unit: str, series: StepSeries) -> None:
        """A series with its steps alone."""
        self._put(name, unit, series.time, series.level)

    def _put(
        self, name: str, unit: str, times: NDArray[np.float64], level: NDArray[np.float64]
    ) -> None:
        self._names.append(name)
        self._units.append(unit)
        self._times.append(times)
        self._levels.append(level)

    def frame(self) -> pl.DataFrame:
        """All series in the order in which they were added."""
        number = np.repeat(np.arange(len(self._names)), [len(part) for part in self._times])
        return pl.DataFrame(
            {
                "series": coded(self._names, number),
                "unit": coded(self._units, number),
                "time_h": np.concatenate([np.zeros(0), *self._times]),
                "level": np.concatenate([np.zeros(0), *self._levels]),
            }
        )
