"""What happened is marked where and when it happened, with words that do not meet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import sim
from sim.report.backlog import backlog
from sim.report.bottleneck import shifting
from sim.report.equipment import equipment
from sim.report.events import Mark, mark, marks
from sim.report.gap import gap
from sim.report.places import boxes_waiting, trains_held
from sim.report.queues import queues
from sim.report.style import days_of
from sim.report.throughput import throughput
from sim.results.store import read_weekly
from tests.report import made
from tests.results import builder

STORM = {"name": "storm", "title": "snow", "on": ["x"], "factor": 0.0, "dated": True}
TEXT = """
extends: {base}
horizon: 30 d
disruptions:
  wind: {{on: [dostyk-alashankou], every: "exponential(mean: 5 d)", lasts: 6 h}}
  december-storm: {{begin: 2023-09-10}}
"""
BASELINE = Path("scenarios/baseline.yaml")


def axes() -> Axes:
    return Figure(figsize=(11, 5.6)).subplots()


def shaded(ax: Axes) -> list[tuple[float, float]]:
    """Bands from bottom to top."""
    found = []
    for patch in ax.patches:
        if isinstance(patch, Rectangle) and patch.get_height() == 1.0 and patch.get_alpha():
            found.append((patch.get_x(), patch.get_x() + patch.get_width()))
    return found


@pytest.mark.parametrize(
    "panel", [throughput, gap, backlog, queues, trains_held, boxes_waiting, shifting, equipment]
)
def test_pictures_over_time_mark_a_storm_and_a_dated_change(panel: Callable[..., Any]) -> None:
    run, ax = made.run(), axes()
    panel(run, ax)
    begin, end, change = days_of(run, [60.0, 84.0, 156.0])
    assert shaded(ax) == [(pytest.approx(begin), pytest.approx(end))]
    words = {t.get_text(): t.xy[0] for t in ax.texts if hasattr(t, "xy")}
    assert words["snow"] == pytest.approx(begin)
    assert words["+50 % far acceptance"] == pytest.approx(change)


def test_words_do_not_meet_and_the_axes_grow_by_their_rows() -> None:
    storms = [
        {**STORM, "title": f"storm number {n}", "begin_h": h, "end_h": h + 48.0}
        for n, h in enumerate((0.0, 100.0, 200.0, 5000.0, 8700.0))
    ]
    run, ax = builder.results(network={"disruptions": storms}), axes()
    ax.set_xlim(*days_of(run, [0.0, run.horizon_h]))
    ax.set_ylim(0, 10)
    mark(ax, [run])
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = ax.get_window_extent()
    assert all(frame.x0 <= b.x0 and b.x1 <= frame.x1 for b in boxes)
    # what was drawn up to 10 lies below the words
    assert min(b.y0 for b in boxes) >= ax.transData.transform((0.0, 10.0))[1]


def test_a_run_in_which_nothing_happened_keeps_its_axes() -> None:
    for network in (None, {"disruptions": [], "changes": []}):
        ax = axes()
        ax.set_ylim(0, 10)
        mark(ax, [builder.results(network=network)])
        assert not ax.patches
        assert ax.get_ylim() == (0, 10)


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("export_volume", 1.0, 1.12, "+12 % export volume"),
        ("stations.dostyk.work.papers.servers", 4.0, 3.0, "-25 % dostyk papers servers"),
        ("stations.dostyk.tracks", 0.0, 3.0, "from 0: dostyk tracks"),
    ],
)
def test_a_change_says_what_and_by_how_much(
    path: str, before: float, after: float, said: str
) -> None:
    change = {"path": path, "time_h": 9.0, "before": before, "after": after}
    assert marks({"changes": [change]}) == [Mark(9.0, 9.0, said)]
    assert marks({"changes": [change, change]}) == [Mark(9.0, 9.0, "2 values change")]


def test_what_changes_every_month_has_one_word(tmp_path: Path) -> None:
    """Growth of 3 % a month is one course of rising exports, not a word a month over the curve."""
    monthly = [
        {"path": "export_volume", "time_h": 720.0 * n, "before": 1.03 ** (n - 1), "after": 1.03**n}
        for n in range(1, 12)
    ]
    storm = {"begin_h": 2400.0, "end_h": 2500.0, "title": "storm", "dated": True}
    network = {"changes": monthly, "disruptions": [storm]}
    ax = axes()
    ax.set_ylim(0, 10)
    mark(ax, [builder.results(network=network, horizon_h=8760.0)])
    assert sorted(t.get_text() for t in ax.texts) == ["+38 % export volume, 11 steps", "storm"]
    assert len(ax.lines) == 11
    two = [{**c, "path": path} for c in monthly for path in ("export_volume", "background_volume")]
    assert {m.text for m in marks({"changes": two})} == {"2 values change, 11 times"}
    turns = [{**c, "before": n % 2, "after": 1 - n % 2} for n, c in enumerate(monthly)]
    assert {m.text for m in marks({"changes": turns})} == {"export volume, 11 steps"}
    assert {m.text for m in marks({"changes": monthly[:3]})} == {"+3 % export volume"}


def test_of_replications_only_what_all_of_them_have_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "windy.yaml"
    file.write_text(TEXT.format(base=BASELINE.resolve()))
    sim.run(file, replications=2).save(tmp_path / "run")
    weeks = read_weekly(tmp_path / "run")
    ax = axes()
    throughput(weeks, ax)
    assert [t.get_text() for t in ax.texts] == ["snow and wind at Dostyk"]
    assert len(shaded(ax)) == 1
    alone = axes()
    queues(sim.run(file).results, alone)
    assert len(shaded(alone)) > 1
    assert "wind" in [t.get_text() for t in alone.texts]
