"""Hours waited and worked, by cause, by stage of the chain and by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.results.text import numbered, plain

if TYPE_CHECKING:
    from sim.results.run import Results


def delay_by_cause(
    results: Results, *, flow: str = "exports", delivered_only: bool = False
) -> pl.DataFrame:
    """Hours that containers ready after the warm-up waited, by stage and cause, most first.

    Columns: ``stage``, ``cause``, ``hours``, ``share`` (of all hours waited), ``containers``
    (that waited so), ``mean_h`` (over all these containers, whether they waited so or not).
    """
    which = taken(results, flow)
    if delivered_only:
        which &= pl.col("delivered_h") <= results.horizon_h
    found, count = waited_by(results, ["stage", "cause"], which)
    return found.select(
        "stage",
        "cause",
        "hours",
        (pl.col("hours") / pl.col("hours").sum()).alias("share"),
        "containers",
        (pl.col("hours") / max(count, 1)).alias("mean_h"),
    ).sort(["hours", "stage", "cause"], descending=[True, False, False])


def taken(results: Results, flow: str) -> pl.Expr:
    """Containers of a flow that became ready after the warm-up and were not refused."""
    return (pl.col("flow") == flow) & (pl.col("ready_h") >= results.warmup_h) & ~pl.col("refused")


def waited_by(results: Results, by: list[str], which: pl.Expr) -> tuple[pl.DataFrame, int]:
    """Hours that some containers waited, by columns of the waits table; part by part.

    Columns: those, ``hours``, ``tonne_hours``, ``containers`` (that waited so); and how many
    containers there are of which that is said.
    """
    own = [*dict.fromkeys(["container", "tonnes", *which.meta.root_names()])]
    told = [*dict.fromkeys(["container", "cause", "hours", *by])]
    made, count = [], 0
    for boxes, waits in results.together(containers=own, waits=told):
        mine = plain(boxes).filter(which).select("container", "tonnes")
        count += mine.height
        made.append(
            plain(waits.filter(pl.col("cause").is_not_null()))
            .join(mine, on="container", how="inner", maintain_order="left")
            .group_by(by)
            .agg(
                pl.col("hours").sum(),
                (pl.col("hours") * pl.col("tonnes")).sum().alias("tonne_hours"),
                pl.col("container").n_unique().cast(pl.Int64).alias("containers"),
            )
        )
    # all rows of a container are in one part
    sums = [pl.col(name).sum() for name in ("hours", "tonne_hours", "containers")]
    return pl.concat(made).group_by(by, maintain_order=True).agg(sums), count


def waiting_by_cause(results: Results, *, flow: str = "exports") -> dict[str, float]:
    """Hours waited by cause, for each container taken after the warm-up, by name of the cause.

    Waits of containers not yet delivered count up to the horizon, so that a corridor does not look
    quick for leaving the slow ones behind.  Refused goods wait for nothing and do not count.
    """
    which, count = taken(results, flow), 0
    found: dict[str, float] = {}
    own = ["container", *which.meta.root_names()]
    for boxes, waits in results.together(containers=own, waits=["container", "cause", "hours"]):
        numbers = plain(boxes).filter(which)["container"].to_numpy()
        count += len(numbers)
        words, cause = numbered(waits["cause"])
        cause = np.where(np.isin(waits["container"].to_numpy(), numbers), cause, len(words))
        # numpy adds in the same order on every machine; polars may share a sum among threads
        waited = np.bincount(cause, waits["hours"].to_numpy(), minlength=len(words) + 1)
        there = np.bincount(cause, minlength=len(words) + 1)
        for name, hours, number in zip(words, waited, there, strict=False):
            if number:
                found[name] = found.get(name, 0.0) + float(hours)
    return {name: found[name] / max(count, 1) for name in sorted(found)}


def lead_time_by_stage(results: Results, *, flow: str = "exports") -> pl.DataFrame:
    """Mean hours waited and worked in each part of the chain, of delivered containers.

    Columns: ``stage``, ``waiting_h``, ``working_h``, in the order in which the stages first
    come up in the waits table.  They are the containers of the lead time KPIs, and all hours add
    up to ``lead_time_mean_h``.
    """
    which = (
        (pl.col("flow") == flow)
        & pl.col("ready_h").is_between(results.warmup_h, results.horizon_h)
        & (pl.col("delivered_h") <= results.horizon_h)
    )
    own = ["container", *which.meta.root_names()]
    working = pl.col("cause").is_null()
    made, count = [], 0
    told = ["container", "stage", "cause", "hours"]
    for boxes, waits in results.together(containers=own, waits=told):
        mine = plain(boxes).filter(which).select("container")
        count += mine.height
        stages = (
            waits.join(mine, on="container", how="semi", maintain_order="left")
            .group_by("stage", maintain_order=True)
            .agg(
                pl.col("container").first(),
                pl.col("hours").filter(~working).sum().alias("waiting_h"),
                pl.col("hours").filter(working).sum().alias("working_h"),
            )
        )
        made.append(plain(stages).with_row_index())
    in_order = pl.concat(made).sort("container", "index").group_by("stage", maintain_order=True)
    return in_order.agg(pl.col(name).sum() / max(count, 1) for name in ("waiting_h", "working_h"))


def stage_use(results: Results) -> pl.DataFrame:
    """How each activity at each place was used between warm-up and horizon.

    Columns: ``place``, ``activity``, ``trains`` (that asked for it in that time), ``mean_wait_h``
    and ``p95_wait_h`` (of those that got it), ``waiting`` (at the horizon), ``mean_work_h``,
    ``busy`` (used over available, as ``meta['resources']`` has it, a list of mappings with place,
    activity and busy; null where it says nothing).
    """
    begin, end = results.warmup_h, results.horizon_h
    stages = results.stages
    asked = stages.filter(pl.col("in_h").is_between(begin, end))
    wait = pl.col("start_h") - pl.col("in_h")
    use = asked.group_by("place", "activity").agg(
        pl.len().cast(pl.Int64).alias("trains"),
        wait.mean().alias("mean_wait_h"),
        wait.quantile(0.95, "linear").alias("p95_wait_h"),
        pl.col("start_h").is_null().sum().cast(pl.Int64).alias("waiting"),
        (pl.col("end_h") - pl.col("start_h")).mean().alias("mean_work_h"),
    )
    known = {
        (str(r["place"]), str(r["activity"])): r["busy"] for r in results.meta.get("resources", ())
    }
    busy = pl.DataFrame(
        [(p, a, b) for (p, a), b in known.items()],
        schema={"place": pl.String, "activity": pl.String, "busy": pl.Float64},
        orient="row",
    )
    keys = ["place", "activity"]
    return (
        use.join(busy, on=keys, how="left")
        .select(*keys, "trains", "mean_wait_h", "p95_wait_h", "waiting", "mean_work_h", "busy")
        .sort(keys)
    )
