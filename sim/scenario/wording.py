"""How months, weekdays, opening hours and time zones are written elsewhere, and what that is here.

Each function gives what to write for a text that the language does not take; nothing where that
cannot be told.
"""

from __future__ import annotations

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTHS = dict(zip(MONTHS, range(1, 13), strict=True))
for _names in (
    "янв фев мар апр мая июн июл авг сен окт ноя дек",  # Russian
    "jan feb mär apr mai jun jul aug sep okt nov dez",  # German
    "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел",  # Kazakh
):
    _MONTHS |= {name: number for number, name in enumerate(_names.split(), 1)}
_MONTHS |= {"май": 5, "mrz": 3}

_WEEKDAYS = dict(zip(WEEKDAYS, WEEKDAYS, strict=True))
for _names in (
    "пн вт ср чт пт сб вс",
    "по вт ср че пя су во",
    "mo di mi do fr sa so",
    "1 2 3 4 5 6 7",
):
    _WEEKDAYS |= dict(zip(_names.split(), WEEKDAYS, strict=True))
_SPANS = {"weekdays": "mon-fri", "workdays": "mon-fri", "working days": "mon-fri",
          "weekend": "sat, sun", "daily": "mon-sun", "every day": "mon-sun", "all": "mon-sun",
          "everyday": "mon-sun", "будни": "mon-fri", "ежедневно": "mon-sun"}  # fmt: skip
_TO = re.compile(r"\s*(?:[-–—−]|\.{2,3}|…)\s*|\s+(?:to|till|until|through|bis|по|до)\s+")


def month(text: str) -> int | None:
    """The number of a month by its name in one of some languages, or of a number itself."""
    text = text.strip().lower().removesuffix("月")
    if re.fullmatch(r"\d{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.get(text[:3]) if re.fullmatch(r"[^\W\d_]{3,}\.?", text) else None


def months(text: str) -> tuple[str, ...]:
    """Keys of a month, or of a range of them such as ``sep-nov`` or ``Sep to Nov``."""
    ends = [month(part) for part in _TO.split(text.strip())]
    if len(ends) > 2 or not all(ends):
        return ()
    first, last = (end - 1 for end in (ends[0], ends[-1]) if end is not None)
    return tuple(MONTHS[(first + i) % 12] for i in range((last - first) % 12 + 1))


def weekdays(text: str) -> str | None:
    """``mon-fri`` for ``пн-пт``, ``1-5``, ``Monday to Friday`` or ``weekdays``."""
    text = text.strip().lower()
    if text in _SPANS:
        return _SPANS[text]
    days = [_weekday(part) for part in _TO.split(text)]
    return "-".join(d for d in days if d) if len(days) <= 2 and all(days) else None


def _weekday(text: str) -> str | None:
    for width in (3, 2, 1):
        name = text[:width]
        if name in _WEEKDAYS and (name == text or (width > 1 and len(text) > 4)):
            return _WEEKDAYS[name]
    return _WEEKDAYS.get(text.rstrip("."))


_CLOCK = re.compile(r"(\d{1,2})(?:[:.hч](\d\d)?)?\s*(am|pm|h|uhr|ч)?\.?")


def opening(text: str) -> str | None:
    """``09:00-18:00`` for ``9-18``, ``9am to 6pm`` or ``09.00–18.00``; ``00:00-24:00`` for 24/7."""
    text = text.strip().lower().removeprefix("from ").removeprefix("с ")
    if re.fullmatch(r"24\s*/\s*7|24 ?h(ours)?|round the clock|always|круглосуточно", text):
        return "00:00-24:00"
    ends = [_CLOCK.fullmatch(part.strip()) for part in _TO.split(text)]
    if len(ends) != 2:
        return None
    said = []
    for end in ends:
        if end is None:
            return None
        hour, minute = int(end[1]), int(end[2] or 0)
        if end[3] in ("am", "pm"):
            hour = hour % 12 + (12 if end[3] == "pm" else 0)
        if hour * 60 + minute > 24 * 60 or minute > 59:
            return None
        said.append(f"{hour:02}:{minute:02}")
    return "-".join(said)


_ZONE = re.compile(r"(?:UTC|GMT|Z)\s*(?:([+\-−])\s*(\d{1,2})(?::?([0-5]\d))?\s*h?)?", re.I)


def offset(text: str) -> str | None:
    """What to do for a time zone such as ``UTC+5`` or ``Asia/Almaty``, where hours are expected."""
    zone = _ZONE.fullmatch(text.strip())
    if zone:
        hours = int(zone[2] or 0) + int(zone[3] or 0) / 60
        return f"write `{'-' if zone[1] in ('-', '−') and hours else ''}{hours:g} h`"
    if re.fullmatch(r"[A-Za-z]+/[A-Za-z_]+|[A-Z]{3,5}|[A-Z][a-z]+", text.strip()):
        return (
            "write its hours ahead of UTC: Kazakhstan has `5 h`, its east `6 h` until 2024-02-29, "
            "China `8 h`"
        )
    return None
