"""Times of boxes that are written in parts are those of columns written at once."""

import random

import numpy as np
import pytest

from sim.corridor import moments
from sim.corridor.moments import NAN, Moments
from sim.corridor.rows import Rows, Times, each, numbers


def _some(luck: random.Random, known: int) -> Rows:
    kind = luck.random()
    if kind < 0.5:
        first = luck.randrange(known)
        return range(first, luck.randrange(first, known + 1))
    rows = luck.sample(range(known), luck.randrange(min(known, 9)))
    return np.array(rows if kind < 0.8 else sorted(rows), dtype=np.int64)


@pytest.mark.parametrize("case", range(30))
def test_times_written_in_parts_are_those_of_columns(case: int) -> None:
    luck = random.Random(case)
    names = ("asked", "begun", "over")
    made, size = Moments(names), 1
    columns = [np.full(5000, NAN) for _ in names]
    follows = case % 3 == 0
    for step in range(200):
        rows: Rows
        if follows:
            # As goods are stuffed: parts follow each other.
            rows = range(size, size + luck.randrange(20))
            size = rows.stop
        else:
            size += luck.randrange(5)
            rows = _some(luck, size)
        times: list[Times] = [
            float(step) if luck.random() < 0.5 else np.array([luck.random() for _ in rows])
            for _ in names
        ]
        made.put(rows, times[0], times[1], times[2])
        for column, time in zip(columns, times, strict=True):
            column[numbers(rows)] = each(time, len(rows))
        if luck.random() < 0.1:
            assert made.are_known(size).tolist() == (~np.isnan(columns[0][:size])).tolist()
        if luck.random() < 0.1:
            for name, column in zip(names, columns, strict=True):
                room = luck.choice([0, 4000])
                assert np.array_equal(made.column(name, size, room), column[:size], equal_nan=True)
    for name, column in zip(names, columns, strict=True):
        assert np.array_equal(made.column(name, size, 0), column[:size], equal_nan=True)


def test_many_small_parts_are_put_in_columns_of_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "MANY", 8)
    made = Moments(("asked", "begun", "over"))
    for row in range(20):
        made.put(range(row, row + 1), float(row), NAN, NAN)
    assert len(made._parts) < 8
    assert made.column("asked", 25, 0)[:20].tolist() == list(range(20))
    assert np.isnan(made.column("asked", 25, 0)[20:]).all()


def test_a_column_that_was_forgotten_is_not_read() -> None:
    made = Moments(("asked", "begun", "over"))
    made.put(range(3), 1.0, 2.0, 3.0)
    made.forget("begun")
    assert made.column("over", 3, 0).tolist() == [3.0] * 3
    with pytest.raises(ValueError, match="begun was forgotten"):
        made.column("begun", 3, 0)
