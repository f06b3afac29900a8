"""`steppe backtest` as a user meets it: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from tests.cli.command import good, place, snapshot, steppe
from tests.corridor.test_gridlock import LOOP
from tests.study.episode import EPISODE, episode, row, written

STANDING = "{kind: trains-standing, at: [exchange]}"
LEFT_OUT = "eps/corridor.yaml: a scenario and no episode; left out\n"


def eps(folder: Path) -> Path:
    """An episode with a hit and a miss, in a folder of its own."""
    (folder / "eps").mkdir()
    text = episode(
        row(STANDING, "3.5 trains", "on: 2024-01-07", "met"),
        row(STANDING, "5 trains", "on: 2024-01-07\n    remark: Counted twice.", "missed"),
    )
    written(folder / "eps", text)
    return folder


def test_a_miss_is_printed_as_a_miss_and_is_no_fault(tmp_path: Path) -> None:
    done = steppe(eps(tmp_path), "backtest", "eps", "--replications", "2")
    assert (done.status, done.err) == (0, LEFT_OUT)
    lines = done.out.splitlines()
    assert " ".join(lines[3].split()) == (
        "storm met within trains 3.50 3.50 3.50 … 3.50 3.50 … 3.50 0 +0%"
    )
    assert lines[4].split()[:3] == ["storm", "missed", "misses"]
    assert "misses: storm, missed: simulated below observed. Counted twice." in lines
    assert "never calibrated on: 2 rows, 1 within, 1 missed; calibrated on: 0 rows" in done.out
    assert set(snapshot(tmp_path / "runs" / "backtest")) == {
        "backtest.csv",
        "backtest.md",
        "backtest.parquet",
        "backtest.png",
    }


def test_json_and_files_say_the_same(tmp_path: Path) -> None:
    done = steppe(eps(tmp_path), "backtest", "eps", "--replications", "2", "--json", "--out", "o")
    made = json.loads(done.out)
    assert [(r["row"], r["within"], r["error"]) for r in made["rows"]] == [
        ("met", True, 0.0),
        ("missed", False, -1.5),
    ]
    assert made["summary"]["uncalibrated_missed"] == 1
    assert (made["failed"], made["deadlocked"], made["problems"]) == ([], [], [])
    frame = pl.read_parquet(tmp_path / "o" / "backtest.parquet")
    assert frame["mean"].to_list() == [r["mean"] for r in made["rows"]]


def test_one_episode_alone(tmp_path: Path) -> None:
    good(eps(tmp_path), "backtest", "eps/storm.yaml", "--replications", "2")


def test_an_odd_episode_stops_no_other_and_has_a_status(tmp_path: Path) -> None:
    text = EPISODE.replace("exchange]", "exchnage]")
    written(eps(tmp_path) / "eps", text, "odd")
    done = steppe(tmp_path, "backtest", "eps", "--replications", "2")
    assert done.status == 2
    assert done.err == (
        LEFT_OUT + f"eps/odd.yaml:{place(text, 'exchnage')}: unknown line or station `exchnage`; "
        "did you mean `exchange`?\nnot run: odd.yaml; the others were\n"
    )
    assert "storm" in done.out
    assert (tmp_path / "runs" / "backtest" / "backtest.png").is_file()


def test_odd_ones_alone_write_nothing(tmp_path: Path) -> None:
    (tmp_path / "eps").mkdir()
    written(tmp_path / "eps", EPISODE.replace("rows:", "row:"))
    before = snapshot(tmp_path)
    done = steppe(tmp_path, "backtest", "eps")
    assert (done.status, done.out) == (2, "")
    assert "unknown key `row`; did you mean `rows`?" in done.err
    assert snapshot(tmp_path) == before


def test_a_deadlock_has_its_own_status(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").write_text(LOOP.format(tracks=1))
    text = episode(row("{kind: trains-standing, at: [there]}", "1 trains"))
    (tmp_path / "jam.yaml").write_text(text.replace("corridor", "loop"))
    done = steppe(tmp_path, "backtest", "jam.yaml", "--replications", "2")
    assert done.status == 3
    assert "jam: replication 0: deadlock at hour 3.00" in done.err
    assert "jam, row: 2 of 2 runs have no figure, and are not in the mean" in done.out


def test_no_such_folder_and_a_foreign_target_are_refused_before_any_run(tmp_path: Path) -> None:
    done = steppe(eps(tmp_path), "backtest", "epss")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("epss: there is no such folder or file")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("x")
    done = steppe(tmp_path, "backtest", "eps", "--out", "mine")
    assert done.status == 2
    assert "is there already and holds no backtest.parquet" in done.err
