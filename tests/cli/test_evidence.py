"""``steppe evidence``: what a planner reads of where figures come from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import good, place, snapshot, steppe
from tests.scenario.test_evidence import BASE, REGISTER

ROOT = Path(__file__).parents[2]


def desk(folder: Path) -> Path:
    (folder / "facts.csv").write_text(REGISTER)
    (folder / "base.yaml").write_text(BASE)
    return folder


def test_the_table_says_value_source_and_what_it_says(tmp_path: Path) -> None:
    before = snapshot(desk(tmp_path))
    done = steppe(tmp_path, "evidence", "base.yaml")
    assert done.status == 0
    lines = done.out.splitlines()
    (load,) = (n for n, line in enumerate(lines) if line.startswith("commodities.barley.load"))
    assert "26 t" in lines[load] and "derived" in lines[load]
    assert "boxes (= 1040 t / 40 FEU): Boxes on a train: 40 FEU, 2023; a journal" in lines[load]
    assert lines[load + 1].strip().startswith("tonnes (= 1040 t / 40 FEU): Tonnes on it: 1040 t")
    assert any("assumed: two a week" in line for line in lines)
    conflicts = lines[lines.index("conflicts") :]
    assert "lines.over.length: 300 km is +2.4% off near, 293 km" in conflicts[1]
    assert f"base.yaml:{place(BASE, '300 km')}: " in conflicts[1]
    assert "     2  conflict: " in done.out and "28 figures, 36% of them sourced" in done.out
    warned = done.err.splitlines()
    assert len(warned) == 2 and all(": warning: " in line for line in warned)
    assert snapshot(tmp_path) == before


def test_of_a_variant_it_says_which_file_set_what(tmp_path: Path) -> None:
    desk(tmp_path)
    (tmp_path / "more.yaml").write_text(
        "extends: base.yaml\nstations: {border: {tracks: {value: 9, assumed: more}}}\n"
    )
    lines = steppe(tmp_path, "evidence", "more.yaml").out.splitlines()
    (tracks,) = (line for line in lines if line.startswith("stations.border.tracks"))
    (east,) = (line for line in lines if line.startswith("services.east.length"))
    assert "more.yaml" in tracks and "base.yaml" in east


def test_json_has_every_figure_of_every_scenario(tmp_path: Path) -> None:
    desk(tmp_path)
    (tmp_path / "more.yaml").write_text("extends: base.yaml\ntitle: more\n")
    done = steppe(tmp_path, "evidence", "base.yaml", "more.yaml", "--json")
    found = json.loads(done.out)
    assert set(found) == {"base", "more"}
    by_path = {row["parameter"]: row for row in found["more"]["figures"]}
    length = by_path["lines.over.length"]
    assert (length["value"], length["standing"]) == ("300 km", "conflict")
    assert length["source"][0]["id"] == "near" and length["source"][0]["source"] == "a journal"
    assert (length["file"], length["inherited"]) == ("base.yaml", True)
    assert f"{length['line']}:{length['column']}" == place(BASE, "300 km")
    assert found["base"]["conflicts"] == found["more"]["conflicts"]


def test_an_unknown_fact_ends_with_2_and_no_table(tmp_path: Path) -> None:
    desk(tmp_path)
    (tmp_path / "base.yaml").write_text(BASE.replace("source: [near]", "source: [naer]"))
    done = steppe(tmp_path, "evidence", "base.yaml")
    assert (done.status, done.out) == (2, "")
    said = "source: no fact `naer` in facts.csv; did you mean `near`?"
    assert done.err == f"base.yaml:{place(BASE, 'near]')}: {said}\n"


def test_the_check_warns_of_gaps_where_a_register_is_named(tmp_path: Path) -> None:
    desk(tmp_path)
    assert "stations.border.tracks" in steppe(tmp_path, "check", "base.yaml").err
    quiet = "title: t\nstart: 2024-01-01\nhorizon: 9 d\nstations: {a: {tracks: 3}}\n"
    (tmp_path / "quiet.yaml").write_text(quiet)
    done = steppe(tmp_path, "check", "quiet.yaml")
    assert done.status == 0 and "stations.a.tracks" not in done.err


def test_every_figure_of_the_baseline_has_its_evidence_and_none_is_in_conflict() -> None:
    done = good(ROOT, "evidence", "scenarios/baseline.yaml", "--json")
    found = json.loads(done.out)["baseline"]
    assert found["standings"]["neither"] == 0
    assert found["standings"]["conflict"] == found["standings"]["not comparable"] == 0
    assert len(found["figures"]) > 300
