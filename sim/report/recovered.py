"""How long after an event its extra trains were gone, as sentences by rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.words import between, days_between, figure, step_of, with_ends
from sim.results.spans import DAY

TENS = 10
"""Recoveries from which eight in ten of them are fewer than all."""


def recovered_words(row: Mapping[str, Any]) -> str:
    """How long after an event its extra trains were gone, and what it took from exports.

    Args:
        row: of ``sim.study.recovery.Recovery.table``, with at least one pair of runs.
    """
    low, middle, high = (row[f"recovered_{q}_h"] for q in ("p10", "p50", "p90"))
    most = f"at most {figure(row['extra_most'])} extra trains waited"
    fewer = fewer_waited(row)
    if fewer is not None:
        over = f"fewer trains waited than without it, {figure(fewer)} train-days in all"
    elif no_queue(row):
        over = _instead(row)
    elif not row["periods"]:
        over = f"{most}; it had not ended by the horizon"
    elif middle is None:
        over = f"{most}, and {unrecovered(row)} by the horizon"
    elif row["periods"] < 2:
        over = f"recovered after {figure(middle / DAY)} days; {most}"
    else:
        some = "all" if row["periods"] < TENS else "eight in ten"
        median, spread = days_between(low, middle, high)
        over = (
            f"half of the runs have recovered after {median} days "
            f"({spread}, {some} of {row['periods']}); {most}"
        )
    return f"{row['title']}: {over}; {_delayed(row)}."


def unrecovered(row: Mapping[str, Any]) -> str:
    """How many runs had not recovered, where the median had not."""
    none = row["open"] == 1.0 and row["periods"] > 1
    return "no run had recovered" if none else "half of the runs had not recovered"


def fewer_waited(row: Mapping[str, Any]) -> float | None:
    """Train-days that an event surely took off the queue, as a ban does, so that nothing had to
    recover; None where it took none.
    """
    high = row["extra_train_h_high"]
    return -row["extra_train_h"] / DAY if high is not None and high < 0.0 else None


def no_queue(row: Mapping[str, Any]) -> bool:
    """Whether no more trains waited at its end than without it, in nine of ten runs at least.

    Nothing had to recover then where the queue is watched, there or before it, which does not mean
    that nothing was late: a line without paths or acceptance has no queue.
    """
    return bool(row["periods"]) and row["recovered_p90_h"] == 0.0


def _instead(row: Mapping[str, Any]) -> str:
    """That no queue was left to recover from, and where trains lost their time."""
    if row["extra_most"] == 0.0:
        said = "no more trains waited there or before it than without it"
    else:
        said = (
            "when it ended no more trains waited there or before it than without it, and "
            f"at most {figure(row['extra_most'])} extra at any time"
        )
    told = []
    stood, waited = (row.get(f"{name}_train_h") for name in ("stood", "elsewhere"))
    if _sure(row, "stood"):
        told.append(f"those under way there took {_train_days(row, 'stood')} longer")
    if _sure(row, "elsewhere"):
        most = f", most at {row['elsewhere_most']}" if row["elsewhere_most"] else ""
        told.append(f"{_train_days(row, 'elsewhere')} more were waited elsewhere{most}")
    if told:
        return f"{said}; {' and '.join(told)}"
    if stood or waited:
        return f"{said}; that they took or waited longer anywhere is not told apart from chance"
    return said


def _sure(row: Mapping[str, Any], name: str) -> bool:
    """Whether train-hours surely are more; of one pair of runs, whether they are."""
    hours, low = row.get(f"{name}_train_h"), row.get(f"{name}_train_h_low")
    return ((hours if low is None else low) or 0.0) > 0.0


def _train_days(row: Mapping[str, Any], name: str) -> str:
    ends = (row[f"{name}_train_h{end}"] for end in ("", "_low", "_high"))
    days, low, high = (None if hours is None else hours / DAY for hours in ends)
    return f"{with_ends(days, low, high)} train-days"


def _delayed(row: Mapping[str, Any]) -> str:
    late, low, high = (row[f"lead_time_h{end}"] for end in ("", "_low", "_high"))
    if late is None:
        return "no exports were on their way"
    if late == 0.0 and not low and not high:
        return "exports arrived when they would have without it"
    ends = (None, None) if low is None or high is None else (low / DAY, high / DAY)
    days = figure(abs(late) / DAY, "", step_of(*ends))
    how = f"{days} days {'later' if late >= 0.0 else 'earlier'}"
    if low is None or high is None:
        return f"exports took {how} in the mean"
    spread = between(*ends)
    if low <= 0.0 <= high:
        return f"that exports arrived later is not told apart from chance ({how}, {spread})"
    return f"exports arrived {how} in the mean ({spread})"
