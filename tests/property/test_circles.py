"""A gridlock is told where there is one, and only there, in corridors made to have them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.corridor import simulate
from sim.corridor.build import Builder
from sim.corridor.clock import run_until
from sim.corridor.gridlock import Gridlock, GridlockError
from sim.results.integrity import impossible, unaccounted
from tests.property.circles import circle
from tests.property.corridors import make

SEEDS = range(80)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_said_to_stand_for_ever_never_moves_again(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = make(circle(seed), tmp_path)
    results = simulate(scenario)
    assert impossible(results) == unaccounted(results) == []
    found = results.meta["deadlock"]
    if found is None:
        return
    with monkeypatch.context() as patch:
        patch.setattr(Gridlock, "check", lambda self, train: None)
        on = simulate(scenario)
    assert on.meta["status"] == "done"
    named = [train["train"] for train in found["trains"]]
    theirs = on.stages.filter(pl.col("train").is_in(named))
    assert theirs.filter(pl.max_horizontal("start_h", "end_h") > found["time_h"]).is_empty()
    assert theirs.filter(pl.col("start_h").is_null())["train"].sort().to_list() == sorted(named)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_train_stands_for_ever_in_a_run_that_is_done(seed: int, tmp_path: Path) -> None:
    corridor = Builder(make(circle(seed), tmp_path).tables, 1, 0).build()
    try:
        run_until(corridor.env, corridor.end)
    except GridlockError:
        assert corridor.gridlock.found is not None
        return
    waiting = [train for train in corridor.journal.trains if train.waits_for is not None]
    for train in waiting:
        corridor.gridlock.check(train)


def test_both_kinds_are_among_them(tmp_path: Path) -> None:
    made = [simulate(make(circle(seed), tmp_path)).meta["status"] for seed in SEEDS]
    assert min(made.count("done"), made.count("deadlock")) > 20
