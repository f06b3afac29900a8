"""Columns that are written in parts are those that are written at once."""

import random

import numpy as np
import pytest

from sim.corridor import written
from sim.corridor.rows import Rows, Times, each, numbers
from sim.corridor.written import Written

NAN = float("nan")
NAMES = ("asked", "begun", "over")
HOURS = dict.fromkeys(NAMES, (np.float64, NAN))


def _some(luck: random.Random, known: int) -> Rows:
    kind = luck.random()
    if kind < 0.5:
        first = luck.randrange(known)
        return range(first, luck.randrange(first, known + 1))
    rows = luck.sample(range(known), luck.randrange(min(known, 9)))
    return np.array(rows if kind < 0.8 else sorted(rows), dtype=np.int64)


@pytest.mark.parametrize("case", range(30))
def test_what_is_written_in_parts_is_what_columns_hold(case: int) -> None:
    luck = random.Random(case)
    made, size = Written(HOURS), 1
    columns = [np.full(5000, NAN) for _ in NAMES]
    # As goods are stuffed parts follow each other.
    follows = case % 3 == 0
    for step in range(200):
        rows: Rows
        if follows:
            rows = range(size, size + luck.randrange(20))
            size = rows.stop
        else:
            size += luck.randrange(5)
            rows = _some(luck, size)
        times: list[Times] = [
            float(step) if luck.random() < 0.5 else np.array([luck.random() for _ in rows])
            for _ in NAMES
        ]
        made.put(rows, *times)
        for column, time in zip(columns, times, strict=True):
            column[numbers(rows)] = each(time, len(rows))
        if luck.random() < 0.1:
            assert made.is_written(size).tolist() == (~np.isnan(columns[0][:size])).tolist()
        if luck.random() < 0.1:
            first, room = luck.randrange(size), luck.choice([0, 4000])
            for name, column in zip(NAMES, columns, strict=True):
                told = made.column(name, first, size, size, room)
                assert np.array_equal(told, column[first:size], equal_nan=True)
    for name, column in zip(NAMES, columns, strict=True):
        assert np.array_equal(made.column(name, 0, size, size, 0), column[:size], equal_nan=True)


def test_many_small_parts_are_put_in_place_of_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MANY", 8)
    made = Written({"onward": (np.int32, -1)})
    for row in range(20):
        made.put(range(row, row + 1), float(row))
    assert len(made._parts) < 8
    told = made.column("onward", 0, 25, 25, 0)
    assert told.dtype == np.int32 and told.tolist() == [*range(20), *[-1] * 5]
    assert made.is_written(25).tolist() == [True] * 20 + [False] * 5


def test_of_a_column_that_nobody_wrote_nothing_is_known() -> None:
    made = Written({"refused": (np.bool_, 0)})
    made.put(range(0), 1.0)
    assert made.column("refused", 2, 5, 9, 9).tolist() == [False] * 3
    assert not made.is_written(9).any()


def test_a_column_that_was_forgotten_is_not_read() -> None:
    made = Written(HOURS)
    made.put(range(3), 1.0, 2.0, 3.0)
    made.forget("begun")
    assert made.column("over", 0, 3, 3, 0).tolist() == [3.0] * 3
    with pytest.raises(KeyError, match="begun"):
        made.column("begun", 0, 3, 3, 0)
