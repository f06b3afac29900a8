"""Opening hours become windows in hours since the start."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.scenario.calendars import Calendar

MONDAY = date(2024, 1, 1)


def windows(t0, t1, **said):
    return Calendar.model_validate(said).windows(MONDAY, t0, t1)


def test_a_day_shift_in_local_time():
    assert windows(0, 48, open="09:00-19:00", utc_offset="8 h") == [(1, 11), (25, 35)]


def test_two_shifts_and_windows_cut_to_the_times():
    assert windows(10, 30, open=["08:00-12:00", "13:00-17:00"]) == [(10, 12), (13, 17)]


def test_weekends_are_closed():
    assert windows(0, 168, open="00:00-24:00", weekdays="mon-fri") == [(0, 120)]
    assert windows(0, 168, open="00:00-24:00", weekdays=["sat", "mon"]) == [(0, 24), (120, 144)]
    assert windows(0, 168, open="00:00-24:00", weekdays="fri-mon") == [(0, 24), (96, 168)]


def test_night_shift_runs_into_the_next_day():
    assert windows(0, 48, open="20:00-06:00") == [(0, 6), (20, 30), (44, 48)]


def test_holidays_are_closed_by_local_date():
    said = {"open": "00:00-24:00", "closed": ["2024-01-02..2024-01-03"], "utc_offset": "8 h"}
    assert windows(0, 96, **said) == [(0, 16), (64, 96)]


def test_round_the_clock_is_one_window():
    assert windows(0, 8760) == [(0, 8760)]


@pytest.mark.parametrize(
    "said",
    [
        {"open": []},
        {"open": "09:00-09:00"},
        {"open": "9-19"},
        {"open": "09:00-25:00"},
        {"weekdays": []},
        {"weekdays": "mon-fry"},
        {"closed": ["2024-02-30"]},
        {"closed": ["2024-02-10..2024-02-01"]},
        {"utc_offset": "30 h"},
    ],
)
def test_what_is_never_open_or_not_a_time_is_refused(said):
    with pytest.raises(ValidationError):
        Calendar.model_validate(said)


@given(
    st.lists(st.tuples(st.integers(0, 23), st.integers(1, 24)), min_size=1, max_size=4),
    st.integers(-12, 14),
    st.floats(-500, 500),
    st.floats(0, 800),
)
def test_windows_are_sorted_apart_and_agree_with_any_part(ranges, offset, t0, length):
    hours = [f"{a:02}:00-{b:02}:00" for a, b in ranges if a != b] or ["01:00-02:00"]
    calendar = Calendar.model_validate({"open": hours, "utc_offset": f"{offset} h"})
    found = calendar.windows(MONDAY, t0, t0 + length)
    for a, b in found:
        assert t0 <= a < b <= t0 + length
    for (_, b), (a, _) in pairwise(found):
        assert b < a
    middle = t0 + length / 3
    parts = calendar.windows(MONDAY, t0, middle) + calendar.windows(MONDAY, middle, t0 + length)
    whole = sum(b - a for a, b in found)
    assert sum(b - a for a, b in parts) == pytest.approx(whole, abs=1e-6)
