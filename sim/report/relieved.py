"""What would have helped after an event, as sentences by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.telling import UNSURE, cut_off, more_words, unchanged
from sim.report.words import days_between, figure, listed, step_of, with_ends
from sim.results.spans import DAY

Row = Mapping[str, Any]
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

    Of what is not told apart it says how many more replications would tell; a variant that changes
    nothing is named as such and held against nothing.

    Args:
        rows: of ``sim.study.relief.Relief.table``, the base first.
        differences: of ``Relief.differences``.
    """
    base, *others = [str(row["variant"]) for row in rows]
    queue = {r["variant"]: r for r in differences if r["figure"] == _QUEUE}
    idle = [name for name in others if _changes_nothing(name, differences)]
    sure: dict[str, list[str]] = {}
    for name in sorted(set(others) - set(idle), key=lambda name: _order(queue[name])):
        row = queue[name]
        kind = row["verdict"]
        if unchanged(row):  # what lasts beyond the horizon in both is cut off there in both
            kind = "cut" if cut_off(row) else "same"
        sure.setdefault(kind, []).append(_shift(name, row))
    told = [
        f"{words}: {listed(sure[verdict])}"
        for verdict, words in (
            ("better", "in the mean surely sooner"),
            ("worse", "in the mean surely later"),
            ("same", "as long in every run"),
            ("cut", "as long in every run as far as the horizon lets see"),
            (UNSURE, "not told apart"),
        )
        if verdict in sure
    ]
    mean = next((r["reference"] for r in queue.values() if r["reference"] is not None), None)
    said = ["; ".join((_base(rows[0], base, mean), *told)) + "."]
    if idle:
        verb = "change" if len(idle) > 1 else "changes"
        said.append(
            f"{listed(idle)} {verb} nothing: each figure is that of {base} in every replication. "
            "What was changed was never short, or `steppe check` says why it has no effect."
        )
    held = [name for name in others if name not in idle]
    return (*said, _prices(held, differences, base)) if held else tuple(said)


def _changes_nothing(name: str, differences: Sequence[Row]) -> bool:
    mine = [r for r in differences if r["variant"] == name and r["difference"] is not None]
    return bool(mine) and all(unchanged(r) for r in mine)


def _order(row: Row) -> tuple[float, str]:
    return row["difference"] or 0.0, str(row["variant"])


def recovered_in(row: Row) -> str:
    """When the queue is as without the event: the median, and where eight in ten lie."""
    low, middle, high = (row[f"recovered_{q}_h"] for q in ("p10", "p50", "p90"))
    if not row["n"]:
        return "no pair of runs"
    if middle is None:
        return "not in half of the runs"
    if high == 0.0:
        return "when it ended"
    if row["n"] < 2:
        return f"after {figure(middle / DAY)} days"
    median, spread = days_between(low, middle, high)
    return f"after {median} days ({spread})"


def _base(row: Row, name: str, mean: float | None) -> str:
    """How long it takes without any measure; the mean too, which differences are taken of."""
    after = f"After {row['event']} the queue of {name}"
    if not row["n"]:
        return f"{after} is not known, as no pair of runs ended"
    if row["recovered_p50_h"] is None:
        runs = "any run" if row["open"] == 1.0 else "half of the runs"
        return f"{after} is not as without it by the horizon in {runs}"
    if row["recovered_p90_h"] == 0.0:
        return f"{after} was not longer than without it when it ended, so that none had to go"
    told = f"{after} is again as without it {recovered_in(row)} in the median"
    if mean is None:
        return told
    late = None if row["recovered_p90_h"] is None else row["recovered_p90_h"] / DAY
    step = step_of(row["recovered_p10_h"] / DAY, late) if row["n"] > 1 else None
    return f"{told}, {figure(mean / DAY, '', step)} in the mean"


def _shift(name: str, row: Row) -> str:
    """By how much a variant is sooner or later, with its interval."""
    shift = row.get("difference")
    if shift is None:
        return f"{name} (no pair of runs)"
    if unchanged(row):
        return name
    how = "later" if shift > 0.0 else "sooner"
    if row["low"] is None:
        return f"{name} ({figure(abs(shift) / DAY)} days {how}, one pair of runs)"
    step = step_of(row["low"] / DAY, row["high"] / DAY)
    days, *ends = (
        figure(abs(h) / DAY, "", step) for h in (shift, *sorted((row["low"], row["high"]), key=abs))
    )
    if row["verdict"] != UNSURE:
        return f"{name} (by {days} days, {ends[0]} … {ends[1]})"
    low, high = (_signed(row[end], step) for end in ("low", "high"))
    return f"{name} ({days} days {how}; from {low} to {high}{more_words(row)})"


def _signed(hours: float, step: float | None) -> str:
    return f"{figure(abs(hours) / DAY, '', step)} {'later' if hours > 0.0 else 'sooner'}"


def _prices(names: Sequence[str], differences: Sequence[Row], base: str) -> str:
    """What is surely worse with a variant; that nothing is, where nothing is."""
    told = []
    for name in names:
        worse = [
            words.format(with_ends(*(r[n] / scale for n in ("difference", "low", "high"))))
            for kpi, (words, scale) in _PRICE.items()
            for r in differences
            if (r["variant"], r["figure"], r["verdict"]) == (name, kpi, "worse")
        ]
        if worse:
            told.append(f"{name}: {listed(worse)}")
    if told:
        return f"What that surely takes against {base}: {'; '.join(told)}."
    none = f"None of them surely makes exports later or fewer than in {base}, or trains"
    return f"{none} wait elsewhere."
