"""The page on the backtest: its example is an episode, and it lists what the language has."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sim.scenario import shape as shapes
from sim.study.episodes import load_episode
from sim.study.episodes.kinds import KINDS
from sim.study.episodes.language import ObservedRow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")


def test_the_example_is_an_episode(tmp_path: Path) -> None:
    for name in ("scenarios", "seeds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "scenarios" / "mine.yaml"
    path.write_text(text)
    assert [r.name for r in load_episode(path).rows] == ["standing", "transit"]


def test_every_key_and_kind_is_on_the_page() -> None:
    for key in shapes.fields(ObservedRow):
        assert f"`{key}`" in PAGE or key in ("source", "assumed"), key
    for kind, measure in KINDS.items():
        if kind == "kpi":  # written by its name
            continue
        (line,) = [row for row in PAGE.splitlines() if row.startswith(f"| `{kind}` |")]
        for key in shapes.fields(measure):
            assert f"`{key}`" in line or key in ("kind", "source", "assumed"), (kind, key)
