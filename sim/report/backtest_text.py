"""The backtest as a page in Markdown: every row, what was calibrated on which, and the misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

HEAD = ("episode", "row", "observed", "simulated", "one more run", "error", "verdict", "calibrated")


def markdown(frame: pl.DataFrame, replications: int) -> str:
    """A page of the backtest's frame, with the intervals for one more run."""
    rows = frame.to_dicts()
    parts = [
        summary(rows, replications),
        _table(HEAD, [_row(r) for r in rows]),
        "*Blunt*: the interval is wider than the observation itself, so that much would have "
        "passed.",
    ]
    short = [r for r in rows if r["without"]]
    parts += [
        f"In {r['without']} of {r['without'] + r['n']} runs of `{r['episode']}`, {r['row']} has no "
        "figure and is not in the mean."
        for r in short
    ]
    calibrated = [r for r in rows if r["calibrated"]]
    if calibrated:
        parts.append("### What was calibrated on which row")
        parts.append(
            _table(
                ("episode", "row", "what"),
                [(f"`{r['episode']}`", r["row"], r["calibrates"] or "") for r in calibrated],
            )
        )
    missed = [r for r in rows if r["within"] is False]
    if missed:
        parts.append("### What misses, and why probably")
        parts.append("\n".join(_miss(r) for r in missed))
    return "\n\n".join(parts) + "\n"


def summary(rows: list[dict[str, Any]], replications: int) -> str:
    """How many rows of either kind lie within."""
    said = []
    for words, calibrated in (("Never calibrated on", False), ("Calibrated on", True)):
        mine = [r for r in rows if r["calibrated"] is calibrated]
        within = sum(r["within"] is True for r in mine)
        missed = sum(r["within"] is False for r in mine)
        said.append(f"{words}: {many(len(mine), 'row')}, {within} within and {missed} missed.")
    episodes = many(len({r["episode"] for r in rows}), "episode")
    runs = many(replications, "replication")
    return f"{episodes}, {runs} of each. **{' '.join(said)}**"


def many(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    low, high = row["observed_low"], row["observed_high"]
    seen = _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"
    ends = (row["predicted_low"], row["predicted_high"])
    between = "–" if None in ends else f"{_figure(ends[0])} … {_figure(ends[1])}"
    relative = "–" if row["relative"] is None else f"{row['relative']:+.0%}".replace("-", "−")
    verdict = row["verdict"] + (", blunt" if row["blunt"] else "")
    return (
        f"`{row['episode']}`",
        row["row"],
        f"{seen} {row['unit']}".rstrip(),
        _figure(row["mean"]),
        between,
        relative,
        f"**{verdict}**" if row["within"] is False else verdict,
        "yes" if row["calibrated"] else "no",
    )


def _miss(row: dict[str, Any]) -> str:
    side = "above" if (row["error"] or 0.0) > 0.0 else "below"
    why = f" {row['remark']}" if row["remark"] else ""
    return f"- `{row['episode']}`, {row['row']} (simulated {side} observed).{why}"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    size = abs(value)
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if size >= 10 else f"{value:,.2f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
