"""What a cause of waiting means to who plans trains: its place and its kind, from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A cause of waiting.

    ``place`` is the line, station, work, terminal or service that lacked something; ``kind`` the
    sort of lack, in a planner's words; ``key`` a short name for code to ask for.
    """

    text: str
    place: str
    key: str
    kind: str


KINDS: tuple[tuple[str, str, str], ...] = (
    # key, kind, pattern of the text with the place as its group
    ("acceptance", "acceptance at the border", r"(.+): acceptance"),
    ("path", "no path on the line", r"(.+): no path free"),
    ("place", "line full", r"(.+): no place free on the line"),
    ("track", "no track free", r"(.+): no track free"),
    ("closed", "closed", r"(.+): closed"),
    ("busy", "work busy", r"(.+): busy"),
    ("slot", "laboratory full", r"(.+): no slot free"),
    ("analysis", "laboratory analysis", r"(.+): analysis"),
    ("before", "boxes before it under the cranes", r"(.+): boxes before it"),
    ("empties", "no empty container", r"(.+): no empty .+"),
    ("yard", "yard full", r"(.+): yard full"),
    # said in other words by runs written until 2026
    ("room", "earlier trains full", r"(.+): (?:earlier trains full|no room on the train before)"),
    ("due", "train not due", r"(.+): train not due"),
    ("admission", "not admitted to the line", r"(.+): not admitted"),
    ("ban", "loading banned", r"(.+): loading banned"),
    ("wagons", "no wagons", r"(.+): no wagons"),
    ("dwell", "not called for", r"(.+): not called for"),
    ("truck", "no truck free", r"(.+): no truck free"),
    ("ship", "no ship to load", r"(.+): no ship to load"),
)
"""All kinds of waiting that the corridor knows; another is a kind of its own."""
_PATTERNS = [(key, kind, re.compile(pattern)) for key, kind, pattern in KINDS]


def cause_of(text: str) -> Cause:
    """The cause that a text of the tables names.

    One that no pattern knows has the part before the first colon as its place, and the rest as
    its kind.
    """
    for key, kind, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return Cause(text, found[1], key, kind)
    place, _, rest = text.partition(": ")
    return Cause(text, place, "other", rest or text)
