"""From the journal of a run to its tables.

What a train lived through is spread over the containers on board here, once, in columns.
Everything after the horizon is cut off: a time that was computed ahead but lies beyond is not
reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from sim.corridor import changes, hours, spells
from sim.corridor.records import NAN, Part, Records, whole
from sim.corridor.sorting import in_order
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.corridor import Corridor


_Ints: TypeAlias = "NDArray[np.int64] | NDArray[np.int32]"
_Times: TypeAlias = "NDArray[np.float64]"


class Collector:
    """Makes the tables of a run that is over, or those of a part of its containers."""

    def __init__(self, corridor: Corridor, part: Part | None = None) -> None:
        self._corridor = corridor
        self._records = Records(corridor, whole(corridor) if part is None else part)

    def trains(self) -> pl.DataFrame:
        """One row a train."""
        trains = self._records.trains
        services = self._corridor.services
        service = pl.Series([t.service for t in trains], dtype=pl.String)
        serial = pl.Series([t.serial for t in trains], dtype=pl.Int64)
        return pl.DataFrame(
            {
                "train": np.arange(len(trains)),
                "name": service + "/" + serial.cast(pl.String),
                "service": _words(service),
                "kind": _words(pl.Series([t.kind for t in trains], dtype=pl.String)),
                "train_class": _words(pl.Series([t.train_class for t in trains], dtype=pl.String)),
                "boxes": np.array([t.boxes for t in trains], dtype=np.int32),
                "slots": pl.Series(
                    [services[t.service].slots if t.kind == "service" else None for t in trains],
                    dtype=pl.Int32,
                ),
                "due_h": _hours([None if t.leg is None else t.leg.due for t in trains]),
                "admitted_h": _hours([None if t.leg is None else t.leg.admitted for t in trains]),
                "formed_h": self._records.t_formed,
                "departed_h": self._records.t_departed,
                "ended_h": _hours([t.ended for t in trains]),
                "outcome": _words(pl.Series([t.outcome for t in trains], dtype=pl.String)),
            }
        )

    def stages(self) -> pl.DataFrame:
        """One row a stage of a train; a wait is put down to closure where it was mostly closed."""
        records, kinds = self._records, self._corridor.journal.kinds
        kind, since = records.s_kind, records.s_in
        waited = np.where(np.isnan(records.s_start), records.horizon, records.s_start) - since
        closed = records.closed(kind, since, since + waited)
        cause = np.where(closed * 2 > waited, kind + len(kinds), kind)
        cause[~(waited > 0.0)] = -1
        causes = [*(k.cause for k in kinds), *(k.closed_cause for k in kinds)]
        return pl.DataFrame(
            {
                "train": records.s_train,
                "place": coded([k.place for k in kinds], kind),
                "activity": coded([k.activity for k in kinds], kind),
                "in_h": since,
                "start_h": records.s_start,
                "end_h": records.s_end,
                "cause": coded(causes, cause),
            }
        )

    def containers(self) -> pl.DataFrame:
        """One row a container."""
        records, tables, box = self._records, self._corridor.tables, self._records.box
        supply, back = box("supply"), box("turned_back_at")
        supplies = list(tables.supplies.values())
        # Trips that take refused goods home have labels of their own.
        home, own = back >= 0, len(supplies)
        flow, origin = np.where(home, own, supply), np.where(home, own + back, supply)
        stations = list(tables.stations)
        first, last, departed, border_in, border_out, arrived = self._on_trains()
        return pl.DataFrame(
            {
                "container": records.containers,
                "flow": coded([*(s.flow for s in supplies), "returns"], flow),
                "commodity": coded([s.commodity for s in supplies], supply),
                "region": coded([s.region for s in supplies], supply),
                "origin": coded([*(s.terminal for s in supplies), *stations], origin),
                "crossing": coded(self._crossings(), box("way")),
                "destination": coded(stations, box("destination")),
                "fleet": coded([tables.loaded_into(s) for s in supplies], supply),
                "tonnes": box("tonnes"),
                "ready_h": box("ready"),
                "stuffed_h": records.cut(box("stuffed")),
                "departed_h": departed,
                "border_in_h": records.cut(border_in),
                "border_out_h": records.cut(border_out),
                "arrived_h": arrived,
                "delivered_h": records.cut(box("delivered")),
                "refused": box("refused"),
                "rejected_h": records.cut(box("rejected")),
                "first_train": pl.Series(records.train_numbers(first)).replace(-1, None),
                "last_train": pl.Series(records.train_numbers(last)).replace(-1, None),
            }
        )

    def _crossings(self) -> list[str | None]:
        """The crossing of each way."""
        ends = self._corridor.ends
        return [
            next((ends[s.name].crossing for s in way if ends[s.name].crossing is not None), None)
            for way in self._corridor.boxes.ways.chains
        ]

    def _on_trains(self) -> tuple[_Ints, _Ints, _Times, _Times, _Times, _Times]:
        """First and last train of each container, and when they left, crossed and arrived."""
        records = self._records
        rows, train, n = records.l_row, records.l_train, len(records.containers)
        arrived_train, border_train, crosses_train = self._ends_of_trains()
        first, last = (np.full(n, -1, dtype=np.int32) for _ in range(2))
        first[rows[::-1]] = train[::-1]
        last[rows] = train
        crosses = crosses_train[train]
        border_in, border_out = np.full(n, NAN), np.full(n, NAN)
        border_in[rows[crosses]] = border_train[train[crosses]]
        if len(rows) > np.count_nonzero(first >= 0) and crosses.any():
            # The train after the crossing one; entries of a container follow each other in time.
            order = in_order(rows)
            row, on, crossed = rows[order], train[order], crosses[order]
            after = np.flatnonzero((row[1:] == row[:-1]) & crossed[:-1]) + 1
            border_out[row[after]] = records.t_departed[on[after]]
        at_border = crosses & records.legs_done[rows] & (last[rows] == train)
        border_out[rows[at_border]] = records.l_released[at_border]
        departed, arrived = np.full(n, NAN), np.full(n, NAN)
        gone = np.flatnonzero(first >= 0)
        departed[gone] = records.t_departed[first[gone]]
        on_last = np.flatnonzero(records.legs_done & (last >= 0))
        arrived[on_last] = arrived_train[last[on_last]]
        return first, last, departed, border_in, border_out, arrived

    def _ends_of_trains(
        self,
    ) -> tuple[_Times, _Times, NDArray[np.bool_]]:
        """When each train was at its last station and at the border, and whether it is one that
        containers cross by.
        """
        records, ends = self._records, self._corridor.ends
        numbers = {name: i for i, name in enumerate(ends)}
        service = np.array(
            [numbers[t.service] if t.kind == "service" else -1 for t in records.trains],
            dtype=np.int64,
        )
        last_run = np.array([*(e.last_run for e in ends.values()), -1], dtype=np.int64)[service]
        border_run = np.array([*(e.border_run for e in ends.values()), -1], dtype=np.int64)[service]
        crosses = np.array([*(e.crossing is not None for e in ends.values()), False])[service]
        arrived = self._end_of(last_run)
        border = self._end_of(border_run)
        border = np.where((border_run < 0) & crosses, records.t_departed, border)
        return arrived, border, crosses

    def _end_of(self, kinds: _Ints) -> _Times:
        """For each train, the end of its stage of the kind given for the train."""
        records = self._records
        found = np.full(len(kinds), NAN)
        mine = kinds[records.s_train] == records.s_kind
        found[records.s_train[mine]] = records.s_end[mine]
        return found

    def legs(self) -> pl.DataFrame:
        """One row a container and train."""
        records = self._records
        return pl.DataFrame(
            {
                "container": records.containers[records.l_row],
                "train": records.train_numbers(records.l_train),
                "ready_h": records.l_ready,
                "boarded_h": records.t_formed[records.l_train],
                "unloaded_h": records.cut(records.l_finish),
                "released_h": records.cut(records.l_released),
            }
        )

    def waits(self) -> pl.DataFrame:
        """The stretches of each container's time, in order; working hours have no cause."""
        return hours.waits(self._records)

    def equipment(self) -> pl.DataFrame:
        """All spells of all units, unit by unit; none that begins after the horizon."""
        return spells.equipment(self._corridor)

    def levels(self) -> pl.DataFrame:
        """All series of levels: trains waiting, boxes by place, equipment."""
        return changes.levels(self._records)


def _words(column: pl.Series) -> pl.Series:
    """A column of few different words, none of them null, as codes."""
    return column.cast(pl.Enum(column.unique(maintain_order=True)))


def _hours(times: list[float | None]) -> pl.Series:
    return pl.Series(times, dtype=pl.Float64)
