"""Pictures of studies: sheets of panels over the tables that a study has made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.report import style
from sim.results.errors import ResultsError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Panel = Callable[["Axes"], Any]


def sheet(
    path: Path,
    title: str,
    subtitle: str,
    panels: Sequence[Panel],
    *,
    columns: int = 3,
    size: tuple[float, float] = (4.4, 4.2),
    widths: Sequence[float] | None = None,
    named: bool = False,
) -> Path:
    """Draw panels in rows into a PNG; the same data give the same bytes.

    Args:
        named: say above all panels what the lines of the first one are.
        size: width and height of one panel, inches.
        widths: of the columns, relative; all alike if None.

    Raises:
        ResultsError: the file cannot be written.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width, height = max(size[0] * columns, 7.0), size[1] * rows + 0.8
    with mpl.rc_context():
        mpl.rcdefaults()  # a user's own settings must not change the bytes
        mpl.rcParams.update(style.RC)
        figure = Figure(figsize=(width, height))
        head = 0.78 / height
        looks: tuple[tuple[str, float, dict[str, Any]], ...] = (
            (title, 0.30, {"size": 14, "weight": "bold"}),
            (subtitle, 0.57, {"size": 9.5, "color": style.FAINT}),
        )
        for text, below, look in looks:
            figure.text(0.1 / width, 1 - below / height, text, va="center", **look)
        grid = figure.subplots(rows, columns, squeeze=False, width_ratios=widths)
        for i, ax in enumerate(grid.flat):
            if i < len(panels):
                panels[i](ax)
            else:
                ax.set_axis_off()
        if named:
            lines, words = grid[0, 0].get_legend_handles_labels()
            lined = -(-len(words) // 5)
            at = (0.02 / width, 1 - head)
            figure.legend(
                lines, words, loc="upper left", bbox_to_anchor=at, ncols=-(-len(words) // lined)
            ).set_in_layout(False)
            head += (0.1 + 0.22 * lined) / height
        figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - head), w_pad=0.12, h_pad=0.1)
        try:
            figure.savefig(path, format="png", dpi=150, metadata={"Software": None})
        except OSError as error:
            raise ResultsError(f"{path}: cannot be written ({error.strerror})") from error
    return path


def legend(ax: Axes, columns: int = 3, size: float = 8.5) -> None:
    """The legend above the panel's left corner."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.2,
        fontsize=size,
    )
