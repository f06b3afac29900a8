"""The crane recursion against one SimPy process per container."""

from __future__ import annotations

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.corridor.bank import Bank
from sim.corridor.profile import Profile, steps_of_windows

boxes = st.lists(
    st.tuples(st.floats(0.0, 5.0), st.integers(1, 12), st.integers(0, 2**32 - 1)),
    min_size=1,
    max_size=8,
)


def one_process_per_container(
    servers: int, trains: list[tuple[float, list[float]]]
) -> list[tuple[float, float]]:
    """The twin: every box is a process that requests one of the cranes."""
    env = simpy.Environment()
    cranes = simpy.Resource(env, capacity=servers)
    log: list[tuple[float, float]] = []

    def box(number: int, time: float):  # type: ignore[no-untyped-def]
        with cranes.request() as turn:
            yield turn
            start = env.now
            yield env.timeout(time)
            log[number] = (start, env.now)

    def arrivals():  # type: ignore[no-untyped-def]
        for gap, times in trains:
            yield env.timeout(gap)
            for time in times:
                log.append((-1.0, -1.0))
                env.process(box(len(log) - 1, time))

    env.process(arrivals())
    env.run()
    return log


@settings(max_examples=150, deadline=None)
@given(servers=st.integers(1, 6), trains=boxes)
def test_train_by_recursion_equals_a_process_per_container_to_the_last_bit(
    servers: int, trains: list[tuple[float, int, int]]
) -> None:
    drawn = [
        (gap, np.random.default_rng(seed).exponential(0.3, count).tolist())
        for gap, count, seed in trains
    ]
    bank = Bank(servers)
    now, mine = 0.0, []
    for gap, times in drawn:
        now += gap
        mine += list(zip(*bank.serve([now] * len(times), times), strict=True))
    assert mine == one_process_per_container(servers, drawn)


def walk(windows: list[tuple[float, float]], t: float, work: float) -> tuple[float, float]:
    """Start and end of work from t on, hour by hour through the opening windows."""
    start = None
    for opens, closes in windows:
        if closes <= t or (start is None and closes <= t):
            continue
        begin = max(opens, t)
        if start is None:
            start = begin
        if begin + work <= closes + 1e-12:
            return start, begin + work
        work -= closes - begin
    raise AssertionError("windows too short")


@settings(max_examples=100, deadline=None)
@given(servers=st.integers(1, 4), trains=boxes)
def test_work_pauses_at_closing_time(servers: int, trains: list[tuple[float, int, int]]) -> None:
    windows = [(24.0 * d + 9.0, 24.0 * d + 17.0) for d in range(60)]
    bank = Bank(servers, profile=Profile(steps_of_windows(windows)))
    free = [0.0] * servers
    now = 0.0
    for gap, count, seed in trains:
        now += gap * 3
        times = np.random.default_rng(seed).exponential(1.5, count).tolist()
        starts, ends = bank.serve([now] * count, times)
        for start, end, time in zip(starts, ends, times, strict=True):
            free.sort()
            expected = walk(windows, max(now, free[0]), time)
            free[0] = expected[1]
            assert (start, end) == pytest.approx(expected, abs=1e-9)


def test_a_crane_added_on_a_date_works_from_then_on() -> None:
    bank = Bank(1, changes=[(2.0, 2.0)])
    starts, ends = bank.serve([0.0] * 5, [1.0] * 5)
    assert starts == [0.0, 1.0, 2.0, 2.0, 3.0]
    assert ends == [1.0, 2.0, 3.0, 3.0, 4.0]


def test_a_crane_withdrawn_on_a_date_begins_no_box_after_it() -> None:
    bank = Bank(2, changes=[(1.5, 1.0)])
    starts, _ = bank.serve([0.0] * 6, [1.0] * 6)
    assert starts == [0.0, 0.0, 1.0, 1.0, 2.0, 3.0]


def test_no_cranes_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="one server or more"):
        Bank(0)
