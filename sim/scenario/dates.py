"""Dates as people write them: what one that is not `2024-03-01` probably means."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date, timedelta

from sim.scenario import wording
from sim.scenario.units import shown

_FIRST_OF_SHEET = date(1899, 12, 30)
"""Day 0 of spreadsheets."""
_SHEET_DAYS = range(20_000, 110_000)  # 1954 to 2201


def not_a_date(raw: object, example: str = "2024-03-01", start: date | None = None) -> str:
    """That a text is no date, with what to write for it where that can be told.

    Args:
        raw: what was written.
        example: what to write where nothing better is known.
        start: first day of the scenario, if that is known.
    """
    text = str(raw).strip()
    said = f"`{shown(raw)}` is not a date"
    day = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if day and 1 <= int(day[2]) <= 12 and int(day[1]) > 0:
        last = calendar.monthrange(int(day[1]), int(day[2]))[1]
        if int(day[3]) > last:
            return f"{said}: {day[1]}-{int(day[2]):02} has {last} days; expected 1 to {last}"
    with_hour = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T]\d.*", text)
    if with_hour:
        return f"`{shown(raw)}` has a time of day, and a day is expected; write `{with_hour[1]}`"
    found = meant(text)
    if not found:
        return _without_year(text, start) or f"{said}; expected one such as `{example}`"
    if len(found) == 2:
        return f"{said}; write `{found[0]}`, or `{found[1]}` if the month stands first in it"
    return f"{said}; write `{found[0]}`"


def meant(text: str) -> list[date]:
    """The dates that a text may mean, the likelier one first; none if that cannot be told."""
    text = text.strip()
    if re.fullmatch(r"\d{5}", text) and int(text) in _SHEET_DAYS:
        return [_FIRST_OF_SHEET + timedelta(days=int(text))]
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    year_first = compact or re.fullmatch(r"(\d{4})[-./ ](\d{1,2})(?:[-./ ](\d{1,2}))?", text)
    if year_first:
        return _days(year_first[1], (year_first[2], year_first[3] or "1"))
    parts = re.fullmatch(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d\d)", text)
    if parts:
        orders = [(parts[2], parts[1])]
        if "/" in text and parts[1] != parts[2]:
            orders.append((parts[1], parts[2]))
        return _days(parts[3], *orders)
    month_first = re.fullmatch(r"(\d{1,2})[./-](\d{4})", text)
    if month_first:
        return _days(month_first[2], (month_first[1], "1"))
    words = [number for w in re.findall(r"[^\W\d_]{3,}", text) if (number := wording.month(w))]
    numbers = re.findall(r"\d+", text)
    year = next((n for n in numbers if len(n) == 4), "")
    rest = [n for n in numbers if n != year]
    if words and year and len(rest) <= 1:
        return _days(year, (str(words[0]), rest[0] if rest else "1"))
    return []


def _without_year(text: str, start: date | None) -> str | None:
    """What to say of a day or month in no year, or of a year alone; nothing if it is neither."""
    if re.fullmatch(r"(19|2[01])\d\d", text):
        return f"`{text}` is a year, not a date; write `{text}-01-01` for its first day"
    words = [number for w in re.findall(r"[^\W\d_]{3,}", text) if (number := wording.month(w))]
    numbers = re.findall(r"\d+", text)
    if len(words) == 1 and len(numbers) <= 1:
        month, day = words[0], int(numbers[0]) if numbers else 1
    elif re.fullmatch(r"\d{1,2}[./]\d{1,2}\.?", text):
        day, month = (int(n) for n in numbers)
    else:
        return None
    first = start or date(2024, 1, 1)
    found = _days(str(first.year), (str(month), str(day)))
    if found and found[0] < first:
        found = _days(str(first.year + 1), (str(month), str(day)))
    if not found:
        return None
    such = "such as " if start is None else ""
    return f"`{shown(text)}` has no year; write {such}`{found[0]}`"


def _days(year: str, *orders: tuple[str, str]) -> list[date]:
    """Those of the pairs of month and day that are one in a year of two or four digits."""
    found: list[date] = []
    for month, day in orders:
        with suppress(ValueError):
            found.append(date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)))
    return found
