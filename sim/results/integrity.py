"""What no run may ever show, whatever the scenario: checked on the tables alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.results.run import Results

CHAIN = (
    "ready_h",
    "stuffed_h",
    "departed_h",
    "border_in_h",
    "border_out_h",
    "arrived_h",
    "delivered_h",
)
"""A container's moments in the order in which they must come."""
TOLERANCE = 1e-6
"""Hours that sums of floating-point numbers may be out by."""


def impossible(results: Results) -> list[str]:
    """Sentences about what cannot be, empty when all is well.

    No container moves backwards in time or skips a moment but the border's, is refused and moved,
    or is followed twice; no time lies beyond the horizon; the hours of a delivered container add
    up to its lead time, and none are negative; nothing is served before it asked.
    """
    boxes, horizon = results.containers, results.horizon_h
    found: list[str] = []

    def say(rows: pl.DataFrame, what: str, column: str = "container") -> None:
        found.extend(_sentence(rows, what, column))

    say(boxes.filter(pl.col("container").is_duplicated()), "is there twice")
    for number, later in enumerate(CHAIN[1:], 1):
        before = pl.max_horizontal(CHAIN[:number])
        say(boxes.filter(pl.col(later) < before - TOLERANCE), f"{later} is before what comes first")
    for later, earlier in (
        ("departed_h", "stuffed_h"),
        ("arrived_h", "departed_h"),
        ("delivered_h", "arrived_h"),
        ("border_out_h", "border_in_h"),
    ):
        rows = boxes.filter(pl.col(later).is_not_null() & pl.col(earlier).is_null())
        say(rows, f"{later} without {earlier}")
    moved = pl.any_horizontal(pl.col(c).is_not_null() for c in CHAIN[1:])
    say(boxes.filter(pl.col("refused") & moved), "is refused and moved")
    say(boxes.filter(pl.col("ready_h").is_null()), "was never ready")
    both = pl.col("rejected_h").is_not_null() & pl.col("delivered_h").is_not_null()
    say(boxes.filter(both), "is rejected and delivered")
    beyond = pl.any_horizontal(pl.col(c) > horizon for c in CHAIN)
    say(boxes.filter(beyond), "has a time beyond the horizon")

    say(results.waits.filter(pl.col("hours") < 0), "has a negative number of hours")
    hours = results.waits.group_by("container").agg(pl.col("hours").sum())
    gone = pl.coalesce("delivered_h", "rejected_h")
    lead = gone - pl.col("ready_h")
    delivered = boxes.filter(gone.is_not_null()).join(
        hours, on="container", how="left", maintain_order="left"
    )
    out = (pl.col("hours").fill_null(0.0) - lead).abs() > TOLERANCE
    say(delivered.filter(out), "its hours do not add up to its lead time")

    stages = results.stages
    say(stages.filter(pl.col("start_h") < pl.col("in_h")), "was served before it asked", "train")
    say(stages.filter(pl.col("end_h") < pl.col("start_h")), "ended before it started", "train")
    say(
        stages.filter((pl.col("start_h") > pl.col("in_h") + TOLERANCE) & pl.col("cause").is_null()),
        "waited without a cause",
        "train",
    )
    last = pl.max_horizontal("in_h", "start_h", "end_h")
    say(stages.filter(last > horizon), "has a time beyond the horizon", "train")
    return found


def unaccounted(results: Results) -> list[str]:
    """Sentences about hours that no cause or work was charged with, empty when there are none.

    The stretches of a container follow each other without a gap from ready to delivered (or
    rejected), the stages of a train from formed to ended; what has not ended goes on to the
    horizon.
    """
    boxes, horizon = results.containers, results.horizon_h
    found: list[str] = []
    gone = pl.coalesce("delivered_h", "rejected_h")

    def say(rows: pl.DataFrame, what: str, column: str = "container") -> None:
        found.extend(_sentence(rows, what, column))

    pieces = results.waits.filter(pl.col("begin_h").is_not_null()).group_by(
        "container", "stage", "begin_h", "end_h", maintain_order=True
    )
    shares = pieces.agg(pl.col("hours").sum())
    length = pl.col("end_h") - pl.col("begin_h")
    say(
        shares.filter((pl.col("hours") - length).abs() > TOLERANCE),
        "the hours of a stretch are not its length",
    )
    whole = boxes.filter(~pl.col("refused")).select("container", begin="ready_h", end=gone)
    for what, rows in _gaps("container", shares, whole, horizon):
        say(rows, what)
    spans = results.trains.select("train", begin="formed_h", end="ended_h")
    times = results.stages.select("train", begin_h="in_h", end_h="end_h").sort(
        "begin_h", "end_h", nulls_last=True, maintain_order=True
    )
    for what, rows in _gaps("train", times, spans, horizon):
        say(rows, what, "train")
    return found


def _sentence(rows: pl.DataFrame, what: str, column: str) -> Iterator[str]:
    if not rows.is_empty():
        more = f" and {rows.height - 1:,} more" if rows.height > 1 else ""
        yield f"{column} {rows[column][0]}{more}: {what}"


def _gaps(
    one: str, pieces: pl.DataFrame, whole: pl.DataFrame, horizon: float
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows whose pieces, in order, do not go without a gap from ``begin`` to ``end``.

    An end that was not reached is the horizon.
    """
    until = pl.col("end_h").fill_null(horizon)
    ends = pieces.with_columns(end_h=until, before=until.shift(1).over(one))
    gap = (pl.col("before") - pl.col("begin_h")).abs() > TOLERANCE
    yield "has a gap or an overlap in its account", ends.filter(gap)
    known = ends.group_by(one).agg(first=pl.col("begin_h").min(), last=pl.col("end_h").max())
    both = whole.with_columns(end=pl.col("end").fill_null(horizon)).join(
        known, on=one, how="left", maintain_order="left"
    )
    # nothing is accounted for where there was no time to account for
    lived = both.filter(pl.col("end") > pl.col("begin") + TOLERANCE)
    yield (
        "its account does not begin when it did",
        lived.filter(~((pl.col("first") - pl.col("begin")).abs() <= TOLERANCE).fill_null(False)),
    )
    yield (
        "its account does not end when it did",
        lived.filter(~((pl.col("last") - pl.col("end")).abs() <= TOLERANCE).fill_null(False)),
    )
