"""The backtest's picture: one row an observation, both figures, and the calibrated ones marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.report import draw
from sim.report.backtest import LIMIT, backtest, lines
from sim.report.backtest_text import markdown
from sim.results import ResultsError
from sim.study.backtest import columns

ROW = {
    "episode": "jam", "row": "trains", "title": "trains standing", "unit": "trains",
    "observed_low": 100.0, "observed_high": 100.0, "mean": 120.0, "low": 110.0, "high": 130.0,
    "predicted_low": 80.0, "predicted_high": 160.0, "error": 20.0, "relative": 0.2,
    "within": True, "calibrated": False, "n": 10, "without": 0, "source": "f",
    "verdict": "within", "blunt": False,
}  # fmt: skip
MISS = {"within": False, "verdict": "misses", "mean": 900.0, "title": "far off"}


def frame(*changes: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **c} for c in changes], schema=columns())


def drawn(*changes: dict[str, Any]) -> Axes:
    return backtest(frame(*changes), Figure(figsize=(8, 4)).subplots())


def words(ax: Axes) -> list[str]:
    return [t.get_text() for t in ax.texts]


def marks(ax: Axes) -> list[Any]:
    """The means, top to bottom: filled or hollow marks that are not the observation's bar."""
    found = [m for m in ax.lines if len(m.get_xdata()) == 1 and m.get_marker() != "|"]
    return [m for m in found if m.get_linewidth() == 0]


def test_each_row_says_both_figures_and_their_unit() -> None:
    ax = drawn({}, {"calibrated": True, "observed_low": 80.0})
    assert words(ax) == [
        "100 observed, 120 [80 … 160] trains",
        "80 to 100 observed, 120 [80 … 160] trains  · calibrated",
    ]
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "jam", "trains standing", "trains standing",
    ]  # fmt: skip


def test_marks_stand_at_simulated_over_observed() -> None:
    ax = drawn({}, {"mean": 50.0})
    assert [m.get_xdata()[0] for m in marks(ax)] == pytest.approx([1.2, 0.5])
    spans = [m for m in ax.lines if len(m.get_xdata()) == 2 and m.get_linewidth() in (1.3, 4.0)]
    assert [tuple(m.get_xdata()) for m in spans[:2]] == [
        pytest.approx((0.8, 1.6)),
        pytest.approx((1.1, 1.3)),
    ]


def test_a_miss_differs_by_shape_and_colour_and_calibrated_is_hollow() -> None:
    ax = drawn({}, {**MISS, "mean": 150.0}, {"calibrated": True}, {"within": None})
    looks = [(m.get_marker(), to_hex(m.get_color())) for m in marks(ax)]
    assert looks[0] == ("o", "#0072b2")
    assert looks[1] == ("s", "#d55e00")
    assert looks[3][0] == "D"
    assert [m.get_markerfacecolor() for m in marks(ax)][2] == "white"
    legend = ax.get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == [
        "observed (grey: a range)", "within", "within, calibrated on", "misses", "not told",
    ]  # fmt: skip


def test_what_lies_beyond_the_axis_is_an_arrow_and_zero_is_no_trouble() -> None:
    ax = drawn(MISS, {"mean": 0.0, "low": 0.0, "predicted_low": 0.0}, {"observed_low": 0.0,
               "observed_high": 0.0}, {"mean": None, "predicted_low": None})  # fmt: skip
    assert [(m.get_marker(), m.get_xdata()[0]) for m in marks(ax)] == [
        (">", LIMIT),
        ("<", 1 / LIMIT),
    ]
    assert "nothing simulated" in words(ax)[3]


def test_the_file_is_the_same_each_time_and_grows_with_the_rows(tmp_path: Path) -> None:
    data = frame({}, MISS)
    one = draw("backtest", data, tmp_path / "one.png").read_bytes()
    assert one == draw("backtest", data, tmp_path / "two.png").read_bytes()
    assert lines(data) == 3
    assert lines(frame({}, {"episode": "storm"})) == 4


def test_an_empty_frame_and_a_wrong_one() -> None:
    empty = backtest(frame().clear(), Figure().subplots())
    assert "Nothing to show" in " ".join(words(empty))
    with pytest.raises(ValueError, match="lacks episode, title"):
        backtest(pl.DataFrame({"x": [1]}), Figure().subplots())
    with pytest.raises(ResultsError, match="by `steppe backtest`"):
        draw("backtest", [], "x.png")


def test_the_page_has_every_row_what_was_calibrated_and_the_misses_with_their_remark() -> None:
    page = markdown(
        frame(
            {"calibrated": True, "calibrates": "the speed"},
            {**MISS, "error": 800.0, "relative": 8.0, "remark": "A flood."},
            {"blunt": True, "without": 2, "n": 8, "observed_low": 80.0},
        ),
        10,
    )
    assert page.splitlines()[0] == (
        "1 episode, 10 replications of each. **Never calibrated on: 2 rows, 1 within and 1 "
        "missed. Calibrated on: 1 row, 1 within and 0 missed.**"
    )
    assert "| `jam` | trains | 100 trains | 120 | 80 … 160 | +20% | within | yes |" in page
    assert "| `jam` | trains | 100 trains | 900 | 80 … 160 | +800% | **misses** | no |" in page
    assert "| 80 to 100 trains | 120 | 80 … 160 | +20% | within, blunt | no |" in page
    assert "| `jam` | trains | the speed |" in page
    assert "- `jam`, trains (simulated above observed). A flood." in page
    assert "In 2 of 10 runs of `jam`, trains has no figure" in page
    assert "misses" not in markdown(frame({}), 10)
