"""``steppe report``: one file beside the tables, or where it is wanted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import good, snapshot, steppe


def test_a_report_goes_beside_the_run_which_stays_a_run(written: Path, desk: Path) -> None:
    shutil.copytree(written / "run", desk / "run")
    assert good(desk, "report", "run").out.strip() == "run/report.html"
    text = (desk / "run/report.html").read_text(encoding="utf-8")
    assert json.loads((desk / "run/manifest.json").read_text())["command"] in text
    good(desk, "run", "small.yaml", "--out", "run")  # may be replaced still


def test_the_command_in_the_manifest_makes_the_same_run(written: Path, desk: Path) -> None:
    manifest = json.loads((written / "run/manifest.json").read_text())
    first, *rest = manifest["command"].split()
    assert first == "steppe"
    good(desk, *rest, "--out", "again")
    for name in ("kpis.json", "containers.parquet", "stages.parquet"):
        assert (desk / "again" / name).read_bytes() == (written / "run" / name).read_bytes()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nowhere",), "there is no such folder"),
        ((".",), "neither a run, a comparison nor a study"),
        (("run", "--out", "no/such/r.html"), "no/such/r.html: cannot be written"),
    ],
)
def test_a_mistake_is_refused_with_a_cure(args: tuple[str, ...], says: str, written: Path) -> None:
    before = snapshot(written)
    done = steppe(written, "report", *args)
    assert done.status == 2
    assert says in done.err
    assert snapshot(written) == before
