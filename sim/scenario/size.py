"""Checks that a run ends: of nothing there is more than a machine can make in a day.

What is written with a wrong unit or one nought too many would otherwise just go on for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sim.policies.durations import hours
from sim.scenario.problems import Problem
from sim.scenario.tree import Steps, Tree
from sim.scenario.vocabulary import ScenarioTables, Supply

MOST_BOXES = 100_000_000
MOST_TRAINS = 10_000_000
"""Trains of a flow, calls of a ship's service, closures, in one run."""

Implied = tuple[Steps, float, str, int]
"""Where it was written, how many it gives in the run, of what, and the most of them."""


def check(tables: ScenarioTables, tree: Tree) -> list[Problem]:
    """Volumes, rates and intervals that give more than any machine can run.

    The names that the tables use must be known.
    """
    found = []
    for path, number, noun, most in _implied(tables):
        if not number <= most:
            at, _ = tree.find(path)
            inner = at.child("value")
            many = f"{number:.3g} {noun}" if number < float("inf") else f"{noun} without end"
            said = f"{path[-1]}: gives {many} in the run; expected at most {most:,}"
            found.append(Problem("error", (at if inner is None else inner).place, said))
    return found


def _implied(tables: ScenarioTables) -> Iterator[Implied]:
    horizon = float(tables.horizon)
    grown = 0.0
    for name, supply in tables.supplies.items():
        key, tonnes = _offered(supply, horizon)
        boxes = tonnes / tables.unit_load(supply)
        yield ("supplies", name, key), boxes, "containers", MOST_BOXES
        if supply.flow == "exports" and boxes <= MOST_BOXES:
            grown += boxes * tables.export_volume.most
    yield ("export_volume",), grown, "containers", MOST_BOXES
    grown = 0.0
    for name, flow in tables.background.items():
        if flow.interval is not None:
            yield _every(("background", name, "interval"), flow.interval.mean, horizon, "trains")
            continue
        trains = flow.trains.most * horizon
        yield ("background", name, "trains"), trains, "trains", MOST_TRAINS
        if trains <= MOST_TRAINS:
            grown += trains * tables.background_volume.most
    yield ("background_volume",), grown, "trains", MOST_TRAINS
    for name, service in tables.services.items():
        base: Steps = ("services", name)
        if service.passing is not None:
            mean = service.passing.every.mean
            yield _every((*base, "passing", "every"), mean, horizon, "trains")
        every = service.dispatch.parameters.get("every")
        with suppress(ValueError):  # the rule itself says what is wrong with it
            if every is not None:
                length = hours(every, "every")
                yield _every((*base, "dispatch", "every"), length, horizon, "trains")
    for name, station in tables.stations.items():
        for ship, liner in station.liners.items():
            path: Steps = ("stations", name, "liners", ship, "every")
            yield _every(path, float(liner.every), horizon, "calls")
    for name, closure in tables.disruptions.items():
        if closure.every is not None and closure.lasts is not None:
            mean = closure.every.mean + closure.lasts.mean
            yield _every(("disruptions", name, "every"), mean, horizon, "disruptions")


def _offered(supply: Supply, horizon: float) -> tuple[str, float]:
    """Key and tonnes of what a supply gives before it grows."""
    if supply.volume is not None:
        return "volume", float(supply.volume) * horizon
    if supply.series:
        return "series", sum(map(float, supply.series.values()))
    return "contracts", sum(map(float, supply.contracts.values()))


def _every(path: Steps, mean: float, horizon: float, noun: str) -> Implied:
    return path, horizon / mean if mean > 0.0 else float("inf"), noun, MOST_TRAINS
