"""Queues whose answers are known: closed forms, and chains that `markov` solves.

Rates are per hour and times in hours.  Nothing here knows scenarios or runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.study.markov import birth_death, cut, stationary

if TYPE_CHECKING:
    from numpy.typing import NDArray


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost by c servers without a queue that are offered ``load`` erlangs.

    Cooper, Introduction to Queueing Theory, 2nd ed., eq. 3.3 and its recursion.
    """
    lost = 1.0
    for c in range(1, servers + 1):
        lost = load * lost / (c + load * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals at M/M/c that wait.

    Kleinrock, Queueing Systems I, eq. 3.40.

    Raises:
        ValueError: the load is not below the number of servers.
    """
    _below_one(load / servers)
    lost = erlang_b(servers, load)
    return servers * lost / (servers - load * (1.0 - lost))


def mmc_wait(servers: int, arrivals: float, service: float) -> float:
    """Mean wait at M/M/c, h: those who wait are served at ``c/service``, less the arrivals."""
    return erlang_c(servers, arrivals * service) / (servers / service - arrivals)


def pollaczek_khinchine(arrivals: float, service: float, variance: float) -> float:
    """Mean wait at M/G/1, h (Kleinrock, Queueing Systems I, eq. 5.70)."""
    _below_one(arrivals * service)
    return arrivals * (variance + service**2) / (2.0 * (1.0 - arrivals * service))


def gm1_wait(transform: Callable[[float], float], service: float) -> tuple[float, float]:
    """Share that waits and mean wait, h, at G/M/1.

    ``transform`` is the Laplace transform of the time between arrivals.  The share is the root of
    x = A((1 - x)/service) below one (Kleinrock, Queueing Systems I, eq. 6.3 and 6.31).
    """
    from scipy.optimize import brentq

    share = float(brentq(lambda x: transform((1.0 - x) / service) - x, 0.0, 1.0 - 1e-9, xtol=1e-14))
    return share, share * service / (1.0 - share)


def mmck(servers: int, room: int, arrivals: float, service: float) -> tuple[float, float]:
    """Share turned away, and mean wait, h, of those let in, at M/M/c with ``room`` places.

    Gross and Harris, Fundamentals of Queueing Theory, 4th ed., sect. 2.5.
    """
    rates = [min(n, servers) / service for n in range(1, room + 1)]
    shares = birth_death([arrivals] * room, rates)
    queue = math.fsum(max(n - servers, 0) * p for n, p in enumerate(shares))
    return shares[-1], queue / (arrivals * (1.0 - shares[-1]))


def cobham(
    arrivals: Sequence[float], means: Sequence[float], squares: Sequence[float]
) -> list[float]:
    """Mean wait of each class, h, at one server that takes the first class first, never breaks off.

    ``squares`` are second moments of the service times, h² (Cobham 1954; Kleinrock, Queueing
    Systems II, eq. 3.31).
    """
    left = math.fsum(a * s for a, s in zip(arrivals, squares, strict=True)) / 2.0
    waits, load = [], 0.0
    for rate, mean in zip(arrivals, means, strict=True):
        before, load = load, load + rate * mean
        _below_one(load)
        waits.append(left / ((1.0 - before) * (1.0 - load)))
    return waits


def breakdowns(arrivals: float, service: float, up: float, down: float) -> float:
    """Mean time in the system, h, at M/M/1 whose server breaks down whether it works or not.

    ``up`` and ``down`` are mean hours, both exponential; work goes on where it stopped
    (White and Christie 1958; Avi-Itzhak and Naor 1963, model A).
    """
    fails, mends, load = 1.0 / up, 1.0 / down, arrivals * service
    _below_one(load * (up + down) / up)
    both = fails + mends
    number = load * (both**2 + fails / service) / (both * (mends * (1.0 - load) - load * fails))
    return number / arrivals


def makespan(boxes: int, cranes: int, time: float) -> tuple[float, float]:
    """Mean, h, and variance, h², of the time in which cranes move boxes, exponential each.

    While k boxes are left, the next is done after min(k, cranes) competing exponentials.
    """
    steps = [time / min(k, cranes) for k in range(1, boxes + 1)]
    return math.fsum(steps), math.fsum(s**2 for s in steps)


def bulk_number(arrivals: float, batch: int, servers: int, service: float) -> NDArray[Any]:
    """Probability of 0, 1, 2, … units at M^[b]/M/c: batches of one size, units served singly.

    Balance equations of the chain (Gross and Harris, 4th ed., sect. 3.1), cut far out.
    """
    _below_one(arrivals * batch * service / servers)

    def moves(n: int) -> Iterable[tuple[int, float]]:
        yield n + batch, arrivals
        if n:
            yield n - 1, min(n, servers) / service

    return cut(lambda n: stationary(range(n), moves), 64 * batch)


def bulk_unit_wait(arrivals: float, batch: int, servers: int, service: float) -> float:
    """Mean wait of a unit at M^[b]/M/c, h: the mean queue over the rate of units (Little)."""
    shares = bulk_number(arrivals, batch, servers, service)
    queue = math.fsum(max(n - servers, 0) * p for n, p in enumerate(shares))
    return queue / (arrivals * batch)


def bulk_batch_time(arrivals: float, batch: int, servers: int, service: float) -> float:
    """Mean time from the arrival of a batch until its last unit is done, h, at M^[b]/M/c.

    An arriving batch sees the stationary number n (Wolff 1982).  With i units before it and j of
    its own left, min(i, c) servers work on the former and those left over on its own; whoever
    comes later takes no server from either, so first-step analysis on (i, j) is exact.
    """
    shares = bulk_number(arrivals, batch, servers, service)
    before = [0.0] * len(shares)  # T(i, 0) = 0
    for own in range(1, batch + 1):
        now: list[float] = []
        for i in range(len(shares)):
            theirs = min(i, servers)
            mine = min(own, servers - theirs)
            time = service
            if theirs:
                time += theirs * now[i - 1]
            if mine:
                time += mine * before[i]
            now.append(time / (theirs + mine))
        before = now
    return math.fsum(p * t for p, t in zip(shares, before, strict=True))


@dataclass(frozen=True)
class Tandem:
    """Mean time in both stages, h; share of trains blocked after the first; mean block, h."""

    time: float
    blocked_share: float
    blocked_time: float


def blocking_tandem(arrivals: float, first: float, second: float, places: int) -> Tandem:
    """M/M/1 before a second exponential server with ``places`` in all, its own among them.

    Whoever is done at the first and finds no place stays on the first server (blocking after
    service).  A chain on (waiting or served at the first, at the second, blocked), solved exactly
    but for a cut far out (Perros, Queueing Networks with Blocking, ch. 3).
    """
    full = places
    State = tuple[int, int, bool]

    def moves(state: State) -> Iterable[tuple[State, float]]:
        n, m, blocked = state
        yield (n + 1, m, blocked), arrivals
        if n and not blocked:
            yield ((n - 1, m + 1, False) if m < full else (n - 1, m, True)), 1.0 / first
        if m:
            yield ((n, m, False) if blocked else (n, m - 1, False)), 1.0 / second

    def solved(most: int) -> NDArray[Any]:
        states = [(n, m, False) for n in range(most) for m in range(full + 1)]
        states += [(n, full, True) for n in range(most)]
        shares = dict(zip(states, stationary(states, moves), strict=True))
        number = math.fsum(p * (n + m + b) for (n, m, b), p in shares.items())
        held = math.fsum(p for (_, _, b), p in shares.items() if b)
        into = math.fsum(p / first for (n, m, b), p in shares.items() if n and m == full and not b)
        import numpy as np

        edge = math.fsum(p for (n, _, _), p in shares.items() if n == most - 1)
        return np.array([number, into, held, edge])

    number, into, held, _ = cut(solved, 32)
    return Tandem(number / arrivals, into / arrivals, held / arrivals)


def saturated_tandem(first: float, second: float, places: int) -> float:
    """Trains an hour through two exponential servers with ``places`` at the second, never starved.

    A birth-death process on those at the second, a blocked one too, 0 to places + 1
    (Hunt 1956; Perros, ch. 3).
    """
    shares = birth_death([1.0 / first] * (places + 1), [1.0 / second] * (places + 1))
    return (1.0 - shares[0]) / second


@dataclass(frozen=True)
class Centre:
    """A place of a closed loop: mean time, h, and servers; None is a delay without a queue."""

    time: float
    servers: int | None


def mean_value_analysis(centres: Sequence[Centre], number: int) -> tuple[float, list[float]]:
    """Laps an hour of a closed loop of ``number`` customers, and mean time at each centre, h.

    Exact for exponential first-come servers and any delays (Reiser and Lavenberg 1980; with
    several servers by the marginal probabilities, Bolch et al., 2nd ed., sect. 8.2).
    """
    here = [[1.0] + [0.0] * number for _ in centres]  # share of time with j at each centre
    laps, times = 0.0, [c.time for c in centres]
    for n in range(1, number + 1):
        times = []
        for centre, shares in zip(centres, here, strict=True):
            if centre.servers is None:
                times.append(centre.time)
                continue
            c = centre.servers
            times.append(
                math.fsum(j / min(j, c) * centre.time * shares[j - 1] for j in range(1, n + 1))
            )
        laps = n / math.fsum(times)
        for i, centre in enumerate(centres):
            if centre.servers is None:
                continue
            old, c = here[i], centre.servers
            new = [0.0] * (number + 1)
            for j in range(1, n + 1):
                new[j] = laps * centre.time / min(j, c) * old[j - 1]
            new[0] = 1.0 - math.fsum(new)
            here[i] = new
    return laps, times


def machine_repair(machines: int, crews: int, up: float, repair: float) -> tuple[float, float]:
    """Failures an hour, and mean wait for a crew, h, of machines that break and are repaired.

    Gross and Harris, Fundamentals of Queueing Theory, 4th ed., sect. 2.8; any law of the time
    between failures with this mean gives the same.
    """
    fails = [(machines - n) / up for n in range(machines)]
    shares = birth_death(fails, [min(n, crews) / repair for n in range(1, machines + 1)])
    rate = math.fsum(p * f for p, f in zip(shares, fails, strict=False))
    queue = math.fsum(max(n - crews, 0) * p for n, p in enumerate(shares))
    return rate, queue / rate


def full_train_wait(rate: float, length: int) -> float:
    """Mean wait of boxes that come singly, Poisson, until the train is full, h.

    The k-th of a train waits for length - k more (Chaudhry and Templeton, Bulk Queues, ch. 2).
    """
    return (length - 1) / (2.0 * rate)


def _below_one(load: float) -> None:
    if not load < 1.0:
        raise ValueError(f"load {load:g} is not below 1; the queue has no mean")
