"""Key figures and costs once more, from the files of a run and docs/contract.md alone.

Nothing of ``sim`` is imported here: this is what a reader with polars would write who does not
believe the program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

NAMES = ("containers", "trains", "stages", "waits", "levels", "equipment", "legs")


@dataclass(frozen=True)
class Files:
    """A run as it lies on disk; every time in hours."""

    table: dict[str, pl.DataFrame]
    manifest: dict[str, Any]
    kpis: dict[str, float | None]

    @property
    def meta(self) -> dict[str, Any]:
        """What the manifest says of the run itself."""
        meta: dict[str, Any] = self.manifest["run"]
        return meta

    @property
    def span(self) -> tuple[float, float]:
        """End of the warm-up and horizon."""
        return self.meta["warmup_h"], self.meta["horizon_h"]


def opened(folder: Path) -> Files:
    """The files of a run, with plain strings."""
    table = {}
    for name in NAMES:
        frame = pl.read_parquet(folder / f"{name}.parquet")
        words = [c for c, kind in frame.schema.items() if isinstance(kind, pl.Enum)]
        table[name] = frame.with_columns(pl.col(words).cast(pl.String)) if words else frame
    figures = json.loads((folder / "kpis.json").read_text())
    manifest = json.loads((folder / "manifest.json").read_text())
    return Files(table, manifest, {name: kpi["value"] for name, kpi in figures.items()})


def total(frame: pl.DataFrame, what: pl.Expr) -> float:
    """A sum; 0 of no rows."""
    return float(frame.select(what.sum()).item())


def overlap(begin: float, end: float) -> pl.Expr:
    """Hours of ``begin_h`` to ``end_h`` that lie between two hours."""
    last = pl.min_horizontal(pl.col("end_h").fill_null(end), pl.lit(end))
    return (last - pl.max_horizontal("begin_h", pl.lit(begin))).clip(0.0)


def mean_level(series: pl.DataFrame, begin: float, end: float) -> tuple[float, float]:
    """Time mean and largest level that lasts, of rows ``time_h`` and ``level``."""
    rows = series.group_by("time_h").agg(pl.col("level").last()).sort("time_h")
    time, level = rows["time_h"].to_numpy(), rows["level"].to_numpy()
    edges = np.concatenate([[begin], time[(time > begin) & (time < end)], [end]])
    at = np.searchsorted(time, edges[:-1], side="right") - 1
    held = np.where(at >= 0, level[at], 0.0)
    return float((held * np.diff(edges)).sum()) / (end - begin), float(held.max())


def exports(run: Files) -> pl.DataFrame:
    """Containers of exports."""
    return run.table["containers"].filter(flow="exports")


def delivered(run: Files) -> pl.DataFrame:
    """Those handed over between warm-up and horizon."""
    return exports(run).filter(pl.col("delivered_h").is_between(*run.span))


def ready(run: Files) -> pl.DataFrame:
    """Those ready between warm-up and horizon."""
    return exports(run).filter(pl.col("ready_h").is_between(*run.span))


def wagons(run: Files) -> list[str]:
    """Fleets of wagons."""
    return [name for name, kind in run.meta["fleets"].items() if kind == "wagons"]


def by_service(run: Files, rate: str) -> pl.DataFrame:
    """A rate of the tariff's lines over the way of each service: ``service`` and the rate."""
    lines = run.meta["tariff"]["lines"]
    sums = {
        service: float(sum(lines[leg][rate] for leg in route if leg in lines))
        for service, route in run.meta["network"]["routes"].items()
    }
    return pl.DataFrame({"service": list(sums), rate: list(sums.values())})


def tonnes_and_times(run: Files) -> dict[str, float]:
    """Key figures of goods, their times, backlog and trains."""
    begin, end = run.span
    goods, out = exports(run), delivered(run)
    offered, boxes = ready(run), ~pl.col("fleet").is_in(wagons(run))
    whole = offered.filter(pl.col("delivered_h").is_not_null())
    lead = (whole["delivered_h"] - whole["ready_h"]).to_numpy()
    mine = run.table["waits"].join(whole.select("container"), on="container")
    there = goods.filter(pl.col("arrived_h") >= begin)
    lost = pl.col("refused") | pl.col("rejected_h").is_not_null()
    found = {
        "offered_t": total(offered, pl.col("tonnes")),
        "offered_containers": offered.filter(boxes).height,
        "shipped_t": total(goods.filter(pl.col("departed_h").is_between(begin, end)), TONNES),
        "delivered_t": total(out, TONNES),
        "delivered_containers": out.filter(boxes).height,
        "refused_t": total(offered.filter(pl.col("refused")), TONNES),
        "rejected_t": total(goods.filter(pl.col("rejected_h").is_between(begin, end)), TONNES),
        "fulfilment": total(out, TONNES) / total(offered, TONNES),
        "undelivered_containers": offered.filter(pl.col("delivered_h").is_null() & ~lost).height,
        "lead_time_mean_h": float(lead.mean()),
        **{f"lead_time_p{p}_h": float(np.percentile(lead, p)) for p in (50, 90, 95)},
        "transit_mean_h": total(there, pl.col("arrived_h") - pl.col("departed_h")) / there.height,
        "waiting_mean_h": total(mine.filter(WAITED), pl.col("hours")) / whole.height,
        "working_mean_h": total(mine.filter(~WAITED), pl.col("hours")) / whole.height,
    }
    return {**found, **_backlog(goods, begin), **_trains(run, goods)}


TONNES = pl.col("tonnes")
WAITED = pl.col("cause").is_not_null()


def _backlog(goods: pl.DataFrame, begin: float) -> dict[str, float]:
    taken = goods.filter(~pl.col("refused"))
    moves = pl.concat(
        taken.select(time_h=column, tonnes=sign * TONNES).drop_nulls()
        for column, sign in (("ready_h", 1), ("delivered_h", -1), ("rejected_h", -1))
    )
    moves = moves.group_by("time_h").agg(TONNES.sum()).sort("time_h")
    level = moves.with_columns(level=TONNES.cum_sum())
    start = total(moves.filter(pl.col("time_h") <= begin), TONNES) if begin else 0.0
    later = level.filter(pl.col("time_h") >= begin)["level"].to_list()
    return {
        "start_backlog_t": start,
        "peak_backlog_t": max([start, *later]),
        "end_backlog_t": total(moves, TONNES),
    }


def _trains(run: Files, goods: pl.DataFrame) -> dict[str, float]:
    begin, end = run.span
    trains, legs, gear = run.table["trains"], run.table["legs"], run.table["equipment"]
    of_exports = legs.join(goods.select("container"), on="container").join(trains, on="train")
    crossing = {s for s, told in run.meta["network"]["services"].items() if told["crossing"]}
    over = crossing & set(of_exports["service"])
    left = trains.filter(
        pl.col("service").is_in(sorted(over)), pl.col("departed_h").is_between(begin, end)
    )
    held = run.table["levels"].filter(pl.col("series").str.ends_with(": trains waiting"))
    steps = held.with_columns(step=pl.col("level").diff().over("series").fill_null(pl.col("level")))
    steps = steps.group_by("time_h").agg(pl.col("step").sum()).sort("time_h")
    mean, most = mean_level(steps.with_columns(level=pl.col("step").cum_sum()), begin, end)
    short = run.table["waits"].join(goods.select("container"), on="container")
    short = short.filter(pl.col("stage").str.ends_with(": goods"))
    spells = gear.filter(pl.col("fleet").is_in(wagons(run)), state="under a train")
    spells = spells.sort("unit", "begin_h").with_columns(
        next=pl.col("begin_h").shift(-1).over("unit")
    )
    spells = spells.filter(pl.col("next") >= begin)
    return {
        "trains_departed": left.height,
        "slot_fill": total(left, pl.col("boxes")) / total(left, pl.col("slots")),
        "trains_held_max": most,
        "trains_held_mean": mean,
        "empties_short_mean": total(short, overlap(begin, end)) / (end - begin),
        "wagon_turnaround_mean_h": total(spells, pl.col("next") - pl.col("begin_h"))
        / spells.height,
    }


def costs(run: Files) -> dict[str, float]:
    """USD by part, tonne-km and tonnes of CO2e of what was delivered."""
    begin, end = run.span
    rates, out = run.meta["tariff"], delivered(run).select("container", "tonnes", "fleet")
    trains = run.table["trains"].select("train", "service", "boxes")
    legs = run.table["legs"].join(out, on="container").join(trains, on="train")
    for rate in ("length_km", "haul", "haul_wagonload", "co2e"):
        legs = legs.join(by_service(run, rate), on="service")
    load = pl.col("fleet").is_in(wagons(run))
    haul = pl.when(load).then(pl.col("haul_wagonload")).otherwise(pl.col("haul"))
    waits = run.table["waits"].join(out, on="container")
    yard = pl.col("stage").str.ends_with(": yard") | pl.col("stage").str.ends_with(": quay")
    yard |= pl.col("cause").str.ends_with(": analysis").fill_null(False)
    sailed = waits.filter(pl.col("stage").str.ends_with(": loading"))["container"].n_unique()
    loads = out.filter(load).height  # wagonloads, which no ship takes
    hire, home, home_co2e = _equipment(run, out, legs)
    fixed = {
        name: sum(
            usd * max(min(until, end) - max(since, begin), 0.0)
            for (since, usd), until in zip(steps, [*(s for s, _ in steps[1:]), end], strict=True)
        )
        for name, steps in rates["fixed"].items()
    }
    return {
        "line haul": total(legs, haul * TONNES),
        "stuffing and delivery": out.height * rates["stuffing"]
        + (out.height - loads - sailed) * rates["trucking"]
        + loads * rates["trucking_wagonload"]
        + sailed * (rates["shipping"] or 0.0),
        "storage": total(waits.filter(yard), pl.col("hours")) * rates["storage"],
        "waiting": total(waits.filter(WAITED), pl.col("hours") * TONNES) * rates["waiting"],
        "equipment hire": hire,
        "repositioning": home,
        "fixed": sum(fixed.values()),
        **_works(run, legs, waits),
        "tonne_km": total(legs, pl.col("length_km") * TONNES),
        "co2e": total(legs, pl.col("co2e") * TONNES) + home_co2e,
    }


def _each_box(run: Files, trains: pl.DataFrame) -> pl.DataFrame:
    """Rows of boxes on trains, once for each work with a rate that their train passes."""
    works = {n: w for n, w in run.meta["tariff"]["works"].items() if w["kind"] != "sample"}
    passed = [
        (service, works[leg]["part"], works[leg]["kind"] == "train", float(works[leg]["usd"]))
        for service, table in run.manifest["scenario"]["services"].items()
        for leg in (table or {}).get("route", ())
        if leg in works
    ]
    known = pl.DataFrame(passed, schema=["service", "part", "shared", "usd"], orient="row")
    usd = pl.when("shared").then(pl.col("usd") / pl.col("boxes")).otherwise(pl.col("usd"))
    return trains.join(known, on="service").with_columns(usd=usd)


def _works(run: Files, legs: pl.DataFrame, waits: pl.DataFrame) -> dict[str, float]:
    found = dict.fromkeys(("gauge change", "handling", "checks"), 0.0)
    for part, usd in _each_box(run, legs).group_by("part").agg(pl.col("usd").sum()).iter_rows():
        found[part] += usd
    for name, work in run.meta["tariff"]["works"].items():
        if work["kind"] == "sample":
            tested = waits.filter(cause=f"{name}: analysis")["container"].n_unique()
            found[work["part"]] += tested * work["usd"]
    return found


def _equipment(run: Files, out: pl.DataFrame, legs: pl.DataFrame) -> tuple[float, float, float]:
    """USD of boxes and wagons, and USD and CO2e of boxes run empty for these trips."""
    rates, gear = run.meta["tariff"], run.table["equipment"].sort("unit", "begin_h", "end_h")
    first = gear.group_by("unit").agg(there=pl.col("begin_h").min())
    rate = pl.col("fleet").replace_strict(rates["equipment"], default=0.0, return_dtype=pl.Float64)

    def since(state: str) -> pl.DataFrame:
        """Spells of a state, with the end of the one before."""
        spells = gear.filter(state=state).join(first, on="unit").sort("unit", "begin_h")
        before = pl.col("end_h").shift(1).over("unit").fill_null(pl.col("there"))
        return spells.with_columns(since=before).with_columns(
            usd=rate * (pl.col("end_h") - pl.col("since"))
        )

    trips = since("laden").join(
        out.select(pl.col("container").alias("part_of"), TONNES), on="part_of"
    )
    under = since("under a train").group_by("part_of").agg(wagons=pl.col("usd").sum())
    laden = run.table["legs"].group_by("train").agg(laden=pl.len())
    on = legs.join(under, left_on="train", right_on="part_of").join(laden, on="train")
    hire = total(trips.filter(~pl.col("hired")), pl.col("usd"))
    hire += trips.filter(pl.col("hired")).height * rates["hire"]
    hire += total(on, pl.col("wagons") / pl.col("laden"))
    empty = gear.filter(state="carried empty").join(
        run.table["trains"].select("service", "boxes", part_of="train"), on="part_of"
    )
    empty = empty.select("unit", "service", "boxes", ran_h="begin_h").join(
        trips.select("unit", "since", "begin_h"), on="unit"
    )
    empty = empty.filter(pl.col("ran_h").is_between(pl.col("since"), pl.col("begin_h")))
    for name in ("haul_empty", "co2e_empty"):
        empty = empty.join(by_service(run, name), on="service")
    home = total(empty, pl.col("haul_empty")) + total(_each_box(run, empty), pl.col("usd"))
    return hire, home, total(empty, pl.col("co2e_empty"))
