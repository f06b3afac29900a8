"""Stocks of equipment, and the queue for wagons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import simpy

from sim.corridor.journal import Journal
from sim.corridor.stock import Pool, Stock


def wagons(initial: int) -> tuple[simpy.Environment, Pool]:
    env = simpy.Environment()
    return env, Pool(
        env,
        Stock(env, Journal(), "yard: wagons", "wagons", np.arange(initial, dtype=np.int32)),
        "wagons",
    )


def log_of(env: simpy.Environment, pool: Pool, asks: list[tuple[float, int]]) -> list[Any]:
    log: list[Any] = []

    def ask(at: float, units: int) -> Any:
        yield env.timeout(at)
        taken = pool.take(units)
        got = (yield taken) if isinstance(taken, simpy.Event) else taken
        assert len(set(got)) == units
        log.append((env.now, units))

    for at, units in asks:
        env.process(ask(at, units))
    env.run(until=1000.0)
    return log


def give(env: simpy.Environment, pool: Pool, at: float, units: int, delay: float) -> None:
    def later() -> Any:
        yield env.timeout(at)
        first = int(at) * 1000
        pool.stock.add(np.arange(first, first + units, dtype=np.int32), env.now + delay)
        pool.news()

    env.process(later())


@pytest.mark.parametrize("delay", [0.0, 3.0])
def test_who_waits_for_wagons_gets_them_when_they_are_free(delay: float) -> None:
    env, pool = wagons(10)
    give(env, pool, 5.0, 50, delay)
    assert log_of(env, pool, [(1.0, 50), (2.0, 10)]) == [(5.0 + delay, 50), (5.0 + delay, 10)]


def test_a_long_train_at_the_head_is_not_overtaken() -> None:
    env, pool = wagons(10)
    give(env, pool, 5.0, 10, 0.0)
    give(env, pool, 9.0, 40, 0.0)
    assert log_of(env, pool, [(1.0, 50), (2.0, 10)]) == [(9.0, 50), (9.0, 10)]


def test_more_than_is_there_cannot_be_taken() -> None:
    _, pool = wagons(10)
    with pytest.raises(RuntimeError, match="11 units taken from a stock of 10"):
        pool.stock.take(11)
