"""Small Markov chains solved exactly, and endless ones cut where hardly anything is beyond.

Rates are per hour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAIL = 1e-11
"""Probability that may lie beyond where an endless chain is cut."""


def birth_death(births: Sequence[float], deaths: Sequence[float]) -> list[float]:
    """Stationary shares of a birth-death process (Kleinrock, Queueing Systems I, eq. 3.11)."""
    shares = [1.0]
    for birth, death in zip(births, deaths, strict=True):
        shares.append(shares[-1] * birth / death)
    total = math.fsum(shares)
    return [s / total for s in shares]


def stationary(
    states: Iterable[Any], moves: Callable[[Any], Iterable[tuple[Any, float]]]
) -> NDArray[Any]:
    """Stationary shares of a Markov chain in continuous time, in the order of the states.

    ``moves`` gives where a state leads and at what rate; moves to no state of the list are not
    made, which is how an endless chain is cut.
    """
    import numpy as np

    order = {state: i for i, state in enumerate(states)}
    rates = np.zeros((len(order), len(order)))
    for state, i in order.items():
        for to, rate in moves(state):
            j = order.get(to)
            if j is not None:
                rates[j, i] += rate
                rates[i, i] -= rate
    rates[-1] = 1.0  # one balance equation follows from the others; the shares add up to one
    right = np.zeros(len(order))
    right[-1] = 1.0
    return np.linalg.solve(rates, right)


def cut(solved: Callable[[int], NDArray[Any]], most: int) -> NDArray[Any]:
    """The solution of an endless chain cut where its last share no longer counts."""
    while True:
        found = solved(most)
        if abs(float(found[-1])) < TAIL:
            return found
        most *= 2
