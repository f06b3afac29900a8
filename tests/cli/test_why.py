"""``steppe why`` in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
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
    assert "storm" in done.out
    asked = json.loads(good(folder, "why", "run", "--json").out)
    assert set(asked) == {"causes", "kinds", "recovery"}
    assert asked == json.loads(json.dumps(sim.why(folder / "run")))


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
