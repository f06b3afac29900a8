"""Money as people write it, ``$60`` or ``2.5 million USD/yr``, and what to write for it."""

from __future__ import annotations

import re

DOLLARS = ("US$", "USD", "$", "US dollars", "US dollar", "dollars", "dollar", "usd", "долларов",
           "доллара", "доллар", "долл.", "долл")  # fmt: skip
OTHERS = ("€", "EUR", "KZT", "tenge", "₸", "RUB", "₽", "CNY", "RMB", "yuan", "¥", "GBP", "£",
          "cents", "cent", "тенге", "тг", "руб", "рублей", "юань", "юаней", "евро")  # fmt: skip
_SCALES = {
    **dict.fromkeys(("k", "K", "thousand", "тыс.", "тыс"), 1e3),
    **dict.fromkeys(("m", "M", "mln", "mio", "million", "millions", "млн", "млн."), 1e6),
    **dict.fromkeys(("bn", "billion", "млрд"), 1e9),
}


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CURRENCY = _any((*DOLLARS, *OTHERS))
_MONEY = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>\d[\d,' ]*(?:\.\d+)?)\s*"
    rf"(?P<scale>{_any(tuple(_SCALES))})?\s*(?P<after>{_CURRENCY})?\s*(?P<per>(?:/|per ).*)?"
)


def cure(text: str) -> str | None:
    """What to do with money that is not written as ``60 USD``; nothing if it is no money."""
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        return None
    currency = found["before"] or found["after"]
    if currency is None or (found["before"] and found["after"]):
        return None
    written = found["per"] or ""
    per = re.sub(r"\s*(?:/|\bper\b)\s*", "/", written).strip()
    per = re.sub(r"/(?:t|ton|tonne)[- *·]?km\b", "/t/km", per)
    if found["after"] == "USD" and not found["scale"] and per == written:
        return None
    if currency not in DOLLARS:
        return f"money is counted in USD, so write what it is in `USD{per}`"
    # A mark stands before three digits; any other comma is a decimal one, as in `2,50`.
    digits = re.sub(r"[,' ](?=\d{3}(?!\d))", "", found["number"].strip()).replace(",", ".")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return None
    number = float(digits) * _SCALES.get(found["scale"] or "", 1.0)
    return f"write `{number:.12g} USD{per}`"
