"""``steppe diff`` and ``steppe reproduce``: what is printed, and the exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.command import good, snapshot, steppe


def test_scenarios_that_differ_are_shown_side_by_side(desk: Path) -> None:
    (desk / "fast.yaml").write_text("extends: small.yaml\nlines: {china: {speed: 2400 km/d}}\n")
    out = good(desk, "diff", "small.yaml", "fast.yaml").out
    (row,) = [line for line in out.splitlines() if line.startswith("lines.china.speed")]
    assert "1200 km/d" in row and "2400 km/d" in row
    assert "do not differ" in good(desk, "diff", "small.yaml", "small.yaml").out
    found = json.loads(good(desk, "diff", "small.yaml", "fast.yaml", "--json").out)
    assert [c["path"] for c in found["values"]] == ["lines.china.speed"]


def test_a_run_is_proved_the_same_or_not(written: Path, tmp_path: Path) -> None:
    before = snapshot(written)
    out = good(tmp_path, "reproduce", str(written / "run")).out
    assert "the same again" in out
    assert "containers.parquet" in out
    assert snapshot(written) == before
    broken = tmp_path / "broken"
    shutil.copytree(written / "run", broken)
    (broken / "kpis.json").write_text("{}")
    done = steppe(tmp_path, "reproduce", "broken")
    assert done.status == 1
    assert "NOT the same again" in done.out
    assert "other bytes: kpis.json" in done.out
    assert steppe(tmp_path, "reproduce", "nowhere").status == 2
    assert steppe(tmp_path, "diff", "nowhere", "broken").status == 2
