"""``sim.run`` and ``sim.compare``: what a person calls from Python, and what it leaves on disk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.corridor import simulate
from sim.results import Kpi, ResultsError, read_kpis, read_manifest, read_run
from sim.results.kpi import KpiSummary
from sim.results.tables import TABLES
from sim.study.api import Run
from tests.study.tiny import tiny, written
from tests.study.trap import Trapped

FILES = {"manifest.json", "kpis.json", *(f"{name}.parquet" for name in TABLES)}
SHORT = ("horizon=14 d",)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def made(path: Path) -> Run:
    return sim.run(path, sets=SHORT, jobs=1)


def test_a_run_has_the_tables_and_figures_of_its_replication(made: Run, tmp_path: Path) -> None:
    alone = simulate(tiny(tmp_path, *SHORT))
    for name in ("containers", "trains", "stages", "waits", "levels"):
        assert getattr(made, name).equals(alone.table(name)), name
        assert not getattr(made, name).is_empty(), name
    found = made.kpis["delivered_t"]
    assert isinstance(found, Kpi)
    delivered = made.containers["delivered_h"].is_not_null().sum()
    assert found.value == 20.0 * delivered > 0.0


def test_several_replications_have_means(path: Path) -> None:
    found = sim.run(str(path), replications=3, sets=SHORT, jobs=1).kpis["delivered_t"]
    assert isinstance(found, KpiSummary)
    assert found.n == 3
    assert found.half_width is not None


def test_sets_and_seed_change_the_run(path: Path, made: Run) -> None:
    assert sim.run(path, sets=SHORT, seed=1, jobs=1).kpis == made.kpis
    assert sim.run(path, sets=SHORT, seed=2, jobs=1).kpis != made.kpis
    more = sim.run(path, sets=(*SHORT, "services.block.length=6"), jobs=1)
    assert more.trains.filter(more.trains["boxes"] == 6).height > 0


def test_a_scenario_loaded_runs_as_its_file(made: Run, tmp_path: Path) -> None:
    assert sim.run(tiny(tmp_path, *SHORT), jobs=1).kpis == made.kpis


def test_sets_do_not_lie_over_what_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sets are laid over a file"):
        sim.run(tiny(tmp_path), sets=SHORT)


def test_mistakes_are_told_apart(path: Path, tmp_path: Path) -> None:
    with pytest.raises(sim.ScenarioError, match="hurizon"):
        sim.run(path, sets=("hurizon=2 d",))
    with pytest.raises(sim.ScenarioError):
        sim.run(tmp_path / "nowhere.yaml")
    with pytest.raises(ValueError, match="replications: 0"):
        sim.run(path, replications=0)


def test_nothing_that_ended_is_an_error_that_says_why(tmp_path: Path) -> None:
    trapped = Trapped.of(tiny(tmp_path, *SHORT))
    with pytest.raises(RuntimeError, match=r"no replication ended.*the trap springs"):
        sim.run(trapped, replications=2, seed=1, jobs=1)


def test_a_failed_replication_is_named_in_the_manifest(tmp_path: Path) -> None:
    trapped = Trapped.of(tiny(tmp_path, *SHORT), tmp_path / "sprung")
    made = sim.run(trapped, replications=3, seed=1, jobs=1)
    manifest = read_manifest(made.save(tmp_path / "out"))
    assert manifest["replications"] == 3
    (failed,) = manifest["failed"]
    assert (failed["replication"], failed["stage"]) == (0, "simulate")
    assert failed["error"] == "ZeroDivisionError: the trap springs"
    assert manifest["run"]["replication"] == 1  # whose tables are kept
    assert read_kpis(tmp_path / "out")["delivered_t"]["n"] == 2


def test_a_run_is_saved_whole_and_read_back(made: Run, tmp_path: Path) -> None:
    folder = made.save(tmp_path / "deep" / "out")
    assert {p.name for p in folder.iterdir()} == FILES
    back = read_run(folder)
    for name in TABLES:
        assert back.table(name).equals(made.results.table(name)), name
    for name, found in read_kpis(folder).items():
        assert found == vars(made.kpis[name]), name


def test_the_manifest_is_enough_to_run_again(made: Run, tmp_path: Path) -> None:
    manifest = read_manifest(made.save(tmp_path / "out"))
    again = sim.Scenario.from_resolved(manifest["scenario"], manifest["scenario_name"])
    assert again.hash == manifest["scenario_hash"]
    assert sim.run(again, seed=manifest["seed"], jobs=1).containers.equals(made.containers)
    assert manifest["failed"] == []
    assert set(manifest["versions"]) == {"python", "steppe", "simpy", "numpy", "polars"}


def test_a_run_replaces_a_run_and_nothing_else(made: Run, tmp_path: Path) -> None:
    out = made.save(tmp_path / "out")
    made.save(out, also=lambda folder: (folder / "throughput.png").write_bytes(b"picture"))
    assert {p.name for p in out.iterdir()} == {*FILES, "throughput.png"}
    made.save(out)
    assert {p.name for p in out.iterdir()} == FILES

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultsError, match="choose another folder"):
        made.save(mine)
    (out / "thesis.txt").write_text("years of work")
    before = json.loads((out / "manifest.json").read_text())
    with pytest.raises(ResultsError, match=r"thesis\.txt"):
        made.save(out)
    assert [p.name for p in mine.iterdir()] == ["thesis.txt"]
    assert json.loads((out / "manifest.json").read_text()) == before


def test_what_breaks_while_saving_leaves_no_folder(made: Run, tmp_path: Path) -> None:
    def breaks(folder: Path) -> None:
        raise ZeroDivisionError

    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError):
        made.save(tmp_path / "out", also=breaks)
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_scenarios_are_compared_by_path_or_loaded(path: Path, tmp_path: Path) -> None:
    slow = tiny(tmp_path, *SHORT, "lines.east.speed=600 km/d", name="slow")
    base = tiny(tmp_path, *SHORT)
    found = sim.compare(base, slow, replications=3, seed=2, jobs=1)
    assert found.names == ("tiny", "slow")
    lead = found.differences(["lead_time_mean_h"]).row(0, named=True)
    # A day more on the way, but for boxes that are not delivered any more by the horizon.
    assert lead["difference"] == pytest.approx(24.0, abs=1.0)
    assert lead["verdict"] == "worse"
    with pytest.raises(ValueError, match="two scenarios"):
        sim.compare(path, sets=SHORT)
    both = sim.compare(path, path, replications=1, sets=SHORT, jobs=1)
    assert {v.scenario.tables.horizon for v in both.variants} == {14 * 24.0}


def test_a_plain_script_runs_in_several_processes_once(path: Path) -> None:
    """Workers do not run the user's script again, though it has no `if __name__ == ...`."""
    script = path.with_name("script.py")
    script.write_text(
        "import sim\n"
        "print('once')\n"
        f"run = sim.run({str(path)!r}, replications=2, sets={SHORT!r}, jobs=2)\n"
        "print(run.kpis['delivered_t'].n, len(run.replications.failed))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["once", "2", "0"], "")
