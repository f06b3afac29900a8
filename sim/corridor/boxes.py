"""The containers followed one by one: rows in columns.

A row is one laden trip of a container.  What a whole train or lot shares is kept with it and
spread over its rows when tables are asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.corridor.streams import Draws, constant, draw_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.profile import Profile
    from sim.corridor.service import ServiceLine

NAN = float("nan")
FEW = 8
"""Lots up to which each is spread for itself."""
ROOM, MOST_MORE = 1024, 1 << 18
"""Rows that columns grow by at least, and at most; in between they double."""
MOST_EXPECTED = 1 << 24
"""Rows that columns have room for from the beginning, at most; memory is taken when they come."""
COLUMNS: dict[str, tuple[type[Any] | str, float]] = {
    "unit": (np.int32, -1),
    **dict.fromkeys(("matched", "stuffing", "stuffed"), (np.float64, NAN)),
    **dict.fromkeys(("collected", "loaded", "delivered"), (np.float64, NAN)),
}
"""Type of each column, and what it holds where nothing is known yet."""
SELDOM: dict[str, tuple[type[Any], float]] = {
    "equipped": (np.float64, NAN),
    "rejected": (np.float64, NAN),
    "turned_back_at": (np.int32, -1),
    "onward": (np.int32, -1),
    "refused": (np.bool_, 0),
}
"""Columns that are made only when something is written into them."""
LOTS: dict[str, str] = {
    "first": "q",
    "supply": "i",
    "serial": "q",
    "lot": "q",
    "destination": "i",
    "tonnes": "d",
    "last": "d",
    "ready": "d",
    "way": "i",
}
"""What is known of a lot; its rows share all but serial numbers, and the tonnes of the last."""

Column: TypeAlias = "NDArray[np.float64]"
Times: TypeAlias = "Column | float"
"""A time for each of some boxes, or one for all of them."""
Rows: TypeAlias = "range | NDArray[np.int64]"
"""Numbers of rows: a range where they follow each other, as those of one lot do, or an array."""


def where(rows: range | NDArray[Any]) -> Any:
    """What picks these rows out of a column: a slice is many times as fast as numbers."""
    return slice(rows.start, rows.stop) if type(rows) is range else rows


def numbers(rows: Rows) -> NDArray[np.int64]:
    """Rows as an array; NumPy would take a range number by number."""
    return np.arange(rows.start, rows.stop) if isinstance(rows, range) else rows


def each(times: Times, number: int) -> Column:
    """A time for each of so many boxes."""
    return np.full(number, times) if isinstance(times, float) else times


def one_after_another(parts: Sequence[Times], numbers: Sequence[int]) -> Column:
    """The times of several parts, each of so many boxes, in one column."""
    if not parts:
        return np.zeros(0)
    if all(isinstance(part, float) for part in parts):
        return np.repeat(np.array(parts), numbers)
    return np.concatenate([each(*part) for part in zip(parts, numbers, strict=True)])


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows of several parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    first = end = int(parts[0][0])
    for part in parts:
        if not isinstance(part, range) or part.start != end:
            return np.concatenate([numbers(part) for part in parts])
        end = part.stop
    # Lots that follow each other are one.
    return range(first, end)


class Lot:
    """Goods of one supply that became ready together, or some of them."""

    __slots__ = ("rows", "serial", "supply", "way")

    def __init__(self, rows: range, supply: int, serial: int, way: int) -> None:
        self.rows = rows
        self.supply = supply
        self.serial = serial
        self.way = way

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, begin: int, end: int) -> Lot:
        """The rows from a position to another."""
        return Lot(self.rows[begin:end], self.supply, self.serial + begin, self.way)


class Boxes:
    """Columns that run along the rows; times in hours, not a number while not reached.

    Columns have room for rows to come, so read them whole by ``column``.

    ``supply`` and ``serial`` say whose goods a row is and the how-manieth of them, ``lot`` the
    number of their lot, ``tonnes`` how much of them is in the box; ``way`` the number in ``ways``
    of the services it takes.
    ``turned_back_at`` is the station where a laboratory refused the goods of a trip that takes
    them home, -1 for all other trips.
    """

    unit: NDArray[np.int32]
    matched: NDArray[np.float64]
    stuffing: NDArray[np.float64]
    stuffed: NDArray[np.float64]
    collected: NDArray[np.float64]
    loaded: NDArray[np.float64]
    delivered: NDArray[np.float64]

    def __init__(self) -> None:
        self.ways: list[tuple[ServiceLine, ...]] = []
        self._ways: dict[tuple[ServiceLine, ...], int] = {}
        self._count = 0
        self._room = 0
        self._expected = 0
        self._next: dict[tuple[int, str | None], ServiceLine | None] = {}
        self._seldom: dict[str, NDArray[Any]] = {}
        self._lots: dict[str, array[Any]] = {name: array(kind) for name, kind in LOTS.items()}
        self._appends = [self._lots[name].append for name in LOTS]
        # Spread over rows when first read, for all lots that have come since.
        self._spread = {"supply": np.zeros(0, np.int16), "way": np.zeros(0, np.int16)}
        self._spread["serial"] = np.zeros(0, np.int32)
        self._spread_rows = self._spread_lots = 0
        for name, (kind, _) in COLUMNS.items():
            setattr(self, name, np.zeros(0, dtype=kind))

    def __len__(self) -> int:
        return self._count

    @property
    def supply(self) -> NDArray[np.int16]:
        """Whose goods a row is."""
        return self._of_rows("supply")

    @property
    def serial(self) -> NDArray[np.int32]:
        """The how-manieth of its supply a row is."""
        return self._of_rows("serial")

    @property
    def way(self) -> NDArray[np.int16]:
        """The number in ``ways`` of the services that a row takes."""
        return self._of_rows("way")

    def column(self, name: str, first: int = 0, end: int | None = None) -> NDArray[Any]:
        """A column as it is now, one entry a row, or a part of it; do not write into it.

        Raises:
            KeyError: there is no such column.
        """
        end = self._count if end is None else end
        if name in COLUMNS:
            made: NDArray[Any] = getattr(self, name)
            return made[first:end]
        if name in SELDOM:
            known = self._seldom.get(name)
            if known is None:
                kind, empty = SELDOM[name]
                return np.full(end - first, empty, dtype=kind)
            return self._seldom_column(name)[first:end]
        if name in self._spread:
            return self._of_rows(name)[first:end]
        return self._of_lots(name, first, end)

    def _of_lots(self, name: str, first: int, end: int) -> NDArray[Any]:
        """What is known of lots, for these rows."""
        firsts = np.append(np.array(self._lots["first"], dtype=np.int64), self._count)
        low, high = np.searchsorted(firsts, [first, end - 1], side="right") - 1
        mine = slice(low, high + 1)
        column = (
            np.repeat(
                np.array(self._lots[name][mine]),
                np.minimum(firsts[low + 1 : high + 2], end) - np.maximum(firsts[mine], first),
            )
            if end > first
            else np.array(self._lots[name][:0])
        )
        if name == "tonnes" and end > first:
            after = firsts[low + 1 : high + 2]
            inside = after <= end
            column[after[inside] - 1 - first] = np.array(self._lots["last"][mine])[inside]
        return column

    def _sizes(self, since: int) -> NDArray[np.int64]:
        """Rows of each lot from a number on."""
        firsts = np.array(self._lots["first"][since:], dtype=np.int64)
        return np.diff(np.append(firsts, self._count))

    def _of_rows(self, name: str) -> NDArray[Any]:
        if self._spread_rows < self._count:
            self._spread_new_lots()
        return self._spread[name]

    def _spread_new_lots(self) -> None:
        since, first, end = self._spread_lots, self._spread_rows, self._count
        for name, known in self._spread.items():
            if len(known) < end:
                grown = np.zeros(max(self._room, self._expected), dtype=known.dtype)
                grown[:first] = known[:first]
                self._spread[name] = grown
        if len(self._lots["first"]) - since <= FEW:
            self._spread_one_by_one(since)
        else:
            sizes = self._sizes(since)
            for name, known in self._spread.items():
                known[first:end] = np.repeat(np.array(self._lots[name][since:]), sizes)
            begins = np.cumsum(sizes) - sizes
            self._spread["serial"][first:end] += np.arange(end - first) - np.repeat(begins, sizes)
        self._spread_rows, self._spread_lots = end, len(self._lots["first"])

    def _spread_one_by_one(self, since: int) -> None:
        """The same for few lots."""
        lots, supply, way = self._lots, self._spread["supply"], self._spread["way"]
        ends = [*lots["first"][since + 1 :], self._count]
        for number, end in enumerate(ends, since):
            first, serial = lots["first"][number], lots["serial"][number]
            supply[first:end] = lots["supply"][number]
            way[first:end] = lots["way"][number]
            self._spread["serial"][first:end] = np.arange(serial, serial + end - first)

    def _seldom_column(self, name: str) -> NDArray[Any]:
        known = self._seldom.get(name)
        if known is None or len(known) < self._room:
            kind, empty = SELDOM[name]
            grown = np.full(max(self._room, self._expected), empty, dtype=kind)
            if known is not None:
                grown[: len(known)] = known
            self._seldom[name] = grown
        return self._seldom[name]

    def set(self, name: str, rows: Any, value: Any) -> None:
        """Write into a column that few scenarios need: a row or rows of ``SELDOM``."""
        self._seldom_column(name)[rows] = value

    def way_number(self, chain: tuple[ServiceLine, ...]) -> int:
        """The number of a chain of services in ``ways``."""
        number = self._ways.get(chain)
        if number is None:
            number = self._ways[chain] = len(self.ways)
            self.ways.append(chain)
        return number

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
        first = self._count
        end = first + count
        if end > self._room:
            self._grow(end)
        self._count = end
        known: tuple[Any, ...] = (first, supply, serial, lot, destination, load, last, ready, way)
        for append, value in zip(self._appends, known):  # noqa: B905  as many as LOTS
            append(value)
        return Lot(range(first, end), supply, serial, way)

    def draw(self, draws: Sequence[Draws], rows: Rows) -> NDArray[np.float64]:
        """The draw of each row from the stream of its supply, by its serial number."""
        time = constant(draws)
        if time is not None:
            return np.full(len(rows), time)
        here = where(rows)
        return draw_all(draws, self.supply[here], self.serial[here])

    def lots(self, rows: Rows) -> NDArray[np.int64]:
        """The number of the lot of each of these rows."""
        firsts = np.array(self._lots["first"])
        lots = np.array(self._lots["lot"])
        return np.asarray(lots[np.searchsorted(firsts, numbers(rows), side="right") - 1])

    def legs_done(self, boarded: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether each row has boarded all trains of its way, by how many it has boarded."""
        lengths = [len(way) for way in self.ways] or [0]
        if min(lengths) == max(lengths):
            return np.asarray(boarded == lengths[0])
        return np.asarray(boarded == np.array(lengths)[self.column("way")])

    def one_way(self, rows: Rows) -> int:
        """The number of the way that all these rows take; -1 if there are several."""
        ways = self.way[where(rows)]
        first = ways.item(0)
        return first if b"\0" not in (ways == first).tobytes() else -1

    def next_service(self, way: int, after: str | None) -> ServiceLine | None:
        """The service on a way that follows the one of that name, or is the first; None at its end.

        A way has each service once.
        """
        key = (way, after)
        if key not in self._next:
            chain = self.ways[way]
            names = [None, *(service.name for service in chain)]
            self._next[key] = dict(zip(names, [*chain, None], strict=True))[after]
        return self._next[key]

    def by_next_service(
        self, rows: Rows, after: str | None
    ) -> list[tuple[ServiceLine | None, NDArray[np.int64]]]:
        """Positions of these rows by the service that they board after one, or as the first.

        Services come in the order in which rows name them; None is for rows at the end of their
        way.
        """
        found: dict[ServiceLine | None, list[int]] = {}
        for place, way in enumerate(self.way[where(rows)].tolist()):
            found.setdefault(self.next_service(way, after), []).append(place)
        return [(service, np.array(places)) for service, places in found.items()]

    def expect(self, rows: float) -> None:
        """About as many rows more will come: columns have room for them, but for very many."""
        self._expected = min(self._expected + int(rows), MOST_EXPECTED)

    def _grow(self, size: int) -> None:
        """Room for so many rows and more, with nothing in the columns yet."""
        room = self._room + min(max(self._room, ROOM), MOST_MORE)
        if self._room < self._expected:
            room = min(room, self._expected)
        room = max(room, size)
        for name, (kind, empty) in COLUMNS.items():
            column = getattr(self, name)
            if len(column) < room:
                grown = np.empty(max(room, self._expected), dtype=kind)
                grown[: self._room] = column[: self._room]
                setattr(self, name, grown)
                column = grown
            column[self._room : room] = empty
        self._room = room

    def tonnes(self, row: int) -> float:
        """Goods in the box of a row."""
        return self.loads(range(row, row + 1))[0]

    def loads(self, rows: range) -> list[float]:
        """Goods in the box of each of these rows."""
        lots, firsts = self._lots, self._lots["first"]
        row, number = rows.start, bisect_right(firsts, rows.start) - 1
        made: list[float] = []
        while row < rows.stop:
            after = firsts[number + 1] if number + 1 < len(firsts) else self._count
            end = min(after, rows.stop)
            made += [lots["tonnes"][number]] * (end - row)
            if end == after:
                made[-1] = lots["last"][number]
            row, number = end, number + 1
        return made

    def take_home(
        self, row: int, station: int, home: int, chain: tuple[ServiceLine, ...], now: float
    ) -> int:
        """A new row for goods that were refused and go back in their box; its number."""
        supply, serial, tonnes = self.supply.item(row), self.serial.item(row), self.tonnes(row)
        lot = self._lots["lot"][bisect_right(self._lots["first"], row) - 1]
        way = self.way_number(chain)
        back = self.add(1, supply, serial, lot, tonnes, tonnes, home, now, way).rows[0]
        self.set("turned_back_at", back, station)
        self.unit[back] = self.unit[row]
        self.set("equipped", back, now)
        for column in (self.matched, self.stuffing, self.stuffed):
            column[back] = now
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
        for first in range(0, self._count, 1 << 18):
            rows = first, min(first + (1 << 18), self._count)
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
            setattr(self, name, np.zeros(0, dtype=COLUMNS[name][0]))

    def forget_all(self) -> None:
        """Let go of everything, of ties to services too: the run is over and nobody asks."""
        self.forget(*COLUMNS)
        self._seldom.clear()
        self._lots.clear()
        self._appends.clear()
        self._spread.clear()
        self.ways.clear()
        self._ways.clear()
        self._next.clear()
