"""``steppe run``: what it writes, and that it writes the same again."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.command import FILES, MODULE, good, steppe
from tests.corridor.small import SMALL

KPIS = {
    "offered_t": "t",
    "shipped_t": "t",
    "delivered_t": "t",
    "delivered_containers": "containers",
    "lead_time_mean_h": "h",
    "lead_time_p95_h": "h",
    "trains_held_max": "trains",
    "peak_backlog_t": "t",
}
MOMENTS = [
    *("ready_h", "stuffed_h", "departed_h"),
    *("border_in_h", "border_out_h", "arrived_h", "delivered_h"),
]
COLUMNS = ["container", "commodity", "origin", "crossing", "destination", "tonnes", *MOMENTS]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def results(folder: Path, *, evidence: bool = True) -> dict[str, bytes]:
    """The bytes of every file of a run; of the manifest all but the wall time and the command.

    ``evidence`` says whether where figures come from counts too.
    """
    made = {p.name: p.read_bytes() for p in folder.iterdir()}
    manifest = json.loads(made["manifest.json"])
    assert manifest.pop("wall_s") >= 0
    assert manifest.pop("command").startswith("steppe run small.yaml --seed ")
    if not evidence:
        manifest.pop("evidence")
    made["manifest.json"] = json.dumps(manifest).encode()
    return made


def test_a_run_is_a_folder_of_these_files_and_nothing_else(written: Path) -> None:
    assert {p.name for p in (written / "run").iterdir()} == FILES
    assert {p.name for p in written.iterdir()} == {"small.yaml", "run"}
    assert (written / "run/throughput.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_key_figures_have_the_names_of_the_contract_a_value_and_a_unit(written: Path) -> None:
    kpis = read(written / "run/kpis.json")
    assert {name: kpis[name]["unit"] for name in KPIS} == KPIS
    assert all(isinstance(kpis[name]["value"], int | float) for name in KPIS)
    assert all(kpi["meaning"] for kpi in kpis.values())


def test_containers_have_the_columns_of_the_contract_in_the_order_of_the_chain(
    written: Path,
) -> None:
    containers = pl.read_parquet(written / "run/containers.parquet")
    assert [c for c in containers.columns if c in COLUMNS] == COLUMNS
    assert containers["container"].is_unique().all()
    there = containers.filter(pl.col("delivered_h").is_not_null()).select(MOMENTS)
    assert there.height > 100
    assert there.null_count().sum_horizontal().item() == 0
    for earlier, later in pairwise(MOMENTS):
        assert (there[earlier] <= there[later]).all(), (earlier, later)
    assert (containers["delivered_h"].is_null()).any()  # null while not reached


def test_key_figures_agree_with_the_tables(written: Path) -> None:
    kpis = {k: v["value"] for k, v in read(written / "run/kpis.json").items()}
    containers = pl.read_parquet(written / "run/containers.parquet")
    there = containers.filter(pl.col("delivered_h").is_not_null())
    lead = there["delivered_h"] - there["ready_h"]
    assert kpis["offered_t"] == pytest.approx(containers["tonnes"].sum())
    assert kpis["delivered_t"] == pytest.approx(there["tonnes"].sum())
    assert kpis["delivered_containers"] == there.height
    assert kpis["lead_time_mean_h"] == pytest.approx(lead.mean())
    gone = containers.filter(pl.col("departed_h").is_not_null())
    assert kpis["shipped_t"] == pytest.approx(gone["tonnes"].sum())


def test_trains_and_levels_can_be_read(written: Path) -> None:
    trains = pl.read_parquet(written / "run/trains.parquet")
    assert {"train", "service", "departed_h", "ended_h"} <= set(trains.columns)
    levels = pl.read_parquet(written / "run/levels.parquet")
    assert {"series", "unit", "time_h", "level"} == set(levels.columns)
    assert trains.height > 0
    assert levels.height > 0


def test_the_manifest_says_what_made_the_run(written: Path) -> None:
    manifest = read(written / "run/manifest.json")
    assert manifest["scenario"]["horizon"] == "60 d"
    assert manifest["seed"] == 1
    assert len(manifest["scenario_hash"]) == 64
    assert {"python", "steppe", "simpy", "numpy", "polars"} == set(manifest["versions"])
    assert manifest["wall_s"] > 0


def test_same_scenario_and_seed_same_bytes_whatever_the_hash_seed(
    written: Path, desk: Path
) -> None:
    first = results(written / "run")
    for hash_seed in ("0", "1"):
        good(desk, "run", "small.yaml", "--out", hash_seed, env={"PYTHONHASHSEED": hash_seed})
        again = results(desk / hash_seed)
        assert {n for n in first if first[n] != again[n]} == set()


def test_another_seed_is_another_run(written: Path, desk: Path) -> None:
    good(desk, "run", "small.yaml", "--seed", "2", "--out", "other")
    first, other = results(written / "run"), results(desk / "other")
    for name in FILES - {"throughput.png"}:
        assert first[name] != other[name], name
    assert read(desk / "other/manifest.json")["seed"] == 2


def test_replications_give_mean_half_width_and_n_the_same_on_one_processor_and_on_two(
    desk: Path,
) -> None:
    for jobs in ("1", "2"):
        args = ("--replications", "3", "--jobs", jobs, "--out", jobs)
        shown = good(desk, "run", "small.yaml", *args).out
        assert "3 replications" in shown
        assert "±" in shown
    assert results(desk / "1") == results(desk / "2")
    kpis = read(desk / "1/kpis.json")
    for name, unit in KPIS.items():
        assert (kpis[name]["n"], kpis[name]["unit"]) == (3, unit)
        assert isinstance(kpis[name]["mean"], float)
        assert kpis[name]["half_width"] >= 0
    assert kpis["lead_time_mean_h"]["half_width"] > 0
    assert read(desk / "1/manifest.json")["replications"] == 3


def test_the_first_replication_of_several_is_the_run_alone(written: Path, desk: Path) -> None:
    good(desk, "run", "small.yaml", "--replications", "2", "--jobs", "1", "--out", "two")
    alone, two = results(written / "run"), results(desk / "two")
    for name in FILES - {"throughput.png", "kpis.json", "manifest.json"}:
        assert alone[name] == two[name], name


def test_set_lays_values_over_the_scenario_the_last_one_on_top(written: Path, desk: Path) -> None:
    sets = ("--set", "horizon=30 d", "--set", "supplies.barley.volume=300 t/d")
    good(desk, "run", "small.yaml", *sets, "--set", "horizon=20 d", "--out", "set")
    scenario = read(desk / "set/manifest.json")["scenario"]
    assert scenario["horizon"] == "20 d"
    assert scenario["supplies"]["barley"]["volume"] == "300 t/d"
    assert read(desk / "set/manifest.json")["run"]["horizon_h"] == 480
    # the same in the file is the same run
    text = SMALL.replace("60 d", "20 d").replace("900 t/d", "300 t/d")
    (desk / "small.yaml").write_text(text)
    good(desk, "run", "small.yaml", "--out", "file")
    assert results(desk / "set", evidence=False) == results(desk / "file", evidence=False)
    figures = read(desk / "set/manifest.json")["evidence"]["figures"]
    volume = next(f for f in figures if f["parameter"] == "supplies.barley.volume")
    assert volume["assumed"] == "set on the command line"


def test_json_is_json_with_the_figures_that_were_written(desk: Path) -> None:
    shown = json.loads(good(desk, "run", "small.yaml", "--json", "--out", "run").out)
    assert shown["kpis"] == read(desk / "run/kpis.json")
    assert Path(shown["folder"]) == desk / "run"


def test_without_out_a_run_goes_to_runs_by_its_name_and_replaces_the_one_before(
    desk: Path,
) -> None:
    shown = good(desk, "run", "small.yaml")
    assert "runs/small/throughput.png" in shown.out
    first = results(desk / "runs/small")
    assert set(first) == FILES
    assert steppe(desk, "run", "small.yaml", "--seed", "7", program=MODULE).status == 0
    assert [p.name for p in (desk / "runs").iterdir()] == ["small"]
    assert results(desk / "runs/small")["kpis.json"] != first["kpis.json"]


def test_one_station_with_one_queue_is_a_scenario(desk: Path) -> None:
    (desk / "mm1.yaml").write_text(
        "title: M/M/1\nstart: 2023-01-01\nhorizon: 2000 h\n"
        'stations: {a: {work: {serve: {kind: servers, servers: 1, time: "exponential(mean: 0.8 h)"'
        "}}}}\nbackground: {trains: {from: a, route: [a/serve], trains: 1 /h}}\n"
    )
    good(desk, "run", "mm1.yaml", "--out", "mm1")
    assert pl.read_parquet(desk / "mm1/trains.parquet").height > 1500
    # what there is nothing to take from is null, not 0
    assert read(desk / "mm1/kpis.json")["lead_time_mean_h"]["value"] is None


def test_precision_runs_as_many_as_it_takes_and_a_repeat_none(desk: Path) -> None:
    args = ("run", "small.yaml", "--precision", "20%", "--of", "lead_time_mean_h", "--jobs", "1")
    shown = json.loads(good(desk, *args, "--json").out)
    (reached,) = shown["precision"]
    assert reached["enough"] is True
    assert reached["n"] >= 10
    assert reached["half_width"] <= 0.2 * reached["mean"]
    first = results(desk / "runs/small")
    assert read(desk / "runs/small/manifest.json")["replications"] == reached["n"]
    kept = (desk / "runs/.store/runs.sqlite").read_bytes()
    assert "as precise as asked" in good(desk, *args).out
    assert (desk / "runs/.store/runs.sqlite").read_bytes() == kept
    assert results(desk / "runs/small") == first
    done = steppe(desk, *args, "--replications", "3")
    assert (done.status, done.out) == (2, "")


def test_a_run_of_another_file_of_the_same_name_is_not_replaced_without_a_word(desk: Path) -> None:
    (desk / "other").mkdir()
    (desk / "other/small.yaml").write_text(SMALL.replace("volume: 900 t/d", "volume: 800 t/d"))
    assert "note" not in good(desk, "run", "small.yaml").out
    assert "note" not in good(desk, "run", "small.yaml", "--seed", "3").out
    done = good(desk, "run", "other/small.yaml")
    said = "runs/small held a run of small.yaml, which this one of other/small.yaml replaced"
    assert said in done.out


def test_lead_times_are_told_in_days_too(written: Path, desk: Path) -> None:
    hours = read(written / "run/kpis.json")["lead_time_mean_h"]["value"]
    line = next(
        x
        for x in good(desk, "run", "small.yaml").out.splitlines()
        if x.startswith("lead_time_mean_h")
    )
    assert f"  {hours / 24:.1f} d; mean time from ready to delivered" in line
