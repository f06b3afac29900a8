"""Where the warm-up ends: MSER-5 (White 1997, Simulation 69(6); White, Cobb and Spratt 2000).

The series is averaged in batches of five; the warm-up is the number of batches whose omission makes
the standard error of the mean of the others smallest, looked for in the first half.  A minimum
at the end of that half says that the series has not settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from sim.results import Results

BATCH = 5
POINTS = 1000
"""Values of the series of a run."""


@dataclass(frozen=True)
class Truncation:
    """How many values to leave out, and the statistic by number of batches left out."""

    values: int
    settled: bool
    curve: NDArray[np.float64]


def mser(series: ArrayLike, batch: int = BATCH) -> Truncation:
    """The truncation of a series by MSER with batches of so many values.

    Raises:
        ValueError: fewer than ten batches.
    """
    raw = np.asarray(series, dtype=float)
    count = len(raw) // batch
    if count < 10:
        raise ValueError(f"{len(raw)} values make fewer than ten batches of {batch}")
    means = raw[: count * batch].reshape(count, batch).mean(axis=1)
    # sums over all batches from d on, for all d at once; about their mean, for precision
    centred = means - means.mean()
    left = np.arange(count, 0, -1)
    total = np.cumsum(centred[::-1])[::-1]
    square = np.cumsum((centred**2)[::-1])[::-1]
    spread = np.maximum(square - total**2 / left, 0.0)
    curve = (spread / left.astype(float) ** 2)[: count // 2 + 1]
    best = int(np.argmin(curve))
    return Truncation(best * batch, best < count // 2, curve)


def level(results: Results, points: int = POINTS) -> dict[str, Any]:
    """The level of a run over time, and its trains in the second half: a measure for jobs.

    ``level`` is the backlog of exports (t), or where there are none the trains in the corridor, as
    means over so many equal parts of the run; ``unit`` says which; ``formed`` and ``ended`` count
    trains in the second half of the time counted, which is ``weeks`` long.
    """
    import polars as pl

    from sim.results.levels import backlog, step_series

    rows = results.containers.filter(pl.col("flow") == "exports")
    trains = results.trains
    formed = trains["formed_h"].to_numpy()
    ended = trains["ended_h"].fill_null(float("inf")).to_numpy()
    series, unit = (
        (step_series(formed, ended), "trains")
        if rows.is_empty()
        else (
            backlog(results),
            "t",
        )
    )
    end = results.horizon_h
    middle = (results.warmup_h + end) / 2.0
    return {
        "level": series.means(np.linspace(0.0, end, points + 1)),
        "unit": unit,
        "formed": int(((formed > middle) & (formed <= end)).sum()),
        "ended": int(((ended > middle) & (ended <= end)).sum()),
        "weeks": (end - middle) / 168.0,
    }
