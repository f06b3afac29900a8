"""Whether a difference between scenarios is told apart from chance, and what it would take.

A row is of a table of paired differences: difference, low, high (None where one pair of runs gives
no interval), verdict, n (pairs), more_runs (pairs still to run, None where that is hopeless), and
of recoveries open (pairs of which a run had not recovered by its end, where it is cut off).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MANY = 1000
"""Further replications from which a difference, if there is one, is too small to matter."""
FEW = 5
"""Further replications up to which the luck of the runs there are decides on how many are told."""
UNSURE = "not told apart"
Row = Mapping[str, Any]


def unchanged(row: Row) -> bool:
    """Whether the figure is that of the reference in every replication."""
    return row["difference"] == 0.0 and not row["low"] and not row["high"]


def cut_off(row: Row) -> int:
    """Pairs whose figure is that of the end of the runs, as a recovery was not seen by then."""
    return int(row.get("open") or 0)


def _equal(row: Row) -> str:
    """That nothing differs, as far as the runs let see it."""
    unseen = cut_off(row)
    if not unseen:
        return "the same in every run"
    if unseen == row["n"]:
        return "not recovered by the end of the runs"
    return f"the same, but {unseen} of {row['n']} not recovered by the end of the runs"


def more_runs(count: int) -> str:
    """How many more replications would tell, in words: of a few the estimate knows no more."""
    return f"about {count:,} more replications" if count > FEW else "a few more replications"


def more_words(row: Row) -> str:
    """How many more replications would tell a difference, roughly, as the end of a clause."""
    if row["n"] == 0:
        return ", as no pair of runs has it"
    if row["low"] is None:
        return ", as that needs 2 replications or more"
    more = row.get("more_runs")
    if more and more > MANY:
        return ", no difference that matters at this size"
    return f", {more_runs(more)} would tell" if more else ""


def verdict_words(row: Row) -> str:
    """The verdict for a table, with what it would take where there is none yet."""
    if row["verdict"] == "same":
        return "the same within the indifference"
    if row["verdict"] != UNSURE:
        return str(row["verdict"])
    if row["n"] == 0:
        return f"{UNSURE}: no pair of runs has it"
    if unchanged(row):
        return _equal(row)
    if row["n"] < 2:
        return f"{UNSURE}: needs 2 replications or more"
    more = row.get("more_runs")
    if more is None:
        return UNSURE
    if more > MANY:
        return f"{UNSURE}: no difference that matters at this size"
    return f"{UNSURE}: {more_runs(more)}"
