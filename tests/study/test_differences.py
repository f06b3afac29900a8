"""What differs between scenarios and runs, and runs made again from their folders."""

from __future__ import annotations

import json
import math
from pathlib import Path

import polars as pl
import pytest
from scipy import stats

import sim
from sim.corridor import simulate
from sim.results import ResultsError
from sim.scenario import load
from sim.study.differences import differences, of_scenarios
from sim.study.reproduce import first_difference, reproduce
from tests.study.tiny import TINY, tiny, written

SHORT = ("horizon=14 d",)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs ``one``, ``two`` (quicker customs) and ``three`` (another seed); for reading only."""
    folder = tmp_path_factory.mktemp("runs")
    path = written(folder)
    quick = (*SHORT, "stations.border.work.customs.time=3 h")
    sim.run(path, 3, sets=SHORT, jobs=1).save(folder / "one")
    sim.run(path, 3, sets=quick, jobs=1).save(folder / "two")
    sim.run(path, 3, sets=SHORT, seed=9, jobs=1).save(folder / "three")
    return folder


# -- scenarios -------------------------------------------------------------------------------


def test_values_that_differ_are_named_with_unit_and_evidence(tmp_path: Path) -> None:
    base = written(tmp_path)
    (tmp_path / "more.yaml").write_text(
        "extends: tiny.yaml\n"
        "title: other words\n"
        "lines: {west: {length: {value: 500 km, assumed: a detour}}}\n"
        "services: {block: {dispatch: {rule: threshold, boxes: 6, longest_hold: 24 h}}}\n"
    )
    found = {c.path: c for c in of_scenarios(load(base), load(tmp_path / "more.yaml"))}
    assert list(found) == [
        "lines.west.length",
        "services.block.dispatch.rule",
        "services.block.dispatch.boxes",
        "services.block.dispatch.longest_hold",
    ]
    length = found["lines.west.length"]
    assert (length.left.text, length.right.text) == ("400 km", "500 km")
    assert (length.left.evidence, length.right.evidence) == ("", "a detour")
    assert found["services.block.dispatch.boxes"].left.text is None


def test_the_same_number_in_another_unit_is_the_same(tmp_path: Path) -> None:
    base = tiny(tmp_path)
    again = tiny(tmp_path, "horizon=1344 h", "supplies.barley.volume=40 t/h", name="again")
    assert of_scenarios(base, again) == []
    other = tiny(tmp_path, "horizon=1345 h", name="other")
    assert [c.path for c in of_scenarios(base, other)] == ["horizon"]


def test_a_file_and_a_run_are_compared_by_their_scenarios(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text(TINY.replace("56 d", "14 d"))
    found = differences(tmp_path / "short.yaml", runs / "two")
    assert [c.path for c in found.values] == ["stations.border.work.customs.time"]
    assert found.results == []


# -- runs ------------------------------------------------------------------------------------


def test_a_run_has_the_evidence_that_its_files_gave(tmp_path: Path) -> None:
    # the base cites a fact, the variant assumes; merged, nobody can say whose evidence a value has
    base = tmp_path / "base.yaml"
    base.write_text(TINY.replace("time: 4 h", "time: 4 h, source: [customs-night]"))
    more = tmp_path / "more.yaml"
    more.write_text(
        "extends: base.yaml\n"
        "stations: {border: {work: {customs: {time: 3 h, assumed: a second team}}}}\n"
    )
    for path in (base, more):
        sim.run(path, sets=SHORT, jobs=1).save(tmp_path / path.stem)
    told = []
    for left, right in (
        (base, more),
        (tmp_path / "base", tmp_path / "more"),
        (base, tmp_path / "more"),
    ):
        (time,) = [c for c in differences(left, right).values if c.path.endswith("customs.time")]
        told.append((time.left.evidence, time.right.evidence))
    assert told == [("customs-night", "a second team")] * 3


def test_two_runs_are_told_apart_in_inputs_and_results(runs: Path) -> None:
    found = differences(runs / "one", runs / "two")
    assert [(c.path, c.left.text, c.right.text) for c in found.values] == [
        ("stations.border.work.customs.time", "4 h", "3 h")
    ]
    assert found.settings == []
    (working,) = [r for r in found.results if r.kpi == "working_mean_h"]
    assert working.difference == pytest.approx(-1.0, abs=0.2)
    lead = next(r for r in found.results if r.kpi == "lead_time_mean_h")
    one, two = (json.loads((runs / n / "kpis.json").read_text())[lead.kpi] for n in ("one", "two"))
    # Welch 1947: errors add up, and degrees of freedom lie between 2 and 4
    errors = [k["half_width"] / stats.t.ppf(0.975, 2) for k in (one, two)]
    square = sum(e**2 for e in errors)
    degrees = square**2 / sum(e**4 / 2 for e in errors)
    half = stats.t.ppf(0.975, int(degrees)) * math.sqrt(square)
    assert lead.low == pytest.approx(two["mean"] - one["mean"] - half)
    assert lead.high == pytest.approx(two["mean"] - one["mean"] + half)


def test_runs_of_other_seeds_say_so(runs: Path) -> None:
    found = differences(runs / "one", runs / "three")
    assert found.values == []
    assert [(c.path, c.left.text, c.right.text) for c in found.settings] == [("seed", "1", "9")]


def test_what_is_no_run_is_refused(tmp_path: Path, runs: Path) -> None:
    with pytest.raises(ResultsError, match="is not the folder of a run"):
        differences(tmp_path, runs / "one")
    with pytest.raises(ResultsError, match="is not the folder of a run"):
        reproduce(tmp_path)


# -- again -----------------------------------------------------------------------------------


def test_a_run_comes_out_again_to_the_byte(runs: Path) -> None:
    before = {p.name: p.read_bytes() for p in (runs / "one").iterdir()}
    found = reproduce(runs / "one", jobs=2)
    assert found.same
    assert set(found.files) == {p for p in before if p != "manifest.json"}
    assert (found.traces, found.versions, found.parting) == ((), {}, None)
    assert found.replications == 3
    assert {p.name: p.read_bytes() for p in (runs / "one").iterdir()} == before


def test_the_first_event_that_differs_is_named(runs: Path, tmp_path: Path) -> None:
    """A run whose folder says of one train that it left customs later, and of a version."""
    import shutil

    folder = tmp_path / "one"
    shutil.copytree(runs / "one", folder)
    stages = pl.read_parquet(folder / "stages.parquet")
    customs = stages["activity"] == "customs"
    row = stages.filter(customs).sort("end_h").row(5, named=True)
    later = pl.when((pl.col("train") == row["train"]) & (pl.col("activity") == "customs")).then(
        pl.col("end_h") + 0.5
    )
    stages.with_columns(later.otherwise("end_h").alias("end_h")).write_parquet(
        folder / "stages.parquet", compression="zstd"
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["traces"][0] = "another"
    manifest["versions"]["numpy"] = "1.0"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    found = reproduce(folder, jobs=1)
    assert not found.same
    assert [n for n, same in found.files.items() if not same] == ["stages.parquet"]
    assert found.traces == (0,)
    assert found.versions == {"numpy": ("1.0", pytest.importorskip("numpy").__version__)}
    assert found.parting is not None
    assert found.parting.time_h == row["end_h"]
    (now,) = found.parting.now
    assert now == f"block/{row['train'] + 1} ends border/customs" or "ends border/customs" in now
    assert found.parting.then == ()


def test_the_first_difference_is_the_earliest(tmp_path: Path) -> None:
    one = simulate(tiny(tmp_path, *SHORT))
    assert first_difference(one, one) is None
    found = first_difference(one, simulate(tiny(tmp_path, *SHORT, "lines.west.speed=799 km/d")))
    assert found is not None
    # nothing can differ before the first train has run its first line
    first = one.stages.filter(pl.col("place") == "west", pl.col("activity") == "run")["end_h"].min()
    assert found.time_h == first
    assert any("ends west/run" in event for event in found.then)


def test_the_trace_knows_order_and_every_event(tmp_path: Path) -> None:
    from sim.corridor.journal import Journal, Stage
    from sim.corridor.trace import trace_hash

    def journal(*stages: tuple[int, int, float, float, float]) -> Journal:
        made = Journal()
        made.stage(Stage("a", "run", None))
        made.stages.extend(number for stage in stages for number in stage)
        return made

    one, two = (0, 0, 1.0, 1.0, 2.0), (1, 0, 1.0, 1.0, 2.0)
    hashes = [trace_hash(journal(*s)) for s in ((one, two), (two, one), (one,), ())]
    assert len(set(hashes)) == 4
    scenario = tiny(tmp_path, *SHORT)
    same = {simulate(scenario, 1, 0).meta["trace"] for _ in range(2)}
    assert len(same) == 1
    assert same != {simulate(scenario, 1, 1).meta["trace"]}
