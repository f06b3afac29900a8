"""Intervals for means of replications.

Replications draw from streams of their own, so their figures are independent and Student's t
holds (Law, Simulation Modeling and Analysis, 5th ed., ch. 9).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

CONFIDENCE = 0.95
NEGLIGIBLE = 0.01
"""Share of a figure up to which nobody would act on a difference, where it was not said which."""


def t_quantile(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t.

    Raises:
        ValueError: fewer than one degree of freedom.
    """
    if degrees < 1:
        raise ValueError(
            f"degrees of freedom: {degrees} leave no interval; expected 1 or more, "
            "which takes two values or more"
        )
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def together(count: int) -> float:
    """The confidence of each of so many intervals, so that all hold with 95 % (Bonferroni)."""
    return 1.0 - (1.0 - CONFIDENCE) / max(count, 1)


@dataclass(frozen=True)
class Interval:
    """Mean of n values, and how sure it is: one value has no half width and no deviation."""

    mean: float
    half_width: float | None
    n: int
    deviation: float | None

    @property
    def low(self) -> float | None:
        """Lower end; None below two values."""
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end; None below two values."""
        return None if self.half_width is None else self.mean + self.half_width

    def above(self, bound: float) -> bool:
        """Whether the mean surely lies above a bound; of one value nothing is sure."""
        return self.low is not None and self.low > bound

    def below(self, bound: float) -> bool:
        """Whether the mean surely lies below a bound; of one value nothing is sure."""
        return self.high is not None and self.high < bound

    def within(self, low: float, high: float) -> bool:
        """Whether the mean surely lies between two bounds or on them."""
        return (
            self.low is not None and self.high is not None and low <= self.low and self.high <= high
        )

    def holds(self, value: float) -> bool:
        """Whether the value may be the mean: it lies in the interval, and there is one."""
        return self.low is not None and self.high is not None and self.low <= value <= self.high


def moments(values: Sequence[float]) -> tuple[float, float | None]:
    """Mean and variance (n - 1) of the values; no variance below two.

    Raises:
        ValueError: no values.
    """
    n = len(values)
    if n == 0:
        raise ValueError("no values, and so no mean of them; expected one or more")
    mean = math.fsum(values) / n
    return mean, math.fsum((v - mean) ** 2 for v in values) / (n - 1) if n > 1 else None


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Student's t interval for the mean.

    Raises:
        ValueError: no values; where there may be none, ``estimate`` says so.
    """
    mean, variance = moments(values)
    n = len(values)
    if variance is None:
        return Interval(mean, None, n, None)
    deviation = math.sqrt(variance)
    return Interval(mean, t_quantile(n - 1, confidence) * deviation / math.sqrt(n), n, deviation)


def more_pairs(difference: Interval, confidence: float, small: float | None = None) -> int | None:
    """Pairs still to run until a mean difference would be told from nothing; None if hopeless.

    Args:
        difference: of the pairs there are.
        confidence: of the interval that is to tell.
        small: size up to which it may be found of no interest instead.
    """
    n, mean = difference.n, abs(difference.mean)
    need = n
    while need < 100_000:
        half = t_quantile(need - 1, confidence) * (difference.deviation or 0.0) / math.sqrt(need)
        if half < mean or (small is not None and mean + half <= small):
            return max(need - n, 1)
        need = max(need + 1, math.ceil(need * 1.05))
    return None


@dataclass(frozen=True)
class Outlook:
    """Of a difference that is not told apart from nothing, what more runs would bring.

    ``negligible`` is the size up to which nobody would act on it, in the figure's unit, None of a
    figure that is nought.  ``more_runs`` are pairs still to run until it is told apart or surely
    is smaller than that; None where it surely is already, where nothing varies or it is hopeless.
    """

    negligible: float | None
    more_runs: int | None


def outlook(
    difference: Interval, reference: float, confidence: float, share: float | None = None
) -> Outlook:
    """What more runs would bring, for whatever advises them.

    Args:
        difference: of the pairs there are, at this confidence.
        reference: mean of the figure that it is a difference from.
        share: of the reference, up to which a difference is of no interest; ``NEGLIGIBLE`` if None.
    """
    small = (NEGLIGIBLE if share is None else share) * abs(reference) or None
    known = small is not None and difference.within(-small, small)
    if known or not difference.deviation:
        return Outlook(small, None)
    return Outlook(small, more_pairs(difference, confidence, small))


def prediction(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The interval in which one more such value lies, around their mean.

    Raises:
        ValueError: no values.
    """
    found = interval(values, confidence)
    if found.deviation is None:
        return found
    wide = t_quantile(found.n - 1, confidence) * found.deviation * math.sqrt(1.0 + 1.0 / found.n)
    return replace(found, half_width=wide)


@dataclass(frozen=True)
class Estimate:
    """What a table tells of a mean: each is None where the values do not tell it."""

    mean: float | None = None
    half_width: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


def estimate(values: Iterable[float | None], confidence: float = CONFIDENCE) -> Estimate:
    """Mean and interval of those values that are known, be it of none."""
    known = [value for value in values if value is not None]
    if not known:
        return Estimate()
    found = interval(known, confidence)
    return Estimate(found.mean, found.half_width, found.low, found.high, found.n)
