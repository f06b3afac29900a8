"""The picture of a recovery: its legend hides no line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from matplotlib.figure import Figure

from sim.report.after import draw_recovery


def test_the_legend_is_above_all_panels_and_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda f, *a, **k: (kept.append(f), save(f, *a, **k)))
    ban = {"event": "ban", "title": "a ban", "begin_h": 24.0, "end_h": 48.0, "periods": 2}
    at_once = {f"recovered_{q}_h": 0.0 for q in ("p10", "p50", "p90")}
    fewer = {"extra_train_h": -192.0, "extra_train_h_high": -100.0}
    events = pl.DataFrame([{**ban, **at_once, **fewer}])
    below = [0.0, -2.0, -4.0, -4.0]
    course = {"time_h": [0.0, 24.0, 48.0, 96.0], "low": below, "mean": below, "high": below}
    curves = pl.DataFrame({"event": ["ban"] * 4, **course})
    draw_recovery(events, curves, date(2024, 1, 1), tmp_path / "a.png", "by hand")
    (figure,) = kept
    assert figure.axes[0].get_legend() is None
    # Where fewer wait nothing recovers, at once or ever.
    title = "a ban: fewer wait than without it, 8 train-days in all"
    assert figure.axes[0].get_title(loc="left") == title
    assert not len(figure.axes[0].lines[-1].get_xdata())
    (legend,) = figure.legends
    assert legend.get_window_extent().y0 >= figure.axes[0].get_window_extent().y1
    assert [t.get_text() for t in legend.get_texts()] == [
        *("the event", "eight in ten runs", "mean", "half of the runs have recovered")
    ]


def test_an_event_without_extra_trains_leaves_room_for_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda f, *a, **k: (kept.append(f), save(f, *a, **k)))
    span = {"begin_h": 24.0, "end_h": 48.0, "periods": 2, "open": 1.0}
    extra = {"extra_train_h": 1.0, "extra_train_h_high": 2.0}
    quarters = ("p10", "p50", "p90")
    storm = {"event": "storm", "title": "a storm", **dict.fromkeys(_of(quarters), None)}
    inner = {"event": "inner", "title": "a line", **dict.fromkeys(_of(quarters), 0.0)}
    events = pl.DataFrame([{**storm, **span, **extra}, {**inner, **span, **extra}])
    time = [0.0, 24.0, 48.0, 96.0]
    levels = {"storm": [0.0, 0.0, 40.0, 30.0], "inner": [0.0] * 4}
    curves = pl.concat(
        pl.DataFrame({"event": [name] * 4, "time_h": time, "low": of, "mean": of, "high": of})
        for name, of in levels.items()
    )
    draw_recovery(events, curves, date(2024, 1, 1), tmp_path / "a.png", "by hand")
    (figure,) = kept
    above, below = (ax.get_position().height for ax in figure.axes)
    assert above == pytest.approx(below) and above > 0.25
    assert figure.axes[1].get_ylim() == (0.0, 1.0)
    title = figure.axes[0].get_title(loc="left")
    assert title == "a storm: no run had recovered by the horizon"


def _of(quarters: tuple[str, ...]) -> list[str]:
    return [f"recovered_{q}_h" for q in quarters]
