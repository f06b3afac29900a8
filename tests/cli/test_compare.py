"""``steppe compare``: the files, the verdicts, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.command import Done, good, snapshot, steppe
from tests.corridor.small import SMALL

FAST = "extends: small.yaml\ntitle: faster in China\nlines: {china: {speed: 2400 km/d}}\n"
TWIN = "extends: small.yaml\ntitle: the same again\n"
ARGS = ("compare", "small.yaml", "fast.yaml", "twin.yaml", "--replications", "3")


def fill(folder: Path) -> Path:
    for name, text in (("small", SMALL), ("fast", FAST), ("twin", TWIN)):
        (folder / f"{name}.yaml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """A reference, one variant that must be faster, and one that is the same."""
    folder = fill(tmp_path_factory.mktemp("compared"))
    return folder, good(folder, *ARGS, "--jobs", "1")


def rows(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    frame = pl.read_parquet(folder / "comparison.parquet")
    return {(r["variant"], r["kpi"]): r for r in frame.iter_rows(named=True)}


def test_a_comparison_is_a_table_and_a_picture(compared: tuple[Path, Done]) -> None:
    folder = compared[0] / "runs/small-compare"
    names = {"comparison.parquet", "comparison.csv", "causes.csv", "further.csv", "comparison.png"}
    names |= {"groups.csv"}
    names |= {"full-lines.csv", "manifest.json"}
    assert {p.name for p in folder.iterdir()} == names
    assert (folder / "comparison.png").read_bytes().startswith(b"\x89PNG")
    csv = pl.read_csv(folder / "comparison.csv")
    table = pl.read_parquet(folder / "comparison.parquet")
    assert csv.select("variant", "kpi", "verdict").rows() == (
        table.select("variant", "kpi", "verdict").rows()
    )


def test_of_several_variants_it_is_said_how_they_are_held_against_each_other(
    compared: tuple[Path, Done],
) -> None:
    assert "--all-pairs" in compared[1].out
    one = ("--replications", "1", "--jobs", "1", "--out", "pairs")
    for more in (
        ("small.yaml", "fast.yaml"),
        ("small.yaml", "fast.yaml", "twin.yaml", "--all-pairs"),
    ):
        assert "--all-pairs" not in good(compared[0], "compare", *more, *one).out


def test_faster_trains_are_told_apart_and_a_twin_is_not(compared: tuple[Path, Done]) -> None:
    found = rows(compared[0] / "runs/small-compare")
    fast = found["fast", "lead_time_mean_h"]
    assert fast["verdict"] == "better"
    assert fast["low"] <= fast["difference"] <= fast["high"] < 0
    assert fast["difference"] == pytest.approx(fast["value"] - fast["reference"])
    assert fast["n"] == 3
    # common random numbers: a twin differs in nothing at all
    twins = [row for (variant, _), row in found.items() if variant == "twin"]
    assert len(twins) > 3
    for row in twins:
        assert (row["difference"], row["verdict"]) == (0.0, "not told apart")


def test_the_verdicts_are_shown_against_the_first_scenario(compared: tuple[Path, Done]) -> None:
    shown = compared[1].out
    assert shown.startswith("against small: 3 replications of each, common random numbers")
    (line,) = [x for x in shown.splitlines() if x.startswith("fast") and "lead_time_mean_h" in x]
    assert line.endswith("better")
    (line,) = [x for x in shown.splitlines() if x.startswith("twin") and "delivered_t" in x]
    assert line.endswith("the same in every run")
    assert "runs/small-compare/comparison.png" in shown


def test_the_order_of_the_scenarios_is_the_sign(
    compared: tuple[Path, Done], tmp_path: Path
) -> None:
    fill(tmp_path)
    swapped = ("compare", "fast.yaml", "small.yaml", "--kpi", "lead_time_mean_h")
    good(tmp_path, *swapped, "--replications", "3", "--jobs", "1", "--out", "swapped")
    (slow,) = rows(tmp_path / "swapped").values()
    fast = rows(compared[0] / "runs/small-compare")["fast", "lead_time_mean_h"]
    assert slow["verdict"] == "worse"
    assert slow["difference"] == pytest.approx(-fast["difference"])


def test_two_processors_write_the_same_bytes_and_json_says_what_was_written(
    compared: tuple[Path, Done], tmp_path: Path
) -> None:
    fill(tmp_path)
    shown = json.loads(good(tmp_path, *ARGS, "--jobs", "2", "--json", "--out", "two").out)
    assert snapshot(tmp_path / "two") == snapshot(compared[0] / "runs/small-compare")
    assert Path(shown["folder"]) == tmp_path / "two"
    written = rows(tmp_path / "two")
    assert [(d["variant"], d["kpi"]) for d in shown["differences"]] == list(written)
    assert shown["differences"] == list(written.values())


def test_costs_and_lines_that_stood_full_are_shown_without_being_asked_for(tmp_path: Path) -> None:
    fill(tmp_path)
    paid = "extends: small.yaml\ncosts: {stuffing: 52 USD}\nlines: {west: {places: 900}}\n"
    (tmp_path / "paid.yaml").write_text(paid)
    # two trains at a time on the line west, where a dozen a day set out for a day's run
    (tmp_path / "narrow.yaml").write_text("extends: paid.yaml\nlines: {west: {places: 2}}\n")
    args = ("compare", "paid.yaml", "narrow.yaml", "--replications", "2", "--jobs", "1")
    shown = good(tmp_path, *args).out
    (cost,) = [line.split() for line in shown.splitlines() if " cost_per_t " in line]
    assert cost[:3] == ["narrow", "cost_per_t", "2"]  # 52 USD for a box of 26 t
    head = "lines that stood FULL, so that trains could not set out (days, mean of the runs)"
    (row,) = shown[shown.index(head) :].splitlines()[2:3]
    assert row.split()[:2] == ["narrow", "west"] and row.split()[-1] == "2"
    assert 30.0 < float(row.split()[2]) <= 60.0
    found = json.loads(good(tmp_path, *args, "--json").out)
    assert [r["line"] for r in found["full_lines"] if r["variant"] == "narrow"] == ["west"]
    # nothing has a price, and nothing stands full
    wide = ("--set", "lines.west.places=900", "--jobs", "1")
    shown = good(tmp_path, "compare", "small.yaml", "fast.yaml", "--replications", "1", *wide).out
    assert "cost_per_t" not in shown and "FULL" not in shown


def test_one_replication_tells_nothing_apart(tmp_path: Path) -> None:
    fill(tmp_path)
    args = ("compare", "small.yaml", "fast.yaml", "--replications", "1", "--jobs", "1")
    shown = good(tmp_path, *args, "--kpi", "lead_time_mean_h").out
    assert "needs 2 replications or more" in shown
    assert rows(tmp_path / "runs/small-compare")["fast", "lead_time_mean_h"]["low"] is None


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("small.yaml",), "compare needs two scenarios or more"),
        ((), "scenarios"),
        (("small.yaml", "fast.yaml", "--kpi", "deliverd_t"), "did you mean delivered_t?"),
        (("small.yaml", "fast.yaml", "--replications", "0"), "--replications"),
        (("small.yaml", "fast.yaml", "--jobs", "0"), "--jobs"),
        (("small.yaml", "fast.yaml", "--engine", "dask"), "--engine dask needs --scheduler"),
        (
            ("small.yaml", "fast.yaml", "--store", "small.yaml"),
            "choose another folder with --store",
        ),
        (("small.yaml", "long.yaml"), "differ in horizon"),
        (("small.yaml", "bad.yaml", "fat.yaml"), "bad.yaml:3:17: unknown key `spede`"),
        (("small.yaml", "bad.yaml", "fat.yaml"), "did you mean fast.yaml?"),
        (("small.yaml", "fast.yaml", "--out", "."), "choose another folder"),
        (("small.yaml", "fast.yaml", "--out", "x" * 300), "choose another path"),
    ],
)
def test_a_mistake_is_refused_and_nothing_is_written(
    args: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    fill(tmp_path)
    (tmp_path / "long.yaml").write_text("extends: small.yaml\nhorizon: 61 d\n")
    (tmp_path / "bad.yaml").write_text(
        "extends: small.yaml\ntitle: bad\nlines: {china: {spede: 2400 km/d}}\n"
    )
    before = snapshot(tmp_path)
    done = steppe(tmp_path, "compare", *args)
    assert done.status == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert snapshot(tmp_path) == before


def test_a_comparison_with_something_of_the_user_in_it_is_not_replaced(
    compared: tuple[Path, Done], tmp_path: Path
) -> None:
    fill(tmp_path)
    one = ("--replications", "1", "--jobs", "1", "--kpi", "offered_t", "--out", "here")
    args = ("compare", "small.yaml", "twin.yaml", *one)
    shutil.copytree(compared[0] / "runs/small-compare", tmp_path / "here")
    good(tmp_path, *args)  # alone, it is replaced
    assert list(rows(tmp_path / "here")) == [("twin", "offered_t")]
    (tmp_path / "here/diary.txt").write_text("mine")
    before = snapshot(tmp_path / "here")
    done = steppe(tmp_path, *args, "--seed", "3")
    assert done.status == 2
    assert "diary.txt" in done.err
    assert snapshot(tmp_path / "here") == before


def test_the_best_is_chosen_and_what_goes_on_says_so(tmp_path: Path) -> None:
    fill(tmp_path)
    both = ("compare", "small.yaml", "fast.yaml", "--jobs", "1")
    best = ("--best", "lead_time_mean_h", "--indifference", "5%", "--json")
    found = json.loads(good(tmp_path, *both, *best).out)
    assert (found["best"], found["sure"]) == ("fast", True)
    assert [v["replications"] for v in found["variants"]] == [10, 10]
    settled = ("--until-settled", "--kpi", "lead_time_mean_h", "--json")
    found = json.loads(good(tmp_path, *both, *settled).out)
    assert found["replications"] == 10
    assert found["differences"][0]["verdict"] == "better"
    assert {"variant", "cause", "difference", "low", "high"} <= set(found["causes"][0])
    for args, says in (
        (("--best", "lead_time_mean_h"), "--best needs --indifference"),
        (("--until-settled", "--replications", "3"), "leave --replications out"),
        (("--most", "30"), "--most belongs to"),
        (("--until-settled", "--indifference", "wide"), "'wide' is not a share"),
    ):
        done = steppe(tmp_path, *both, *args)
        assert (done.status, done.out) == (2, "")
        assert says in done.err


def test_what_was_refused_is_told_beside_and_widens_no_other_interval(tmp_path: Path) -> None:
    fill(tmp_path)
    text = SMALL.replace("fleet: boxes}}\n  dostyk", "fleet: boxes, storage: 1000 t}}\n  dostyk")
    assert text != SMALL
    (tmp_path / "small.yaml").write_text(text)
    more = "extends: small.yaml\ntitle: twice the goods\nexport_volume: 2\n"
    (tmp_path / "fast.yaml").write_text(more)
    args = ("compare", "small.yaml", "fast.yaml", "--replications", "4", "--jobs", "1")
    shown = good(tmp_path, *args).out
    said, tables = shown.split("\nvariant ", 1)
    assert "\nHeld against small (" in said and "fast (twice the goods), +" in said
    assert "fast besides: surely refused more, by " in said
    assert "tonnes refused, because elevators were full" in tables
    folder = tmp_path / "runs/small-compare"
    (row,) = pl.read_csv(folder / "refused.csv").to_dicts()
    assert row["kpi"] == "refused_t" and row["verdict"] == "worse" and row["low"] > 0.0
    assert "refused_t" not in pl.read_parquet(folder / "comparison.parquet")["kpi"]
    page = good(tmp_path, "report", str(folder)).out
    html = Path(tmp_path / page.strip()).read_text()
    assert "surely refused more, by " in html and "<h3>Tonnes refused</h3>" in html
    # asked for, it is one of those that hold together, and not told twice
    asked = good(tmp_path, *args, "--kpi", "refused_t", "--kpi", "delivered_t", "--out", "two").out
    assert "tonnes refused, because" not in asked and not (tmp_path / "two/refused.csv").exists()
