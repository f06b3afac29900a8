"""Pairs of runs of the real scenarios on short horizons, and what differs between them."""

from __future__ import annotations

import copy
import functools
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.tables import TABLES
from sim.scenario import Scenario, load

FOLDER = Path(__file__).parents[2] / "scenarios"
DAYS = 60
Document = dict[str, Any]
Edit = Callable[[Document], None]

EARLY_STORM = (
    "disruptions.december-storm.begin=2023-09-20",
    "disruptions.night-of-none.begin=2023-09-22",
    "disruptions.loading-ban.begin=2023-09-24",
)
"""`december-storm` with its storm and ban where a short run has them."""
SETS = {"december-storm": EARLY_STORM}


@functools.cache
def real(name: str, days: int = DAYS) -> Scenario:
    """A scenario of the book, cut to so many days."""
    return load(FOLDER / f"{name}.yaml", (f"horizon={days} d", *SETS.get(name, ())))


@functools.cache
def run(name: str, days: int = DAYS) -> Results:
    """A run of it as it is."""
    return simulate(real(name, days))


def edited(name: str, *edits: Edit, days: int = DAYS) -> Scenario:
    """A scenario of the book after changes of its document."""
    document = copy.deepcopy(real(name, days).resolved)
    for edit in edits:
        edit(document)
    return Scenario.from_resolved(document, name)


def run_of(name: str, *edits: Edit, days: int = DAYS) -> Results:
    """A run of it."""
    return simulate(edited(name, *edits, days=days))


def changed(path: str, value: Any) -> Edit:
    """Lay a value at a dotted path; `works/gauge-change` stays one step, None takes away."""

    def edit(document: Document) -> None:
        *above, last = path.split(".")
        table = functools.reduce(lambda here, step: here.setdefault(step, {}), above, document)
        if value is None:
            table.pop(last, None)
        else:
            table[last] = value

    return edit


def scaled(path: str, factor: float) -> Edit:
    """Multiply the number at a dotted path, whatever its unit, bare or with its evidence."""

    def edit(document: Document) -> None:
        *above, last = path.split(".")
        table = functools.reduce(lambda here, step: here[step], above, document)
        if isinstance(table[last], dict):
            table, last = table[last], "value"
        found = re.fullmatch(r"([\d.]+)(.*)", str(table[last]))
        assert found, f"{path}: {table[last]!r}"
        number = float(found[1]) * factor
        table[last] = f"{number!r}{found[2]}" if found[2] else _whole(number)

    return edit


def _whole(number: float) -> float | int:
    return int(number) if number == int(number) else number


def shuffled(seed: int) -> Edit:
    """Put the keys of every mapping in another order; lists keep theirs."""
    luck = random.Random(seed)

    def again(part: Any) -> Any:
        if not isinstance(part, dict):
            return part
        keys = list(part)
        luck.shuffle(keys)
        return {key: again(part[key]) for key in keys}

    def edit(document: Document) -> None:
        order = again(document)
        document.clear()
        document.update(order)

    return edit


def by_name(results: Results, table: str) -> pl.DataFrame:
    """A table without serial numbers: trains by their names, rows in the order of what they say."""
    frame = results.table(table)
    names = results.trains.select("train", "name")
    for column in ("train", "first_train", "last_train"):
        if column in frame.columns and table != "trains":
            named = names.rename({"train": column, "name": f"{column} name"})
            frame = frame.join(named, on=column, how="left").drop(column)
    frame = frame.drop([c for c in ("train", "container", "unit", "part_of") if c in frame.columns])
    return frame.sort(frame.columns)


def differing(first: Results, second: Results, *, named: bool = False) -> list[str]:
    """The tables and key figures that differ; series of levels that only one has are left out.

    ``named`` looks at no serial numbers, and at key figures but for the last bits, since they
    are added up in another order.
    """
    shared = set(first.levels["series"]) & set(second.levels["series"])
    found = []
    for table in TABLES:
        pair = [by_name(r, table) if named else r.table(table) for r in (first, second)]
        if table == "levels":
            pair = [frame.filter(pl.col("series").is_in(shared)) for frame in pair]
        if not pair[0].equals(pair[1]):
            found.append(table)
    figures = [{name: kpi.value for name, kpi in kpis(r).items()} for r in (first, second)]
    for name, value in figures[0].items():
        other = figures[1][name]
        near = value is not None and other is not None and abs(value - other) <= 1e-12 * abs(value)
        if value != other and not (named and near):
            found.append(name)
    return found


def figure(results: Results, name: str) -> float:
    """A key figure that there is something to take from."""
    value = kpis(results)[name].value
    assert value is not None
    return value
