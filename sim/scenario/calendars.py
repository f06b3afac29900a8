"""Calendars: when something is open, as windows in hours since the scenario's start."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from sim.scenario import wording
from sim.scenario.base import Names, Thing, start_of
from sim.scenario.dates import meant, not_a_date
from sim.scenario.quantities import Offset
from sim.scenario.spelling import near
from sim.scenario.units import Refusal, shown
from sim.scenario.wording import WEEKDAYS

TYPESET = str.maketrans("–—−‐‑", "-----", "“”„«»‘’")
"""Dashes as they are meant; quotes that text programs make are left out."""

_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def _open(raw: Any) -> tuple[str, ...]:
    items = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not items:
        raise Refusal('expected opening hours such as `"09:00-19:00"`')
    for item in items:
        opening_hours(item)
    return tuple(items)


def opening_hours(text: object) -> tuple[float, float]:
    """Hours of the day of ``09:00-19:00``; the end is above 24 when it runs past midnight."""
    match = _RANGE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        plain = str(text).translate(TYPESET).strip()
        if _RANGE.fullmatch(plain):
            raise Refusal(
                f"`{shown(text)}` has signs of a text program in it, a long dash or curved quotes; "
                f'write `"{plain}"`'
            )
        meant = wording.opening(str(text))
        cure = "expected such as" if meant is None else "write"
        raise Refusal(f'`{shown(text)}` is not opening hours; {cure} `"{meant or "09:00-19:00"}"`')
    h0, m0, h1, m1 = (int(part) for part in match.groups())
    if m0 > 59 or m1 > 59 or h0 * 60 + m0 >= 24 * 60 or h1 * 60 + m1 > 24 * 60:
        raise Refusal(f"`{shown(text)}` is not within a day; expected 00:00 to 24:00")
    begin, end = h0 + m0 / 60, h1 + m1 / 60
    if begin == end:
        raise Refusal(f"`{shown(text)}` is never open; round the clock is `00:00-24:00`")
    return begin, end if end > begin else end + 24


def _weekdays(raw: Any) -> tuple[str, ...]:
    items = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not items:
        raise Refusal("expected weekdays such as `mon-fri` or `[mon, wed]`")
    days: set[int] = set()
    for item in items:
        ends = [part.strip().lower() for part in str(item).split("-")]
        for part in ends:
            if part not in WEEKDAYS:
                meant = wording.weekdays(str(item))
                if meant is not None:
                    raise Refusal(f"`{shown(item)}` is not weekdays here; write `{meant}`")
                raise Refusal(f"unknown weekday `{shown(part)}`{near(part, WEEKDAYS)}")
        if len(ends) > 2:
            raise Refusal(f"`{shown(item)}` is not weekdays; expected such as `mon-fri`")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days.update((first + i) % 7 for i in range((last - first) % 7 + 1))
    return tuple(WEEKDAYS[day] for day in sorted(days))


def _closed(raw: Any, info: ValidationInfo) -> tuple[str, ...]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise Refusal("expected dates such as `[2024-02-10..2024-02-17, 2024-05-01]`")
    for item in items:
        closed_days(item, start_of(info))
    return tuple(items)


def closed_days(text: object, start: date | None = None) -> tuple[date, date]:
    """First and last day of ``2024-02-10..2024-02-17`` or of one date.

    Raises:
        Refusal: neither of these; ``start``, the scenario's first day, helps to say what was meant.
    """
    parts = [part.strip() for part in str(text).split("..")]
    try:
        if len(parts) > 2:
            raise ValueError
        first, last = date.fromisoformat(parts[0]), date.fromisoformat(parts[-1])
    except ValueError:
        found = _days_meant(str(text))
        if found:
            raise Refusal(f"`{shown(text)}` is not a date; write `{found}`") from None
        raise Refusal(not_a_date(text, "2024-05-01` or `2024-02-10..2024-02-17", start)) from None
    if last < first:
        raise Refusal(f"`{shown(text)}` ends before it begins")
    return first, last


_APART = re.compile(r"\s*(?:\.{2,3}|…|–|—)\s*|\s+-\s+|\s+(?:to|till|until|bis|по|до)\s+")


def _days_meant(text: str) -> str | None:
    """A day or days as the language writes them, of two dates with another mark between."""
    whole = text.strip()
    for parts in ([whole], _APART.split(whole), whole.split("/"), whole.split(" ")):
        days = [meant(part) or _day_of(part) for part in parts]
        if len(parts) <= 2 and all(days):
            return "..".join(str(found[0]) for found in days)
    return None


def _day_of(text: str) -> list[date]:
    try:
        return [date.fromisoformat(text.strip())]
    except ValueError:
        return []


class Calendar(Thing):
    """Opening hours by local time, weekday and holiday."""

    title: str | None = Field(None, description="name for readers")
    open: Annotated[Names, BeforeValidator(_open)] = Field(
        ("00:00-24:00",), description="ranges of the day, such as 09:00-19:00"
    )
    weekdays: Annotated[Names, BeforeValidator(_weekdays)] = Field(
        WEEKDAYS, description="days on which it opens, such as mon-fri"
    )
    utc_offset: Offset = Field(Offset.of(0.0), ge=-24, le=24, description="local time minus UTC")
    closed: Annotated[Names, BeforeValidator(_closed)] = Field(
        (), description="dates and ranges of dates on which it does not open"
    )

    def windows(self, start: date, t0_h: float, t1_h: float) -> list[tuple[float, float]]:
        """Open windows between two times, merged.

        Args:
            start: the scenario's first day, 00:00 UTC.
            t0_h, t1_h: hours since the start.

        Returns:
            (open_h, close_h) in hours since the start, sorted, apart from each other, cut to
            the two times.
        """
        ranges = sorted(opening_hours(text) for text in self.open)
        weekdays = {WEEKDAYS.index(day) for day in self.weekdays}
        closures = [closed_days(text) for text in self.closed]
        merged: list[tuple[float, float]] = []
        first = math.floor((t0_h + self.utc_offset) / 24) - 1
        last = math.ceil((t1_h + self.utc_offset) / 24)
        opened: list[tuple[float, float]] = []
        for number in range(first, last + 1):
            day = start + timedelta(days=number)
            if day.weekday() not in weekdays or any(a <= day <= b for a, b in closures):
                continue
            midnight = number * 24.0 - self.utc_offset
            opened.extend((midnight + a, midnight + b) for a, b in ranges)
        for a, b in sorted(opened):
            a, b = max(a, t0_h), min(b, t1_h)
            if a >= b:
                continue
            if merged and a <= merged[-1][1] + 1e-9:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
            else:
                merged.append((a, b))
        return merged
