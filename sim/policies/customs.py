"""How a train is treated at a check: documents, inspection, quarantine.

A rule answers one question: how long does this train take, as a share of the usual time, and
does it queue with the others?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.policies.registry import Registry


@dataclass(frozen=True)
class Treatment:
    """Share of the usual working time, and whether the train passes beside the queue."""

    share: float = 1.0
    beside: bool = False


USUAL = Treatment()


class Checked(Protocol):
    """What a rule may know of a train at a check."""

    @property
    def train_class(self) -> str:
        """The class that limits and priorities see."""


class CustomsRule(Protocol):
    """Decides about one train at one check.

    A rule with ``by_luck = True`` goes by nothing but what it is told of this train: it may be
    asked about trains of others in any order, when somebody looks.
    """

    def treat(self, check: str, train: Checked, luck: float) -> Treatment:
        """``check`` is the kind that the work names; ``luck`` the train's own number in [0, 1)."""


class AtBorder:
    """Everything is done at the border, for every train."""

    by_luck = True

    def treat(self, check: str, train: Checked, luck: float) -> Treatment:
        """As usual."""
        return USUAL


class PreClearance:
    """A share of the trains has been cleared at its origin; ``left`` of the time remains.

    Args:
        share: a share (`30 %`) of the trains
        left: a share (`20 %`) of the usual working time that remains
        checks: `[documents, quarantine]`; checks of works that it holds for; all if absent
        classes: `[container, transit]`; train classes that it holds for; all if absent
    """

    by_luck = True

    def __init__(
        self,
        share: float,
        left: float = 0.0,
        checks: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        self._share = _fraction(share, "share")
        self._treatment = Treatment(_fraction(left, "left"))
        self._checks = _names(checks, "checks")
        self._classes = _names(classes, "classes")

    def treat(self, check: str, train: Checked, luck: float) -> Treatment:
        """By the train's luck."""
        if not _applies(check, train, self._checks, self._classes) or luck >= self._share:
            return USUAL
        return self._treatment


class GreenLane:
    """Trusted trains pass a lane of their own: beside the queue, in ``left`` of the time.

    Args:
        share: a share (`30 %`) of the trains
        left: a share (`25 %`) of the usual working time that remains
        checks: `[documents, quarantine]`; checks of works that it holds for; all if absent
        classes: `[container, transit]`; train classes that it holds for; all if absent
    """

    by_luck = True

    def __init__(
        self,
        share: float,
        left: float = 0.25,
        checks: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        self._share = _fraction(share, "share")
        self._treatment = Treatment(_fraction(left, "left"), beside=True)
        self._checks = _names(checks, "checks")
        self._classes = _names(classes, "classes")

    def treat(self, check: str, train: Checked, luck: float) -> Treatment:
        """By the train's luck."""
        if not _applies(check, train, self._checks, self._classes) or luck >= self._share:
            return USUAL
        return self._treatment


def _applies(
    check: str,
    train: Checked,
    checks: frozenset[str] | None,
    classes: frozenset[str] | None,
) -> bool:
    return (checks is None or check in checks) and (classes is None or train.train_class in classes)


def _fraction(value: float | str, name: str) -> float:
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{name}: {value!r} is not a share; expected between 0 and 1")
    return number


def _names(names: Sequence[str] | None, name: str) -> frozenset[str] | None:
    if names is None:
        return None
    if isinstance(names, str) or not names:
        raise ValueError(f"{name}: expected a list of names")
    return frozenset(names)


CUSTOMS: Registry[CustomsRule] = Registry("customs")
CUSTOMS.add("at-border", AtBorder)
CUSTOMS.add("pre-clearance", PreClearance)
CUSTOMS.add("green-lane", GreenLane)
