"""Where stations stand in the diagram: west to east in order, straightened, nothing overlapping.

A true map would put the four border stations on one spot and leave most of the page to one line.
So places keep their order from west to east and from north to south, but a line is drawn only as
long as the root of its length asks, and some more as room for what stands at its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Any

import numpy as np
from scipy.optimize import linprog, minimize

ROOM, EXCHANGE = 2.2, 2.9
"""Length of a line of no kilometres, and of one between gauges, where trains queue both ways."""
ROOT_KM = 20.0
BESIDE = 2.1
"""Stations closer than this along the corridor stand in different lanes."""
BEND = 0.05


@dataclass(frozen=True)
class Layout:
    """Along the corridor (west to east) and across it (north to south), by station, from 0."""

    along: dict[str, float]
    across: dict[str, float]


def layout(network: dict[str, Any]) -> Layout:
    """Places for the stations of a network (docs/contract.md), the same for the same network."""
    stations = list(network["stations"])
    if not stations:
        return Layout({}, {})
    where = _positions(network)
    number = {name: i for i, name in enumerate(stations)}
    rank = {s: (where[s][0], where[s][1], number[s]) for s in stations}
    lines = []
    for line in network["lines"].values():
        west, east = sorted((line["from"], line["to"]), key=lambda s: rank[s])
        if west != east:
            room = EXCHANGE if line["gauge"] is None else ROOM
            lines.append((number[west], number[east], room + sqrt(line["length_km"]) / ROOT_KM))
    along = _along(len(stations), lines)
    order = sorted(range(len(stations)), key=lambda i: (-where[stations[i]][1], i))
    across = _across(along, [(a, b) for a, b, _ in lines], order)
    return Layout(
        dict(zip(stations, along.tolist(), strict=True)),
        dict(zip(stations, across.tolist(), strict=True)),
    )


def _positions(network: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude; without one, between those of neighbours, or in the lines' order."""
    stations = network["stations"]
    known = {n: (s["position"][0], s["position"][1]) for n, s in stations.items() if s["position"]}
    near: dict[str, list[str]] = {name: [] for name in stations}
    for line in network["lines"].values():
        near[line["from"]].append(line["to"])
        near[line["to"]].append(line["from"])
    if not known:
        return _by_steps(near)
    while missing := [n for n in stations if n not in known]:
        found = {n: [known[m] for m in near[n] if m in known] for n in missing}
        if not any(found.values()):  # touches nothing that is known
            found = {missing[0]: list(known.values())}
        for name, around in found.items():
            if around:
                east, north = (sum(p[k] for p in around) / len(around) for k in (0, 1))
                known[name] = (east + 0.1, north - 0.1)
    return known


def _by_steps(near: dict[str, list[str]]) -> dict[str, tuple[float, float]]:
    """Lines counted from the first station that is named, as scenarios begin in the west."""
    steps: dict[str, tuple[float, float]] = {}
    for first in near:
        front = [first] if first not in steps else []
        depth = 0
        while front:
            for row, name in enumerate(front):
                steps[name] = (float(depth), -float(row))
            front = list(dict.fromkeys(m for n in front for m in near[n] if m not in steps))
            depth += 1
    return steps


def _along(n: int, lines: list[tuple[int, int, float]]) -> Any:
    """The shortest diagram in which every line has its length; stations drawn to their lines."""
    if not lines:
        return np.zeros(n)
    cost, rows = np.full(n, 1e-6), np.zeros((len(lines), n))
    for row, (west, east, _) in enumerate(lines):
        rows[row, west], rows[row, east] = 1.0, -1.0
        cost[east] += 1.0
        cost[west] -= 1.0
    made = linprog(cost, A_ub=rows, b_ub=[-g for _, _, g in lines], bounds=[(0, 1e4)] * n)
    return np.round(made.x - made.x.min(), 6)


def _across(along: Any, lines: list[tuple[int, int]], order: list[int]) -> Any:
    """Lanes, north first: stations side by side are one apart, and lines as straight as can be."""
    apart = [(a, b) for a, b in combinations(order, 2) if abs(along[a] - along[b]) < BESIDE]
    start = np.zeros(len(along))
    for north, south in apart:  # order is north to south, so this settles in one pass
        start[south] = max(start[south], start[north] + 1.0)
    if not apart:
        return start
    west, east = (np.array([pair[k] for pair in lines], dtype=int) for k in (0, 1))
    first, second = (np.array([pair[k] for pair in apart]) for k in (0, 1))

    def crooked(y: Any) -> Any:
        return np.sqrt((y[west] - y[east]) ** 2 + BEND**2).sum() + 1e-3 * ((y - start) ** 2).sum()

    def slope(y: Any) -> Any:
        step = y[west] - y[east]
        pull = step / np.sqrt(step**2 + BEND**2)
        made = 2e-3 * (y - start)
        np.add.at(made, west, pull)
        np.add.at(made, east, -pull)
        return made

    away = np.zeros((len(apart), len(along)))
    away[np.arange(len(apart)), second] = 1.0
    away[np.arange(len(apart)), first] = -1.0
    rule = {"type": "ineq", "fun": lambda y: away @ y - 1.0, "jac": lambda y: away}
    made = minimize(crooked, start, jac=slope, constraints=[rule], method="SLSQP")
    best = made.x if made.success else start
    return np.round(best - best.min(), 3) + 0.0
