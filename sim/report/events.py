"""What happened to the corridor in a run, marked on pictures over time: why a curve dips or turns.

Disruptions are shaded from begin to end, dated changes of a value are thin lines; each has a word
at the top, and what changes time and again has one word for all its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from matplotlib import patheffects

from sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTERS = 34
"""Letters of a word at the top, the rest is cut."""
MANY = 4
"""Changes of one value from which on they are a course with one word."""
ROWS = 4
"""Rows of words; a mark whose word finds no room has none."""
_SIZE = 8.0
_LETTER, _ROW = 0.56 * _SIZE / 72, 1.3 * _SIZE / 72
"""Width of a letter and height of a row, inches."""
_FILLS = 0.74
"""Share of a picture that its axes fill, either way, roughly: words are placed before axes are."""
_UNSAID = ("value", "work", "per_day")
"""Parts of a path that say nothing to a reader who sees a change in per cent."""


@dataclass(frozen=True)
class Mark:
    """One mark: from when to when (hours since the start; the same for a change), and its word.

    ``times`` is how many changes the word tells together; it stands at the first of them.
    """

    begin: float
    end: float
    text: str
    times: int = 1


def marks(network: Mapping[str, Any] | None, everywhere: bool = False) -> list[Mark]:
    """What to mark, in the order of time.

    Args:
        network: ``meta["network"]`` of a run; None where that is not known.
        everywhere: only what is the same in all replications, as disruptions with a date are.
    """
    if not network:
        return []
    found = [
        Mark(d["begin_h"], d["end_h"], str(d["title"]))
        for d in network.get("disruptions", ())
        if not everywhere or d.get("dated", False)
    ]
    changes = sorted(network.get("changes", ()), key=lambda c: c["time_h"])
    courses: dict[tuple[str, ...], list[list[Mapping[str, Any]]]] = {}
    for _, day in groupby(changes, key=lambda c: c["time_h"]):
        several = list(day)
        courses.setdefault(tuple(sorted(c["path"] for c in several)), []).append(several)
    for days in courses.values():
        whole = len(days) >= MANY
        for several in days:
            time = several[0]["time_h"]
            text = _course(days) if whole else _turned(several)
            found.append(Mark(time, time, text, len(days) if whole else 1))
    return sorted(found, key=lambda m: (m.begin, m.end, m.text))


def _course(days: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    """The same of many days on which the same values change."""
    if len(days[0]) > 1:
        return f"{_turned(days[0])}, {len(days)} times"
    (first,), (last,) = days[0], days[-1]
    rises = {one["after"] > one["before"] for (one,) in days}
    if len(rises) > 1:  # up and down: what is left of it in the end says nothing
        return f"{_named(first)}, {len(days)} steps"
    return f"{_turned([{**first, 'after': last['after']}])}, {len(days)} steps"


def _turned(changes: Sequence[Mapping[str, Any]]) -> str:
    """What changes on a day: the value and by how much, or how many values."""
    if len(changes) > 1:
        return f"{len(changes)} values change"
    change = changes[0]
    named = _named(change)
    before, after = float(change["before"]), float(change["after"])
    if not before:
        return f"from 0: {named}"
    # the figure first, as a long name is cut
    return f"{100 * (after - before) / abs(before):+.0f} % {named}"


def _named(change: Mapping[str, Any]) -> str:
    """The value that changes, in words."""
    steps = str(change["path"]).split(".")
    if len(steps) > 2:
        steps = steps[1:]  # what kind of thing it is, its name says
    return " ".join(s for s in steps if s not in _UNSAID).replace("_", " ")


def mark(ax: Axes, runs: Sequence[Any]) -> None:
    """Mark what happened in these runs; the axes grow by the rows of words, so set limits before.

    Of several replications only what is the same in all of them is marked.
    """
    first = runs[0]
    found = marks(style.network_of(first), everywhere=len(runs) > 1)
    found = [m for m in found if m.begin < first.horizon_h and m.end >= 0.0]
    if not found:
        return
    for one in found:
        begin, end = style.days_of(first, [one.begin, one.end])
        if one.end > one.begin:
            ax.axvspan(begin, end, color=style.TEXT, alpha=0.11, lw=0, zorder=3.5)
        else:
            ax.axvline(begin, color=style.FAINT, lw=1.0, ls=(0, (2, 2)), zorder=3.5)
    placed = list(_placed(ax, found, first.horizon_h))
    if not placed:
        return
    row = _ROW / _size(ax)[1]
    low, high = ax.get_ylim()
    ax.set_ylim(low, low + (high - low) / (1.0 - row * (1 + max(r for _, r, _, _ in placed))))
    for one, number, at, side in placed:
        ax.annotate(
            _cut(one.text),
            (float(style.days_of(first, at)), 1.0 - number * row),
            xycoords=("data", "axes fraction"),
            xytext=(2 if side == "left" else -2, -1),
            textcoords="offset points",
            ha=side,
            va="top",
            size=_SIZE,
            color=style.FAINT,
            zorder=6,
            path_effects=[patheffects.withStroke(linewidth=2.0, foreground="white")],
        )


def _placed(
    ax: Axes, found: Sequence[Mark], horizon: float
) -> Iterator[tuple[Mark, int, float, str]]:
    """Marks whose words find room: row from above, the hour at which a word ends or begins, where.

    A disruption that comes more than once, and a course of changes, are named the first time alone.
    """
    per_hour = _size(ax)[0] / max(horizon, 1e-9)
    free = [float("-inf")] * ROWS
    named: set[str] = set()
    for one in found:
        wide = (_LETTER * len(_cut(one.text)) + 0.08) / per_hour
        left = one.begin + wide <= horizon
        begin = one.begin if left else one.end - wide
        row = next((n for n in range(ROWS) if free[n] <= begin), None)
        if row is None or one.text in named:
            continue
        if one.end > one.begin or one.times > 1:
            named.add(one.text)
        free[row] = begin + wide
        yield one, row, one.begin if left else one.end, "left" if left else "right"


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else text[: LETTERS - 1].rstrip() + "…"


def _size(ax: Axes) -> tuple[float, float]:
    """Width and height that the axes will have, inches, roughly."""
    figure, spec = ax.get_figure(root=True), ax.get_subplotspec()
    assert figure is not None
    grid = None if spec is None else spec.get_gridspec()
    across, down = (1, 1) if grid is None else (grid.ncols, grid.nrows)
    width, height = figure.get_size_inches()
    return float(width) * _FILLS / across, float(height) * _FILLS / down
