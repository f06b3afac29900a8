"""Ranges written as one figure, such as ``2-4 h``: what they span."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"[A-Za-z%][A-Za-z%/ ]*?"
_BETWEEN = re.compile(
    rf"(?:from |between )?\s*({_NUMBER})\s*({_UNIT})?\s*(?:-|–|—|−|\.\.+|…|~|\bto\b|\band\b)\s*"
    rf"({_NUMBER})\s*({_UNIT})?"
)
_AROUND = re.compile(rf"({_NUMBER})\s*({_UNIT})?\s*(?:±|\+/?-)\s*({_NUMBER})\s*({_UNIT})?")


class Span(NamedTuple):
    """Both ends of a range, each with its unit; `around` if it is a mean and a deviation."""

    low: str
    high: str
    around: bool

    @property
    def distribution(self) -> str:
        """What to write for it where a figure may be random."""
        if not self.around:
            return f"uniform(low: {self.low}, high: {self.high})"
        mean, deviation = (float(part.split()[0]) for part in (self.low, self.high))
        alike = self.low.partition(" ")[2] == self.high.partition(" ")[2]
        cv = f"{deviation / mean:.2g}" if mean and alike else "0.3"
        return f"gamma(mean: {self.low}, cv: {cv})"


def span(text: str) -> Span | None:
    """What a text spans, if it is a range; a unit given once is that of both ends."""
    for pattern, around in ((_BETWEEN, False), (_AROUND, True)):
        found = pattern.fullmatch(text.strip().strip("[]"))
        if found:
            unit = (found[4] or found[2] or "").strip()
            low = f"{found[1]} {(found[2] or unit).strip()}".strip()
            return Span(low, f"{found[3]} {unit}".strip(), around)
    return None
