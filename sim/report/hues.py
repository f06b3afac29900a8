"""Colours of places: the same place has the same one in every picture of a run and of its variants.

A place has its colour by its number in the scenario, never by its rank in a picture: stations and
lines are numbered as they stand there, so that what a variant adds comes after what its base has;
stations that services only pass come last, as little waits there.  Lines are dashed where stations
are solid.  What waits for a service has a tone of the colour of the station that the service leaves
from, and a cause of waiting one of the colour of its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib import colors

from sim.report import style
from sim.results.causes import cause_of

_BLUE, _ORANGE, _GREEN, _PINK, _SKY, _RED, _OLIVE = style.PALETTE[:7]
HUES = (_BLUE, _ORANGE, _GREEN, _PINK, _OLIVE, _RED, _SKY, "#5E3C99", "#9E1B4B", "#7A4B2A")
"""The palette's colours and three more; grey is for what is no place."""
TONES = (0.0, 0.42, -0.38, 0.66, -0.60)
"""How far a tone goes from its hue: to black below 0, to white above."""
SOLID: Any = "-"
DASHED: Any = (0, (6, 1.6))
_APART = 4
"""By how many hues lines begin later than stations: a line and its end differ so."""
_KINDS = {"closed": 1, "dwell": 1, "busy": 2, "due": 2, "analysis": 3, "slot": 3, "wagons": 4}
"""Tone of a cause by its kind, where it is not the first."""
Slot = tuple[int, int]
"""Numbers of a hue and of a tone."""


class Hues:
    """Colours of the places of one corridor.

    ``network`` is ``meta["network"]`` of a run; without it all names have theirs by the alphabet.
    """

    def __init__(self, network: Mapping[str, Any] | None) -> None:
        known = network or {}
        self._lines = frozenset(known.get("lines", ()))
        self._slots: dict[str, Slot] = {}
        routes = known.get("routes", {})
        ways = [route for name, route in routes.items() if name in known.get("services", ())]
        ends = {place for way in ways for place in (*way[:1], *way[-1:])}
        stations = sorted(known.get("stations", ()), key=lambda s: s not in ends)
        self._slots.update({place: _slot(n) for n, place in enumerate(stations)})
        for number, line in enumerate(known.get("lines", ())):
            self._slots.setdefault(line, _slot(number, _APART))
        left: dict[str, int] = {}
        for name, route in routes.items():
            if name not in self._slots and route and route[0] in self._slots:
                left[route[0]] = number = left.get(route[0], 0) + 1
                hue, tone = self._slots[route[0]]
                self._slots[name] = hue, tone + number

    def dashes(self, place: str) -> Any:
        """How the line of a place is drawn: dashed for a line of the corridor."""
        return DASHED if place in self._lines else SOLID

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """Colour of each station, line or service, and of a work as of its station."""
        return self._coloured({name: (name, 0) for name in names})

    def of_causes(self, texts: Iterable[str]) -> dict[str, str]:
        """Colour of each cause of waiting."""
        causes = {text: cause_of(text) for text in texts}
        return self._coloured({t: (c.place, _KINDS.get(c.key, 0)) for t, c in causes.items()})

    def _coloured(self, of: Mapping[str, tuple[str, int]]) -> dict[str, str]:
        """Colours by the place of each name and its tone beyond; where there is no such place, by
        the alphabet.

        Of two works or causes that would have the same colour, one takes the next tone.
        """
        found: dict[str, str] = {}
        others = 0
        for name, (place, beyond) in sorted(of.items()):
            own = self._slots.get(place)
            slot = own or self._slots.get(_head(place))
            if slot is None:
                slot, others = _slot(others), others + 1
            hue, tone = slot[0], slot[1] + beyond
            tones = [_colour((hue, tone + n)) for n in range(len(TONES))]
            free = next((c for c in tones if c not in found.values()), tones[0])
            # A place has its own, whatever else is drawn.
            found[name] = tones[0] if own is not None and name == place else free
        return found


def _head(place: str) -> str:
    """The station of a work or terminal."""
    return place.replace(":", "/").split("/")[0]


def _slot(number: int, later: int = 0) -> Slot:
    return (number + later) % len(HUES), number // len(HUES)


def _colour(slot: Slot) -> str:
    red, green, blue = colors.to_rgb(HUES[slot[0]])
    by = TONES[slot[1] % len(TONES)]
    mixed = (c * (1.0 + by) if by < 0.0 else c + (1.0 - c) * by for c in (red, green, blue))
    return colors.to_hex(tuple(mixed))  # type: ignore[arg-type]
