"""The closed forms, against values by hand, from books, and from other ways to the same answer."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from sim.study import markov, theory
from sim.study.theory import Centre


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9)


def test_erlang_b_is_that_of_the_tables() -> None:
    # published tables of Erlang B, four decimals
    assert theory.erlang_b(1, 1.0) == near(0.5)
    assert theory.erlang_b(2, 1.0) == near(0.2)
    assert theory.erlang_b(5, 3.0) == pytest.approx(0.1101, abs=5e-5)
    assert theory.erlang_b(10, 5.0) == pytest.approx(0.0184, abs=5e-5)
    assert theory.erlang_b(3, 2.0) == near((8 / 6) / (1 + 2 + 2 + 8 / 6))


def test_erlang_c_by_hand() -> None:
    assert theory.erlang_c(1, 0.7) == near(0.7)
    assert theory.erlang_c(2, 1.0) == near(1 / 3)
    assert theory.erlang_c(3, 2.0) == near(4 / 9)
    assert theory.mmc_wait(2, 1.0, 1.0) == near(1 / 3)


@pytest.mark.parametrize("load", [0.1, 0.5, 0.9])
def test_one_server_in_all_its_forms(load: float) -> None:
    wait = load / (1 - load)
    assert theory.mmc_wait(1, load, 1.0) == near(wait)
    assert theory.pollaczek_khinchine(load, 1.0, 1.0) == near(wait)
    assert theory.pollaczek_khinchine(load, 1.0, 0.0) == near(wait / 2)
    assert theory.gm1_wait(lambda s: load / (load + s), 1.0) == (near(load), near(wait))
    assert theory.cobham([load], [1.0], [2.0]) == [near(wait)]
    assert theory.bulk_unit_wait(load, 1, 1, 1.0) == near(wait)
    assert theory.bulk_batch_time(load, 1, 1, 1.0) == near(wait + 1)
    assert theory.breakdowns(load, 1.0, 1e12, 1.0) == pytest.approx(wait + 1, rel=1e-6)


def test_d_m_1_is_that_of_the_book() -> None:
    share, wait = theory.gm1_wait(lambda s: math.exp(-2.0 * s), 1.0)
    assert share == pytest.approx(0.2032, abs=5e-5)  # the root of x = exp(-2(1 - x))
    assert wait == near(share / (1 - share))


def test_finite_room_by_hand() -> None:
    refused, wait = theory.mmck(1, 2, 1.0, 1.0)  # three states, equally likely
    assert refused == near(1 / 3)
    assert wait == near((1 / 3) / (2 / 3))
    assert theory.mmck(4, 4, 3.0, 1.0) == (near(theory.erlang_b(4, 3.0)), 0.0)
    assert theory.mmck(3, 400, 2.0, 1.0)[1] == near(theory.mmc_wait(3, 2.0, 1.0))


def test_priorities_keep_the_work() -> None:
    # Kleinrock's conservation law: the order moves waiting between classes and makes none
    rates, means, squares = [0.3, 0.2, 0.1], [1.0, 1.5, 2.0], [2.0, 3.0, 7.0]
    waits = theory.cobham(rates, means, squares)
    loads = [r * m for r, m in zip(rates, means, strict=True)]
    left = sum(r * s for r, s in zip(rates, squares, strict=True)) / 2
    first_come = left / (1 - sum(loads))
    held = sum(load * w for load, w in zip(loads, waits, strict=True))
    assert held == near(sum(loads) * first_come)
    assert all(a < b for a, b in pairwise(waits))


def test_breakdowns_are_those_of_the_chain() -> None:
    arrivals, service, up, down = 0.4, 1.0, 9.0, 1.0

    def moves(state: tuple[int, bool]) -> list[tuple[tuple[int, bool], float]]:
        n, works = state
        found = [((n + 1, works), arrivals), ((n, not works), 1 / up if works else 1 / down)]
        return [*found, ((n - 1, works), 1 / service)] if n and works else found

    states = [(n, works) for n in range(120) for works in (True, False)]
    shares = markov.stationary(states, moves)
    number = sum(n * p for (n, _), p in zip(states, shares, strict=True))
    assert theory.breakdowns(arrivals, service, up, down) == near(number / arrivals)


def test_makespan_by_hand() -> None:
    assert theory.makespan(1, 3, 2.0) == (near(2.0), near(4.0))
    assert theory.makespan(5, 1, 2.0) == (near(10.0), near(20.0))
    assert theory.makespan(3, 3, 1.0) == (near(1 + 1 / 2 + 1 / 3), near(1 + 1 / 4 + 1 / 9))


def test_bulk_arrivals_before_one_server() -> None:
    # a batch of b before one server is one customer with an Erlang time of b stages
    trains, boxes, time = 0.05, 6, 2.0
    batch = theory.pollaczek_khinchine(trains, boxes * time, boxes * time**2) + boxes * time
    assert theory.bulk_batch_time(trains, boxes, 1, time) == near(batch)
    # and a unit waits for the batches before, and for those of its own batch before it
    unit = batch - boxes * time + (boxes - 1) / 2 * time
    assert theory.bulk_unit_wait(trains, boxes, 1, time) == near(unit)


def test_bulk_arrivals_alone_take_their_makespan() -> None:
    alone = theory.bulk_batch_time(1e-9, 10, 3, 0.5)
    assert alone == pytest.approx(theory.makespan(10, 3, 0.5)[0], rel=1e-6)


def test_tandem_without_limit_is_two_queues() -> None:
    wide = theory.blocking_tandem(0.4, 1.0, 1.25, 60)
    assert wide.time == pytest.approx(1 / (1 - 0.4) + 1 / (0.8 - 0.4), rel=1e-6)
    assert wide.blocked_share == pytest.approx(0.0, abs=1e-9)


def test_tandem_without_room_by_hand() -> None:
    # Hunt 1956: two like stations with no room between pass two thirds; one place more, 3/4
    assert theory.saturated_tandem(1.0, 1.0, 1) == near(2 / 3)
    assert theory.saturated_tandem(1.0, 1.0, 2) == near(3 / 4)
    assert theory.saturated_tandem(1.0, 2.0, 1) == near(theory.saturated_tandem(2.0, 1.0, 1))


def test_tandem_fills_up_near_its_most() -> None:
    most = theory.saturated_tandem(1.0, 1.0, 2)
    calm, busy = (theory.blocking_tandem(x * most, 1.0, 1.0, 2) for x in (0.3, 0.9))
    assert busy.time > 3 * calm.time
    assert 0 < calm.blocked_share < busy.blocked_share < 1 / 3
    # memoryless: whoever is blocked is so for one service of the second
    assert busy.blocked_time == near(busy.blocked_share * 1.0)


def test_mean_value_analysis_of_two_stations_is_a_birth_death_process() -> None:
    number, first, second = 5, 2.0, 3.0
    rates = [min(number - n, 1) / first for n in range(number)]
    shares = markov.birth_death(rates, [min(n, 2) / second for n in range(1, number + 1)])
    laps, times = theory.mean_value_analysis([Centre(first, 1), Centre(second, 2)], number)
    assert laps == near((1 - shares[-1]) / first)
    there = sum(n * p for n, p in enumerate(shares))
    assert times == [near((number - there) / laps), near(there / laps)]


@pytest.mark.parametrize("crews", [1, 2, 5])
def test_machine_repair_is_a_closed_loop(crews: int) -> None:
    rate, wait = theory.machine_repair(5, crews, 12.0, 3.0)
    laps, times = theory.mean_value_analysis([Centre(12.0, None), Centre(3.0, crews)], 5)
    assert (rate, wait + 3.0) == (near(laps), near(times[1]))


def test_machine_repair_by_hand() -> None:
    # two machines, one crew, r = repair/up = 1/2: shares 1 : 2r : 2r² = 1 : 1 : 1/2
    rate, wait = theory.machine_repair(2, 1, 2.0, 1.0)
    assert rate == near(0.4 * 1.0 + 0.4 * 0.5)
    assert wait == near(0.2 / 0.6)


def test_boxes_of_a_train_wait_half_its_filling() -> None:
    assert theory.full_train_wait(2.0, 1) == 0.0
    assert theory.full_train_wait(2.0, 4) == near((3 + 2 + 1 + 0) / 4 / 2.0)


def test_what_has_no_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="load 1 is not below 1"):
        theory.erlang_c(2, 2.0)
    with pytest.raises(ValueError, match=r"load 1\.2 is not below 1"):
        theory.pollaczek_khinchine(1.2, 1.0, 0.0)
    with pytest.raises(ValueError, match="not below 1"):
        theory.breakdowns(0.95, 1.0, 9.0, 1.0)
    with pytest.raises(ValueError, match="not below 1"):
        theory.bulk_number(1.0, 3, 3, 1.0)
