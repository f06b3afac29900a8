"""Which border crossing a lot of goods is sent by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from sim.policies.registry import Registry


class Lot(Protocol):
    """What a rule may know of goods that have become ready."""

    @property
    def commodity(self) -> str:
        """What the goods are."""

    @property
    def destination(self) -> str:
        """Station they go to."""

    @property
    def luck(self) -> float:
        """The lot's own random number in [0, 1)."""


class Border(Protocol):
    """The border as a rule sees it."""

    def expected_wait(self, crossing: str) -> float:
        """Hours until a train that joined the queue now would be accepted."""

    def is_open(self, crossing: str) -> bool:
        """Whether trains are accepted now."""


class CrossingRule(Protocol):
    """Chooses one of the crossings by which a lot can go."""

    def choose(self, crossings: Sequence[str], lot: Lot, border: Border) -> str:
        """One of ``crossings``, which has one or more."""


@runtime_checkable
class Weighs(Protocol):
    """A rule that can say before a run how goods spread over crossings."""

    def weights(self, crossings: Sequence[str], commodity: str) -> Sequence[float]:
        """In proportion, one for each crossing; all 0 where they are equal."""


def expected_shares(rule: CrossingRule, crossings: Sequence[str], commodity: str) -> list[float]:
    """Shares of a commodity's goods by crossing; equal where a rule says nothing before a run."""
    weights = list(rule.weights(crossings, commodity)) if isinstance(rule, Weighs) else []
    total = sum(weights)
    return [w / total for w in weights] if total else [1.0 / len(crossings)] * len(crossings)


def _weights(crossings: Sequence[str], shares: Mapping[str, float]) -> list[float]:
    return [shares.get(name, 0.0) for name in crossings]


def _by_share(crossings: Sequence[str], shares: Mapping[str, float], luck: float) -> str:
    weights = _weights(crossings, shares)
    total = sum(weights)
    if total == 0.0:
        return crossings[int(luck * len(crossings))]
    mark = luck * total
    for name, weight in zip(crossings, weights, strict=True):
        mark -= weight
        if mark < 0.0:
            return name
    return crossings[-1]


def _checked(shares: Mapping[str, float] | None) -> dict[str, float]:
    if shares is not None and not isinstance(shares, Mapping):
        raise ValueError("shares: expected crossing: share, such as {dostyk: 50 %}")
    return {str(name): _share(name, share) for name, share in (shares or {}).items()}


def _share(name: str, raw: object) -> float:
    text = str(raw).strip()
    try:
        share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        share = -1.0
    if not 0.0 <= share < float("inf"):
        raise ValueError(f"shares: {name}: {raw!r} is not a share; expected 0 or more, as 50 %")
    return share


class FixedShares:
    """Each lot by chance, in fixed shares; equal shares if none are given.

    Args:
        shares: shares by crossing (`{dostyk: 60 %, khorgos: 40 %}`), in proportion
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._shares = _checked(shares)

    def choose(self, crossings: Sequence[str], lot: Lot, border: Border) -> str:
        """By the lot's random number."""
        return _by_share(crossings, self._shares, lot.luck)

    def weights(self, crossings: Sequence[str], commodity: str) -> Sequence[float]:
        """The shares."""
        return _weights(crossings, self._shares)


class ShortestExpectedWait:
    """Where a train that joined the queue now would be accepted first."""

    def choose(self, crossings: Sequence[str], lot: Lot, border: Border) -> str:
        """The least wait; ties go to the way of fewer trains, then to the first by name."""
        return min(crossings, key=border.expected_wait)


class ByCommodity:
    """A crossing for each commodity; the others in fixed shares.

    Args:
        crossings: a crossing by commodity (`{barley: dostyk}`)
        shares: shares by crossing of the other goods (`{dostyk: 60 %, khorgos: 40 %}`); equal if
            absent
    """

    def __init__(
        self, crossings: Mapping[str, str], shares: Mapping[str, float] | None = None
    ) -> None:
        self._crossings = dict(crossings)
        self._shares = _checked(shares)

    def choose(self, crossings: Sequence[str], lot: Lot, border: Border) -> str:
        """The commodity's crossing where the lot can go by it."""
        wanted = self._crossings.get(lot.commodity)
        if wanted is not None and wanted in crossings:
            return wanted
        return _by_share(crossings, self._shares, lot.luck)

    def weights(self, crossings: Sequence[str], commodity: str) -> Sequence[float]:
        """All by the commodity's crossing, or the shares."""
        wanted = self._crossings.get(commodity)
        if wanted in crossings:
            return [float(name == wanted) for name in crossings]
        return _weights(crossings, self._shares)


class DivertOnClosure:
    """In fixed shares, but by an open crossing while another is closed.

    Args:
        shares: shares by crossing (`{dostyk: 60 %, khorgos: 40 %}`), in proportion; equal if absent
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._shares = _checked(shares)

    def choose(self, crossings: Sequence[str], lot: Lot, border: Border) -> str:
        """As fixed shares among the crossings that are open, or among all if none is."""
        usable = [name for name in crossings if border.is_open(name)] or list(crossings)
        return _by_share(usable, self._shares, lot.luck)

    def weights(self, crossings: Sequence[str], commodity: str) -> Sequence[float]:
        """The shares, as while all are open."""
        return _weights(crossings, self._shares)


CROSSING: Registry[CrossingRule] = Registry("crossing")
CROSSING.add("fixed-shares", FixedShares)
CROSSING.add("shortest-expected-wait", ShortestExpectedWait)
CROSSING.add("by-commodity", ByCommodity)
CROSSING.add("divert-on-closure", DivertOnClosure)
