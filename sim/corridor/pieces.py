"""Pieces of containers' time, put together container by container and in time without a sort.

Pieces are added in the order in which they come in the life of a container, so that the place of
each in the table is known as soon as all are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from sim.results.tables import WAITS
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Shared(NamedTuple):
    """Pieces of several lists, one list after the other, each in time.

    ``first`` and ``number`` say where a list begins and how long it is.
    """

    first: NDArray[np.int64]
    number: NDArray[np.int64]
    kind: NDArray[np.int64]
    begin: NDArray[np.float64]
    stop: NDArray[np.float64]
    hours: NDArray[np.float64]


class Pieces:
    """Pieces of the time of ``size`` containers, cut at the horizon."""

    def __init__(self, size: int, horizon: float) -> None:
        self.horizon = horizon
        self._number: NDArray[np.int64] = np.zeros(size, dtype=np.int64)
        self._kinds: dict[tuple[str, str | None], int] = {}
        self._writes: list[Callable[[_Columns], None]] = []

    def kind(self, stage: str, cause: str | None) -> int:
        """The number of a reason."""
        return self._kinds.setdefault((stage, cause), len(self._kinds))

    def add(
        self,
        rows: NDArray[np.int64],
        kind: int | NDArray[np.int64],
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """Time from begin to end; one that has begun and not ended runs to the horizon.

        A container is in ``rows`` once, and has been given nothing yet that begins later.
        """
        stop = np.fmin(end, self.horizon)
        self._put(rows, kind, begin, stop, stop - begin, train)

    def add_split(
        self,
        rows: NDArray[np.int64],
        kind: int | NDArray[np.int64],
        closed_kind: int | NDArray[np.int64],
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        closed: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """The same, with so many of the hours put down to closure."""
        stop = np.fmin(end, self.horizon)
        self._put(rows, closed_kind, begin, stop, closed, train)
        self._put(rows, kind, begin, stop, stop - begin - closed, train)

    def _put(
        self,
        rows: NDArray[np.int64],
        kind: int | NDArray[np.int64],
        begin: NDArray[np.float64],
        stop: NDArray[np.float64],
        hours: NDArray[np.float64],
        train: NDArray[np.int64] | None,
    ) -> None:
        keep = hours > 0.0
        if not keep.any():
            return
        if not keep.all():
            rows, begin, stop, hours = rows[keep], begin[keep], stop[keep], hours[keep]
            kind = kind if isinstance(kind, int) else kind[keep]
            train = None if train is None else train[keep]
        self._number[rows] += 1

        def write(into: _Columns) -> None:
            place = into.next[rows]
            into.next[rows] = place + 1
            into.kind[place] = kind
            into.begin[place] = begin
            into.stop[place] = stop
            into.hours[place] = hours
            if train is not None:
                into.train[place] = train

        self._writes.append(write)

    def add_shared(
        self,
        rows: NDArray[np.int64],
        which: NDArray[np.int64],
        shared: Shared,
        train: NDArray[np.int64],
    ) -> None:
        """All pieces of a list for each of the rows, which of the lists; a row is there once."""
        number = shared.number[which]
        self._number[rows] += number

        def write(into: _Columns) -> None:
            at = into.next[rows]
            into.next[rows] = at + number
            before = np.cumsum(number) - number
            running = np.arange(int(number.sum()))
            place = np.repeat(at - before, number) + running
            source = np.repeat(shared.first[which] - before, number) + running
            into.kind[place] = shared.kind[source]
            into.begin[place] = shared.begin[source]
            into.stop[place] = shared.stop[source]
            into.hours[place] = shared.hours[source]
            into.train[place] = np.repeat(train, number)

        self._writes.append(write)

    def frame(self, containers: NDArray[np.int64], first_train: int = 0) -> pl.DataFrame:
        """All pieces, container by container and in time.

        ``containers`` names the rows, and trains are counted from ``first_train``.
        """
        total = int(self._number.sum())
        if not total:
            return WAITS.empty()
        made = _Columns(self._number, total)
        for write in self._writes:
            write(made)
        row = np.repeat(np.arange(len(self._number)), self._number)
        made.mend(row)
        stages, causes = zip(*self._kinds, strict=True)
        train = pl.Series(made.train).replace(-1, None)
        return pl.DataFrame(
            {
                "container": containers[row],
                "stage": coded(stages, made.kind),
                "cause": coded(causes, made.kind),
                "begin_h": made.begin,
                "end_h": made.stop,
                "hours": made.hours,
                "train": train + first_train if first_train else train,
            }
        )


class _Columns:
    """The table while it is filled; ``next`` is where the next piece of each container goes."""

    def __init__(self, number: NDArray[np.int64], total: int) -> None:
        self.next = np.cumsum(number) - number
        self.kind = np.empty(total, dtype=np.int16)
        self.begin = np.empty(total)
        self.stop = np.empty(total)
        self.hours = np.empty(total)
        self.train = np.full(total, -1, dtype=np.int64)

    def mend(self, row: NDArray[np.int64]) -> None:
        """Sort the containers whose pieces did not come in time, by begin and end."""
        begin, stop = self.begin, self.stop
        back = begin[1:] < begin[:-1]
        back |= (begin[1:] == begin[:-1]) & (stop[1:] < stop[:-1])
        back &= row[1:] == row[:-1]
        if not back.any():
            return
        mixed: NDArray[np.bool_] = np.zeros(int(row[-1]) + 1, dtype=bool)
        mixed[row[1:][back]] = True
        places = np.flatnonzero(mixed[row])
        order = places[np.lexsort((stop[places], begin[places], row[places]))]
        columns: tuple[NDArray[Any], ...] = (self.kind, begin, stop, self.hours, self.train)
        for column in columns:
            column[places] = column[order]
