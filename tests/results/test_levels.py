"""Step series against a slow twin that asks every moment anew."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.levels import (
    backlog,
    full_lines,
    reached_by,
    step_series,
    waiting,
    waiting_by_place,
    waiting_levels,
)
from sim.results.tables import LEVELS, STAGES
from tests.results import builder

spans = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 10) | st.none()).map(
        lambda p: (p[0] / 2, None if p[1] is None else (p[0] + p[1]) / 2)
    ),
    max_size=12,
)


def slow_level(of: list[tuple[float, float | None]], t: float) -> int:
    """How many are there just after t, by asking each one."""
    return sum(begin <= t and (end is None or t < end) for begin, end in of)


@given(spans, st.integers(0, 10), st.integers(1, 30))
def test_level_maximum_and_mean_are_exact(
    of: list[tuple[float, float | None]], begin: int, length: int
) -> None:
    end = begin + length
    series = step_series([b for b, _ in of], [np.inf if e is None else e for _, e in of])
    grid = np.arange(begin, end, 0.5)  # all changes lie on this grid, so levels hold in between
    levels = [slow_level(of, t) for t in grid]
    assert series.at(grid).tolist() == levels
    assert series.time_mean(begin, end) == pytest.approx(np.mean(levels))
    assert series.maximum(begin, end) == max([*levels, slow_level(of, end)])


@given(spans, spans, st.integers(0, 10), st.integers(1, 20), st.integers(-1, 2))
def test_the_difference_of_two_levels_and_when_it_is_first_so_low_are_exact(
    one: list[tuple[float, float | None]],
    other: list[tuple[float, float | None]],
    begin: int,
    length: int,
    low: int,
) -> None:
    series = [
        step_series([b for b, _ in of], [np.inf if e is None else e for _, e in of])
        for of in (one, other)
    ]
    apart = series[0].minus(series[1])
    grid = np.arange(begin, begin + length, 0.5)
    levels = [slow_level(one, t) - slow_level(other, t) for t in grid]
    assert apart.at(grid).tolist() == levels
    assert np.all(np.diff(np.append(apart.initial, apart.level)) != 0.0)
    first = next((t for t, level in zip(grid, levels, strict=True) if level <= low), None)
    assert apart.first_at_most(low, begin, begin + length) == first
    assert apart.first_at_most(low, begin, begin) is None


@given(spans)
def test_means_between_edges_add_up_to_the_mean(of: list[tuple[float, float | None]]) -> None:
    series = step_series([b for b, _ in of], [np.inf if e is None else e for _, e in of])
    edges = np.array([0.0, 0.7, 3.0, 11.0])
    parts = series.means(edges) * np.diff(edges)
    assert parts.sum() / 11.0 == pytest.approx(series.time_mean(0.0, 11.0))


def test_one_that_goes_as_another_comes_is_not_counted_with_it() -> None:
    assert step_series([0.0, 5.0], [5.0, 9.0]).maximum(0.0, 10.0) == 1.0


def test_what_has_no_length_never_was() -> None:
    assert len(step_series([3.0], [3.0]).time) == 0


def test_an_initial_level_holds_before_the_first_change() -> None:
    series = step_series([4.0], [2.0], initial=5.0)
    assert series.at([0.0, 2.0, 4.0]).tolist() == [5.0, 4.0, 5.0]
    assert series.time_mean(0.0, 8.0) == pytest.approx(4.75)


def test_trains_wait_from_asking_to_getting_and_those_that_never_got_it_wait_on() -> None:
    stages = STAGES.cast(
        builder.stages(
            [
                (0, "border", "acceptance", 1.0, 4.0, 4.0, "border: acceptance"),
                (1, "border", "acceptance", 2.0, None, None, "border: acceptance"),
                (2, "yard", "track", 3.0, 5.0, 9.0, "yard: no track free"),
                (3, "yard", "customs", 0.0, 9.0, 10.0, "yard: customs"),
                (4, "line", "run", 0.0, 0.0, 9.0),
            ]
        )
    )
    series = waiting(stages)
    assert series.time.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert series.level.tolist() == [1.0, 2.0, 3.0, 2.0, 1.0]
    assert list(waiting_by_place(stages)) == ["border", "yard"]
    levels = waiting_levels(stages)
    assert dict(levels.schema) == LEVELS.schema()
    border = levels.filter(pl.col("series") == "border: trains waiting")
    assert border["level"].to_list() == [1.0, 2.0, 1.0]


def test_levels_of_no_stages_is_an_empty_table() -> None:
    assert waiting_levels(STAGES.empty()).equals(LEVELS.empty())


def test_backlog_leaves_out_what_was_refused_and_imports() -> None:
    run = builder.results(
        containers_=builder.containers(
            [
                {"ready_h": 1.0, "delivered_h": 5.0, "tonnes": 10.0},
                {"ready_h": 2.0, "tonnes": 20.0},
                {"ready_h": 2.0, "tonnes": 40.0, "refused": True},
                {"ready_h": 2.0, "tonnes": 80.0, "flow": "imports"},
            ]
        )
    )
    assert backlog(run).at([0.0, 1.0, 2.0, 5.0]).tolist() == [0.0, 10.0, 30.0, 20.0]


def test_a_line_is_full_while_trains_wait_for_a_place_on_it() -> None:
    # Two trains ask at 10 h and 12 h and get a place at 20 h and 15 h; a third still waits at 90 h.
    rows = [
        (0, "line", "enter", 10.0, 20.0, 20.0),
        (1, "line", "enter", 12.0, 15.0, 15.0),
        (2, "line", "enter", 90.0, None, None),
        (3, "other", "enter", 5.0, 5.0, 5.0),
    ]
    run = builder.results(stages_=builder.stages(rows), horizon_h=100.0)
    assert full_lines(run) == [("line", 20.0, 2.0)]


def test_what_has_come_by_each_hour_is_a_count_of_those_that_have() -> None:
    rng = np.random.default_rng(7)
    hours = np.array([0.0, 1.0, 1.5, 4.0])
    moments = np.concatenate([rng.integers(0, 12, 200) / 2.0, [np.inf, np.nan]])
    tonnes = rng.random(202)
    slow = [float(tonnes[moments <= hour].sum()) for hour in hours]
    assert reached_by(hours, moments, tonnes) == pytest.approx(slow, rel=1e-12)
    halves = [reached_by(hours, moments[i::2], tonnes[i::2]) for i in range(2)]
    assert sum(halves) == pytest.approx(slow, rel=1e-12)
