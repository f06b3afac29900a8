"""A deadlock is told with who holds what, has an exit status of its own, and is written down."""

from __future__ import annotations

import json
from pathlib import Path

from sim.results import read_run
from tests.cli.command import FILES, snapshot, steppe
from tests.corridor.test_gridlock import LOOP

STUCK = LOOP.format(tracks=1)
# The same trains one way only: nothing closes a circle.
FREE = STUCK[: STUCK.index("  west:")]


def fill(folder: Path) -> Path:
    (folder / "stuck.yaml").write_text(STUCK)
    (folder / "free.yaml").write_text(FREE)
    return folder


def test_a_deadlocked_run_is_told_and_written(tmp_path: Path) -> None:
    done = steppe(fill(tmp_path), "run", "stuck.yaml", "--out", "out")
    assert (done.status, done.err) == (3, "")
    assert "DEADLOCK in stuck:\ndeadlock at hour 3.00: 4 trains wait for each other" in done.out
    assert "holds a: tracks, waits for there: places toward b since hour 3.00" in done.out
    assert "\ncure: one more at there: places toward" in done.out
    assert set(snapshot(tmp_path / "out")) == FILES
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    (found,) = manifest["deadlocked"]
    assert (found["replication"], found["time_h"], len(found["trains"])) == (0, 3.0, 4)
    results = read_run(tmp_path / "out")
    assert (results.meta["status"], results.horizon_h) == ("deadlock", 3.0)


def test_a_streamed_run_that_deadlocks_is_told_and_written_alike(tmp_path: Path) -> None:
    usual = steppe(fill(tmp_path), "run", "stuck.yaml", "--out", "usual")
    done = steppe(tmp_path, "run", "stuck.yaml", "--stream", "--out", "out")
    assert (done.status, done.err) == (3, "")
    head = done.out.split("results in")[0].replace(", streamed", "")
    assert head == usual.out.split("results in")[0]
    known, kept = (
        json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("usual", "out")
    )
    assert kept["deadlocked"] == known["deadlocked"] != []
    # in all that is told of any run, and how it was streamed
    assert set(kept) == {*known, "streamed"}
    done = steppe(tmp_path, "run", "stuck.yaml", "--stream", "--json")
    assert [d["replication"] for d in json.loads(done.out)["deadlocked"]] == [0]
    assert steppe(tmp_path, "reproduce", "out").status == 0


def test_json_has_the_same(tmp_path: Path) -> None:
    done = steppe(fill(tmp_path), "run", "stuck.yaml", "--replications", "2", "--json")
    assert done.status == 3
    found = json.loads(done.out)["deadlocked"]
    assert [d["replication"] for d in found] == [0, 1]
    assert {t["waits_for"] for t in found[0]["trains"]} == {
        r["name"] for r in found[0]["resources"]
    }


def test_a_comparison_leaves_out_what_deadlocked_and_says_so(tmp_path: Path) -> None:
    done = steppe(
        fill(tmp_path), "compare", "free.yaml", "stuck.yaml", "--replications", "2", "--json"
    )
    assert done.status == 3
    made = json.loads(done.out)
    assert {(d["variant"], d["replication"]) for d in made["deadlocked"]} == {
        ("stuck", 0),
        ("stuck", 1),
    }
    assert {(row["n"], row["dropped"], row["value"]) for row in made["differences"]} == {
        (0, 2, None)
    }
    said = steppe(tmp_path, "compare", "free.yaml", "stuck.yaml", "--replications", "2").out
    assert "DEADLOCK in 2 of 2 replications of stuck; the earliest:" in said
    assert "not told apart: no pair of runs has it" in said


def test_a_run_that_ends_is_no_deadlock(tmp_path: Path) -> None:
    done = steppe(fill(tmp_path), "run", "free.yaml", "--json")
    assert done.status == 0
    assert json.loads(done.out)["deadlocked"] == []
