"""A laboratory that is shut for a week answers a week later, and what it sampled stands there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sim.results import Results
from sim.results.integrity import impossible, unaccounted
from sim.results.levels import at_laboratories
from tests.corridor.test_refusals import run

BEGIN, END = 30 * 24.0, 37 * 24.0
"""Hours of the closure."""


def shut(factor: float = 0.0) -> str:
    on = f"on: [alashankou/lab], begin: 2023-01-31, days: 7 d, factor: {factor}"
    return f"disruptions={{holiday: {{{on}}}}}"


def slots(number: int) -> str:
    return f"stations.alashankou.work.lab.slots={number}"


def answers(results: Results) -> pl.DataFrame:
    """Hours of asking and of release of each container that was sampled and released."""
    rows = results.waits.filter(pl.col("cause") == "alashankou/lab: analysis")
    return rows.select("container", "begin_h", "end_h").filter(
        pl.col("end_h") < results.horizon_h - 1e-9
    )


@pytest.mark.parametrize("factor", [0.0, 0.5])
@pytest.mark.parametrize("room", ["null", "5000"])
def test_answers_come_later_by_the_work_lost(tmp_path: Path, factor: float, room: str) -> None:
    """The time of each analysis is that of the run without the closure, in working hours."""
    path = f"stations.alashankou.work.lab.slots={room}"
    usual, closed = run(tmp_path, path), run(tmp_path, path, shut(factor))
    both = answers(usual).join(answers(closed), on="container", suffix="_closed")
    inside = pl.min_horizontal("end_h_closed", pl.lit(END)) - pl.max_horizontal(
        "begin_h_closed", pl.lit(BEGIN)
    )
    both = both.with_columns(
        lost=inside.clip(0.0) * (1.0 - factor),
        took=pl.col("end_h") - pl.col("begin_h"),
        takes=pl.col("end_h_closed") - pl.col("begin_h_closed"),
    )
    assert both.filter(pl.col("lost") > 24.0).height > 20
    assert (both["takes"] - both["lost"] - both["took"]).abs().max() < 1e-6
    # A slot was free for each: none is told to have waited for one.
    assert closed.waits.filter(pl.col("cause") == "alashankou/lab: no slot free").is_empty()
    assert impossible(closed) == unaccounted(closed) == []


def test_what_was_sampled_keeps_its_slot_while_the_laboratory_is_shut(tmp_path: Path) -> None:
    results = run(tmp_path, slots(30), shut())
    (lab,) = at_laboratories(results).values()
    over = lab.analysis.level[:-1] > 30  # but for rounding of hours into working hours and back
    assert np.diff(lab.analysis.time)[over].sum() < 1e-9
    waiting = results.waits.filter(pl.col("cause") == "alashankou/lab: no slot free")
    assert waiting.filter(pl.col("begin_h").is_between(BEGIN, END)).height > 0
    assert impossible(results) == unaccounted(results) == []


def test_a_shut_station_does_not_shut_a_laboratory_far_away(tmp_path: Path) -> None:
    whole = shut().replace("alashankou/lab", "alashankou")
    usual, closed = run(tmp_path, slots(5000)), run(tmp_path, slots(5000), whole)
    both = answers(usual).join(answers(closed), on="container", suffix="_closed")
    took = both["end_h"] - both["begin_h"]
    assert (both["end_h_closed"] - both["begin_h_closed"] - took).abs().max() < 1e-6
