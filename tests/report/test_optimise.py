"""What was run again is named by numbers, so that names do not lie upon each other."""

from __future__ import annotations

import polars as pl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.report.optimise import cost

NAMES = ["nothing", "night", "one more train", "night + one more train"]


def test_measures_of_nearly_the_same_cost_are_told_apart() -> None:
    rows = pl.DataFrame(
        {
            "measures": NAMES,
            "cost": [0.0, 1e6, 1.1e6, 2.1e6],
            "delivered_t": [433_000.0, 436_000.0, 436_500.0, 437_000.0],
            "delivered_t_half": [100.0] * 4,
            "verdict": ["front"] * 4,
        }
    )
    figure = Figure(figsize=(6.2, 4.4), layout="constrained")
    ax = figure.subplots()
    cost(rows, rows, "delivered_t", "t", ax)
    FigureCanvasAgg(figure).draw()
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3", "4"]
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    under = ax.get_xlabel().replace("\u00a0", " ")
    assert under.startswith("cost, million USD a year\n")
    assert " ".join(under.split()[5:]) == " · ".join(f"{i} {n}" for i, n in enumerate(NAMES, 1))
    legend = ax.get_legend().get_window_extent()
    assert legend.y0 >= ax.get_window_extent().y1 - 1.0, "it hides no bar"
