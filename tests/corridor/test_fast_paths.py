"""Every fast path against a slow twin that does the same one by one, to the last bit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from sim.corridor import loops, placing, recursion, simulate, sorting
from sim.corridor.ahead import Ahead, Alone, Pace
from sim.corridor.bank import Bank
from sim.corridor.boxes import Boxes
from sim.corridor.clock import INF, Clock, at, run_until
from sim.corridor.equipment import STATES, Equipment
from sim.corridor.hours import boardings
from sim.corridor.journal import Journal, Moves
from sim.corridor.pieces import Pieces
from sim.corridor.placing import KIND, Shared
from sim.corridor.rows import each
from sim.corridor.sorting import by_unit, in_order
from sim.corridor.stock import MANY, Stock
from sim.corridor.streams import Draws, Streams, draw_all
from sim.corridor.waiting import Waiting
from sim.results.tables import TABLES
from sim.scenario.drawn import DurationDistribution
from tests.corridor.small import SMALL, scenario

CASES = range(40)


@pytest.fixture(params=["by NumPy", "by loops"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How columns are computed: as here, or by the loops that are compiled elsewhere."""
    for module in (placing, recursion, sorting):
        monkeypatch.setattr(module, "LOOPS", loops if request.param == "by loops" else None)
    return str(request.param)


@pytest.mark.parametrize("case", CASES)
def test_units_that_come_together_come_as_if_one_by_one(case: int) -> None:
    luck = random.Random(case)
    env = simpy.Environment()
    journals = (Journal(), Journal())
    fast, slow = (Stock(env, j, "stock", "boxes", _units(0, 3)) for j in journals)
    unit, taken = 3, 0
    for _ in range(60):
        run_until(env, env.now + luck.choice([0.0, 0.5, 1.0, 3.0]))
        # Many are put in order only when the first of them comes.
        number = luck.choice([*range(6), MANY + 6])
        # Few different times, so that many fall together; some never come.
        times = [env.now + luck.choice([0.0, 1.0, 1.0, 2.0, 5.0, INF]) for _ in range(number)]
        units = list(range(unit, unit + number))
        unit += number
        fast.add_each(np.array(units, dtype=np.int32), np.array(times))
        for one, time in zip(units, times, strict=True):
            slow.add(_units(one, one + 1), time)
        if luck.random() < 0.3:
            for stock in (fast, slow):
                stock.add(_units(unit, unit + 1), env.now + 1.0, hired=taken % 2 == 0)
            unit += 1
        assert _all(fast.units()) == _all(slow.units())
        assert fast.next_time() == slow.next_time()
        assert fast.level() == slow.level()
        take = luck.randint(0, fast.level())
        taken += take
        assert list(fast.take(take)) == list(slow.take(take))
    assert taken
    assert sorted(_moves(journals[0].moves)) == sorted(_moves(journals[1].moves))


@pytest.mark.parametrize("case", CASES)
def test_a_stock_that_is_asked_for_no_more_than_needed_gives_the_same_units(case: int) -> None:
    luck = random.Random(case)
    env = simpy.Environment()
    lazy, eager = (Stock(env, Journal(), "stock", "boxes", _units(0, 5)) for _ in "ab")
    later: list[tuple[list[int], list[float]]] = []
    seen = 0

    def see_to_them() -> None:
        nonlocal seen
        for units, times in later:
            seen += 1
            lazy.add_each(np.array(units, dtype=np.int32), np.array(times))
        later.clear()

    lazy.before = see_to_them
    unit, spared = 5, 0
    for _ in range(80):
        run_until(env, env.now + luck.choice([0.0, 0.5, 1.0, 3.0]))
        units = list(range(unit, unit + luck.randrange(4)))
        unit += len(units)
        times = [env.now + luck.choice([0.0, 1.0, 2.0, 5.0]) for _ in units]
        if units:
            later.append((units, times))
            eager.add_each(np.array(units, dtype=np.int32), np.array(times))
        if luck.random() < 0.1:
            for stock in (lazy, eager):
                stock.add(_units(unit, unit + 1), env.now + 1.0, hired=True)
            unit += 1
        number = luck.choice([0, 1, 2, 8])
        there = min(eager.level(), number)
        before = seen
        assert lazy.up_to(number) == there
        assert list(lazy.take(there)) == list(eager.take(there))
        spared += seen == before and bool(later)
    assert spared and seen
    assert lazy.level() == eager.level()


@pytest.mark.parametrize("hires", [False, True])
@pytest.mark.parametrize("case", range(10))
def test_units_of_several_fleets_are_set_free_as_one_by_one(
    case: int, hires: bool, tmp_path: Path
) -> None:
    luck, tables = random.Random(case), scenario(tmp_path, SMALL).tables
    env = simpy.Environment()
    fast, slow = (Equipment(env, Journal(), tables) for _ in "ab")
    heard = 0

    def hear() -> None:
        # Who hears of units asks the stock at once, which takes in what has come.
        nonlocal heard
        heard += 1
        for equipment in (fast, slow):
            equipment.stock("jinan", "boxes").level()

    for equipment in (fast, slow):
        for fleet in equipment.fleets:
            if hires:
                equipment.hire(800, "jinan", fleet, 1e6)
            equipment.listen("jinan", fleet, hear, lambda: True)
    run_until(env, 10.0)
    left = list(range(len(fast.fleet)))
    for _ in range(20):
        chosen = luck.sample(left, luck.choice([0, 1, 3, 30]))
        left = [unit for unit in left if unit not in set(chosen)]
        units = np.array(chosen, dtype=np.int32)
        times = np.array([10.0 + luck.choice([0.0, 0.5, 0.5, luck.random()]) for _ in chosen])
        fast.set_free_each(units, "jinan", times)
        for place in np.argsort(times, kind="stable").tolist():
            slow.set_free(units[place : place + 1], "jinan", float(times[place]))
    run_until(env, 12.0)
    taken = 0
    for fleet in fast.fleets:
        stocks = [equipment.stock("jinan", fleet) for equipment in (fast, slow)]
        number = stocks[0].level()
        assert stocks[1].level() == number
        orders = [stock.take(number).tolist() for stock in stocks]
        assert orders[0] == orders[1]
        taken += number
    assert (fast.state == slow.state).all() and taken > 100 and heard
    gone = int((fast.state == STATES.index("given back")).sum())
    assert (gone > 0) == hires


def _units(first: int, end: int) -> Any:
    return np.arange(first, end, dtype=np.int32)


def _all(parts: list[Any]) -> list[int]:
    return sorted(unit for part in parts for unit in part)


def _moves(moves: Moves) -> list[tuple[int, float, float]]:
    return list(zip(moves.series, moves.time, moves.change, strict=True))


def test_a_run_leaves_out_what_happens_at_its_end() -> None:
    env, seen = simpy.Environment(), list[float]()
    for time in (1.0, 2.0, 3.0):
        at(env, time).callbacks.append(lambda _: seen.append(env.now))  # type: ignore[union-attr]
    run_until(env, 2.0)
    assert (seen, env.now) == ([1.0], 2.0)
    run_until(env, 9.0)
    assert (seen, env.now) == ([1.0, 2.0, 3.0], 9.0)


def test_what_goes_wrong_comes_out_of_the_run() -> None:
    def wrong(_time: float) -> None:
        raise LookupError("here")

    env = simpy.Environment()
    Clock(env).put(1.0, wrong)
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
        assert draw_all(fast, np.array(whose), np.array(which)).tolist() == one_by_one
        first, count = luck.randrange(3000), luck.randrange(600)
        for stream, twin in zip(fast, slow, strict=True):
            assert stream.run(first, count).tolist() == twin.span(first, count)
    assert len(draw_all(fast, np.zeros(0, dtype=int), np.zeros(0, dtype=int))) == 0


@pytest.mark.parametrize(
    "text",
    [
        "exponential(mean: 2 h)",
        "lognormal(mean: 2 h, cv: 0.5)",
        "gamma(mean: 2 h, cv: 0.5)",
        "uniform(low: 1 h, high: 2 h)",
        "triangular(low: 1 h, mode: 2 h, high: 4 h)",
        "weibull(mean: 2 h, shape: 1.5)",
        "erlang(mean: 2 h, k: 3)",
        "empirical(values: [1 h, 2 h, 5 h])",
    ],
)
def test_draws_are_the_same_however_many_are_made_at_once(text: str) -> None:
    distribution = DurationDistribution.of(text)

    def stream() -> Draws:
        return Streams(1, 0).draws(distribution, "one")

    together, by_one, passing = stream(), stream(), stream()
    known = together.span(0, 5000)
    assert [by_one.at(i) for i in range(5000)] == known
    for first, count in (
        (0, 600),
        (600, 50),
        (650, 1),
        (1800, 600),
        (1200, 7),
        (0, 4000),
        (4999, 1),
    ):
        assert passing.passing(first, count).tolist() == known[first : first + count]


@pytest.mark.parametrize("most", [1, 300, 70_000, 1 << 40])
def test_the_order_of_numbers_is_the_stable_one(most: int) -> None:
    numbers = np.random.default_rng(most).integers(0, most, 5000)
    assert (in_order(numbers) == np.argsort(numbers, kind="stable")).all()
    assert len(in_order(numbers[:0])) == 0


@pytest.mark.parametrize("case", range(8))
def test_spells_stand_by_unit_and_end_where_the_next_begins(case: int, way: str) -> None:
    luck = np.random.default_rng(case)
    number = int(luck.integers(0, 200)) if case else 0
    begin = np.sort(luck.integers(0, 50, number) / 2.0)
    unit = luck.integers(0, 30, number).astype(np.int32)
    state = luck.integers(0, 5, number).astype(np.int8)
    # Columns of rows of a file are not one after the other in memory.
    rows = np.rec.fromarrays([unit, begin, state], names="unit,begin,state")
    (units, begins, states), ends = by_unit((rows.unit, rows.begin, rows.state), 20.0)
    slow = []
    for one in range(30):
        mine = [i for i in range(number) if unit[i] == one and begin[i] <= 20.0]
        after = [*(begin[i] for i in mine[1:]), 20.0]
        slow += [(one, begin[i], state[i], end) for i, end in zip(mine, after, strict=False)]
    assert list(zip(units, begins, states, ends, strict=True)) == slow
    assert case == 0 or len(slow) < number or number < 20


@pytest.mark.parametrize("case", range(8))
def test_pieces_of_time_stand_by_container_and_time(case: int, way: str) -> None:
    luck = np.random.default_rng(case)
    size, horizon = 40, 60.0
    pieces, slow = Pieces(size, horizon), []
    shared = _lists(luck, pieces)
    # In time, but for the last cases, in which some containers must be put in order.
    for step in luck.permutation(12) if case > 5 else range(12):
        rows = luck.permutation(size)[: luck.integers(0, size + 1)]
        begin = step * 5.0 + luck.integers(0, 8, len(rows)) / 4.0
        end = np.where(luck.random(len(rows)) < 0.1, np.nan, begin + luck.integers(0, 5, len(rows)))
        train = luck.integers(0, 9, len(rows))
        if step % 3 == 0:
            which = np.full(len(rows), step // 3)
            pieces.add_shared(rows, which, shared, train)
            for row, one, on in zip(rows, which, train, strict=True):
                here = slice(shared.first[one], shared.first[one] + shared.number[one])
                lists = (shared.begin[here], shared.stop[here], shared.hours[here])
                slow += [(row, b, s, h, on, None) for b, s, h in zip(*lists, strict=True)]
        elif step % 3 == 1:
            causes = np.array(["late", "full"])[luck.integers(0, 2, len(rows))]
            kinds = np.array([pieces.kind("yard", str(cause)) for cause in causes], dtype=KIND)
            # Later again from the same time on, and not as long: these must be put in order.
            for ends in (end, (begin + end) / 2)[: 1 + case % 2]:
                pieces.add(rows, kinds, begin, ends, train)
                until = np.fmin(ends, horizon)
                of_each = zip(rows, begin, until, train, causes, strict=True)
                slow += [(r, b, e, e - b, t, cause) for r, b, e, t, cause in of_each]
        else:
            end = np.nan_to_num(end, nan=99.0)
            closed = (np.minimum(end, horizon) - begin) / 2
            busy, shut = pieces.kind("hall", "busy"), pieces.kind("hall", "closed")
            pieces.add_split(rows, busy, shut, begin, end, closed)
            for row, b, e, c in zip(rows, begin, np.minimum(end, horizon), closed, strict=True):
                slow += [(row, b, e, c, None, "closed"), (row, b, e, e - b - c, None, "busy")]
    frame = pieces.frame(np.arange(size, dtype=np.int32)).select(
        "container", "begin_h", "end_h", "hours", "train", "cause"
    )
    kept = [piece for piece in slow if piece[3] > 0.0]
    assert frame.rows() == sorted(kept, key=lambda piece: piece[:3])


def _lists(luck: np.random.Generator, pieces: Pieces) -> Shared:
    """Four lists of pieces, as trains have them, one for each third step."""
    number = luck.integers(0, 4, 4)
    begin = np.concatenate([15.0 * i + np.arange(n) for i, n in enumerate(number)])
    kind = np.full(len(begin), pieces.kind("line", None))
    hours = np.full(len(begin), 0.5)
    return Shared(np.cumsum(number) - number, number, kind, begin, begin + 1.0, hours)


@pytest.mark.parametrize("case", range(8))
def test_boardings_are_first_and_later_trains_of_each(case: int) -> None:
    rows = np.random.default_rng(case).integers(0, 30, 100 * (case % 2 + 1))
    times_before = [rows[:i].tolist().count(row) for i, row in enumerate(rows)]
    for time, positions in enumerate(boardings(rows, 30)):
        assert positions.tolist() == [i for i, n in enumerate(times_before) if n == time]
    assert time == max(times_before)


@pytest.mark.parametrize("servers", [1, 3, 40, 200])
def test_boxes_that_come_now_are_served_as_one_by_one(servers: int) -> None:
    luck = random.Random(servers)
    for _ in range(10):
        fast, slow, now = Bank(servers), Bank(servers), 0.0
        for _ in range(60):
            now += luck.choice([0.0, 0.1, luck.expovariate(1.0)])
            times = [
                luck.choice([0.0, 0.5, luck.expovariate(2.0)]) for _ in range(luck.randrange(60))
            ]
            alike = luck.random() < 0.5
            if alike:
                times = [0.25] * len(times)
            drawn = 0.25 if alike else np.array(times)
            starts, ends = fast.serve_now(now, len(times), drawn)
            # one time stands for all where all begin, or begin and end, at once
            made = each(starts, len(times)).tolist(), each(ends, len(times)).tolist()
            assert made == slow.serve([now] * len(times), times)
        # What came together leaves the bank as what came one by one does.
        later = [now + luck.random() for _ in range(50)]
        assert fast.serve(later, [1.0] * 50) == slow.serve(later, [1.0] * 50)


@pytest.mark.parametrize("time", ["exponential(mean: 1 h)", "0.16 h"])
@pytest.mark.parametrize(
    ("servers", "stride"),
    [*((servers, 50) for servers in (1, 2, 3, 5, 31, 45, 60)), (3, 900), (31, 720)],
)
def test_trains_computed_ahead_are_served_as_one_by_one(
    servers: int, stride: int, time: str, way: str
) -> None:
    luck = random.Random(servers)
    draws, twin = (Streams(1, 0).draws(DurationDistribution.of(time), "cranes") for _ in "ab")
    env = simpy.Environment(0.0)
    ahead, fast, slow = Ahead(draws, stride, Pace(env, 5000.0)), Bank(servers), Bank(servers)
    now, from_idle, busy, before = 0.0, 0, 0, set[float]()
    for serial in luck.sample(range(600), 300):
        boxes = luck.choice([stride, stride, luck.randrange(stride)])
        now += luck.choice([0.0, 0.1, 50.0, 300.0]) * stride / 50
        env._now = now
        train = ahead.of(serial, boxes, servers)
        times = twin.span(serial * stride, boxes)
        assert train.times().tolist() == times
        assert train.work() == pytest.approx(sum(times), rel=1e-12)
        was_idle = bool(now >= fast._last)
        moves = fast.serve_train(now, train)
        starts, ends = moves.each()
        one_by_one = slow.serve([now] * boxes, times)
        assert np.allclose((starts, ends), one_by_one, rtol=0, atol=1e-9)
        assert (moves.start, moves.end) == (now, max(ends, default=now))
        if was_idle and servers <= 32:
            from_idle += 1
            if isinstance(train, Alone):
                assert (starts.tolist(), ends.tolist()) == one_by_one
                assert sorted(train.free(now)) == sorted(max(end, now) for end in slow._free)
            elif draws.constant is None:
                # To the last bit what hours are from 0 on, and then from now on.
                bank = Bank(servers)
                begun, ended = bank.serve([0.0] * boxes, times)
                assert sorted(train.free(0.0)) == sorted(bank._free)
                assert (starts.tolist(), ends.tolist()) == (
                    [now + t for t in begun],
                    [now + t for t in ended],
                )
        busy += not was_idle
        if draws.constant is not None:
            assert (starts.tolist(), ends.tolist()) == one_by_one
        # Every box begins when it comes, or when a box before it ends, to the last bit.
        before = set(ends.tolist()) if was_idle else before | set(ends.tolist())
        assert servers > 32 or set(starts.tolist()) <= {now} | before
    assert servers > 32 or (busy > 20 and from_idle > 20)


@pytest.mark.parametrize("case", CASES)
def test_boxes_that_wait_in_groups_wait_as_in_one_sorted_list(case: int) -> None:
    luck = random.Random(case)
    waiting, known, row, now = Waiting(20), list[tuple[float, int]](), 0, 0.0
    for _ in range(80):
        now += luck.choice([0.0, 1.0])
        number = luck.randrange(8)
        rows = list(range(row, row + number))
        if luck.random() < 0.3:
            luck.shuffle(rows)
        row += number
        ready = [now + luck.choice([0.0, 1.0, 1.0, 2.5, INF]) for _ in rows]
        together = range(rows[0], row) if rows and rows == sorted(rows) else np.array(rows)
        at_once = luck.random() < 0.5
        if at_once:
            ready = [now + 1.0] * number
        waiting.add(together, now + 1.0 if at_once else np.array(ready), way=1)
        known = sorted([*known, *zip(ready, rows, strict=True)])
        assert waiting.pending() == known and len(waiting) == len(known)
        for t in (now, now + 1.0, INF):
            assert waiting.count(t) == sum(time <= t for time, _ in known)
        for boxes in range(len(known) + 2):
            enough = -INF if boxes == 0 else known[boxes - 1][0] if boxes <= len(known) else None
            assert waiting.ready_at(boxes) == enough
        if luck.random() < 0.4:
            most = luck.choice([None, 3])
            group = waiting.take(now, most)
            expected = [box for box in known if box[0] <= now][: 20 if most is None else most]
            taken = list[tuple[float, int]]()
            if group is not None:
                taken = list(zip(each(group.ready, len(group)), group.rows, strict=True))
            assert taken == expected and (group is None or group.way == 1)
            known = known[len(taken) :]
    assert row > 200


@pytest.mark.parametrize("case", CASES)
def test_what_lots_share_is_spread_over_their_rows(case: int) -> None:
    luck = random.Random(case)
    boxes, serials = Boxes(), [0, 0, 0]
    ways: list[Any] = [("a",), ("a", "b"), ("c",)]
    expected = list[tuple[Any, ...]]()
    streams = Streams(1, 0)
    gamma = DurationDistribution.of("gamma(mean: 2 h, cv: 0.5)")
    draws = [streams.draws(gamma, str(supply)) for supply in range(3)]
    for number in range(luck.randrange(1, 60)):
        supply, count, way = luck.randrange(3), luck.choice([1, 2, 50, 400]), luck.choice(ways)
        ready, last = float(number), luck.choice([20.0, 7.5])
        first = serials[supply]
        way_number = boxes.ways.number(way)
        lot = boxes.add(count, supply, first, number, 20.0, last, supply, ready, way_number)
        assert lot.rows == range(len(expected), len(expected) + count)
        serials[supply] += count
        for place in range(count):
            tonnes = last if place == count - 1 else 20.0
            expected.append((supply, first + place, number, tonnes, supply, ready, way))
    names = ("supply", "serial", "lot", "tonnes", "destination", "ready")
    columns = [boxes.column(name).tolist() for name in names]
    chains = [boxes.ways.chains[way] for way in boxes.column("way").tolist()]
    assert list(zip(*columns, chains, strict=True)) == expected
    for row in luck.sample(range(len(expected)), min(len(expected), 30)):
        assert boxes.lots.loads(range(row, row + 1)) == [expected[row][3]]
        end = luck.randint(row, min(row + 500, len(expected)))
        assert boxes.lots.loads(range(row, end)) == [known[3] for known in expected[row:end]]
        if luck.random() < 0.2:
            # Spread now, and more lots later.
            assert boxes.supply[: len(expected)].tolist() == [e[0] for e in expected]
            assert boxes.serial[: len(expected)].tolist() == [e[1] for e in expected]
    assert boxes.lots.numbers(range(len(expected))).tolist() == [e[2] for e in expected]
    assert np.isnan(boxes.column("stuffed")).all() and np.isnan(boxes.column("rejected")).all()
    for _ in range(20):
        first = luck.randrange(len(expected))
        together = range(first, luck.randrange(first, len(expected)) + 1)
        one_by_one = [draws[expected[row][0]].at(expected[row][1]) for row in together]
        assert boxes.draw(draws, together).tolist() == one_by_one
        assert boxes.draw(draws, np.array(together)).tolist() == one_by_one
        for hours in (("1 h", "1 h", "1 h"), ("1 h", "2 h", "1 h")):
            same = [streams.draws(DurationDistribution.of(h), "same") for h in hours]
            times = [same[expected[row][0]].constant for row in together]
            assert boxes.draw(same, together).tolist() == times
        one = {expected[row][6] for row in together}
        assert (boxes.one_way(together) >= 0) == (len(one) == 1)


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
