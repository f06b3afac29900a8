"""Whether a difference between scenarios is told apart from chance, and what it would take.

A row is of a table of paired differences: difference, low, high (None where one pair of runs gives
no interval), verdict, n (pairs), negligible (size of a difference up to which nobody would act on
it) and more_runs (pairs still to run) of ``sim.study.statistics.Outlook``, and of recoveries open
(pairs of which a run had not recovered by its end, where it is cut off).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MANY = 1000
"""Further replications beyond which nobody would run them to tell a difference."""
FEW = 5
"""Further replications up to which the luck of the runs there are decides on how many are told."""
UNSURE = "not told apart"
Row = Mapping[str, Any]


def unchanged(row: Row) -> bool:
    """Whether the figure is that of the reference in every replication."""
    return row["difference"] == 0.0 and not row["low"] and not row["high"]


def always(row: Row) -> bool:
    """Whether several pairs of runs show the figure of the reference, each to its last digit."""
    return row["low"] is not None and unchanged(row) and not cut_off(row)


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


def _advice(row: Row, then: str = "") -> str:
    """What can be said of a difference that is not told apart: that it is too small for anybody to
    act on, or how many more replications would tell; nothing where that is hopeless.
    """
    low, high, small = row["low"], row["high"], row.get("negligible")
    if small is not None and -small <= low and high <= small:
        return f"at most {_at_most(row)} % either way, too small to matter"
    more = row.get("more_runs")
    if not more:
        return ""
    count = f"about {more:,}" if more > FEW else "a few"
    return f"{f'more than {MANY:,}' if more > MANY else count} more replications{then}"


def _at_most(row: Row) -> str:
    """The largest difference that the interval allows, in per cent of the figure, rounded up."""
    most = 100.0 * max(abs(row["low"]), abs(row["high"])) / abs(row["reference"])
    step = 10.0 ** (math.floor(math.log10(most)) - 1)
    return f"{math.ceil(most / step - 1e-9) * step:.{max(0, -round(math.log10(step)))}f}"


def more_words(row: Row) -> str:
    """What of a difference can be said that is not told apart, as the end of a clause."""
    if row["n"] == 0:
        return ", as no pair of runs has it"
    if row["low"] is None:
        return ", as that needs 2 replications or more"
    if unchanged(row):
        return f", {_equal(row)}"
    advice = _advice(row, " would tell")
    return f", {advice}" if advice else ""


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
    advice = _advice(row)
    return f"{UNSURE}: {advice}" if advice else UNSURE
