"""Workbooks hold what the files hold, with dates for hours; nothing written by people is run."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

import sim
from sim.report import sheets, write_workbook
from sim.results import ResultsError, read_kpis, read_run
from tests.cli.command import steppe
from tests.corridor.small import SMALL

EVIL = "=HYPERLINK(\"http://evil\",'[a]:b')"
START = datetime(2023, 1, 1)


def cells(book: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the words of its head."""
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two replications of a small corridor whose title would be a formula."""
    here = tmp_path_factory.mktemp("workbook")
    path = here / "small.yaml"
    path.write_text(SMALL.replace("title: a corridor of four stations", f"title: |-\n  {EVIL}"))
    sim.run(path, 2, 1, jobs=1).save(here / "run", None, "steppe run small.yaml")
    return here / "run"


@pytest.fixture(scope="module")
def book(folder: Path) -> Any:
    file, left_out = write_workbook(folder)
    assert file == folder / "workbook.xlsx"
    assert left_out == []
    return load_workbook(file)


def test_key_figures_are_those_of_the_run(folder: Path, book: Any) -> None:
    known = list(read_kpis(folder).values())
    rows = cells(book, "Key figures")
    assert len(rows) == len(known) > 20
    for row, kpi in zip(rows, known, strict=True):
        assert row["mean"] == pytest.approx(kpi["mean"]), row
        assert row["meaning"] == kpi["meaning"]
        assert row["95 %"] == pytest.approx(kpi["half_width"])


def test_weeks_add_up_to_the_key_figures(folder: Path, book: Any) -> None:
    rows, kpis = cells(book, "Weeks"), read_kpis(folder)
    assert sum(r["offered_t"] for r in rows) == pytest.approx(kpis["offered_t"]["mean"])
    assert sum(r["delivered_t"] for r in rows) == pytest.approx(kpis["delivered_t"]["mean"])
    assert rows[-1]["backlog_t"] == pytest.approx(kpis["end_backlog_t"]["mean"])
    assert rows[-1]["backlog_t ±"] == pytest.approx(kpis["end_backlog_t"]["half_width"])
    assert [r["begin"] for r in rows[:2]] == [START, START + timedelta(days=7)]


def test_months_add_up_to_what_the_rows_say(folder: Path, book: Any) -> None:
    rows = cells(book, "Months")
    gone = read_run(folder).containers.filter(pl.col("delivered_h") <= 60 * 24.0)
    assert sum(r["containers"] for r in rows) == gone.height > 100
    assert sum(r["tonnes"] for r in rows) == pytest.approx(gone["tonnes"].sum())
    february = gone.filter(pl.col("delivered_h") >= 31 * 24.0)
    second = [r for r in rows if r["month"] >= datetime(2023, 2, 1)]
    assert sum(r["containers"] for r in second) == february.height > 0
    (one,) = {r["month"] for r in second if r["month"] < datetime(2023, 3, 1)}
    assert one == datetime(2023, 2, 1)


def test_rows_have_dates_for_hours(folder: Path, book: Any) -> None:
    results, rows = read_run(folder), cells(book, "Containers")
    known = results.containers
    assert [r["container"] for r in rows] == known["container"].to_list()
    for moment in ("ready", "stuffed", "departed", "border_in", "arrived", "delivered", "rejected"):
        for row, hours in zip(rows, known[f"{moment}_h"].to_list(), strict=True):
            if hours is None:
                assert row[moment] is None
            else:
                off = row[moment] - START - timedelta(hours=hours)
                assert abs(off.total_seconds()) <= 0.51, (moment, row)
    trains = cells(book, "Trains")
    ours = results.trains.filter(pl.col("kind") == "service")
    assert [r["name"] for r in trains] == ours["name"].to_list()
    meant = {(r["sheet"], r["column"]) for r in cells(book, "Columns")}
    for name in ("Trains", "Containers"):
        assert {(name, column) for column in cells(book, name)[0]} <= meant


def test_evidence_goes_along(folder: Path, book: Any) -> None:
    figures = json.loads((folder / "manifest.json").read_text())["evidence"]["figures"]
    rows = cells(book, "Every figure of the scenario")
    assert [r["parameter"] for r in rows] == [f["parameter"] for f in figures]


def test_what_people_wrote_is_text(book: Any) -> None:
    title = book["Summary"]["A1"]
    assert (title.value, title.data_type) == (EVIL, "s")
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_links_lead_to_sheets(book: Any) -> None:
    places = [
        cell.hyperlink.location
        for row in book["Summary"].iter_rows()
        for cell in row
        if cell.hyperlink is not None
    ]
    assert [place.removesuffix("!A1").strip("'") for place in places] == book.sheetnames[1:]


def test_charts_show_the_weeks(folder: Path, book: Any) -> None:
    assert len(book["Weeks"]._charts) == 2
    with zipfile.ZipFile(folder / "workbook.xlsx") as file:
        drawn = file.read("xl/charts/chart1.xml").decode()
    weeks = len(cells(book, "Weeks"))
    # 60 days are eight weeks and a short one, which is left out.
    assert weeks == 9
    assert "Weeks!$E$2:$E$9" in drawn
    assert book["Weeks"]["E1"].value == "delivered_t"


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    one, _ = write_workbook(folder, tmp_path / "one.xlsx")
    two, _ = write_workbook(folder, tmp_path / "two.xlsx")
    assert one.read_bytes() == two.read_bytes()


def test_tables_that_are_too_long_are_left_out_and_said_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST", 200)
    file, left_out = write_workbook(folder, tmp_path / "short.xlsx")
    rows = read_run(folder).containers.height
    assert ("containers", rows) in [(long.name, long.rows) for long in left_out]
    made = load_workbook(file)
    assert "Containers" not in made.sheetnames
    told = [c.value for row in made["Summary"].iter_rows() for c in row if c.value]
    assert any(f"containers: {rows:,} rows are more than a sheet" in str(text) for text in told)


def test_a_comparison_and_a_study_are_sheets_of_their_tables(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    other = tmp_path / "more.yaml"
    other.write_text(
        "extends: small.yaml\ntitle: more cranes\n"
        "stations: {jinan: {work: {cranes: {cranes: 4}}}}\n"
    )
    short = ["--set", "horizon=30 d", "--replications", "3", "--jobs", "1"]
    made, files = tmp_path / "compared", (str(path), str(other))
    assert steppe(tmp_path, "compare", *files, *short, "--out", str(made)).status == 0
    told = steppe(tmp_path, "export", str(made))
    assert (told.status, told.out.strip()) == (0, str(made / "workbook.xlsx"))
    book = load_workbook(made / "workbook.xlsx")
    frame = pl.read_parquet(made / "comparison.parquet")
    rows = cells(book, "comparison")
    assert [r["difference"] for r in rows] == pytest.approx(frame["difference"].to_list())
    # A workbook is made of the study, which may be made again in its place.
    assert steppe(tmp_path, "compare", *files, *short, "--out", str(made)).status == 0
    assert not (made / "workbook.xlsx").exists()


def test_what_excel_has_not_is_left_empty(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "when": [datetime(2024, 1, 1, tzinfo=UTC)] * 3,
            "figure": [1.5, float("inf"), float("nan")],
        }
    )
    frame.write_parquet(tmp_path / "study.parquet")
    rows = cells(load_workbook(write_workbook(tmp_path)[0]), "study")
    assert [(r["when"], r["figure"]) for r in rows] == [
        (datetime(2024, 1, 1), figure) for figure in (1.5, None, None)
    ]


def test_months_of_a_run_in_parts_are_those_of_one_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    sim.run(path, 1, 1, jobs=1).save(tmp_path / "run")
    sim.stream(path, tmp_path / "parts", 1, block=300)
    whole, parts = (
        cells(load_workbook(write_workbook(tmp_path / name)[0]), "Months")
        for name in ("run", "parts")
    )
    assert len(whole) == len(parts) > 0
    for one, other in zip(whole, parts, strict=True):
        assert one.pop("month") == other.pop("month")
        assert one == pytest.approx(other)


@pytest.mark.parametrize("left", ["workbook.xlsx", "brief.xlsx"])
def test_a_run_replaces_its_workbooks(tmp_path: Path, left: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    made = sim.run(path, 1, 1, sets=["horizon=10 d"], jobs=1)
    made.save(tmp_path / "run")
    write_workbook(tmp_path / "run", tmp_path / "run" / left)
    made.save(tmp_path / "run")
    assert not (tmp_path / "run" / left).exists()


def test_one_run_has_no_intervals(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    sim.run(path, 1, 1, sets=["horizon=10 d"], jobs=1).save(tmp_path / "run")
    book = load_workbook(write_workbook(tmp_path / "run")[0])
    assert not [c for c in cells(book, "Weeks")[0] if "±" in c]
    assert "value" in cells(book, "Key figures")[0]


def test_mistakes_are_said_with_a_cure_and_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"a workbook is written as \.xlsx"):
        write_workbook(folder, tmp_path / "book.xls")
    with pytest.raises(ResultsError, match="there is no such folder"):
        write_workbook(tmp_path / "none")
    with pytest.raises(ResultsError, match="neither a run, a comparison nor a study"):
        write_workbook(tmp_path)
    with pytest.raises(ResultsError, match="cannot be written"):
        write_workbook(folder, tmp_path / "no" / "book.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_without_xlsxwriter_it_is_said_how_to_get_it(folder: Path) -> None:
    code = (
        "import sys; sys.modules['xlsxwriter'] = None; "
        "from sim.report import write_workbook; "
        f"write_workbook({str(folder)!r})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'steppe[excel]'" in told.stderr


def test_a_ramp_has_its_curves_drawn(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("horizon: 60 d", "horizon: 40 d"))
    (tmp_path / "longer.yaml").write_text(
        "extends: small.yaml\ntitle: longer trains\nservices: {east: {length: 50}}\n"
    )
    args = ("small.yaml", "--variants", "longer.yaml", "--steps", "3", "--replications", "2")
    done = steppe(tmp_path, "ramp", *args, "--no-breakpoint", "--jobs", "1", "--out", "ramp")
    assert done.status == 0, done.err
    file, _ = write_workbook(tmp_path / "ramp")
    book = load_workbook(file)
    tidy = pl.read_csv(tmp_path / "ramp" / "table.csv").filter(pl.col("kpi") == "delivered_t")
    rows = cells(book, "Curves")
    assert [row["exports, times"] for row in rows] == [1.0, 2.0, 3.0]
    for row in rows:
        here = tidy.filter(pl.col("volume") == row["exports, times"])
        for variant in ("small", "longer"):
            (mean,) = here.filter(pl.col("variant") == variant)["mean"]
            assert row[variant] == pytest.approx(mean)
    (chart,) = book["Curves"]._charts
    assert len(chart.series) == 2
