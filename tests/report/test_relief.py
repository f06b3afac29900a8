"""The picture of what would have helped calls scenarios by their titles."""

from __future__ import annotations

from datetime import date

import polars as pl
from matplotlib.figure import Figure

from sim.report.relief import panel

ROWS = pl.DataFrame(
    {
        "variant": ["base", "catch-up", "twin"],
        "title": ["The season, as it was", "Dostyk catches up", "The season, as it was"],
        "event": ["snow"] * 3,
        "begin_h": [24.0] * 3,
        "end_h": [48.0] * 3,
        "n": [4] * 3,
        "recovered_p10_h": [804.0, 150.0, 804.0],
        "recovered_p50_h": [1701.6, 215.5, 1701.6],
        "recovered_p90_h": [3501.6, 353.0, 3501.6],
    }
)
CURVES = pl.DataFrame(
    {
        "variant": [n for n in ("base", "catch-up", "twin", "without it") for _ in range(2)],
        "time_h": [0.0, 4000.0] * 4,
        "mean": [1.0, 2.0] * 4,
    }
)


def legend(rows: pl.DataFrame) -> list[str]:
    ax = Figure().subplots()
    panel(rows.to_dicts(), CURVES, date(2023, 9, 1), ax)
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_legend_has_titles_and_names_only_where_titles_are_alike() -> None:
    known = legend(ROWS)
    assert "Dostyk catches up: as without it after 9.0 days (6.2 … 14.7)" in known
    assert "base: as without it after 71 days (34 … 146)" in known
    assert "twin: as without it after 71 days (34 … 146)" in known
    told = legend(ROWS.filter(pl.col("variant") != "twin"))
    assert "The season, as it was, without it (mean of the runs)" in told
