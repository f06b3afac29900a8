"""The rule on the page about rules, in a package that is really installed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import polars as pl

from tests.cli.command import steppe
from tests.corridor.small import SMALL

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_rule_of_the_page_is_found_and_does_what_it_says(tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "our_rules-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "our_rules.py").write_text(block("python"))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n")
    group, entry = re.findall(r'entry-points\."(.*?)"\]\n(.*)', block("toml"))[0]
    name, target = entry.replace('"', "").split(" = ")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    (tmp_path / "nightly.yaml").write_text(
        SMALL.replace("{rule: when-full}", "{rule: nightly, boxes: 30}")
    )
    done = steppe(tmp_path, "run", "nightly.yaml", "--out", "run", env={"PYTHONPATH": path})
    assert done.status == 0, done.err
    trains = pl.read_parquet(tmp_path / "run" / "trains.parquet")
    due = trains.filter(pl.col("service") == "east")["due_h"].drop_nulls()
    assert len(due) > 20
    assert (due % 24.0 == 0.0).all()
    wrong = SMALL.replace("{rule: when-full}", "{rule: nightly, boxes: 0}")
    (tmp_path / "nightly.yaml").write_text(wrong)
    refused = steppe(tmp_path, "check", "nightly.yaml", env={"PYTHONPATH": path})
    assert refused.status == 2
    assert "boxes: expected 1 or more" in refused.err


def test_every_decision_of_the_language_is_on_the_page() -> None:
    from sim.policies import ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT

    for registry in (ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT):
        assert f"| `{registry.decision}` |" in PAGE
