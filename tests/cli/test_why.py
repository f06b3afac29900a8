"""``steppe why`` in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev

import pytest

import sim
from sim.corridor import simulate
from sim.results.waited import waiting_by_cause
from sim.scenario import load
from tests.cli.command import good, steppe
from tests.results.test_blame import FULL


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("why")
    (where / "full.yaml").write_text(FULL)
    made = good(where, "run", "full.yaml", "--out", "run")
    assert "recovered after" in made.out
    return where


def test_a_run_is_told_by_cause_and_by_disruption(folder: Path) -> None:
    done = good(folder, "why", "run")
    assert "b: no track free" in done.out
    assert "by kind" in done.out
    assert "The worst week began on " in done.out
    assert "storm" in done.out
    asked = json.loads(good(folder, "why", "run", "--json").out)
    assert set(asked) == {"causes", "kinds", "sides", "room", "recovery"}
    assert asked == json.loads(json.dumps(sim.why(folder / "run")))


def test_a_run_says_on_which_side_of_the_border_exports_waited_and_what_trains_had_room_for(
    folder: Path,
) -> None:
    for done in (good(folder, "why", "run"), good(folder, "run", "full.yaml", "--out", "again")):
        assert "destination" in done.out
        assert "of the slots of those that took exports from" in done.out.replace("\n", " ")


def test_of_several_replications_it_is_said_which_one_the_tables_are_of(folder: Path) -> None:
    run = good(folder, "run", "full.yaml", "--replications", "3", "--out", "three")
    assert "means of 3 replications" in run.out
    assert "most used in replication 0 of 3" in run.out
    assert "disruptions in replication 0 of 3" in run.out
    told = good(folder, "why", "three").out
    assert told.startswith("in replication 0 of 3: the tables are of this one")
    assert "disruptions in replication 0 of 3" in told
    alone = good(folder, "why", "run").out
    assert "replication" not in alone


def test_hours_by_cause_are_means_with_half_widths_over_the_replications(folder: Path) -> None:
    good(folder, "run", "full.yaml", "--replications", "3", "--out", "means")
    scenario = load(folder / "full.yaml")
    runs = [waiting_by_cause(simulate(scenario, replication=r)) for r in range(3)]
    rows = json.loads((folder / "means/manifest.json").read_text())["waiting"]["causes"]
    assert {r["cause"] for r in rows} == {cause for run in runs for cause in run}
    for row in rows:
        of = [run.get(row["cause"], 0.0) for run in runs]
        assert row["hours"] == pytest.approx(mean(of))
        assert row["half_width"] == pytest.approx(4.302653 * stdev(of) / 3**0.5, rel=1e-5)
    shown = good(folder, "run", "full.yaml", "--replications", "3", "--out", "means").out
    first = rows[0]
    line = next(x for x in shown.splitlines() if x.startswith(first["cause"]))
    assert line.split("  ")[-1].strip() == f"{first['share']:.0%}"
    assert "±" in line


def test_a_train_and_a_container_are_told_line_by_line(folder: Path) -> None:
    done = good(folder, "why", "run", "--train", "east/24")
    assert "WAITED  east: no wagons" in done.out
    assert "they add up to the minute" in done.out
    assert "=> storm (a storm)" in done.out
    box = good(folder, "why", "run", "--container", "200")
    assert "they add up to the minute" in box.out
    asked = json.loads(good(folder, "why", "run", "--container", "200", "--json").out)
    assert set(asked) == {"account", "chains", "blame"}
    assert asked["account"]["number"] == 200


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("why", "run", "--train", "west/1"), "there is no train west/1"),
        (("why", "run", "--container", "999999"), "there is no container 999999"),
        (("why", "nowhere"), "nowhere: there is no such folder"),
        (("why", "run", "--train", "1", "--container", "1"), "expected one of the two"),
    ],
)
def test_what_is_not_there_is_the_users_mistake(
    folder: Path, args: tuple[str, ...], sentence: str
) -> None:
    done = steppe(folder, *args)
    assert done.status == 2
    assert sentence in done.err
    assert done.out == ""


def test_the_manifest_holds_queues_and_recovery(folder: Path) -> None:
    manifest = json.loads((folder / "run" / "manifest.json").read_text())
    assert max(abs(q["residual"]) for q in manifest["queues"]) < 1e-9
    assert {q["queue"] for q in manifest["queues"]} >= {"b: trains waiting"}
    assert [r["disruption"] for r in manifest["recovery"]] == ["storm"]
    assert manifest["recovery"][0]["recovery_h"] > 0.0


def test_the_folder_of_a_comparison_is_called_so(folder: Path) -> None:
    (folder / "other.yaml").write_text("extends: full.yaml\ntitle: the same again\n")
    args = ("compare", "full.yaml", "other.yaml", "--replications", "2", "--out", "both")
    assert steppe(folder, *args).status == 0
    done = steppe(folder, "why", "both")
    assert done.status == 2
    assert "both: is the folder of a comparison" in done.err
