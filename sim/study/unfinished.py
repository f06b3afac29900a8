"""Runs that did not reach the horizon, by the name of what was run: failures and deadlocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.study.runs import Outcome

Named = tuple[str, Outcome]
"""A run, and in words what was run."""


def ended(outcome: Outcome) -> bool:
    """Whether a run reached the horizon, so that its figures count."""
    return outcome.failure is None and outcome.deadlock is None


def failures(runs: Iterable[Named]) -> list[Named]:
    """Those that failed."""
    return [(name, outcome) for name, outcome in runs if outcome.failure is not None]


def deadlocks(runs: Iterable[Named]) -> list[dict[str, Any]]:
    """What stood for ever in those that deadlocked: variant, replication, time_h, sentence …."""
    return [
        {"variant": name, "replication": outcome.replication, **outcome.deadlock}
        for name, outcome in runs
        if outcome.deadlock is not None
    ]
