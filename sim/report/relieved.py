"""What would have helped after an event, as sentences by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.words import figure

Row = Mapping[str, Any]
DAY = 24.0
_QUEUE = "recovered_h"
_PRICE = {
    "lead_time_h": ("exports arrive {} days later in the mean", DAY),
    "behind_t": ("{} t more of them are late at once", 1.0),
    "short_t": ("{} t fewer have arrived by the horizon", 1.0),
    "elsewhere_train_h": ("{} train-days more are waited elsewhere", DAY),
}
"""What a variant may take in return, in words, and what its unit is divided by."""


def relief_words(rows: Sequence[Row], differences: Sequence[Row]) -> tuple[str, ...]:
    """How long the base takes, which variants are surely sooner, and what they surely cost.

    Args:
        rows: of ``sim.study.relief.Relief.table``, the base first.
        differences: of ``Relief.differences``.
    """
    base, *others = [str(row["variant"]) for row in rows]
    queue = {r["variant"]: r for r in differences if r["figure"] == _QUEUE}
    sure: dict[str, list[str]] = {"better": [], "worse": [], "not told apart": []}
    for name in sorted(others, key=lambda name: queue[name].get("difference") or 0.0):
        sure[queue[name]["verdict"]].append(_shift(name, queue[name]))
    told = [
        f"{words} {_listed(sure[verdict])}"
        for verdict, words in (
            ("better", "in the mean surely sooner with"),
            ("worse", "in the mean surely later with"),
            ("not told apart", "not told apart with"),
        )
        if sure[verdict]
    ]
    mean = next((r["reference"] for r in queue.values() if r["reference"] is not None), None)
    return (f"{_base(rows[0], base, mean)}; {'; '.join(told)}.", _prices(others, differences, base))


def recovered_in(row: Row) -> str:
    """Days until the queue is as without the event: median, and between which eight in ten lie."""
    low, middle, high = (row[f"recovered_{q}_h"] for q in ("p10", "p50", "p90"))
    if not row["n"]:
        return "no pair of runs"
    if middle is None:
        return "not in half of the runs"
    far = "beyond the horizon" if high is None else figure(high / DAY)
    between = f" ({figure(low / DAY)} … {far})" if row["n"] > 1 else ""
    return f"{figure(middle / DAY)} days{between}"


def _base(row: Row, name: str, mean: float | None) -> str:
    """How long it takes without any measure; the mean too, which differences are taken of."""
    after = f"After {row['event']} the queue of {name}"
    if not row["n"]:
        return f"{after} is not known, as no pair of runs ended"
    if row["recovered_p50_h"] is None:
        return f"{after} is not as without it by the horizon in half of the runs"
    told = f"{after} is again as without it after {recovered_in(row)} in the median"
    return told if mean is None else f"{told}, {figure(mean / DAY)} in the mean"


def _shift(name: str, row: Row) -> str:
    """By how much a variant is sooner or later, with its interval."""
    shift = row.get("difference")
    if shift is None:
        return f"{name} (no pair of runs)"
    days, how = figure(abs(shift) / DAY), "later" if shift > 0.0 else "sooner"
    if row["low"] is None:
        return f"{name} ({days} days {how}, one pair of runs)"
    ends = sorted((row["low"] / DAY, row["high"] / DAY), key=abs)
    if row["verdict"] == "not told apart":
        return f"{name} ({days} days {how}; from {_signed(row['low'])} to {_signed(row['high'])})"
    return f"{name} (by {days} days, {figure(abs(ends[0]))} … {figure(abs(ends[1]))})"


def _signed(hours: float) -> str:
    return f"{figure(abs(hours) / DAY)} {'later' if hours > 0.0 else 'sooner'}"


def _prices(names: Sequence[str], differences: Sequence[Row], base: str) -> str:
    """What is surely worse with a variant; that nothing is, where nothing is."""
    told = []
    for name in names:
        worse = [
            words.format(f"{figure(r['difference'] / scale)} ({_ends(r, scale)})")
            for kpi, (words, scale) in _PRICE.items()
            for r in differences
            if (r["variant"], r["figure"], r["verdict"]) == (name, kpi, "worse")
        ]
        if worse:
            told.append(f"with {name} {_listed(worse)}")
    if told:
        return f"What that surely takes: {'; '.join(told)}, against {base}."
    none = f"None of them surely makes exports later or fewer than in {base}, or trains"
    return f"{none} wait elsewhere."


def _ends(row: Row, scale: float) -> str:
    return f"{figure(row['low'] / scale)} … {figure(row['high'] / scale)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
