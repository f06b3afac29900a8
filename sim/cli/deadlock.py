"""How a deadlock is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.study.replications import Replications

DEADLOCK = 3
"""Exit status when a run ended with trains that wait for each other."""
SHOWN = 8
"""Trains of a deadlock that are named on the terminal."""


def print_deadlocks(runs: Sequence[tuple[str, Replications]]) -> None:
    """Where trains came to stand for ever, how often, and what would free them."""
    for name, made in runs:
        tell_deadlocks(name, made.deadlocks(), len(made.outcomes), bool(made.good))


def tell_deadlocks(
    name: str, stuck: Sequence[dict[str, Any]], n: int = 1, others: bool = False
) -> None:
    """The same of one scenario: the deadlocks among its n runs, and whether others ended well."""
    if not stuck:
        return
    first = min(stuck, key=lambda d: float(d["time_h"]))
    of = "" if n == 1 else f"{len(stuck)} of {n} replications of "
    print(f"DEADLOCK in {of}{name}{'; the earliest' if len(stuck) > 1 else ''}:")
    print(first["sentence"])
    for train in first["trains"][:SHOWN]:
        print(f"  {train['name']}: {_stands(train)}")
    if len(first["trains"]) > SHOWN:
        print(f"  and {len(first['trains']) - SHOWN} more (deadlocked in the manifest)")
    print(f"cure: {first['remedy']}")
    left_out = "left out of what follows" if others else "what follows ends there"
    print(f"({left_out}: nothing moves that waits for these trains)\n")


def _stands(train: dict[str, Any]) -> str:
    holds = "" if train["holds"] is None else f"holds {train['holds']}, "
    return f"{holds}waits for {train['waits_for']} since hour {train['since_h']:.2f}"
