"""Every fast path against a slow twin that does the same one by one, to the last bit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from sim.corridor import simulate
from sim.corridor.bank import Bank
from sim.corridor.boxes import Boxes
from sim.corridor.clock import INF, Journey, Process, at, run_until
from sim.corridor.collect import by_container_and_time, in_order
from sim.corridor.equipment import Equipment
from sim.corridor.journal import Journal, Moves
from sim.corridor.stock import Stock
from sim.corridor.streams import Streams, draw, draw_all
from sim.results.tables import TABLES
from sim.scenario.quantities import DurationDistribution
from tests.corridor.small import SMALL, scenario

CASES = range(40)


@pytest.mark.parametrize("case", CASES)
def test_units_that_come_together_come_as_if_one_by_one(case: int) -> None:
    luck = random.Random(case)
    env = simpy.Environment()
    journals = (Journal(), Journal())
    fast, slow = (Stock(env, j, "stock", "boxes", range(3)) for j in journals)
    unit, taken = 3, 0
    for _ in range(60):
        run_until(env, env.now + luck.choice([0.0, 0.5, 1.0, 3.0]))
        number = luck.randrange(6)
        # Few different times, so that many fall together; some never come.
        times = [env.now + luck.choice([0.0, 1.0, 1.0, 2.0, 5.0, INF]) for _ in range(number)]
        units = list(range(unit, unit + number))
        unit += number
        fast.add_each(units, times)
        for one, time in zip(units, times, strict=True):
            slow.add([one], time)
        if luck.random() < 0.3:
            for stock in (fast, slow):
                stock.add([unit], env.now + 1.0, hired=taken % 2 == 0)
            unit += 1
        assert sorted(fast.units()) == sorted(slow.units())
        assert fast.next_time() == slow.next_time()
        assert fast.level() == slow.level()
        take = luck.randint(0, fast.level())
        taken += take
        assert fast.take(take) == slow.take(take)
    assert taken
    assert sorted(_moves(journals[0].moves)) == sorted(_moves(journals[1].moves))


def _moves(moves: Moves) -> list[tuple[int, float, float]]:
    return list(zip(moves.series, moves.time, moves.change, strict=True))


def _walk(env: simpy.Environment, name: int, gang: simpy.Resource, log: list[object]) -> Process:
    """Waits of all kinds: times ahead, times of others, things already there."""
    luck = random.Random(name)
    for step in range(5):
        yield at(env, env.now + luck.choice([0.0, 1.0, 2.0]))
        with gang.request() as turn:
            yield turn
            log.append((env.now, name, step))
            yield at(env, env.now + 1.0)


@pytest.mark.parametrize("case", CASES)
def test_a_journey_does_what_a_process_does(case: int) -> None:
    logs: list[list[object]] = []
    for started in (simpy.Process, Journey):
        env, log = simpy.Environment(), list[object]()
        gang = simpy.Resource(env, 2)

        def source(env: Any, start: Any, gang: simpy.Resource, log: list[object]) -> Process:
            coming = at(env, 0.0)
            for number in range(10):
                yield coming
                coming = at(env, env.now + random.Random(case + number).choice([0.0, 1.0, 3.0]))
                start(env, _walk(env, 100 * case + number, gang, log))

        env.process(source(env, started, gang, log))
        if started is Journey:
            run_until(env, 60.0)
        else:
            env.run(until=60.0)
        assert env.now == 60.0
        logs.append(log)
    assert logs[0] == logs[1] and len(logs[0]) == 50


def test_a_run_leaves_out_what_happens_at_its_end() -> None:
    env, seen = simpy.Environment(), list[float]()
    for time in (1.0, 2.0, 3.0):
        at(env, time).callbacks.append(lambda _: seen.append(env.now))  # type: ignore[union-attr]
    run_until(env, 2.0)
    assert (seen, env.now) == ([1.0], 2.0)
    run_until(env, 9.0)
    assert (seen, env.now) == ([1.0, 2.0, 3.0], 9.0)


def test_what_goes_wrong_on_a_journey_comes_out_of_the_run() -> None:
    def wrong() -> Process:
        yield at(env, 1.0)
        raise LookupError("here")

    env = simpy.Environment()
    Journey(env, wrong())
    with pytest.raises(LookupError, match="here"):
        run_until(env, 2.0)


def test_draws_together_are_the_draws_one_by_one() -> None:
    luck = random.Random(1)
    gamma = DurationDistribution.of("gamma(mean: 2 h, cv: 0.5)")
    fixed = DurationDistribution.of("3 h")
    for _ in CASES:
        fast, slow = (
            [Streams(1, 0).draws(d, name) for name in "abc" for d in (gamma, fixed)]
            for _ in range(2)
        )
        whose = [luck.randrange(6)] * 9 if luck.random() < 0.5 else luck.choices(range(6), k=9)
        which = [luck.randrange(3000) for _ in whose]
        one_by_one = [slow[who].at(i) for who, i in zip(whose, which, strict=True)]
        assert draw(fast, whose, which) == one_by_one
        assert draw_all(fast, np.array(whose), np.array(which)).tolist() == one_by_one
    assert draw(fast, [], []) == []


@pytest.mark.parametrize("most", [1, 300, 70_000, 1 << 40])
def test_the_order_of_numbers_is_the_stable_one(most: int) -> None:
    numbers = np.random.default_rng(most).integers(0, most, 5000)
    assert (in_order(numbers) == np.argsort(numbers, kind="stable")).all()
    assert len(in_order(numbers[:0])) == 0


def test_pieces_of_time_stand_by_container_and_time() -> None:
    luck = np.random.default_rng(3)
    for most in (3, 40, 5000):
        rows = luck.integers(0, most, 3000)
        begin = luck.integers(0, 50, 3000) / 4.0
        end = begin + luck.integers(0, 3, 3000)
        order = by_container_and_time(rows, begin, end)
        assert (order == np.lexsort((end, begin, rows))).all()


@pytest.mark.parametrize("servers", [1, 3, 40])
def test_boxes_that_come_now_are_served_as_one_by_one(servers: int) -> None:
    luck = random.Random(servers)
    for _ in range(10):
        fast, slow, now = Bank(servers), Bank(servers), 0.0
        for _ in range(60):
            now += luck.choice([0.0, 0.1, luck.expovariate(1.0)])
            times = [
                luck.choice([0.0, 0.5, luck.expovariate(2.0)]) for _ in range(luck.randrange(60))
            ]
            assert fast.serve_now(now, times) == slow.serve([now] * len(times), times)
        # What came together leaves the bank as what came one by one does.
        later = [now + luck.random() for _ in range(50)]
        assert fast.serve(later, [1.0] * 50) == slow.serve(later, [1.0] * 50)


def test_rows_are_read_and_written_alike_whether_they_follow_each_other_or_not() -> None:
    boxes = Boxes()
    boxes.add(3000, 2, 5, 0, [20.0] * 3000, 1, 8.0, ())
    together, scattered = list(range(10, 60)), [7, 9, 8, 400]
    assert boxes.run_of(together) == slice(10, 60)
    assert boxes.run_of(scattered) is None and boxes.run_of([5, 7, 6, 8]) is None
    for rows in (together, scattered):
        run = boxes.run_of(rows)
        boxes.write(boxes.stuffed, rows, run, [float(row) for row in rows])
        assert boxes.read(boxes.stuffed, rows, run) == rows
        assert [boxes.stuffed[row] for row in rows] == rows
        assert boxes.read(boxes.serial, rows, run) == [row + 5 for row in rows]
    assert len(boxes) == 3000 and int(np.isnan(boxes.column("stuffed")).sum()) == 3000 - 54


@pytest.mark.parametrize("trucks", ["", "      trucks: 20\n", "      trucks: 5\n"])
def test_boxes_that_are_put_off_are_delivered_as_those_that_are_not(
    trucks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody waits for empties, dwell, trucks and stripping are computed when asked for."""
    made = scenario(tmp_path, SMALL.replace("      trucks: 20\n", trucks))
    put_off = simulate(made)
    monkeypatch.setattr(Equipment, "awaited", lambda self, station: True)
    at_once = simulate(made)
    assert put_off.containers["delivered_h"].count() > 500
    if trucks:
        assert put_off.meta["events"] < at_once.meta["events"]
    for name in TABLES:
        assert put_off.table(name).equals(at_once.table(name)), name
    assert put_off.meta["resources"] == at_once.meta["resources"]
