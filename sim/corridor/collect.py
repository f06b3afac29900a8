"""From the journal of a run to its tables.

What a train lived through is spread over the containers on board here, once, in columns.
Everything after the horizon is cut off: a time that was computed ahead but lies beyond is not
reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.corridor.boxes import numbers
from sim.corridor.equipment import STATES
from sim.corridor.journal import Leg
from sim.results import levels as step
from sim.results.tables import WAITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.build import Corridor

NAN = float("nan")


def texts(labels: list[str | None], codes: NDArray[np.int64]) -> pl.Series:
    """The label of each code; -1 is null."""
    return pl.Series([*labels, None], dtype=pl.String).gather(
        np.where(codes < 0, len(labels), codes)
    )


def flat(parts: Iterable[Iterable[float]], kind: type[Any]) -> NDArray[Any]:
    """All numbers of all parts, one after the other."""
    return np.fromiter(chain.from_iterable(parts), dtype=kind)


def _each(value: float | Iterable[float], number: int) -> Iterable[float]:
    """One value for all, or a value for each."""
    if isinstance(value, (int, float)):
        return repeat(value, number)
    return value.tolist() if isinstance(value, np.ndarray) else value


def in_order(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions in the order of the numbers (0 or more), equal ones as they come.

    ``np.argsort`` sorts 16 bits in linear time, so the numbers are sorted by 16 bits at a time.
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    most = int(numbers.max(initial=0))
    for shift in range(16, most.bit_length(), 16):
        digits = (numbers[order] >> shift).astype(np.uint16)
        order = order[np.argsort(digits, kind="stable")]
    return order


def by_container_and_time(
    rows: NDArray[np.int64], begin: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Positions by container, begin and end (hours, not negative), equal ones as they come."""
    # Doubles that are not negative are in the order of their bits.
    order = in_order((begin + 0.0).view(np.int64))
    order = order[in_order(rows[order])]
    one, first, last = rows[order], begin[order], end[order]
    back = (one[1:] == one[:-1]) & (first[1:] == first[:-1]) & (last[1:] < last[:-1])
    if back.any():
        # Few pieces begin together and stand in the wrong order: only their containers are sorted.
        mixed = np.zeros(int(rows.max()) + 1, dtype=bool)
        mixed[one[1:][back]] = True
        places = np.flatnonzero(mixed[one])
        part = order[places]
        order[places] = part[np.lexsort((end[part], begin[part], rows[part]))]
    return order


class Collector:
    """Makes the tables of one run that is over."""

    def __init__(self, corridor: Corridor) -> None:
        self._corridor = corridor
        self.horizon = corridor.end
        self._stage_arrays()
        self._train_arrays()
        self._leg_arrays()

    # -- trains ----------------------------------------------------------------------------

    def _stage_arrays(self) -> None:
        journal = self._corridor.journal
        rows = list(journal.stages)
        for train in journal.trains:
            if train.open is not None:
                kind, since, start = train.open
                rows.append((train.number, kind, since, NAN if start is None else start, NAN))
        table = flat(rows, float).reshape(-1, 5)
        # What trains have computed ahead has not happened.
        last = self._corridor.last
        table = table[table[:, 2] <= last]
        table[:, 3:][table[:, 3:] > last] = NAN
        self.s_train = table[:, 0].astype(np.int64)
        self.s_kind = table[:, 1].astype(np.int64)
        self.s_in, self.s_start, self.s_end = table[:, 2], table[:, 3], table[:, 4]

    def _train_arrays(self) -> None:
        trains = self._corridor.journal.trains
        self.t_formed = np.array([t.formed for t in trains], dtype=float)
        self.t_departed = np.array(
            [NAN if t.departed is None else t.departed for t in trains], dtype=float
        )

    def trains(self) -> pl.DataFrame:
        """One row a train."""
        trains = self._corridor.journal.trains
        services = self._corridor.services
        return pl.DataFrame(
            {
                "train": np.arange(len(trains)),
                "name": [f"{t.service}/{t.serial}" for t in trains],
                "service": [t.service for t in trains],
                "kind": [t.kind for t in trains],
                "train_class": [t.train_class for t in trains],
                "boxes": np.array([t.boxes for t in trains], dtype=np.int32),
                "slots": [
                    services[t.service].slots if t.kind == "service" else None for t in trains
                ],
                "due_h": [None if t.leg is None else t.leg.due for t in trains],
                "admitted_h": [None if t.leg is None else t.leg.admitted for t in trains],
                "formed_h": self.t_formed,
                "departed_h": self.t_departed,
                "ended_h": [t.ended for t in trains],
                "outcome": [t.outcome for t in trains],
            },
            schema_overrides={
                "due_h": pl.Float64,
                "admitted_h": pl.Float64,
                "ended_h": pl.Float64,
                "slots": pl.Int32,
            },
        )

    def stages(self) -> pl.DataFrame:
        """One row a stage of a train; a wait is put down to closure where it was mostly closed."""
        kinds = self._corridor.journal.kinds
        waited = np.where(np.isnan(self.s_start), self.horizon, self.s_start) - self.s_in
        closed = self._closed(self.s_kind, self.s_in, self.s_in + waited)
        labels = [k.cause for k in kinds] + [k.closed_cause for k in kinds]
        cause = np.where(closed * 2 > waited, self.s_kind + len(kinds), self.s_kind)
        cause[~(waited > 0.0)] = -1
        return pl.DataFrame(
            {
                "train": self.s_train,
                "place": texts([k.place for k in kinds], self.s_kind),
                "activity": texts([k.activity for k in kinds], self.s_kind),
                "in_h": self.s_in,
                "start_h": self.s_start,
                "end_h": self.s_end,
                "cause": texts(labels, cause),
            }
        )

    def _closed(
        self, kind: NDArray[np.int64], since: NDArray[np.float64], until: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Hours within each wait in which the thing waited for was closed."""
        closed = np.zeros(len(kind))
        for number, stage in enumerate(self._corridor.journal.kinds):
            if stage.hours is None or stage.hours.constant is not None:
                continue
            here = (kind == number) & (until > since)
            if here.any():
                hours = stage.hours.closed_hours(until[here]) - stage.hours.closed_hours(
                    since[here]
                )
                closed[here] = np.minimum(hours, until[here] - since[here])
        return closed

    # -- containers ------------------------------------------------------------------------

    def _leg_arrays(self) -> None:
        """One entry for each container and train, in the order in which containers boarded."""
        legs = [leg for leg in self._corridor.journal.legs if len(leg.rows)]
        self._with_rows = legs
        counts = [len(leg.rows) for leg in legs]

        def column(name: str) -> NDArray[np.float64]:
            parts = [getattr(leg, name) for leg in legs]
            known = [
                np.full(len(leg.rows), NAN) if part is None else part
                for leg, part in zip(legs, parts, strict=True)
            ]
            return np.concatenate([np.zeros(0), *known])

        self.l_row = np.concatenate(
            [np.zeros(0, dtype=np.int64), *(numbers(leg.rows) for leg in legs)]
        )
        self.l_leg = np.repeat(np.arange(len(legs)), counts)
        self.l_train = np.repeat(
            np.array([leg.train.number for leg in legs], dtype=np.int64), counts
        )
        self.l_due = np.repeat(np.array([leg.due for leg in legs], dtype=float), counts)
        self.l_admitted = np.repeat(np.array([leg.admitted for leg in legs], dtype=float), counts)
        self.l_unloading = np.repeat(
            np.array([leg.unloading for leg in legs], dtype=np.int64), counts
        )
        self.l_checking = np.repeat(
            np.array([leg.checking for leg in legs], dtype=np.int64), counts
        )
        self.l_ready = column("ready")
        self.l_start = column("start")
        self.l_finish = column("finish")
        self.l_sampled = column("sampled")
        self.l_released = column("released")

    def _all_legs_done(self) -> NDArray[np.bool_]:
        """Whether each container has boarded all trains of its way."""
        boxes = self._corridor.boxes
        return boxes.legs_done(self.l_row)

    def _cut(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(times <= self.horizon, times, NAN)

    def _end_of(self, kinds: NDArray[np.int64], column: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each train, the time in that column of its stage of the kind given for the train."""
        found = np.full(len(self.t_formed), NAN)
        mine = kinds[self.s_train] == self.s_kind
        found[self.s_train[mine]] = column[mine]
        return found

    def containers(self) -> pl.DataFrame:
        """One row a container."""
        corridor, boxes = self._corridor, self._corridor.boxes
        tables = corridor.tables
        n = len(boxes)
        supply = boxes.column("supply")
        supplies = list(tables.supplies.values())

        def by_supply(values: list[str]) -> pl.Series:
            return texts(list(values), supply)

        trains = corridor.journal.trains
        ends = corridor.ends
        last_run = np.array(
            [ends[t.service].last_run if t.kind == "service" else -1 for t in trains],
            dtype=np.int64,
        )
        border_run = np.array(
            [ends[t.service].border_run if t.kind == "service" else -1 for t in trains],
            dtype=np.int64,
        )
        crossing_train = np.array(
            [t.kind == "service" and ends[t.service].crossing is not None for t in trains],
            dtype=bool,
        )
        arrived_train = self._end_of(last_run, self.s_end)
        border_train = self._end_of(border_run, self.s_end)
        border_train = np.where((border_run < 0) & crossing_train, self.t_departed, border_train)

        first = np.full(n, -1, dtype=np.int64)
        last = np.full(n, -1, dtype=np.int64)
        first[self.l_row[::-1]] = self.l_train[::-1]
        last[self.l_row] = self.l_train
        all_legs = self._all_legs_done()
        on_last = all_legs & (last >= 0)

        border_in = np.full(n, NAN)
        border_out = np.full(n, NAN)
        crosses = crossing_train[self.l_train] if len(self.l_train) else np.zeros(0, dtype=bool)
        border_in[self.l_row[crosses]] = border_train[self.l_train[crosses]]
        # The train after the crossing one; entries of one container follow each other in time.
        order = in_order(self.l_row)
        rows, trains_of, crossing_of = self.l_row[order], self.l_train[order], crosses[order]
        if len(rows) > 1:
            after = np.flatnonzero((rows[1:] == rows[:-1]) & crossing_of[:-1]) + 1
            border_out[rows[after]] = self.t_departed[trains_of[after]]
        ends_at_border = crosses & all_legs[self.l_row] & (last[self.l_row] == self.l_train)
        border_out[self.l_row[ends_at_border]] = self.l_released[ends_at_border]

        crossings = [
            next((ends[s.name].crossing for s in way if ends[s.name].crossing is not None), None)
            for way in boxes.ways
        ]
        arrived = np.where(on_last, arrived_train[last], NAN) if len(trains) else np.full(n, NAN)
        departed = (
            np.where(first >= 0, self.t_departed[first], NAN) if len(trains) else np.full(n, NAN)
        )
        return pl.DataFrame(
            {
                "container": np.arange(n),
                "flow": self._own(by_supply([s.flow for s in supplies]), "returns"),
                "commodity": by_supply([s.commodity for s in supplies]),
                "region": by_supply([s.region for s in supplies]),
                "origin": self._own(by_supply([s.terminal for s in supplies]), None),
                "crossing": texts(crossings, boxes.column("way")),
                "destination": texts(list(tables.stations), boxes.column("destination")),
                "fleet": by_supply([tables.loaded_into(s) for s in supplies]),
                "tonnes": boxes.column("tonnes"),
                "ready_h": boxes.column("ready"),
                "stuffed_h": self._cut(boxes.column("stuffed")),
                "departed_h": departed,
                "border_in_h": self._cut(border_in),
                "border_out_h": self._cut(border_out),
                "arrived_h": arrived,
                "delivered_h": self._cut(boxes.column("delivered")),
                "refused": boxes.column("refused") != 0,
                "rejected_h": self._cut(boxes.column("rejected")),
                "first_train": pl.Series(first).replace(-1, None),
                "last_train": pl.Series(last).replace(-1, None),
            }
        )

    def legs(self) -> pl.DataFrame:
        """One row a container and train."""
        return pl.DataFrame(
            {
                "container": self.l_row,
                "train": self.l_train,
                "ready_h": self.l_ready,
                "boarded_h": self.t_formed[self.l_train],
                "unloaded_h": self._cut(self.l_finish),
                "released_h": self._cut(self.l_released),
            }
        )

    def _own(self, of_supply: pl.Series, label: str | None) -> pl.Series:
        """The supply's label, but for trips that take refused goods home: theirs or the station."""
        back = self._corridor.boxes.column("turned_back_at")
        if not (back >= 0).any():
            return of_supply
        stations = texts(list(self._corridor.tables.stations), back)
        mine = pl.Series(back >= 0)
        other = stations if label is None else pl.repeat(label, len(back), eager=True)
        return of_supply.zip_with(~mine, other)

    # -- where the hours went --------------------------------------------------------------

    def waits(self) -> pl.DataFrame:
        """The stretches of each container's time, in order; working hours have no cause.

        For a delivered container they follow each other from ready to delivered.
        """
        pieces = _Pieces(self.horizon)
        self._at_terminal(pieces)
        self._before_trains(pieces)
        self._on_trains(pieces)
        self._after_trains(pieces)
        self._still_waiting(pieces)
        return pieces.frame()

    def _at_terminal(self, pieces: _Pieces) -> None:
        corridor, boxes = self._corridor, self._corridor.boxes
        supply = boxes.column("supply")
        taken = boxes.column("refused") == 0
        taken &= boxes.column("turned_back_at") < 0
        ready, matched = boxes.column("ready"), boxes.column("matched")
        equipped = boxes.column("equipped")
        # Where the yard never stopped anybody, boxes are matched as soon as there is an empty.
        equipped = np.where(np.isnan(equipped), matched, equipped)
        stuffing, stuffed = boxes.column("stuffing"), boxes.column("stuffed")
        tables = corridor.tables
        supplies = [(s.terminal, tables.loaded_into(s)) for s in tables.supplies.values()]
        for terminal, fleet in dict.fromkeys(supplies):
            profile = corridor.stuffing[terminal]
            own = tables.stock_name(terminal, fleet) == terminal
            mine = np.array([s == (terminal, fleet) for s in supplies], dtype=bool)
            rows = np.flatnonzero(taken & mine[supply])
            pieces.add(
                rows,
                f"{terminal}: goods",
                f"{terminal}: no empty {'container' if own else fleet}",
                ready[rows],
                equipped[rows],
            )
            pieces.add(
                rows, f"{terminal}: goods", f"{terminal}: yard full", equipped[rows], matched[rows]
            )
            begin, end = matched[rows], stuffing[rows]
            shut = np.zeros(len(rows))
            if profile.constant is None:
                known = ~np.isnan(begin)
                stop = np.minimum(np.where(np.isnan(end), self.horizon, end), self.horizon)
                shut[known] = profile.closed_hours(stop[known]) - profile.closed_hours(begin[known])
            pieces.add_split(
                rows,
                f"{terminal}: stuffing",
                f"{terminal}/stuffing: busy",
                f"{terminal}/stuffing: closed",
                begin,
                end,
                shut,
            )
            pieces.add(rows, f"{terminal}: stuffing", None, stuffing[rows], stuffed[rows])

    def _before_trains(self, pieces: _Pieces) -> None:
        """From the yard to the train: no room on the trains before, not due, no wagons."""
        if not len(self.l_row):
            return
        legs = self._corridor.journal.legs
        previous: dict[str, float] = {}
        before = {}
        for leg in legs:
            before[id(leg)] = previous.get(leg.train.service, -np.inf)
            previous[leg.train.service] = leg.train.formed
        earlier = np.array([before[id(leg)] for leg in self._with_rows])[self.l_leg]
        names = np.array([leg.train.service for leg in self._with_rows], dtype=object)[self.l_leg]
        formed = self.t_formed[self.l_train]
        missed = np.maximum(self.l_ready, np.minimum(earlier, formed))
        due = np.maximum(missed, np.minimum(self.l_due, formed))
        for name in dict.fromkeys(names.tolist()):
            mine = np.flatnonzero(names == name)
            rows, stage, train = self.l_row[mine], f"{name}: yard", self.l_train[mine]
            pieces.add(
                rows,
                stage,
                f"{name}: no room on the train before",
                self.l_ready[mine],
                missed[mine],
                train,
            )
            admitted = np.clip(self.l_admitted[mine], due[mine], formed[mine])
            pieces.add(rows, stage, f"{name}: train not due", missed[mine], due[mine], train)
            border = self._corridor.services[name].border
            pieces.add(rows, stage, f"{border}: not admitted", due[mine], admitted, train)
            pieces.add(rows, stage, f"{name}: no wagons", admitted, formed[mine], train)

    def _on_trains(self, pieces: _Pieces) -> None:
        """Every stage of a train up to the cranes, for each container on board."""
        if not len(self.l_row):
            return
        kinds = self._corridor.journal.kinds
        of_train: dict[int, Leg] = {leg.train.number: leg for leg in self._with_rows}
        carries = np.zeros(len(self.t_formed), dtype=bool)
        carries[list(of_train)] = True
        # Containers on board of each train, as a place and a number in the entries of legs.
        on_board = np.zeros(len(self.t_formed), dtype=np.int64)
        counts = np.array([len(leg.rows) for leg in self._with_rows], dtype=np.int64)
        on_board[[leg.train.number for leg in self._with_rows]] = counts
        begins = np.zeros(len(self.t_formed), dtype=np.int64)
        begins[[leg.train.number for leg in self._with_rows]] = np.cumsum(counts) - counts
        unloaded_in = np.full(len(self.t_formed), np.inf)
        unloading = np.full(len(self.t_formed), -1, dtype=np.int64)
        for number, leg in of_train.items():
            unloading[number] = leg.unloading
        # A train reaches its last cranes once; what it does after is no longer on the boxes.
        last = (unloading[self.s_train] == self.s_kind) & carries[self.s_train]
        unloaded_in[self.s_train[last]] = self.s_in[last]
        mine = np.flatnonzero(carries[self.s_train] & (self.s_in <= unloaded_in[self.s_train]))
        mine = mine[
            (self.s_in[mine] < unloaded_in[self.s_train[mine]])
            | last[mine]
            | (self.s_end[mine] <= unloaded_in[self.s_train[mine]])
        ]
        train, kind = self.s_train[mine], self.s_kind[mine]
        since = self.s_in[mine]
        start = np.where(np.isnan(self.s_start[mine]), self.horizon, self.s_start[mine])
        end = np.where(np.isnan(self.s_end[mine]), self.horizon, self.s_end[mine])
        end = np.where(last[mine], start, end)
        closed = self._closed(kind, since, start)
        paused = self._closed(kind, start, end)
        sizes = on_board[train]
        spread = np.repeat(np.arange(len(mine)), sizes)
        within = np.arange(len(spread)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows = self.l_row[begins[train][spread] + within]
        spread_kind = kind[spread]
        for number in np.unique(kind):
            here = spread_kind == number
            which, boxes = spread[here], rows[here]
            stage = kinds[number]
            name = f"{stage.place}: {stage.activity}"
            pieces.add_split(
                boxes,
                name,
                stage.cause,
                stage.closed_cause,
                since[which],
                start[which],
                closed[which],
                train[which],
            )
            pieces.add_split(
                boxes,
                name,
                None,
                stage.closed_cause,
                start[which],
                end[which],
                paused[which],
                train[which],
            )
        # Under the cranes each box has times of its own.
        begun = np.full(len(self.t_formed), NAN)
        begun[self.s_train[last]] = self.s_start[last]
        for number in np.unique(self.l_unloading[self.l_unloading >= 0]):
            stage = kinds[number]
            here = np.flatnonzero(self.l_unloading == number)
            name = f"{stage.place}: {stage.activity}"
            entered = np.where(
                np.isnan(begun[self.l_train[here]]), self.l_start[here], begun[self.l_train[here]]
            )
            rows, train = self.l_row[here], self.l_train[here]
            start, end = self.l_start[here], self.l_finish[here]
            pieces.add(rows, name, f"{name}: boxes before it", entered, start, train)
            pieces.add(rows, name, None, start, end, train)

    def _after_trains(self, pieces: _Pieces) -> None:
        """Laboratory, yard of the destination, truck or ship."""
        corridor, boxes = self._corridor, self._corridor.boxes
        kinds = corridor.journal.kinds
        for number in np.unique(self.l_checking[self.l_checking >= 0]):
            stage = kinds[number]
            here = np.flatnonzero(self.l_checking == number)
            name = f"{stage.place}: {stage.activity}"
            pieces.add(
                self.l_row[here], name, stage.cause, self.l_finish[here], self.l_sampled[here]
            )
            pieces.add(
                self.l_row[here],
                name,
                f"{stage.place}/{stage.activity}: analysis",
                self.l_sampled[here],
                self.l_released[here],
            )
        released = np.full(len(boxes), NAN)
        released[self.l_row] = self.l_released
        done = self._all_legs_done() & np.isnan(boxes.column("rejected"))
        released = np.where(done, released, NAN)
        collected, loaded = boxes.column("collected"), boxes.column("loaded")
        delivered = boxes.column("delivered")
        destination, onward = boxes.column("destination"), boxes.column("onward")
        for number, name in enumerate(corridor.tables.stations):
            rows = np.flatnonzero((destination == number) & (onward < 0) & done)
            pieces.add(
                rows, f"{name}: yard", f"{name}: not called for", released[rows], collected[rows]
            )
            pieces.add(
                rows, f"{name}: truck", f"{name}: no truck free", collected[rows], loaded[rows]
            )
            pieces.add(rows, f"{name}: truck", None, loaded[rows], delivered[rows])
        for number, name in enumerate(corridor.liners):
            rows = np.flatnonzero(onward == number)
            pieces.add(
                rows, f"{name}: quay", f"{name}: no ship to load", released[rows], loaded[rows]
            )
            pieces.add(rows, f"{name}: loading", None, loaded[rows], delivered[rows])

    def _still_waiting(self, pieces: _Pieces) -> None:
        """Boxes that are in a yard at the horizon and have boarded no train from there."""
        last_formed: dict[str, float] = {}
        for leg in self._corridor.journal.legs:
            last_formed[leg.train.service] = leg.train.formed
        for name, service in self._corridor.services.items():
            waiting = service.waiting.pending()
            ready = np.array([t for t, _ in waiting], dtype=float)
            rows = np.array([r for _, r in waiting], dtype=np.int64)
            missed = np.maximum(ready, min(last_formed.get(name, -np.inf), self.horizon))
            stage = f"{name}: yard"
            pieces.add(rows, stage, f"{name}: no room on the train before", ready, missed)
            due, admitted = service.asking or (self.horizon, self.horizon)
            begins = np.maximum(missed, due)
            until = np.full(len(rows), self.horizon)
            loads = np.maximum(begins, self.horizon if admitted is None else admitted)
            pieces.add(rows, stage, f"{name}: train not due", missed, begins)
            pieces.add(rows, stage, f"{service.border}: not admitted", begins, loads)
            pieces.add(rows, stage, f"{name}: no wagons", loads, until)

    # -- equipment -------------------------------------------------------------------------

    def equipment(self) -> pl.DataFrame:
        """All spells of all units, unit by unit; none that begins after the horizon."""
        corridor = self._corridor
        equipment, spells = corridor.equipment, corridor.journal.spells
        counts = [len(s[0]) for s in spells]
        unit = flat((_each(s[0], len(s[0])) for s in spells), np.int64)
        stations = {name: i for i, name in enumerate(equipment.stations)}
        begin = flat((_each(s[1], len(s[0])) for s in spells), float)
        place = np.repeat(np.array([stations[s[2]] for s in spells], dtype=np.int64), counts)
        state = np.repeat(np.array([s[3] for s in spells], dtype=np.int64), counts)
        part = flat((_each(s[4], len(s[0])) for s in spells), np.int64)
        # Entries of a unit follow each other in the journal; a stable sort keeps them so.
        order = in_order(unit)
        order = order[begin[order] <= self.horizon]
        unit, begin, place = unit[order], begin[order], place[order]
        state, part = state[order], part[order]
        end = np.full(len(unit), self.horizon)
        follows = unit[1:] == unit[:-1]
        end[:-1][follows] = begin[1:][follows]
        fleets = np.array(equipment.fleet, dtype=np.int64)
        hired = np.array(equipment.hired, dtype=bool)
        return pl.DataFrame(
            {
                "unit": unit,
                "fleet": texts(list(equipment.fleets), fleets[unit]),
                "hired": hired[unit],
                "state": texts(list(STATES), state),
                "place": texts(list(equipment.stations), place),
                "begin_h": begin,
                "end_h": end,
                "part_of": pl.Series(part).replace(-1, None),
            }
        )

    # -- levels ----------------------------------------------------------------------------

    def levels(self) -> pl.DataFrame:
        """All series of levels: trains waiting, boxes by place, equipment."""
        frames = [step.waiting_levels(self.stages())]
        corridor, boxes = self._corridor, self._corridor.boxes
        tables = corridor.tables
        supply = boxes.column("supply")
        terminals = np.array([s.terminal for s in tables.supplies.values()], dtype=object)
        refused = boxes.column("refused") != 0
        for terminal in corridor.stuffing:
            here = (terminals[supply] == terminal) & ~refused
            frames.append(
                self._series(
                    f"{terminal}: goods waiting for empties",
                    "containers",
                    boxes.column("ready")[here],
                    boxes.column("matched")[here],
                )
            )
        names = np.array([leg.train.service for leg in self._with_rows], dtype=object)
        for name, service in corridor.services.items():
            mine = (names == name)[self.l_leg] if len(self._with_rows) else np.zeros(0, dtype=bool)
            pending = np.array([t for t, _ in service.waiting.pending()], dtype=float)
            frames.append(
                self._series(
                    f"{name}: boxes waiting for a train",
                    "containers",
                    np.concatenate([self.l_ready[mine], pending]),
                    self.t_formed[self.l_train[mine]],
                )
            )
        moves = corridor.journal.moves
        series_of = np.array(moves.series, dtype=np.int64)
        time_of, change_of = np.array(moves.time), np.array(moves.change)
        order = in_order(series_of)
        cuts = np.searchsorted(series_of[order], np.arange(len(corridor.journal.series) + 1))
        for number, (name, unit, initial) in enumerate(corridor.journal.series):
            part = order[cuts[number] : cuts[number + 1]]
            times, changes = time_of[part], change_of[part]
            up = changes > 0
            series = step.step_series(
                times[up], times[~up], initial, weights=(changes[up], -changes[~up])
            )
            frames.append(self._frame(name, unit, series, initial))
        for meter in corridor.meters.all:
            times, rates = (np.asarray(part, dtype=float) for part in meter.available.steps)
            name = f"{meter.place}/{meter.activity}: {step.CAPACITY}"
            unit = "trains/h" if meter.kind == "gate" else meter.kind
            frames.append(self._frame(name, unit, step.StepSeries(times, rates), 0.0))
        return pl.concat(frames)

    def _series(
        self, name: str, unit: str, plus: NDArray[np.float64], minus: NDArray[np.float64]
    ) -> pl.DataFrame:
        return self._frame(name, unit, step.step_series(plus, minus), 0.0)

    def _frame(self, name: str, unit: str, series: step.StepSeries, initial: float) -> pl.DataFrame:
        inside = series.time <= self.horizon
        times, level = series.time[inside], series.level[inside]
        if not len(times) or times[0] > 0.0:
            times, level = np.concatenate([[0.0], times]), np.concatenate([[initial], level])
        return pl.DataFrame({"time_h": times, "level": level.astype(float)}).select(
            pl.lit(name).alias("series"), pl.lit(unit).alias("unit"), "time_h", "level"
        )


class _Pieces:
    """Pieces of containers' time, cut at the horizon and put together at the end."""

    def __init__(self, horizon: float) -> None:
        self._horizon = horizon
        self._kinds: dict[tuple[str, str | None], int] = {}
        self._columns: tuple[list[NDArray[Any]], ...] = ([], [], [], [], [], [])

    def add(
        self,
        rows: NDArray[np.int64],
        stage: str,
        cause: str | None,
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """Time from begin to end; one that has begun and not ended runs to the horizon."""
        stop = self._stop(end)
        self._put(rows, stage, cause, begin, stop, stop - begin, train)

    def add_split(
        self,
        rows: NDArray[np.int64],
        stage: str,
        cause: str | None,
        closed_cause: str | None,
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        closed: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """The same, with so many of the hours put down to closure."""
        stop = self._stop(end)
        self._put(rows, stage, closed_cause, begin, stop, closed, train)
        self._put(rows, stage, cause, begin, stop, stop - begin - closed, train)

    def _stop(self, end: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(np.where(np.isnan(end), self._horizon, end), self._horizon)

    def _put(
        self,
        rows: NDArray[np.int64],
        stage: str,
        cause: str | None,
        begin: NDArray[np.float64],
        stop: NDArray[np.float64],
        hours: NDArray[np.float64],
        train: NDArray[np.int64] | None,
    ) -> None:
        keep = hours > 0.0
        if keep.any():
            kind = self._kinds.setdefault((stage, cause), len(self._kinds))
            rows = rows[keep]
            on = np.full(len(rows), -1) if train is None else train[keep]
            parts = (rows, np.full(len(rows), kind), begin[keep], stop[keep], hours[keep], on)
            for column, part in zip(self._columns, parts, strict=True):
                column.append(part)

    def frame(self) -> pl.DataFrame:
        """All pieces, container by container and in time."""
        if not self._columns[0]:
            return WAITS.empty()
        rows, kind, begin, end, hours, train = map(np.concatenate, self._columns)
        order = by_container_and_time(rows, begin, end)
        kind = kind[order]
        return pl.DataFrame(
            {
                "container": rows[order].astype(np.int64),
                "stage": texts([stage for stage, _ in self._kinds], kind),
                "cause": texts([cause for _, cause in self._kinds], kind),
                "begin_h": begin[order],
                "end_h": end[order],
                "hours": hours[order],
                "train": pl.Series(train[order].astype(np.int64)).replace(-1, None),
            }
        )
