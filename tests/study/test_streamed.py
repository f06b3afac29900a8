"""``sim.stream`` and ``steppe run --stream``: a run's folder, written while it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.results import ResultsError, kpis, read_kpis, read_run
from sim.results.series import throughput, weekly
from sim.results.tables import TABLES
from tests.cli.command import steppe
from tests.corridor.small import SMALL, scenario

MANIFEST = "manifest.json"


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
    offered = throughput(read, "week", moment="ready_h")["tonnes"].to_numpy()
    assert weekly(read).frame["offered_t"].to_numpy() == pytest.approx(offered, rel=1e-12)
    for whole_or_parts in (whole.results, read):
        weeks = weekly(whole_or_parts).frame
        for name, moment in (("delivered_t", "delivered_h"), ("rejected_t", "rejected_h")):
            of_table = throughput(whole_or_parts, "week", moment=moment)["tonnes"].to_numpy()
            assert weeks[name].to_numpy() == pytest.approx(of_table, rel=1e-12)
    sim.stream(given, made.folder, seed=3)
    assert not read_run(made.folder).containers.equals(read.containers)


WORN = SMALL.replace(
    "disruptions:\n", "disruptions:\n  wear: {on: [alashankou/cranes], after: 40 h, lasts: 6 h}\n"
)


def test_the_manifest_has_queues_and_recovery_as_that_of_a_run_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.corridor.changes.ROWS", 60)
    given = scenario(tmp_path, WORN)
    known = json.loads((sim.run(given, seed=2).save(tmp_path / "usual") / MANIFEST).read_text())
    out = sim.stream(given, tmp_path / "out", seed=2, block=100).folder
    kept = json.loads((out / MANIFEST).read_text())
    assert len(list((out / "levels.parquet").iterdir())) > 20
    assert {row["disruption"] for row in known["recovery"]} == {"storm", "wear"}
    # whole numbers of trains at the same times
    assert kept["recovery"] == known["recovery"]
    assert len(kept["queues"]) == len(known["queues"]) > 8
    for one, other in zip(kept["queues"], known["queues"], strict=True):
        for name in ("queue", "unit", "arrivals", "rate_per_h"):
            assert one[name] == other[name]
        # sums of parts differ from one sum by rounding alone
        for name in ("mean_wait_h", "mean_length"):
            assert one[name] == pytest.approx(other[name], rel=1e-12), one["queue"]
        assert abs(one["residual"]) < 1e-9
    assert any(row["queue"].endswith("goods waiting for empties") for row in kept["queues"])


def test_a_streamed_run_that_is_overloaded_is_called_so(tmp_path: Path) -> None:
    more = SMALL.replace("volume: 900 t/d", "volume: 2500 t/d")
    (tmp_path / "small.yaml").write_text(more)
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--out", "out")
    usual = steppe(tmp_path, "run", "small.yaml", "--out", "usual")
    (line,) = (text for text in told.out.splitlines() if text.startswith("OVERLOADED"))
    assert line in usual.out
    kept, known = (
        json.loads((tmp_path / name / "manifest.json").read_text())["overload"]
        for name in ("out", "usual")
    )
    for name in ("growth_t_per_week", "share"):
        assert kept[name] == pytest.approx(known[name], rel=1e-12)
    assert kept["overloaded"] is known["overloaded"] is True
    made = sim.stream(scenario(tmp_path, SMALL), tmp_path / "quiet", block=100)
    assert made.drift is not None and not made.drift.overloaded


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
