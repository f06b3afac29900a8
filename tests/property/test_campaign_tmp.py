"""What holds in every corridor, whatever it is made of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.corridor import simulate, stream
from sim.results import Results, kpis
from sim.results.integrity import CHAIN, impossible
from sim.results.levels import step_series
from sim.results.tables import TABLES
from sim.scenario import Scenario
from tests.property.corridors import GREEN_LANE, corridors, make

EXAMPLES = settings(
    max_examples=250,
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@contextmanager
def made(document: dict[str, Any], *sets: str) -> Iterator[Scenario]:
    with tempfile.TemporaryDirectory() as folder:
        yield make(document, Path(folder), *sets)


def most(begin: pl.Series, end: pl.Series) -> float:
    ends = end.fill_null(np.inf).to_numpy()
    return step_series(begin.to_numpy(), ends).maximum(0.0, np.inf)


def capacity(value: Any) -> float:
    """The most that a number of the generated document ever is, without its unit."""
    values = [value["value"], *value["changes"].values()] if isinstance(value, dict) else [value]
    return max(float(str(v).split()[0]) for v in values)


@EXAMPLES
@given(corridors())
def test_nothing_is_created_or_lost_and_no_time_runs_backwards(document: dict[str, Any]) -> None:
    with made(document) as scenario:
        results = simulate(scenario, debug=True)  # the books are drawn up after every event
    assert impossible(results) == []
    boxes = results.containers
    figures = {name: kpi.value or 0.0 for name, kpi in kpis(results).items()}
    exports = boxes.filter(pl.col("flow") == "exports")
    gone = exports.filter(pl.col("refused") | pl.col("rejected_h").is_not_null())
    assert figures["offered_containers"] == exports.height
    delivered = exports.filter(pl.col("delivered_h").is_not_null()).height
    assert figures["undelivered_containers"] == exports.height - delivered - gone.height
    assert figures["end_backlog_t"] == (exports.height - delivered - gone.height) * 20.0


@EXAMPLES
@given(corridors())
def test_no_capacity_is_ever_exceeded(document: dict[str, Any]) -> None:
    with made(document) as scenario:
        results = simulate(scenario)
    stages = results.stages
    for name, station in document["stations"].items():
        here = stages.filter(pl.col("place") == name, pl.col("start_h").is_not_null())
        papers = station["work"].get("papers")
        # Trusted trains pass beside the queue, in a lane without a number of servers.
        if papers is not None and document["policies"]["customs"] != GREEN_LANE:
            rows = here.filter(pl.col("activity") == "papers")
            assert most(rows["start_h"], rows["end_h"]) <= capacity(papers["servers"])
        cranes = station["work"].get("cranes", {})
        if "tracks" in cranes:
            rows = here.filter(pl.col("activity") == "cranes")
            assert most(rows["start_h"], rows["end_h"]) <= cranes["tracks"]
        if "yard" in station:
            level = results.levels.filter(pl.col("series") == f"{name}: boxes in the yard")
            assert (level["level"].max() or 0.0) <= station["yard"]
    empties = results.levels.filter(pl.col("series").str.contains("empty|free"))
    assert (empties["level"] >= 0.0).all()
    for line, table in document["lines"].items():
        acceptance = table.get("acceptance")
        if acceptance is None or "variation" in acceptance:
            continue
        passed = stages.filter(pl.col("place") == line, pl.col("activity") == "acceptance")
        per_day = capacity(acceptance["per_day"])
        per_day += capacity(acceptance.get("reserve", {"per_day": "0 /d"})["per_day"])
        assert passed["start_h"].count() <= per_day * results.horizon_h / 24.0 + 1.0


@EXAMPLES
@given(corridors())
def test_a_shorter_run_is_the_beginning_of_a_longer_one(document: dict[str, Any]) -> None:
    half = 143.7  # no event of a timetable falls on it, which a run that ends there leaves out
    with made(document) as scenario:
        whole = simulate(scenario)
    with made(document, f"horizon={half} h") as scenario:
        short = simulate(scenario)
    if whole.meta["status"] == "deadlock" and whole.horizon_h <= half:
        assert short.meta["deadlock"]["time_h"] == whole.meta["deadlock"]["time_h"]
    reached = [pl.when(pl.col(c) <= short.horizon_h).then(c).alias(c) for c in CHAIN]
    begun = whole.containers.filter(pl.col("ready_h") <= short.horizon_h).select(reached)
    assert begun.equals(short.containers.select(CHAIN))


@settings(EXAMPLES, max_examples=60)
@given(corridors())
def test_the_same_seed_gives_the_same_tables(document: dict[str, Any]) -> None:
    def run() -> Results:
        with made(document) as scenario:
            return simulate(scenario)

    first, again = run(), run()
    for name in TABLES:
        assert first.table(name).equals(again.table(name)), name


@settings(EXAMPLES, max_examples=60)
@given(corridors())
def test_who_looks_at_the_books_changes_nothing(document: dict[str, Any]) -> None:
    with made(document) as scenario:
        looked_at, alone = simulate(scenario, debug=True), simulate(scenario)
    for name in TABLES:
        assert looked_at.table(name).equals(alone.table(name)), name


@settings(EXAMPLES, max_examples=100)
@given(corridors(), st.sampled_from((7, 60)))
def test_a_run_written_in_parts_has_the_tables_of_one_in_memory(
    document: dict[str, Any], block: int
) -> None:
    with made(document) as scenario, tempfile.TemporaryDirectory() as folder:
        parts, whole = stream(scenario, Path(folder), block=block), simulate(scenario)
        for name in TABLES:
            assert parts.table(name).equals(whole.table(name)), name
