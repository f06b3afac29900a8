"""The containers followed one by one: rows in columns.

A row is one laden trip of a container.  What a whole train or lot shares is kept with it and
spread over its rows when tables are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.corridor.lots import Lots
from sim.corridor.rows import where
from sim.corridor.streams import Draws, constant, draw_all
from sim.corridor.ways import Ways
from sim.corridor.written import Written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.lots import Lot
    from sim.corridor.profile import Profile
    from sim.corridor.rows import Rows
    from sim.corridor.service import ServiceLine

NAN = float("nan")
ROOM, MOST_MORE = 1024, 1 << 18
"""Rows that columns grow by at least, and at most; in between they double."""
MOST_EXPECTED = 1 << 24
"""Rows that columns have room for from the beginning, at most; memory is taken when they come."""
STUFFINGS = dict.fromkeys(("matched", "stuffing", "stuffed"), (np.float64, NAN))
DELIVERIES = dict.fromkeys(("collected", "loaded", "delivered"), (np.float64, NAN))
SELDOM: dict[str, tuple[type[Any], float]] = {
    "equipped": (np.float64, NAN),
    "rejected": (np.float64, NAN),
    "turned_back_at": (np.int32, -1),
    "onward": (np.int32, -1),
    "refused": (np.bool_, 0),
}
"""Columns that few scenarios need; type, and what is not known."""


class Boxes:
    """Columns that run along the rows; times in hours, not a number while not reached.

    Columns have room for rows to come, so read them whole by ``column``.

    ``supply`` and ``serial`` say whose goods a row is and the how-manieth of them, ``lot`` the
    number of their lot, ``tonnes`` how much of them is in the box; ``way`` the number in ``ways``
    of the services it takes.  What rows of a lot share is in ``lots``.
    ``unit`` is the box itself, -1 while there is none; ``stuffings`` are when goods found it, and
    the begin and end of stuffing, ``deliveries`` when it left the last yard, was on truck or ship,
    and was at the end of its way.  ``turned_back_at`` is the station where a laboratory refused
    the goods of a trip that takes them home, -1 for all other trips.
    """

    def __init__(self) -> None:
        self.ways = Ways()
        self.lots = Lots()
        self._room = 0
        self._expected = 0
        self.unit: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self.stuffings = Written(STUFFINGS)
        self.deliveries = Written(DELIVERIES)
        self._seldom = {name: Written({name: kind}) for name, kind in SELDOM.items()}
        self._written: dict[str, Written] = {
            **dict.fromkeys(STUFFINGS, self.stuffings),
            **dict.fromkeys(DELIVERIES, self.deliveries),
            **self._seldom,
        }

    def __len__(self) -> int:
        return self.lots.rows

    @property
    def supply(self) -> NDArray[np.int16]:
        """Whose goods a row is."""
        return self.lots.over_rows("supply")

    @property
    def serial(self) -> NDArray[np.int32]:
        """The how-manieth of its supply a row is."""
        return self.lots.over_rows("serial")

    @property
    def way(self) -> NDArray[np.int16]:
        """The number in ``ways`` of the services that a row takes."""
        return self.lots.over_rows("way")

    def column(self, name: str, first: int = 0, end: int | None = None) -> NDArray[Any]:
        """A column as it is now, one entry a row, or a part of it; do not write into it.

        Raises:
            KeyError: there is no such column.
        """
        end = self.lots.rows if end is None else end
        if name == "unit":
            return self.unit[first:end]
        if name in self._written:
            room = max(self._room, self._expected)
            return self._written[name].column(name, first, end, self.lots.rows, room)
        return self.lots.column(name, first, end)

    def set(self, name: str, rows: Rows, value: float) -> None:
        """Write a value into a column that few scenarios need: rows of ``SELDOM``."""
        self._seldom[name].put(rows, value)

    def add(
        self,
        count: int,
        supply: int,
        serial: int,
        lot: int,
        load: float,
        last: float,
        destination: int,
        ready: float,
        way: int,
    ) -> Lot:
        """New rows for goods of one lot that have become ready.

        ``load`` is what is in each of them, tonnes, and ``last`` what is in the last of them.
        """
        end = self.lots.rows + count
        if end > self._room:
            self._grow(end)
        return self.lots.add(count, supply, serial, lot, load, last, destination, ready, way)

    def draw(self, draws: Sequence[Draws], rows: Rows) -> NDArray[np.float64]:
        """The draw of each row from the stream of its supply, by its serial number."""
        time = constant(draws)
        if time is not None:
            return np.full(len(rows), time)
        here = where(rows)
        return draw_all(draws, self.supply[here], self.serial[here])

    def legs_done(self, boarded: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether each row has boarded all trains of its way, by how many it has boarded."""
        lengths = self.ways.lengths() or [0]
        if min(lengths) == max(lengths):
            return np.asarray(boarded == lengths[0])
        return np.asarray(boarded == np.array(lengths)[self.column("way")])

    def one_way(self, rows: Rows) -> int:
        """The number of the way that all these rows take; -1 if there are several."""
        ways = self.way[where(rows)]
        first = ways.item(0)
        return first if b"\0" not in (ways == first).tobytes() else -1

    def by_next_service(
        self, rows: Rows, after: str | None
    ) -> list[tuple[ServiceLine | None, NDArray[np.int64]]]:
        """Positions of these rows by the service that they board after one, or as the first."""
        return self.ways.by_next_service(self.way[where(rows)].tolist(), after)

    def expect(self, rows: float) -> None:
        """About as many rows more will come: columns have room for them, but for very many."""
        self._expected = min(self._expected + int(rows), MOST_EXPECTED)

    def _grow(self, size: int) -> None:
        """Room for so many rows and more, with nothing in the columns yet."""
        room = self._room + min(max(self._room, ROOM), MOST_MORE)
        if self._room < self._expected:
            room = min(room, self._expected)
        room = max(room, size)
        if len(self.unit) < room:
            grown = np.empty(max(room, self._expected), dtype=np.int32)
            grown[: self._room] = self.unit[: self._room]
            self.unit = grown
        self.unit[self._room : room] = -1
        self._room = room
        self.lots.room = max(room, self._expected)

    def take_home(
        self, row: int, station: int, home: int, chain: tuple[ServiceLine, ...], now: float
    ) -> int:
        """A new row for goods that were refused and go back in their box; its number."""
        supply, serial = self.supply.item(row), self.serial.item(row)
        (tonnes,), lot = self.lots.loads(range(row, row + 1)), self.lots.lot_of(row)
        way = self.ways.number(chain)
        rows = self.add(1, supply, serial, lot, tonnes, tonnes, home, now, way).rows
        back = rows.start
        self.set("turned_back_at", rows, float(station))
        self.unit[back] = self.unit[row]
        self.set("equipped", rows, now)
        self.stuffings.put(rows, now, now, now)
        return back

    def stuffing_hours(self, supplies: list[int], now: float, profile: Profile) -> float:
        """Hours that stuffing lines worked at boxes of these supplies that are full by now."""
        return self._hours(supplies, now, profile, full=True)

    def stuffing_under_way(self, supplies: list[int], now: float, profile: Profile) -> float:
        """The same at boxes that are not full yet."""
        return self._hours(supplies, now, profile, full=False)

    def _hours(self, supplies: list[int], now: float, profile: Profile, *, full: bool) -> float:
        """Open hours up to now at goods that were stuffed here, full ones or those under way."""
        worked = [np.zeros(0)]
        for first in range(0, len(self), 1 << 18):
            rows = first, min(first + (1 << 18), len(self))
            begin, end = self.column("stuffing", *rows), self.column("stuffed", *rows)
            which = end <= now if full else (begin < now) & (end > now)
            which &= np.isin(self.column("supply", *rows), supplies)
            which &= self.column("turned_back_at", *rows) < 0
            begin = begin[which]
            end = end[which] if full else np.full(len(begin), now)
            worked.append(end - begin - (profile.closed_hours(end) - profile.closed_hours(begin)))
        return float(np.concatenate(worked).sum())

    def forget(self, *names: str) -> None:
        """Let go of columns that nobody asks for again."""
        for name in names:
            if name == "unit":
                self.unit = np.zeros(0, dtype=np.int32)
            else:
                self._written[name].forget(name)

    def forget_all(self) -> None:
        """Let go of everything, of ties to services too: the run is over and nobody asks."""
        self.forget("unit")
        for written in self._written.values():
            written.forget_all()
        self.lots.forget_all()
        self.ways.forget_all()
