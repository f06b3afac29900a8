"""Where each piece of containers' time goes in a table that has them container by container.

Pieces are counted as they come and written when all are known.  NumPy does both a column at a
time, and loops piece by piece where they are compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from sim.corridor.native import LOOPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Times: TypeAlias = NDArray[np.float64]
    Kinds: TypeAlias = NDArray[np.int16]

KIND = np.int16
"""What numbers of reasons are kept as."""
NO_TRAINS: Ints = np.zeros(0, dtype=np.int64)
ALL_HOURS: Times = np.zeros(0)


class Piece(NamedTuple):
    """A piece for each of some containers, which are there once.

    It goes from begin to end, or to the horizon if that is earlier or the end not a number.
    ``kind`` has one entry for each or one for all; ``hours`` and ``train`` have one for each or
    none, which is all hours between and no train.
    """

    rows: Ints
    kind: Kinds
    begin: Times
    end: Times
    hours: Times
    train: Ints


class Shared(NamedTuple):
    """Pieces of several lists, one list after the other, each in time.

    ``first`` and ``number`` say where a list begins and how long it is.
    """

    first: Ints
    number: Ints
    kind: Kinds
    begin: Times
    stop: Times
    hours: Times


class Columns:
    """The table while it is filled; ``next`` is where the next piece of each container goes."""

    def __init__(self, number: Ints) -> None:
        total = int(number.sum())
        self.next = np.cumsum(number) - number
        self.kind = np.empty(total, dtype=KIND)
        # One block: NumPy asks for large pages where it is of some MB.
        self.begin, self.stop, self.hours = np.empty((3, total))
        self.train = np.empty(total, dtype=np.int32)

    def all(self) -> tuple[NDArray[Any], ...]:
        """Those of the table, in this order: kind, begin, stop, hours, train."""
        return self.kind, self.begin, self.stop, self.hours, self.train


class Lists(NamedTuple):
    """All pieces of a list for each of some containers, which of the lists, and their trains."""

    rows: Ints
    which: Ints
    shared: Shared
    train: Ints


class Placing:
    """Pieces of so many containers, cut at the horizon; ``number`` is how many each has.

    What is added comes after all that was added to these containers before; a piece without hours
    is none.
    """

    def __init__(self, size: int, horizon: float) -> None:
        self.horizon = horizon
        self.number: Ints = np.zeros(size, dtype=np.int64)
        self._added: list[Piece | Lists] = []

    def add(self, piece: Piece) -> None:
        """A piece for each of some containers."""
        counted = self._count(piece)
        if counted is not None:
            self._added.append(counted)

    def add_lists(self, lists: Lists) -> None:
        """Lists of pieces for some containers."""
        self.number[lists.rows] += lists.shared.number[lists.which]
        self._added.append(lists)

    def columns(self) -> Columns:
        """All pieces, container by container as they were added."""
        made = Columns(self.number)
        for added in self._added:
            if isinstance(added, Piece):
                self._write(made, added)
            else:
                self._write_lists(made, added)
        return made

    def mixed(self, made: Columns) -> NDArray[np.bool_] | None:
        """Which containers have pieces that are not in time, by begin and end; None if none has."""
        raise NotImplementedError

    def _count(self, piece: Piece) -> Piece | None:
        """Count a piece, and return what is to be written; None where it has no hours."""
        raise NotImplementedError

    def _write(self, made: Columns, piece: Piece) -> None:
        """Write what was counted."""
        raise NotImplementedError

    def _write_lists(self, made: Columns, lists: Lists) -> None:
        """Write the pieces of lists."""
        raise NotImplementedError


class InColumns(Placing):
    """By NumPy."""

    def mixed(self, made: Columns) -> NDArray[np.bool_] | None:
        """As what is asked for of all."""
        begin, stop = made.begin, made.stop
        back = begin[1:] < begin[:-1]
        back |= (begin[1:] == begin[:-1]) & (stop[1:] < stop[:-1])
        if not back.any():
            return None
        row = np.repeat(np.arange(len(self.number)), self.number)
        back &= row[1:] == row[:-1]
        mixed: NDArray[np.bool_] = np.zeros(len(self.number), dtype=bool)
        mixed[row[1:][back]] = True
        return mixed

    def _count(self, piece: Piece) -> Piece | None:
        rows, kind, begin, end, hours, train = piece
        stop = np.fmin(end, self.horizon)
        hours = hours if len(hours) else stop - begin
        keep = hours > 0.0
        if not keep.any():
            return None
        if not keep.all():
            rows, begin, stop, hours = rows[keep], begin[keep], stop[keep], hours[keep]
            kind = kind[keep] if len(kind) > 1 else kind
            train = train[keep] if len(train) else train
        self.number[rows] += 1
        return Piece(rows, kind, begin, stop, hours, train)

    def _write(self, made: Columns, piece: Piece) -> None:
        place = made.next[piece.rows]
        made.next[piece.rows] = place + 1
        made.kind[place] = piece.kind
        made.begin[place] = piece.begin
        made.stop[place] = piece.end
        made.hours[place] = piece.hours
        made.train[place] = piece.train if len(piece.train) else -1

    def _write_lists(self, made: Columns, lists: Lists) -> None:
        rows, which, shared, train = lists
        number, at = shared.number[which], made.next[rows]
        made.next[rows] = at + number
        before = np.cumsum(number) - number
        running = np.arange(int(number.sum()))
        place = np.repeat(at - before, number) + running
        source = np.repeat(shared.first[which] - before, number) + running
        made.kind[place] = shared.kind[source]
        made.begin[place] = shared.begin[source]
        made.stop[place] = shared.stop[source]
        made.hours[place] = shared.hours[source]
        made.train[place] = np.repeat(train, number)


class InLoops(Placing):
    """By loops that are compiled."""

    def mixed(self, made: Columns) -> NDArray[np.bool_] | None:
        """As what is asked for of all."""
        mixed: NDArray[np.bool_] = np.zeros(len(self.number), dtype=bool)
        found = LOOPS.out_of_time(self.number, made.begin, made.stop, mixed.view(np.uint8))
        return mixed if found else None

    def _count(self, piece: Piece) -> Piece | None:
        rows, _, begin, end, hours, _ = piece
        found = LOOPS.count_pieces(rows, begin, end, hours, self.horizon, self.number)
        return piece if found else None

    def _write(self, made: Columns, piece: Piece) -> None:
        LOOPS.write_pieces(*piece, self.horizon, made.next, *made.all())

    def _write_lists(self, made: Columns, lists: Lists) -> None:
        rows, which, shared, train = lists
        LOOPS.write_lists(rows, which, *shared, train, made.next, *made.all())


def placing(size: int, horizon: float) -> Placing:
    """The way that is quickest here."""
    return InColumns(size, horizon) if LOOPS is None else InLoops(size, horizon)
