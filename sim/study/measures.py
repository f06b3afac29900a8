"""What the known answers are held against, taken from the tables of one run.

Counted is who comes between the warm-up and an equal stretch before the end, so that everyone
counted is followed to the end of the wait; rates and shares of time run from the warm-up to the
horizon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results


class NotFollowedError(RuntimeError):
    """Someone counted was still there at the horizon."""


def counted(results: Results, frame: pl.DataFrame, came: str, left: str) -> pl.DataFrame:
    """The rows of those who came while it is counted.

    Raises:
        NotFollowedError: one of them has not left by the horizon.
    """
    import polars as pl

    warmup = results.warmup_h
    rows = frame.filter(pl.col(came).is_between(warmup, results.horizon_h - warmup))
    still = rows[left].null_count()
    if still:
        raise NotFollowedError(
            f"{still} of {rows.height} counted had no {left} by the horizon; "
            "lengthen the horizon and the warm-up"
        )
    return rows


def at_stage(results: Results, place: str, activity: str) -> pl.DataFrame:
    """Stages of trains counted at a place and activity, with ``wait`` and ``time``, h."""
    import polars as pl

    rows = results.stages.filter((pl.col("place") == place) & (pl.col("activity") == activity))
    return counted(results, rows, "in_h", "end_h").with_columns(
        wait=pl.col("start_h") - pl.col("in_h"), time=pl.col("end_h") - pl.col("in_h")
    )


def journeys(results: Results) -> pl.DataFrame:
    """Trains counted, from forming to the end, with ``time``, h."""
    import polars as pl

    rows = counted(results, results.trains, "formed_h", "ended_h")
    return rows.with_columns(time=pl.col("ended_h") - pl.col("formed_h"))


def mean(rows: pl.DataFrame, column: str) -> float:
    """Mean of a column.

    Raises:
        ValueError: there is nothing to take it from.
    """
    if not rows.height:
        raise ValueError("nobody came while it was counted")
    return float(rows[column].mean())  # type: ignore[arg-type]


def share(rows: pl.DataFrame, column: str, value: object = None) -> float:
    """Share of rows whose number is above 0, or whose text is the value."""
    import polars as pl

    return mean(
        rows.select((pl.col(column) > 0) if value is None else (pl.col(column) == value)), column
    )


def busy(results: Results, name: str) -> float:
    """Share of the time there was of a resource that was used."""
    (found,) = [r["busy"] for r in results.meta["resources"] if r["name"] == name]
    return float(found)


def ended_per_day(results: Results) -> float:
    """Trains that ended, a day, between the warm-up and the horizon."""
    import polars as pl

    hours = results.horizon_h - results.warmup_h
    ended = results.trains.filter(pl.col("ended_h") > results.warmup_h).height
    return ended / hours * 24.0


def queues(results: Results) -> dict[str, tuple[float, float]]:
    """λW and L of every queue of a run, by its name, over the whole horizon."""
    from sim.results.queues import queues as all_queues

    rows = all_queues(results).select("queue", "rate_per_h", "mean_wait_h", "mean_length")
    return {name: (rate * wait, length) for name, rate, wait, length in rows.iter_rows()}
