"""``sim.stream`` and ``steppe run --stream``: a run's folder, written while it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.results import ResultsError, kpis, read_kpis, read_run
from sim.results.tables import TABLES
from tests.cli.command import steppe
from tests.corridor.small import SMALL, scenario


def test_the_folder_reads_as_that_of_a_run_in_memory(tmp_path: Path) -> None:
    given = scenario(tmp_path, SMALL)
    whole = sim.run(given, seed=2)
    made = sim.stream(given, tmp_path / "out", seed=2, block=100)
    read = read_run(made.folder)
    for name in set(TABLES) - {"legs"}:
        assert read.table(name).equals(whole.results.table(name)), name
    assert kpis(read) == whole.kpis
    kept = read_kpis(made.folder)
    assert kept["delivered_t"]["value"] == pytest.approx(whole.kpis["delivered_t"].value, rel=1e-12)
    assert len(list((made.folder / "waits.parquet").iterdir())) > 2
    sim.stream(given, made.folder, seed=3)
    assert not read_run(made.folder).containers.equals(read.containers)


def test_nothing_is_left_of_a_run_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = scenario(tmp_path, SMALL)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("sim.corridor.run.imbalance", lambda _: ["a box is lost"])
    with pytest.raises(RuntimeError, match="a box is lost"):
        sim.stream(given, tmp_path / "out", block=100)
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="is a file"):
        sim.stream(given, tmp_path / "file")


def test_the_command_writes_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--out", "out", "--json")
    assert told.status == 0
    assert json.loads(told.out)["kpis"] == read_kpis(tmp_path / "out")
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--replications", "3")
    assert told.status == 2
    assert "--stream is for one run" in told.err
    told = steppe(tmp_path, "reproduce", "out")
    assert told.status == 2
    assert "steppe run small.yaml" in told.err
    assert "--stream" in told.err
