"""Durations as a person writes them, and the words for time that the whole language knows.

The table stands on the lowest floor so that a rule's parameters and the figures of a scenario
read the same words: `sim.scenario.units` takes its units of time from here.
"""

from __future__ import annotations

import math
import re

TIME_UNITS: dict[str, float] = {
    name: factor
    for names, factor in (
        ("h hr hour hours", 1.0),
        ("s sec second seconds", 1.0 / 3600.0),
        ("min minute minutes", 1.0 / 60.0),
        ("d day days", 24.0),
        ("wk week weeks", 168.0),
        ("month months", 730.0),
        ("yr year years", 8760.0),
    )
    for name in names.split()
}
"""Hours in each unit of time, by all its names."""

REPEATED = {
    **dict.fromkeys(("hourly", "hour", "every hour"), "1 h"),
    **dict.fromkeys(("daily", "day", "every day", "once a day"), "1 d"),
    **dict.fromkeys(("weekly", "week", "every week", "once a week"), "7 d"),
    **dict.fromkeys(("twice a week", "twice weekly"), "3.5 d"),
    **dict.fromkeys(("fortnightly", "fortnight", "biweekly"), "14 d"),
}
_RATE = re.compile(
    r"\s*(\d+\.?\d*|\.\d+)?\s*(?:[A-Za-z]+\s*)??(?:/|\bper\b|\ba\b)\s*([A-Za-z]+)\s*"
)
_DAY = re.compile(
    r"\s*(\d{4}-\d\d?-\d|\d\d?\.\d\d?\.|(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*$)", re.I
)
_DURATION = re.compile(r"\s*\+?((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]+)\s*")


def hours(value: float | str, name: str) -> float:
    """Hours of a duration as a person writes it (``36 h``, ``1.5 days``, ``1 week``).

    Raises:
        ValueError: not a duration of 0 or more with a unit; ``name`` says whose.
    """
    match = _DURATION.fullmatch(str(value))
    factor = TIME_UNITS.get(match[2]) if match else None
    if match is None or factor is None or not math.isfinite(float(match[1]) * factor):
        raise ValueError(f"{name}: {value!r} is not a duration; {_written_as(str(value))}")
    return float(match[1]) * factor


def _written_as(text: str) -> str:
    """The cure for what is no duration: of a rate, the time from one to the next."""
    plain = REPEATED.get(text.strip().lower())
    match = _RATE.fullmatch(text)
    unit = TIME_UNITS.get(match[2]) if match else None
    times = float(match[1] or 1.0) if match else 0.0
    if unit and times:
        apart = unit / times
        plain = f"{apart / 24.0:.6g} d" if apart >= 24.0 else f"{apart:.6g} h"
    clock = re.fullmatch(r"\s*(\d{1,2}):([0-5]\d)\s*", text)
    if clock:
        return f"write {int(clock[1]) + int(clock[2]) / 60:.6g} h"
    if re.fullmatch(r"\s*(?:\d+\.?\d*|\.\d+)\s*", text):
        return f"write {text.strip()} h or {text.strip()} d"
    if _DAY.match(text):
        return "write how long after the start of the run, such as 36 h or 2 d"
    if plain is None:
        return "write one such as 36 h or 2 d"
    return f"write the time from one to the next, {plain}"
