"""Figures as people write them: marks for thousands, words before them, units in other words.

Each function gives what is wrong and what to write; nothing where that cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Container

from sim.scenario.spelling import CYRILLIC

AMBIGUOUS = {"mt": "t", "MT": "t", "ton": "t", "tons": "t", "T": "t", "Tonnen": "t"}
"""Words that mean other masses in other countries; pint would take US short tons."""


MEANT = {
    **dict.fromkeys(("procent", "per cent", "pct", "percents", "prozent"), "%"),
    **dict.fromkeys(("metric ton", "metric tons"), "t"),
    **dict.fromkeys(("kmh", "kph", "km h"), "km/h"),
    **{
        f"{many}{t}{per}": f"{kilo}{per}"
        for many, kilo in (("thousand", "kt"), ("thous.", "kt"), ("k", "kt"), ("million", "Mt"))
        for t in (" t", " tonnes", " tons")
        for per in ("", "/yr", "/year", "/month")
    },
}
"""What is written for units that the language writes otherwise."""
WORDS = {
    word: unit
    for unit, words in (
        ("t", "т тонн тонна тонны Tonne"), ("kt", "кт"), ("kg", "кг"), ("km", "км"), ("m", "м"),
        ("h", "ч час часа часов Stunde Stunden Std"), ("min", "мин минут Minuten"),
        ("d", "сут сутки сутках дн день дня дней Tag Tage Tagen"),
        ("month", "mo mon mth mths"), ("wk", "нед неделя недели недель неделю Woche Wochen"),
        ("month", "мес месяц месяца месяцев Monat Monate"), ("yr", "г год года лет Jahr Jahre"),
        ("boxes", "конт контейнер контейнера контейнеров Container Boxen"),
        ("trains", "поезд поезда поездов Zug Züge"), ("wagons", "ваг вагон вагона вагонов Wagen"),
    )
    for word in words.split()
}  # fmt: skip
WORDS |= {f"тыс. {mass}": "kt" for mass in ("т", "тонн")}
"""Russian and German words for units."""

_POINTED = re.compile(r"([+-]?[1-9]\d{0,2}(?:\.\d{3})+)(?!\d)(.*)", re.DOTALL)
_ABOUT = re.compile(r"(?:[~≈<>≤≥±]|about|approx\.?|ca\.?|circa|около|ок\.)\s*(?=\d)")


def pointed(text: str) -> str | None:
    """Of ``60.000 t``: sixty thousand where points are marks for thousands, and 60 here."""
    found = _POINTED.fullmatch(text)
    if found is None:
        return None
    number, unit = found[1], found[2]
    whole = number.replace(".", "") + unit
    if number.count(".") > 1:
        return f"`{text}` has marks for thousands; write `{whole}`"
    if not number.endswith("0"):
        return None
    plain = f"{float(number):g}{unit}"
    return f"`{text}` may have a mark for thousands; write `{whole}`, or `{plain}` if that is meant"


def about(text: str) -> str | None:
    """Of ``~45 min`` or ``about 45 min``: the figure alone."""
    found = _ABOUT.match(text)
    return f"write `{text[found.end() :].strip()}`" if found else None


def unit(text: str, known: Container[str]) -> str | None:
    """A unit in the words of the language, where all of it is known in other words.

    Args:
        text: the unit as written.
        known: names of the units of the language.
    """
    if text.count("%") > 1:
        return "write `%`"
    meant = MEANT.get(text) or _translated(text, known)
    if meant:
        return f"write `{meant}`"
    head = re.match(r"([\w%/]+?)\s*(?:\s|#|//|\().+", text, re.DOTALL)
    if head and head[1] in known and not re.search(r"\d|\bper\b|[*^]", text):
        return f"write `{head[1]}` alone, and words behind ` # `"
    latin = text.translate(CYRILLIC)
    if latin != text and all(part.strip() in known for part in latin.split("/")):
        letters = ", ".join(f"`{c}`" for c in dict.fromkeys(text) if ord(c) > 127)
        return f"{letters} in it is Cyrillic, and `{latin}` is written in Latin letters"
    return None


def _translated(text: str, known: Container[str]) -> str | None:
    parts = [part.strip() for part in re.split(r"/|\s+(?:в|per|pro)\s+", text)]
    words = [WORDS.get(part) or WORDS.get(part.rstrip(".")) or part for part in parts]
    return "/".join(words) if words != parts and all(word in known for word in words) else None
