"""A comparison, printed: differences with their verdicts, causes, lines that stood full."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.deadlock import print_deadlocks
from sim.cli.happened import WIDTH
from sim.cli.show import short, table
from sim.report.tails import tail_words
from sim.report.telling import verdict_words
from sim.report.verdicts import DAYS_FULL, comparison_answer, further_cells, more_first
from sim.report.words import plus_minus, row_of

if TYPE_CHECKING:
    import polars as pl

    from sim.study.comparison import Comparison

MEANS = ("reference", "value", "difference")
CAUSES = 6
"""Causes shown of each variant."""


@dataclass(frozen=True)
class Tables:
    """The frames of a comparison, as ``Comparison`` makes them."""

    differences: pl.DataFrame
    refused: pl.DataFrame
    """Of tonnes refused, whose intervals stand by themselves; without rows where nothing was."""
    further: pl.DataFrame
    full_lines: pl.DataFrame
    causes: pl.DataFrame
    groups: pl.DataFrame
    """Lead times by commodity, origin, destination, crossing and month."""


def print_comparison(comparison: Comparison, tables: Tables, folder: Path) -> None:
    """All of it, the answer first, and where it was written."""
    frame = tables.differences
    n = len(comparison.variants[0].outcomes)
    print_deadlocks(list(zip(comparison.names, comparison.variants, strict=True)))
    over = f", at each of {comparison.looks} looks" if comparison.looks > 1 else ""
    print(
        f"against {comparison.names[0]}: {n} replication{'s' if n > 1 else ''} of each, "
        f"common random numbers; all intervals hold together with 95 %{over}\n"
    )
    _print_answer(comparison, tables)
    several = bool((frame["against"] != comparison.names[0]).any())
    _print_differences(frame, several)
    if not tables.refused.is_empty():
        print(
            "\ntonnes refused, because elevators were full (these intervals hold together with "
            "95 % among themselves, beside those above)"
        )
        _print_differences(tables.refused, several)
    _print_further(tables.further)
    _print_overload(comparison)
    _print_full(tables.full_lines)
    _print_causes(tables.causes, several)
    _print_pairs(frame)
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'comparison.png')}")


def titles_of(comparison: Comparison) -> dict[str, str]:
    """Titles of all its scenarios by name."""
    both = zip(comparison.names, comparison.variants, strict=True)
    return {name: variant.scenario.tables.title for name, variant in both}


def _print_answer(comparison: Comparison, tables: Tables) -> None:
    """What is surely better, surely worse and not told apart, in sentences."""
    said = comparison_answer(
        tables.differences.to_dicts(),
        comparison.names[0],
        {},
        titles_of(comparison),
        tables.refused.to_dicts(),
        tables.full_lines.to_dicts(),
        tables.further.to_dicts(),
    )
    said += tail_words(tables.differences.to_dicts(), tables.groups.to_dicts())
    for sentence in said:
        lead, rest = ("", "  ") if sentence.endswith(":") else ("- ", "  ")
        print(textwrap.fill(lead + sentence, WIDTH, subsequent_indent=rest, break_on_hyphens=False))
    print()


def _print_differences(frame: pl.DataFrame, several: bool) -> None:
    """Differences with intervals and verdicts, one row a variant and key figure."""
    rows = [
        [
            f"{r['variant']} against {r['against']}" if several else r["variant"],
            r["kpi"],
            *row_of([r[c] for c in MEANS], r["low"], r["high"], r["unit"]),
            r["unit"],
            verdict_words(r),
        ]
        for r in frame.iter_rows(named=True)
    ]
    head = ("variant", "key figure", "reference", "variant's", "difference")
    table([*head, "95 %", "unit", "verdict"], rows, left=2)


def _print_further(further: pl.DataFrame) -> None:
    """What each further tonne costs, where costs are known."""
    if further.is_empty():
        return
    print(
        "\nwhat each further tonne costs (by the costs of the scenarios; what a measure itself "
        "costs, such as night shifts, is in them where they have it under costs.fixed)"
    )
    rows = [
        [
            f"{r['variant']} against {r['against']}",
            *further_cells(r),
        ]
        for r in more_first(further.to_dicts())
    ]
    table(["variant", "t more", "USD more", "USD a further t", "95 %"], rows)
    if further["usd_per_t"].null_count():
        print("(– where the tonnes are not told apart from nothing)")


def _print_overload(comparison: Comparison) -> None:
    print()
    for name, variant in zip(comparison.names, comparison.variants, strict=True):
        drift = variant.drift() if variant.good else None
        if drift is not None and drift.overloaded:
            surplus = plus_minus(drift.slope.mean, drift.slope.half_width)
            print(f"{name} is OVERLOADED: {surplus} t a week more are offered than delivered")


def _print_full(frame: pl.DataFrame) -> None:
    """Lines that stood full for days in some variant: what it delivers rests on that."""
    long = frame.filter(frame["hours"] >= DAYS_FULL * 24.0)
    if long.is_empty():
        return
    print("\nlines that stood FULL, so that trains could not set out (days, mean of the runs)")
    rows = [[r["variant"], r["line"], *_days(r), str(r["n"])] for r in long.iter_rows(named=True)]
    table(["variant", "line", "days full", "95 %", "runs"], rows, left=2)
    print(
        "A railway would have stopped loading by then; what is delivered rests on its not doing so."
    )


def _days(row: dict[str, Any]) -> tuple[str, ...]:
    hours, low, high = (None if row[n] is None else row[n] / 24.0 for n in ("hours", "low", "high"))
    return row_of([hours], low, high)


def _print_pairs(frame: pl.DataFrame) -> None:
    """What pairing gave, and what it lost."""
    ratios = sorted(r for r in frame["variance_ratio"].to_list() if r is not None)
    if ratios:
        typical = ratios[len(ratios) // 2]
        print(
            f"\ncommon random numbers: the variance of a difference is {typical:.0%} of what "
            f"independent runs would give (median), so intervals are {1 - typical**0.5:.0%} "
            "narrower"
            if typical < 1.0
            else "\ncommon random numbers narrow nothing here: differences vary as independent "
            "runs would"
        )
    dropped = int(frame["dropped"].max() or 0)  # type: ignore[arg-type]
    if dropped:
        print(
            f"up to {dropped} pair{'s' if dropped > 1 else ''} left out on both sides: "
            "one run failed, deadlocked or has no such figure"
        )


def _print_causes(causes: pl.DataFrame, several: bool) -> None:
    """Where the difference in waiting comes from, what changed most first."""
    if causes.is_empty():
        return
    from sim.study.compare import ALL

    print(
        "\ndifference in waiting by cause (hours for each container taken, refused ones left out)"
    )
    rows = []
    for (variant, against), group in causes.group_by("variant", "against", maintain_order=True):
        name = f"{variant} against {against}" if several else str(variant)
        rows += [
            [
                name,
                r["cause"],
                *row_of([r[c] for c in MEANS], r["low"], r["high"]),
            ]
            for r in group.head(CAUSES + 1).iter_rows(named=True)
            if r["difference"] or r["low"] or r["cause"] == ALL
        ]
    table(["variant", "cause", "reference", "variant's", "difference", "95 %"], rows, left=2)
