"""``steppe bottleneck``, ``sweep`` and ``optimise`` as users meet them; the studies shipped."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from sim.study.measures_taken import Measures
from sim.study.reading import load_optimise, load_sweep
from sim.study.sweep import count_runs
from tests.cli.command import good, snapshot, steppe
from tests.results.test_recovery import GATE
from tests.study import test_optimise, test_sweep
from tests.study.one import written_one

STUDIES = Path(__file__).parents[2] / "studies"


def test_a_bottleneck_is_written_whole_and_told(tmp_path: Path) -> None:
    written_one(tmp_path)
    args = ("bottleneck", "one.yaml", "--screen", "1", "--replications", "2", "--top", "2")
    done = good(tmp_path, *args, "--pairs", "2", "--jobs", "1", "--out", "b")
    files = {"bottleneck.parquet", "bottleneck.csv", "pairs.csv", "bottleneck.png", "manifest.json"}
    assert {p.name for p in (tmp_path / "b").iterdir()} == files
    for said in (
        "border/customs",
        "+1 server",
        "gains",
        "left out after 1 replication each",
        "no step can deliver more than",
    ):
        assert said in done.out
    assert "Where two resources bind together, more of either brings" in done.out
    head, best = next(
        (head, best) for head, best in pairwise(done.out.splitlines()) if "lead time, h" in head
    )
    intervals = 3 if "USD a tonne" in head else 2
    assert head.count("95 %") == best.count(" … ") == intervals  # no mean stands without one
    told = json.loads(good(tmp_path, *args, "--jobs", "2", "--out", "c", "--json").out)
    assert told["steps"][0]["resource"] == "border/customs"
    same = (tmp_path / "b" / "bottleneck.csv").read_bytes()
    assert (tmp_path / "c" / "bottleneck.csv").read_bytes() == same


def test_recovery_is_written_whole_and_told(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(GATE)
    args = ("recovery", "gate.yaml", "--replications", "2")
    done = good(tmp_path, *args, "--jobs", "1", "--out", "r")
    files = {"recovery.parquet", "recovery.csv", "curves.parquet", "recovery.png", "manifest.json"}
    assert {p.name for p in (tmp_path / "r").iterdir()} == files
    line = next(one for one in done.out.splitlines() if one.startswith("storm"))
    assert "11 Jan 2024  13 Jan 2024" in line and "1.9 … 1.9" in line
    told = json.loads(good(tmp_path, *args, "--jobs", "2", "--out", "s", "--json").out)
    assert told["events"][0]["recovered_p50_h"] == 46.0
    for name in ("recovery.csv", "recovery.png"):
        assert (tmp_path / "r" / name).read_bytes() == (tmp_path / "s" / name).read_bytes()
    page = good(tmp_path, "report", "r").out.strip()
    text = (tmp_path / page).read_text()
    answer = "a storm: half of the runs have recovered after 1.92 days (1.92 … 1.92, all of 2);"
    assert answer in text
    assert answer in " ".join(done.out.split())  # told first where it is printed, too
    assert done.out.index("a storm: half") < done.out.index("11 Jan 2024")
    assert "<h3>recovery</h3>" in text and "<h3>curves</h3>" not in text
    wrong = steppe(tmp_path, *args, "--event", "strom", "--out", "w")
    assert wrong.status == 2 and "expected one of storm" in wrong.err
    assert not (tmp_path / "w").exists()


def test_what_would_have_helped_is_told_first_then_in_tables(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(GATE)
    wider = "{value: 24 trains/d, changes: {2024-01-13: 48 trains/d, 2024-01-16: 24 trains/d}}"
    (tmp_path / "wider.yaml").write_text(
        "extends: gate.yaml\ntitle: a wider gate\n"
        f"lines: {{border: {{acceptance: {{per_day: {wider}}}}}}}\n"
    )
    args = ("recovery", "gate.yaml", "wider.yaml", "--replications", "2")
    done = good(tmp_path, *args, "--jobs", "1")
    folder = tmp_path / "runs/gate-relief"
    assert {p.name for p in folder.iterdir()} == {
        *("relief.parquet", "relief.csv", "differences.parquet", "differences.csv"),
        *("curves.parquet", "relief.png", "manifest.json"),
    }
    answer = "After a storm the queue of gate is again as without it after 1.92 days (1.92 … 1.92)"
    assert " ".join(done.out.split()).startswith(answer)
    line = next(
        one for one in done.out.splitlines() if one.startswith("wider") and "recovered" in one
    )
    assert line.endswith("better") and "-1.27" in line
    told = json.loads(good(tmp_path, *args, "--jobs", "2", "--out", "s", "--json").out)
    assert [row["variant"] for row in told["variants"]] == ["gate", "wider"]
    for name in ("relief.csv", "differences.csv", "relief.png"):
        assert (folder / name).read_bytes() == (tmp_path / "s" / name).read_bytes()
    text = (tmp_path / good(tmp_path, "report", "s").out.strip()).read_text()
    assert answer.replace("of gate", "of A gate") in text  # titles for who reads no files
    assert "<h3>curves</h3>" not in text
    wrong = steppe(tmp_path, *args, "--event", "strom", "--out", "w")
    assert wrong.status == 2 and "expected one of storm" in wrong.err


def test_a_closure_that_leaves_no_queue_is_not_told_to_be_recovered_from(tmp_path: Path) -> None:
    """On the approach trains stand on the line, since nothing lets them onto it by turns."""
    (tmp_path / "inner.yaml").write_text(GATE.replace("on: [border]", "on: [approach]"))
    done = good(tmp_path, "recovery", "inner.yaml", "--replications", "2", "--out", "r")
    line = next(one for one in done.out.splitlines() if one.startswith("storm"))
    assert "no queue left" in line
    assert "recovered after 0" not in done.out
    assert "25 (25 … 25) train-days longer and 24 (24 … 24) train-days more" in " ".join(
        done.out.split()
    )
    alone = good(tmp_path, "run", "inner.yaml", "--out", "runs/inner").out
    assert "no queue left" in next(one for one in alone.splitlines() if one.startswith("storm"))
    args = ("recovery", "inner.yaml", "inner.yaml", "--replications", "2")
    both = " ".join(good(tmp_path, *args).out.split())
    said = "the queue of inner was not longer than without it when it ended, so that none had to go"
    assert said in both


def test_what_no_run_recovers_from_is_not_told_to_be_the_same(tmp_path: Path) -> None:
    """A little more is taken over, but in no run is the queue gone by the end."""
    (tmp_path / "gate.yaml").write_text(GATE.replace("2024-01-11", "2024-01-28"))
    wider = "{value: 24 trains/d, changes: {2024-01-30: 26 trains/d}}"
    (tmp_path / "wider.yaml").write_text(
        "extends: gate.yaml\ntitle: a slightly wider gate\n"
        f"lines: {{border: {{acceptance: {{per_day: {wider}}}}}}}\n"
    )
    done = good(tmp_path, "recovery", "gate.yaml", "wider.yaml", "--replications", "2")
    (line,) = (x for x in done.out.splitlines() if x.startswith("wider") and "recovered after" in x)
    assert line.endswith("not recovered by the end of the runs")
    others = [x for x in done.out.splitlines() if x.startswith("wider") and x.endswith("better")]
    assert any("train-days in the queue" in x for x in others), "they do differ"


def test_a_sweep_is_written_whole_and_told(tmp_path: Path) -> None:
    test_sweep.study(tmp_path)
    done = good(tmp_path, "sweep", "study.yaml", "--jobs", "1", "--out", "s")
    files = {"sweep.parquet", "sweep.csv", "means.csv", "response.png", "manifest.json"}
    assert {p.name for p in (tmp_path / "s").iterdir()} == files
    said = "refused before it ran, 1 of 4: not volume <= 1.6 * teams, one team cannot carry that"
    assert said in done.out
    few = "with 2 replications they rest on one degree of freedom and are wide for that alone: "
    assert f"{few}about 7 times as wide as with 5, 13 times as with 10" in done.out
    about = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert about["command"] == "steppe sweep study.yaml"
    assert good(tmp_path, "report", "s").out.strip() == "s/report.html"
    assert about["title"] in (tmp_path / "s" / "report.html").read_text()
    told = json.loads(good(tmp_path, "sweep", "study.yaml", "--out", "s", "--json").out)
    assert [m["status"] for m in told["means"]] == ["done", "done", "refused", "done"]


def test_indices_are_written_drawn_and_told(tmp_path: Path) -> None:
    test_sweep.linear(tmp_path, "morris", 2)
    done = good(tmp_path, "sweep", "study.yaml", "--replications", "1", "--jobs", "1")
    made = {p.name for p in (tmp_path / "runs" / "study").iterdir()}
    assert {"sensitivity.csv", "sensitivity.png"} <= made
    assert "which factors matter" in done.out
    assert "degree of freedom" not in done.out  # one run has no interval at all


def test_an_optimum_is_written_whole_and_told(tmp_path: Path) -> None:
    test_optimise.study(tmp_path)
    done = good(tmp_path, "optimise", "study.yaml", "--jobs", "1", "--out", "o")
    files = {"trials.parquet", "trials.csv", "confirmed.csv", "optimum.png", "manifest.json"}
    assert {p.name for p in (tmp_path / "o").iterdir()} == files
    assert "cheapest confirmed: faster 1 + longer" in done.out
    assert "(USD a year: what the study says that the measures cost; carriage is not" in done.out
    tried = pl.read_csv(tmp_path / "o" / "trials.csv")
    missed = tried.filter(pl.col("verdict") == "misses").sort("delivered_t", descending=True)
    rows = done.out.split("nearest to it first\n")[1].splitlines()[1:]  # below the heads
    assert (
        rows[0].split("  ")[0]
        in missed.filter(pl.col("delivered_t") == missed["delivered_t"][0])["measures"].to_list()
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("bottleneck", "one.yaml", "--what", "units"), "expected unit or rate"),
        (("sweep", "one.yaml"), "one.yaml:3:1: unknown key `start`"),
        (("sweep", "stud.yaml"), "there is no such file; did you mean study.yaml?"),
        (("optimise", "study.yaml"), "unknown key `factors`"),
    ],
)
def test_mistakes_are_said_and_nothing_is_written(
    tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    test_sweep.study(tmp_path)
    before = snapshot(tmp_path)
    done = steppe(tmp_path, *args)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    after = snapshot(tmp_path)
    assert {k: v for k, v in after.items() if not k.startswith("runs")} == before


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_studies_shipped_are_right(path: Path) -> None:
    """Every file loads, with its scenarios and every value of it."""
    if "measures:" in path.read_text():
        assert Measures(load_optimise(path)).count > 1
        return
    assert count_runs(load_sweep(path)) > 1
