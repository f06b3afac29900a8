"""Overload: whether what is not delivered piles up without end, by the weeks of some runs.

A backlog also rises where nothing is short: a large lot is ready just before the horizon, a season
fills the line, trains run once a fortnight.  What so comes and goes is its swing, and a growth
within it is no sign of overload, however large a share it is of the little that is offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.study.statistics import Interval, interval

if TYPE_CHECKING:
    import polars as pl

    from sim.results.series import Weekly

DRIFT_SHARE = 0.05
"""What piles up or is refused, as a share of what is offered, from which it is overload."""


@dataclass(frozen=True)
class Drift:
    """How what exports lack moves over the second half of the time counted.

    It is what piles up, and what full elevators refuse because it has piled up already; what a
    laboratory turns back got through.  ``slope`` is in tonnes a week, ``share`` of the tonnes
    offered in that time; ``weeks`` is its length, ``train_t`` a full train of the largest
    service, which goods fill by turns even where nothing piles up, and ``swing_t`` the tonnes by
    which what lacks rises and falls in these runs without any overload.
    """

    slope: Interval
    share: float
    weeks: float = 0.0
    train_t: float = 0.0
    swing_t: float = 0.0

    @property
    def overloaded(self) -> bool:
        """Grows by a twentieth of what is offered, more than by turns, and surely grows."""
        return self._large and not self.doubt

    @property
    def doubt(self) -> str:
        """Why growth by a twentieth of what is offered is not called overload; else empty."""
        grown = self.slope.mean * self.weeks
        if not self._large:
            return ""
        if grown < self.train_t:
            return "it is less than a train carries"
        if self.swing_t > 0.0 and grown <= self.swing_t:
            return "as much came and went before, or came in a single week"
        if self.slope.low is not None and self.slope.low <= 0.0:
            return "replications do not agree that it grows"
        return ""

    @property
    def _large(self) -> bool:
        return self.share > DRIFT_SHARE and self.slope.mean > 0.0


def drift_of(runs: Sequence[Weekly]) -> Drift | None:
    """Growth of the backlog by the weeks of some runs; None when too little time is counted."""
    slopes, shares, swings, hours = [], [], [], 0.0
    for weekly in runs:
        frame = weekly.frame
        counted = frame.filter(frame["begin_h"] >= weekly.warmup_h)
        weeks = counted.slice(counted.height // 2)
        hours, offered = float(weeks["hours"].sum()), float(weeks["offered_t"].sum())
        if weeks.height < 4 or offered == 0.0:
            return None
        growth = float(_lacking(weeks).sum())
        slopes.append(growth / hours * 168.0)
        shares.append(growth / offered)
        swings.append(_swing(counted, alone=len(runs) == 1))
    if not slopes:
        return None
    train, swing = max(weekly.train_t for weekly in runs), sum(swings) / len(swings)
    return Drift(interval(slopes), sum(shares) / len(shares), hours / 168.0, train, swing)


def _lacking(weeks: pl.DataFrame) -> pl.Series:
    return weeks["offered_t"] - weeks["delivered_t"] - weeks["rejected_t"]


def _swing(weeks: pl.DataFrame, alone: bool) -> float:
    """The largest fall of what lacks: so much the corridor has worked off before.

    In a run alone, too, what came in the fullest week: whether it would be worked off, the run
    may not have had the time to show, and there is no other that does.
    """
    level = np.concatenate(([0.0], np.cumsum(_lacking(weeks).to_numpy())))
    fall = float((np.maximum.accumulate(level) - level).max())
    return max(fall, float(np.max(weeks["offered_t"].to_numpy()))) if alone else fall
