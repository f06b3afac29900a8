"""Positions that can hardly be meant: latitude before longitude, or farther apart than the line."""

from __future__ import annotations

from math import acos, cos, radians, sin

from sim.scenario.fitting.checked import Checked
from sim.scenario.vocabulary import Line

NORTHERNMOST = 70.5
"""Degrees of latitude beyond which no railway lies (Yamal, 70.3)."""
EARTH = 6371.0
"""Its mean radius, km."""
ROUGH, SLACK = 1.3, 50.0
"""By what factor and km the way as the crow flies may be longer than a line: maps are rough."""

Position = tuple[float, float]


def positions(checked: Checked) -> None:
    """Each station's position, and both ends of each line against its length."""
    turned: dict[str, Position] = {}
    for name, station in checked.tables.stations.items():
        here = station.position
        if here is not None and abs(here[1]) > NORTHERNMOST:
            turned[name] = here
            why = f"{_shown(here)} lies at latitude {here[1]:g}, where there is no railway"
            _say(checked, name, why, _swapped(here))
    for name, line in checked.tables.lines.items():
        if line.origin not in turned and line.to not in turned:
            _line(checked, name, line, turned)


def _line(checked: Checked, name: str, line: Line, turned: dict[str, Position]) -> None:
    stations = checked.tables.stations
    if line.origin not in stations or line.to not in stations:
        return
    here, there = stations[line.origin].position, stations[line.to].position
    if here is None or there is None or _fits(here, there, line):
        return
    why = (
        f"`{line.origin}` and `{line.to}` lie {_apart(here, there):,.0f} km apart as the crow "
        f"flies, and line `{name}` between them has {line.length.text}"
    )
    for end, own, other in ((line.to, there, here), (line.origin, here, there)):
        swapped = _swapped(own)
        if swapped is not None and _fits(swapped, other, line):
            turned[end] = own
            return _say(checked, end, why, swapped)
    if len(checked.tree.find(("lines", name, "length"))[1]) == 3:
        said = f"length: {why}; expected a longer line, or other positions"
        checked.say(("lines", name, "length"), said, warning=True)


def _say(checked: Checked, name: str, why: str, cure: Position | None) -> None:
    expected = "expected [longitude, latitude]"
    if cure is not None:
        expected = f"longitude stands first: did you mean `{_shown(cure)}`?"
    said = f"position: {why}; {expected}"
    checked.say(("stations", name, "position"), said, warning=True)


def _swapped(position: Position) -> Position | None:
    """Both figures the other way round, where that is a position with a railway."""
    longitude, latitude = position
    return (latitude, longitude) if abs(longitude) <= NORTHERNMOST else None


def _fits(here: Position, there: Position, line: Line) -> bool:
    return _apart(here, there) <= ROUGH * float(line.length) + SLACK


def _apart(here: Position, there: Position) -> float:
    """The way from one to the other as the crow flies, km."""
    (x, y), (u, v) = ((radians(a), radians(b)) for a, b in (here, there))
    return EARTH * acos(max(-1.0, min(1.0, sin(y) * sin(v) + cos(y) * cos(v) * cos(x - u))))


def _shown(position: Position) -> str:
    return f"[{position[0]:g}, {position[1]:g}]"
