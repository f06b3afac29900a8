"""Which policy is best at which volume, where the ranking flips, and what a wrong choice costs.

All differences are paired within replications.  Intervals of the differences hold together over
all pairs of policies and volumes of one key figure (Bonferroni).  Crossings and regrets are no
means; their intervals are percentiles of a bootstrap that draws whole replications (Efron and
Tibshirani 1993, ch. 13), so that pairing is kept.  The percentiles are expanded for few
replications (Hesterberg 2015, The American Statistician 69), and below five there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sim.study.paired import Paired, in_all
from sim.study.statistics import Interval, t_quantile, together

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from sim.study.ramp import Ramp

DRAWS = 4000
LEAST = 5
"""Replications from which a bootstrap says anything: fewer have too few resamples."""


class Grid:
    """A key figure of all policies and volumes in the replications that all of them have.

    ``values[p, v, r]``, turned so that more is better.

    Raises:
        ValueError: the figure does not exist or is neither good nor bad.
    """

    def __init__(self, ramp: Ramp, kpi: str) -> None:
        import numpy as np

        from sim.study.ramp import definition

        known = definition(kpi)
        if not known.better:
            raise ValueError(f"{kpi!r} is better neither up nor down; policies cannot be ranked")
        self.kpi, self.unit, self.names = kpi, known.unit, ramp.names
        self.volumes = np.asarray(ramp.volumes)
        self.sign = 1.0 if known.better == "up" else -1.0
        cells = [
            [ramp.values(p, v, kpi) for v in range(len(ramp.volumes))]
            for p in range(len(ramp.names))
        ]
        whole = list(in_all([dict(enumerate(row)) for policy in cells for row in policy]).values())
        self.dropped = ramp.replications - len(whole)
        shape = (len(cells), len(self.volumes), len(whole))
        taken = np.asarray(whole, dtype=np.float64).T.reshape(shape)
        # rows of replications lie together, so that numpy adds each up in the same order
        self.values: NDArray[np.float64] = np.ascontiguousarray(self.sign * taken)

    @property
    def n(self) -> int:
        """Replications that every policy has at every volume."""
        return int(self.values.shape[2])

    def lead(self, one: int, other: int, volume: int, confidence: float) -> Interval:
        """How much better one policy is than another at a volume, in the figure's unit."""
        sides = (tuple(self.values[p, volume].tolist()) for p in (other, one))
        return Paired(*sides).interval(confidence)

    def bootstrap(
        self, statistic: Callable[[NDArray[Any]], NDArray[Any]]
    ) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """A 95 % interval of a statistic of values[p, v]; None below ``LEAST`` replications."""
        import numpy as np
        from scipy.special import ndtr

        if self.n < LEAST:
            return None
        below = 100.0 * float(ndtr(-math.sqrt(self.n / (self.n - 1)) * t_quantile(self.n - 1)))
        rng = np.random.default_rng(20230903)
        picks = rng.integers(0, self.n, (DRAWS, self.n))
        drawn = np.array([statistic(self.values[:, :, pick].mean(axis=2)) for pick in picks])
        low, high = np.nanpercentile(drawn, [below, 100.0 - below], axis=0)
        return low, high


def _confidence(grid: Grid) -> float:
    """Of one interval, so that those of all pairs and volumes hold together (Bonferroni)."""
    pairs = math.comb(len(grid.names), 2)
    return together(pairs * len(grid.volumes))


def ranking(ramp: Ramp, kpi: str) -> pl.DataFrame:
    """Each policy at each volume against the best there.

    Columns: kpi, volume, variant, mean, rank (1 is best), behind (how much worse than the best),
    low, high, verdict (best, not told apart, worse), n.
    """
    import polars as pl

    grid = Grid(ramp, kpi)
    # the best is found in the same runs, so that any pair might have been the one compared
    confidence = _confidence(grid)
    rows = []
    for v, volume in enumerate(grid.volumes):
        means = [_mean(row[v]) for row in grid.values]
        order = sorted(range(len(means)), key=lambda p: (-means[p], p)) if grid.n else []
        for rank, p in enumerate(order, 1):
            lead = grid.lead(order[0], p, v, confidence)
            worse = "worse" if lead.above(0.0) else "not told apart"
            verdict = "best" if rank == 1 else worse
            rows.append(
                (
                    kpi,
                    float(volume),
                    grid.names[p],
                    grid.sign * means[p],
                    rank,
                    lead.mean,
                    lead.low,
                    lead.high,
                    verdict,
                    grid.n,
                )
            )
    schema = {
        "kpi": pl.String,
        "volume": pl.Float64,
        "variant": pl.String,
        "mean": pl.Float64,
        "rank": pl.Int64,
        "behind": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "verdict": pl.String,
        "n": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def flips(ramp: Ramp, kpi: str) -> pl.DataFrame:
    """Pairs of policies whose order changes with the volume.

    Columns: kpi, below (better at the lower volumes), above, volume (where their means cross, by
    straight lines between the volumes run), low, high (95 %), verdict: ``flips`` where each is
    surely better on its side, else ``not told apart``.
    """
    import numpy as np
    import polars as pl

    grid = Grid(ramp, kpi)
    pairs = list(combinations(range(len(grid.names)), 2))
    confidence = _confidence(grid)
    rows = []
    for a, b in pairs if grid.n else []:
        gap = grid.values[a] - grid.values[b]
        mean = gap.mean(axis=1)
        for v in range(len(grid.volumes) - 1):
            if mean[v] * mean[v + 1] >= 0.0:
                continue
            first, then = (a, b) if mean[v] > 0.0 else (b, a)

            def cross(
                m: NDArray[Any], first: int = first, then: int = then, at: int = v
            ) -> NDArray[Any]:
                crossings = _crossings(grid.volumes, m[first] - m[then])
                if not crossings:
                    return np.asarray(np.nan)
                near = min(crossings, key=lambda x: abs(x - grid.volumes[at]))
                return np.asarray(near)

            spread = grid.bootstrap(cross)
            surely = [grid.lead(first, then, at, confidence) for at in range(len(gap))]
            before = any(i.above(0.0) for i in surely[: v + 1])
            after = any(i.below(0.0) for i in surely[v + 1 :])
            rows.append(
                (
                    kpi,
                    grid.names[first],
                    grid.names[then],
                    _at_zero(grid.volumes, mean, v),
                    float(spread[0]) if spread else None,
                    float(spread[1]) if spread else None,
                    "flips" if before and after else "not told apart",
                )
            )
    text = dict.fromkeys(("kpi", "below", "above"), pl.String)
    numbers = dict.fromkeys(("volume", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={**text, **numbers, "verdict": pl.String}, orient="row")


def regret(ramp: Ramp, kpi: str) -> pl.DataFrame:
    """What is lost by choosing a policy before the volume is known, smallest worst case first.

    The regret at a volume is how much worse the policy's mean is than that of the best there.
    Columns: kpi, unit, variant, max, max_low, max_high, mean (all volumes weigh the same),
    mean_low, mean_high, worst_at (volume of the largest).
    """
    import numpy as np
    import polars as pl

    grid = Grid(ramp, kpi)
    schema = {
        "kpi": pl.String,
        "unit": pl.String,
        "variant": pl.String,
        **dict.fromkeys(
            ("max", "max_low", "max_high", "mean", "mean_low", "mean_high", "worst_at"), pl.Float64
        ),
    }
    if not grid.n:
        return pl.DataFrame(schema=schema)

    def regrets(means: NDArray[Any]) -> NDArray[Any]:
        lost = means.max(axis=0) - means
        return np.stack([lost.max(axis=1), lost.mean(axis=1)])

    means = grid.values.mean(axis=2)
    found, spread = regrets(means), grid.bootstrap(regrets)
    worst = (means.max(axis=0) - means).argmax(axis=1)
    rows = []
    for p, name in enumerate(grid.names):
        low = [None, None] if spread is None else spread[0][:, p].tolist()
        high = [None, None] if spread is None else spread[1][:, p].tolist()
        rows.append(
            (
                kpi,
                grid.unit,
                name,
                float(found[0, p]),
                low[0],
                high[0],
                float(found[1, p]),
                low[1],
                high[1],
                float(grid.volumes[worst[p]]),
            )
        )
    rows.sort(key=lambda r: (r[3], r[2]))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _crossings(volumes: NDArray[Any], gap: NDArray[Any]) -> list[float]:
    return [
        _at_zero(volumes, gap, v) for v in range(len(volumes) - 1) if gap[v] > 0.0 >= gap[v + 1]
    ]


def _at_zero(volumes: NDArray[Any], gap: NDArray[Any], v: int) -> float:
    step = gap[v] / (gap[v] - gap[v + 1])
    return float(volumes[v] + step * (volumes[v + 1] - volumes[v]))
