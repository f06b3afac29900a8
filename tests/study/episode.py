"""An episode of a corridor without chance, whose every figure can be reckoned by hand."""

from __future__ import annotations

from pathlib import Path

CORRIDOR = """
title: two trains a day
start: 2024-01-01
horizon: 20 d
stations: {west: {}, gate: {}, east: {work: {bulk: {kind: servers, servers: 4, time: 6 h}}}}
lines:
  approach: {from: west, to: gate, length: 240 km, speed: 480 km/d}
  exchange:
    from: gate
    to: east
    length: 12 km
    speed: 288 km/d
    acceptance: {toward: east, per_day: 4 trains/d}
background:
  ore:
    {from: west, route: [approach, exchange, east/bulk], class: wagons, trains: 2 trains/d,
     arrivals: regular}
  back:
    {from: east, route: [exchange, approach], class: empty, trains: 1 trains/d, arrivals: regular}
disruptions:
  storm: {on: [exchange], begin: 2024-01-06, days: 2 d, factor: 0}
"""
"""Trains set out every 12 h from 0 h on and are at the gate 12 h later.

Nothing waits until the storm, 120 to 168 h; the trains of 120, 132, 144, 156 h wait for its end.
Then one passes every 6 h, so those of 120 … 204 h wait 48, 42, 36, 30, 24, 18, 12 and 6 h, and the
train of 216 h finds none before it.
"""

EPISODE = """title: a storm
scenario: corridor.yaml
rows:
  standing:
    title: trains standing on the second day
    observed: {value: 3.5 trains, source: a count by hand}
    measure: {kind: trains-standing, at: [exchange]}
    on: 2024-01-07
    calibrated: false
"""


def written(folder: Path, text: str = EPISODE, name: str = "storm") -> Path:
    """The corridor and an episode of it as files in the folder; the episode's path."""
    (folder / "corridor.yaml").write_text(CORRIDOR)
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


def row(measure: str, observed: str = "1 trains", window: str = "", name: str = "row") -> str:
    """One row that is not calibrated."""
    return (
        f"  {name}:\n    observed: {{value: {observed}, source: by hand}}\n"
        f"    measure: {measure}\n    calibrated: false\n" + (f"    {window}\n" if window else "")
    )


def episode(*rows: str) -> str:
    """An episode of the corridor with these rows."""
    return "title: t\nscenario: corridor.yaml\nrows:\n" + "".join(rows)
