"""What variants change against a reference, and how sure that is."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report import style
from sim.report.labels import labels
from sim.report.telling import UNSURE, always
from sim.report.words import kpi_words, number, step_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("variant", "kpi", "unit", "reference", "difference", "low", "high", "verdict", "n")
LIMIT = 120.0
"""Per cent beyond which the axis ends and an arrow says that it goes on."""
EQUAL = "the same in every run"
_LOOK = {
    "better": (style.BETTER, "o", True),
    "worse": (style.WORSE, "s", True),
    "differs": (style.PALETTE[3], "D", True),
    "same": (style.UNCLEAR, "s", True),
    EQUAL: (style.UNCLEAR, "s", False),
    UNSURE: (style.UNCLEAR, "o", False),
}


WIDE, MOST_LINES = 36, 3
"""Letters of a variant's title on one line beside its row, and its most lines."""
LINE, GAP = 0.5, 0.3
"""Rows that a further line of a title takes, and the space above a heading."""


def titled(
    frame: pl.DataFrame, refused: pl.DataFrame, titles: Mapping[str, str], reference: str
) -> pl.DataFrame:
    """The differences as the picture shows them: variants by their titles, with tonnes refused.

    Beside those from the reference, variants are held against each other in the first key figure.

    Args:
        frame: differences, columns as ``sim.study.contrast.COLUMNS``.
        refused: the same of tonnes refused; without rows where nothing was.
        titles: of all scenarios compared, by name.
        reference: name of the one that others are held against.
    """
    names = labels(titles, reference)
    if not refused.is_empty():
        first = pl.col("kpi").is_in(("delivered_t", "fulfilment"))
        parts = [part.select(frame.columns) for part in (frame.filter(first), refused)]
        frame = pl.concat([*parts, frame.filter(~first)], how="vertical_relaxed")
    if "against" in frame.columns:
        # Pairs of variants in what decides alone: all figures of all pairs would be a long scroll.
        held = (pl.col("against") == reference).any()
        decides = pl.col("kpi") == frame["kpi"][0] if frame.height else pl.lit(True)
        frame = frame.filter((pl.col("against") == reference) | decides | ~held)
    against = frame["against"] if "against" in frame.columns else [reference] * frame.height
    shown = [
        names.get(v, v) if a == reference else f"{names.get(v, v)} against {names.get(a, a)}"
        for v, a in zip(frame["variant"], against, strict=True)
    ]
    return frame.with_columns(pl.Series("variant", shown, pl.String))


def _wrapped(name: str) -> str:
    lines = textwrap.wrap(name, WIDE, break_on_hyphens=False)
    return "\n".join(lines[:MOST_LINES]) + ("…" if len(lines) > MOST_LINES else "")


@dataclass(frozen=True)
class _Label:
    """What stands beside a row, or above rows of one key figure (then without a row)."""

    text: str
    at: float
    row: dict[str, Any] | None


def _labels(frame: pl.DataFrame) -> tuple[list[_Label], float]:
    """All labels with where they stand, from the top, and the rows that they take in all.

    A title of several lines takes more room, so that titles are told from each other.
    """
    several = frame["variant"].n_unique() > 1
    rows = frame.to_dicts()
    found: list[_Label] = []
    top = 0.0
    for kpi in frame["kpi"].unique(maintain_order=True):
        if several:
            top += GAP if found else 0.0
            found.append(_Label(kpi_words(kpi), top + 0.5, None))
            top += 1.0
        for row in rows:
            if row["kpi"] == kpi:
                text = _wrapped(row["variant"]) if several else kpi_words(kpi)
                height = 1.0 + LINE * text.count("\n")
                found.append(_Label(text, top + height / 2.0, row))
                top += height
    return found, top


def row_count(frame: pl.DataFrame) -> float:
    """Rows of one line that the picture has room for, headings included."""
    return _labels(frame)[1]


def compare(frame: pl.DataFrame, ax: Axes) -> Axes:
    """Paired differences with 95 % intervals, in per cent of the reference, one row each.

    ``frame`` has the columns ``COLUMNS``: differences and bounds in the KPI's unit, verdict one
    of better, worse, not told apart.  Where the reference is zero or missing there is no per
    cent, and only the figure is written.

    Raises:
        ValueError: a column is missing.
    """
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise ValueError(f"the comparison lacks {', '.join(missing)}")
    if frame.is_empty():
        return style.nothing(ax, "there is no difference to compare.")
    rows = frame.to_dicts()
    spans = [abs(_percent(r, c) or 0.0) for r in rows for c in ("difference", "low", "high")]
    limit = min(LIMIT, max(1.0, *spans) * 1.12)
    named, height = _labels(frame)
    for label in named:
        if label.row is not None:
            _row(ax, label.row, label.at, limit)
    ax.axvline(0, color=style.REFERENCE, lw=1.2, zorder=1)
    ax.set_xlim(-limit, limit)
    ax.set_ylim(height + 0.1, -0.1)
    ax.set_yticks([label.at for label in named], [label.text for label in named])
    for tick, label in zip(ax.get_yticklabels(), named, strict=True):
        tick.set_fontweight("bold" if label.row is None else "normal")
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("difference from the reference, % of the reference, with 95 % interval")
    told = {_verdict(row) for row in rows}
    for verdict, (name, marker, full) in _LOOK.items():
        if verdict in told:
            ax.plot(
                [],
                [],
                color=name,
                marker=marker,
                lw=1.8,
                label=verdict,
                mfc=name if full else "white",
            )
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=5, borderaxespad=0.2)
    return ax


def _row(ax: Axes, row: dict[str, Any], y: float, limit: float) -> None:
    name, marker, full = _LOOK.get(_verdict(row), _LOOK[UNSURE])
    at, low, high = (_percent(row, c) for c in ("difference", "low", "high"))
    if at is not None:
        begin = at if low is None else max(low, -limit)
        end = at if high is None else min(high, limit)
        if begin <= limit and end >= -limit:
            ax.plot([begin, end], [y, y], color=name, lw=1.8, solid_capstyle="butt", zorder=2)
        beyond = abs(at) > limit
        side = math.copysign(1.0, at)
        ax.plot(
            [side * limit * 0.985 if beyond else at],
            [y],
            color=name,
            zorder=3,
            ms=7,
            lw=0,
            marker=(">" if side > 0 else "<") if beyond else marker,
            mfc=name if full else "white",
            clip_on=False,
        )
    style.beside(ax, y, _words(row), style.dark(name) if full else style.FAINT)


def _verdict(row: dict[str, Any]) -> str:
    """As the table has it; what no run shows otherwise is not left to chance."""
    verdict = str(row["verdict"])
    return EQUAL if verdict == UNSURE and always(row) else verdict


def _words(row: dict[str, object]) -> str:
    """Difference in the unit, and its interval in per cent."""
    difference = _number(row["difference"])
    if difference is None:
        return "no figure"
    unit = "" if row["unit"] in ("1", "", None) else f" {row['unit']}"
    step = step_of(_number(row["low"]), _number(row["high"]))
    sign = "+" if difference > 0.0 else ""
    shown = number(difference, "", step) if unit or abs(difference) >= 1.0 else f"{difference:.2g}"
    text = f"{sign}{shown}{unit}"
    at, low, high = (_percent(row, c) for c in ("difference", "low", "high"))
    if at is None:
        reference = _number(row["reference"])
        return text + (" (reference is 0)" if reference == 0 else " (reference has none)")
    if low is None or high is None:
        return f"{at:+,.1f} %  ({text}, no interval)"
    return f"{at:+,.1f} % [{low:+,.1f}, {high:+,.1f}]  ({text})"


def _percent(row: dict[str, object], column: str) -> float | None:
    value, reference = _number(row[column]), _number(row["reference"])
    if value is None or not reference:
        return None
    return 100.0 * value / abs(reference)


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return None
