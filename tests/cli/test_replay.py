"""``steppe replay``: where the page goes, and what is refused."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import good, snapshot, steppe


def test_the_page_is_written_into_the_run_s_folder_and_named(written: Path, desk: Path) -> None:
    good(desk, "run", "small.yaml", "--out", "run")
    done = good(desk, "replay", "run")
    assert done.out.splitlines() == ["run/replay.html"]
    page = (desk / "run" / "replay.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "a corridor of four stations" in page
    good(desk, "run", "small.yaml", "--out", "run")  # a run with its replay can be run again


def test_two_runs_go_into_one_page_where_out_says(written: Path, tmp_path: Path) -> None:
    run = str(written / "run")
    good(tmp_path, "replay", run, run, "--out", "both.html")
    assert [p.name for p in tmp_path.iterdir()] == ["both.html"]


def test_what_cannot_be_played_is_refused_and_nothing_written(
    written: Path, tmp_path: Path
) -> None:
    run = str(written / "run")
    before = snapshot(written)
    for args, words in (
        ((), "run_dirs"),
        (("nowhere",), "nowhere: there is no such folder; expected the folder of a run"),
        ((str(written),), "is not the folder of a run, it has no manifest.json"),
        ((run, run, run), "a replay shows one run or two, not 3"),
        ((run, "--out", "."), ".: is a folder; expected a file such as"),
        ((run, "--out", "no/such/place.html"), "no/such/place.html: cannot be written"),
    ):
        done = steppe(tmp_path, "replay", *args)
        assert done.status == 2
        assert words in done.err
        assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []
    assert snapshot(written) == before
