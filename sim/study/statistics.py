"""Intervals for means of replications.

Replications draw from streams of their own, so their figures are independent and Student's t
holds (Law, Simulation Modeling and Analysis, 5th ed., ch. 9).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


def t_quantile(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t.

    Raises:
        ValueError: fewer than one degree of freedom.
    """
    if degrees < 1:
        raise ValueError("an interval needs two values or more")
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


@dataclass(frozen=True)
class Interval:
    """Mean of n values with the half width of its interval, None below two values."""

    mean: float
    half_width: float | None
    n: int
    deviation: float | None

    @property
    def low(self) -> float:
        """Lower end; minus infinity below two values."""
        return self.mean - (math.inf if self.half_width is None else self.half_width)

    @property
    def high(self) -> float:
        """Upper end; infinity below two values."""
        return self.mean + (math.inf if self.half_width is None else self.half_width)


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Student's t interval for the mean.

    Raises:
        ValueError: no values.
    """
    n = len(values)
    if n == 0:
        raise ValueError("an interval needs two values or more")
    mean = math.fsum(values) / n
    if n == 1:
        return Interval(mean, None, 1, None)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    return Interval(mean, t_quantile(n - 1, confidence) * deviation / math.sqrt(n), n, deviation)
