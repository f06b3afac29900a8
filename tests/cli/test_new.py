"""``steppe new``: a scenario to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results import kpis
from sim.scenario import load
from sim.scenario.starting import variant
from tests.cli.command import good, steppe

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "scenarios"


def bared(text: str) -> str:
    """A variant with all that it may turn: lines of keys are no comments any more."""
    head, *lines = text.split("\n\n", 1)
    body = "\n\n".join(lines).splitlines()
    return "\n".join(
        [head, *(line if line.startswith("# --") else line.removeprefix("# ") for line in body)]
    )


def test_a_corridor_of_ones_own_runs_and_nothing_in_it_is_in_doubt(tmp_path: Path) -> None:
    assert "then: steppe check my.yaml" in good(tmp_path, "new", "my.yaml").out
    assert "no errors, no warnings" in good(tmp_path, "check", "my.yaml").out
    figures = kpis(simulate(load(tmp_path / "my.yaml"), 1))
    offered, delivered = figures["offered_t"].value, figures["delivered_t"].value
    assert offered and delivered and delivered > 0.9 * offered
    good(tmp_path, "evidence", "my.yaml")


@pytest.mark.parametrize(
    "name", ["baseline", "december-storm", "season-2028", "westbound-trains", "booked-slots"]
)
def test_a_variant_says_nothing_new_until_it_is_changed(name: str, tmp_path: Path) -> None:
    base = load(LIBRARY / f"{name}.yaml")
    text = variant(base, str(LIBRARY / f"{name}.yaml"))
    (tmp_path / "as-is.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(bared(text), encoding="utf-8")
    traces = {
        simulate(load(path, ["horizon=20 d"]), 1).meta["trace"]
        for path in (LIBRARY / f"{name}.yaml", tmp_path / "as-is.yaml", tmp_path / "all.yaml")
    }
    assert len(traces) == 1
    # All is written out, and with it whatever is varied in the library.
    assert "dispatch:" in bared(text) and "per_day:" in bared(text)
    resolved = load(tmp_path / "all.yaml").resolved
    assert resolved["services"] != load(tmp_path / "as-is.yaml").resolved["services"]


def test_a_variant_stands_beside_its_base_wherever_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "more.yaml"
    good(ROOT, "new", str(file), "--from", "scenarios/baseline.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("# export_volume: {value: 1,", "export_volume: {value: 2,"), encoding="utf-8"
    )
    said = good(tmp_path, "diff", str(LIBRARY / "baseline.yaml"), "mine/more.yaml").out
    assert "export_volume" in said and "services" not in said


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["there.yaml"], "there.yaml: is there already; choose another name\n"),
        (["my"], "my: is not named as a scenario; expected `my.yaml`\n"),
        (["my.txt"], "my.txt: is not named as a scenario; expected `my.yaml`\n"),
        (["no/my.yaml"], "no/my.yaml: cannot be written (No such file or directory); choose"),
        (["my.yaml", "--from", "lost.yaml"], "lost.yaml: there is no such file"),
        (["my.yaml", "--from", "bad.yaml"], "bad.yaml:1:1: there is no `title`"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_lost(
    args: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "there.yaml").write_text("title: mine\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("titel: mine\n", encoding="utf-8")
    done = steppe(tmp_path, "new", *args)
    assert done.status == 2 and done.err.startswith(said) and not done.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "there.yaml"]
    assert (tmp_path / "there.yaml").read_text(encoding="utf-8") == "title: mine\n"
