"""A run's folder: whole or not there, the same bytes, and never somebody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.results import (
    KpiSummary,
    Results,
    ResultsError,
    kpis,
    read_kpis,
    read_manifest,
    read_run,
    write_run,
)
from sim.results.tables import TABLES
from tests.results import builder

MANIFEST = {"hash": "abc", "resolved": {"title": "A corridor"}, "seed": 1}


def write(folder: Path, run: Results | None = None, **manifest: Any) -> Path:
    run = run or builder.year(count=300)
    return write_run(run, kpis(run), folder, {**MANIFEST, **manifest})


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    run = builder.year(count=300)
    again = read_run(write(tmp_path / "run", run))
    assert all(again.table(name).equals(run.table(name)) for name in TABLES)
    assert again.meta == {k: v for k, v in run.meta.items() if k != "wall_s"}
    assert kpis(again) == kpis(run)


def test_the_same_run_gives_the_same_bytes_but_for_the_wall_time(tmp_path: Path) -> None:
    one = write(tmp_path / "one", builder.year(count=300, wall_s=1.0))
    two = write(tmp_path / "two", builder.year(count=300, wall_s=2.0))
    assert names(one) == names(two)
    for name in names(one):
        if name != "manifest.json":
            assert (one / name).read_bytes() == (two / name).read_bytes(), name
    first, second = read_manifest(one), read_manifest(two)
    assert (first.pop("wall_s"), second.pop("wall_s")) == (1.0, 2.0)
    assert list(first.items()) == list(second.items())


def test_kpis_have_unit_and_meaning_with_and_without_replications(tmp_path: Path) -> None:
    run = builder.results()
    figures = {"delivered_t": KpiSummary(5.0, None, 1, "t", "goods delivered"), **kpis(run)}
    figures["mine"] = {"value": float("nan"), "unit": "h", "meaning": "made up"}  # type: ignore[assignment]
    folder = write_run(run, figures, tmp_path / "run", MANIFEST)
    read = read_kpis(folder)
    assert set(read["offered_t"]) == {"value", "unit", "meaning"}
    assert read["mine"]["value"] is None
    assert "NaN" not in (folder / "kpis.json").read_text()


def test_a_failure_leaves_nothing_and_the_run_before_as_it_was(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def fail(_: Path) -> None:
        raise RuntimeError("no picture")

    run = builder.results()
    with pytest.raises(RuntimeError, match="no picture"):
        write_run(run, kpis(run), folder, MANIFEST, also=fail)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert names(tmp_path) == ["run"]


def test_a_run_is_replaced_with_its_pictures(tmp_path: Path) -> None:
    run = builder.results()
    folder = write(tmp_path / "run")
    (folder / "backlog.png").write_bytes(b"old")
    write_run(run, kpis(run), folder, MANIFEST, also=lambda f: (f / "new.png").write_bytes(b"new"))
    assert "backlog.png" not in names(folder)
    assert "new.png" in names(folder)
    assert read_run(folder).containers.is_empty()
    assert names(tmp_path) == ["run"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    folder.mkdir(parents=True)
    assert write(folder) == folder


@pytest.mark.parametrize("content", ["{}", "not json", '{"name": "an app"}'])
def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ResultsError, match="not a run"):
        write(tmp_path)
    assert names(tmp_path) == ["manifest.json", "thesis.tex"]


def test_a_run_with_a_users_file_in_it_is_not_replaced(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"files that are not of it \(notes\.txt\)"):
        write(folder)
    assert "notes.txt" in names(folder)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        write(tmp_path / "run")
    with pytest.raises(ResultsError, match="cannot write a run here"):
        write(tmp_path / "run" / "inside")


def test_reading_what_is_not_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such folder"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(ResultsError, match=r"has no manifest\.json"):
        read_run(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ResultsError, match="not the manifest of a run"):
        read_run(tmp_path)


@pytest.mark.parametrize("name", [f"{t}.parquet" for t in TABLES])
def test_a_damaged_or_missing_table_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "run")
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ResultsError, match=f"{name}: is damaged"):
        read_run(folder)
    (folder / name).unlink()
    with pytest.raises(ResultsError, match=f"{name}: is missing"):
        read_run(folder)


def test_damaged_json_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    text = (folder / "manifest.json").read_text()
    (folder / "kpis.json").write_text("{")
    with pytest.raises(ResultsError, match=r"kpis\.json: is damaged"):
        read_kpis(folder)
    (folder / "manifest.json").write_text(text[: len(text) // 2])
    with pytest.raises(ResultsError, match=r"manifest\.json: is damaged"):
        read_run(folder)
    document = json.loads(text)
    (folder / "manifest.json").write_text(json.dumps({**document, "steppe_run": 99}))
    with pytest.raises(ResultsError, match="format 99"):
        read_run(folder)


def test_a_damaged_run_can_be_written_anew(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text[: len(text) // 2])
    write(folder)
    read_run(folder)


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    link = tmp_path / "last"
    link.symlink_to(folder)
    assert write(link) == folder
    assert link.is_symlink()
