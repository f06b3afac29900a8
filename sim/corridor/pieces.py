"""Pieces of containers' time, put together container by container and in time without a sort.

Pieces are added in the order in which they come in the life of a container, so that the place of
each in the table is known as soon as all are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.corridor.placing import ALL_HOURS, KIND, NO_TRAINS, Lists, Piece, placing
from sim.results.tables import WAITS
from sim.results.text import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.placing import Kinds, Shared


class Pieces:
    """Pieces of the time of ``size`` containers, cut at the horizon."""

    def __init__(self, size: int, horizon: float) -> None:
        self.horizon = horizon
        self._placing = placing(size, horizon)
        self._kinds: dict[tuple[str, str | None], int] = {}

    def kind(self, stage: str, cause: str | None) -> int:
        """The number of a reason."""
        return self._kinds.setdefault((stage, cause), len(self._kinds))

    def add(
        self,
        rows: NDArray[np.int64],
        kind: int | Kinds,
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """Time from begin to end; one that has begun and not ended runs to the horizon.

        A container is in ``rows`` once, and has been given nothing yet that begins later.
        """
        self._put(rows, kind, begin, end, ALL_HOURS, train)

    def add_split(
        self,
        rows: NDArray[np.int64],
        kind: int | Kinds,
        closed_kind: int | Kinds,
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        closed: NDArray[np.float64],
        train: NDArray[np.int64] | None = None,
    ) -> None:
        """The same, with so many of the hours put down to closure."""
        hours = np.fmin(end, self.horizon) - begin - closed
        self._put(rows, closed_kind, begin, end, closed, train)
        self._put(rows, kind, begin, end, hours, train)

    def _put(
        self,
        rows: NDArray[np.int64],
        kind: int | Kinds,
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
        hours: NDArray[np.float64],
        train: NDArray[np.int64] | None,
    ) -> None:
        kinds = np.array([kind], dtype=KIND) if isinstance(kind, int) else kind
        trains = NO_TRAINS if train is None else train
        self._placing.add(Piece(rows, kinds, begin, end, hours, trains))

    def add_shared(
        self,
        rows: NDArray[np.int64],
        which: NDArray[np.int64],
        shared: Shared,
        train: NDArray[np.int64],
    ) -> None:
        """All pieces of a list for each of the rows, which of the lists; a row is there once."""
        self._placing.add_lists(Lists(rows, which, shared, train))

    def frame(self, containers: NDArray[np.int32], first_train: int = 0) -> pl.DataFrame:
        """All pieces, container by container and in time.

        ``containers`` names the rows, and trains are counted from ``first_train``.
        """
        made, number = self._placing.columns(), self._placing.number
        if not len(made.begin):
            return WAITS.empty()
        mixed = self._placing.mixed(made)
        if mixed is not None:
            # Those that did not come in time, by begin and end.
            row = np.repeat(np.arange(len(number)), number)
            places = np.flatnonzero(mixed[row])
            order = places[np.lexsort((made.stop[places], made.begin[places], row[places]))]
            for column in made.all():
                column[places] = column[order]
        stages, causes = zip(*self._kinds, strict=True)
        train = pl.Series(made.train).replace(-1, None)
        return pl.DataFrame(
            {
                "container": np.repeat(containers, number),
                "stage": coded(stages, made.kind),
                "cause": coded(causes, made.kind),
                "begin_h": made.begin,
                "end_h": made.stop,
                "hours": made.hours,
                "train": train + first_train if first_train else train,
            }
        )
