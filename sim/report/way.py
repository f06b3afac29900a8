"""A way through the corridor with its distances, and the trains' stays and runs along it.

Everything is taken from the tables and from ``meta["network"]``, so that no scenario is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.results.levels import NOT_LOADED

if TYPE_CHECKING:
    from sim.results.run import Results

BEFORE_LINE = ("path", "enter", "acceptance")
"""Activities of a line that a train waits for in the station before it."""


@dataclass(frozen=True)
class Way:
    """Stations in order with the lines between them, and what it is called."""

    name: str
    stations: tuple[str, ...]
    lines: tuple[str, ...]
    km: tuple[float, ...]
    """Distance of each station from the first."""


@dataclass(frozen=True)
class LineRun:
    """A train on a line, hours and numbers of the stations it runs between."""

    train: int
    origin: int
    to: int
    begin: float
    end: float


@dataclass(frozen=True)
class Stay:
    """A train at a station (or held before it), with the hours in which it waited."""

    train: int
    station: int
    begin: float
    end: float
    waits: tuple[tuple[float, float], ...]


def find_way(results: Results, route: str | None = None) -> Way | None:
    """The way named by a crossing, service or background flow; the busiest of exports if None.

    A crossing means the way that most tonnes of exports take over it, from origin to destination.
    None where the results know no lines.

    Raises:
        ValueError: there is no such crossing, service or flow.
    """
    network: dict[str, Any] = results.meta.get("network") or {}
    routes, lines = network.get("routes", {}), network.get("lines", {})
    if not lines:
        return None
    if route in routes:
        return _way(network, str(route), routes[route])
    ways = _ways_of_exports(results)
    if route is not None:
        ways = [w for w in ways if w[0] == route]
        if not ways:
            from difflib import get_close_matches

            crossings = results.meta.get("crossings", [])
            near = get_close_matches(route, [*crossings, *routes], 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(
                f"route: {route!r} is no crossing, service or background flow that exports "
                f"took{hint}"
            )
    for crossing, origin, destination, service in ways:
        first = routes.get(service, [origin])
        onward = _shortest(lines, first[-1], destination)
        if onward is not None:
            name = f"{_title(network, first[0])} to {_title(network, destination)}"
            name += f" by {crossing}" if crossing else ""
            return _way(network, name, [*first, *onward[1:]])
    longest: list[str] = max(routes.values(), key=len, default=[])
    return _way(network, "the longest route", longest) if len(longest) > 1 else None


def _ways_of_exports(results: Results) -> list[tuple[str | None, str, str, str]]:
    """Crossing, origin, destination and first service of exports, most tonnes first."""
    services = results.trains.select(pl.col("train").alias("first_train"), "service")
    ways = ["crossing", "origin", "destination", "first_train"]

    def by_train(part: pl.DataFrame) -> pl.DataFrame:
        mine = part.filter(pl.col("flow") == "exports")
        return mine.group_by(ways, maintain_order=True).agg(pl.col("tonnes").sum())

    found = (
        results.each("containers", ["flow", "tonnes", *ways], by_train)
        .join(services, on="first_train")
        .group_by("crossing", "origin", "destination", "service")
        .agg(pl.col("tonnes").sum())
        .sort(
            ["tonnes", "crossing", "origin", "destination", "service"],
            descending=[True, False, False, False, False],
        )
    )
    return [tuple(row[:4]) for row in found.iter_rows()]


def _way(network: dict[str, Any], name: str, places: list[str]) -> Way:
    stations, lines = places[::2], places[1::2]
    km = [0.0]
    for line in lines:
        km.append(km[-1] + float(network["lines"][line]["length_km"]))
    return Way(name, tuple(stations), tuple(lines), tuple(km))


def _shortest(lines: dict[str, Any], origin: str, to: str) -> list[str] | None:
    """Stations and lines by turns of the shortest way."""
    import networkx as nx

    graph = nx.MultiGraph()
    for name, line in sorted(lines.items()):
        graph.add_edge(line["from"], line["to"], key=name, km=line["length_km"])
    try:
        stations = nx.shortest_path(graph, origin, to, weight="km")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None
    places = [stations[0]]
    for a, b in pairwise(stations):
        best = min(graph[a][b], key=lambda name: (graph[a][b][name]["km"], name))
        places += [best, b]
    return places


def _title(network: dict[str, Any], station: str) -> str:
    return str(network["stations"].get(station, {}).get("title") or station)


def movements(
    results: Results, way: Way, begin: float, end: float
) -> tuple[list[LineRun], list[Stay]]:
    """Runs and stays of all trains along the way that touch the hours from begin to end.

    A stay is everything between two runs: it begins when the train asks for a track or a path
    and ends when it goes on; what is not over at the horizon ends there.
    """
    routes: dict[str, list[str]] = results.meta["network"]["routes"]
    horizon = results.horizon_h
    number = {name: i for i, name in enumerate(way.stations)}
    service = dict(zip(results.trains["train"], results.trains["service"], strict=True))
    rows = (
        results.stages.filter(pl.col("place").is_in([*way.stations, *way.lines]))
        .filter(pl.col("in_h") < end, pl.col("end_h").fill_null(horizon) > begin)
        .sort("train", "in_h", maintain_order=True)
    )
    runs: list[LineRun] = []
    stays: list[Stay] = []
    open_: dict[int, list[Any]] = {}
    for train, place, activity, asked, start, done in rows.select(
        "train", "place", "activity", "in_h", "start_h", "end_h"
    ).iter_rows():
        route = routes.get(service[train], [])
        if place in number:
            station = place
        else:
            at = route.index(place) if place in route else -1
            if at < 1:
                continue
            station = route[0 if activity in NOT_LOADED else at - 1]
        if station not in number:
            continue
        if activity == "run":
            _close(open_, train, stays)
            to = route[route.index(place) + 1]
            if to in number:
                until = horizon if done is None else done
                runs.append(LineRun(train, number[station], number[to], asked, until))
            continue
        known = open_.get(train)
        if known is not None and known[0] != number[station]:
            _close(open_, train, stays)
            known = None
        if known is None:
            known = open_[train] = [number[station], asked, asked, []]
        until = horizon if start is None else start
        if until > asked:
            known[3].append((asked, until))
        known[2] = max(known[2], horizon if done is None else done, until)
    for train in list(open_):
        _close(open_, train, stays)
    return runs, stays


def _close(open_: dict[int, list[Any]], train: int, stays: list[Stay]) -> None:
    known = open_.pop(train, None)
    if known is not None and known[2] > known[1]:
        stays.append(Stay(train, known[0], known[1], known[2], tuple(known[3])))
