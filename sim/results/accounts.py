"""What each container's trip cost, by part, and what it moved and emitted.

Taken from the tables of a run and the rates in its ``meta`` alone.  A trip pays for its box from
the moment the trip before set it free: the run home empty, the days it stood idle, and its own.
So all that equipment costs is charged to the trip it was kept for, or stands open at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.tables import Results

PARTS = (
    "line haul",
    "gauge change",
    "handling",
    "checks",
    "stuffing and delivery",
    "storage",
    "equipment hire",
    "repositioning",
    "waiting",
)
_SORTED = pl.Enum(sorted(PARTS))
YARDS = (": yard", ": quay")
"""Ends of the names of stages in which a box stands on the ground."""


def accounts(results: Results, spells: pl.DataFrame | None = None) -> pl.DataFrame:
    """Costs of containers so far, tidy; ``spells`` are what `spells_charged` gives.

    Returns:
        One row a container and part that cost something: ``container``, ``part`` (one of
        ``PARTS``), ``usd``.  No rows where the scenario gives no costs.
    """
    rates = results.meta.get("tariff") or {}
    if not rates.get("given"):
        return pl.DataFrame(schema={"container": pl.Int64, "part": pl.String, "usd": pl.Float64})
    paid = [
        _haul(results),
        *_works(results, rates),
        _ends(results, rates),
        _storage(results, rates),
        *_equipment(results, rates, spells),
        _waiting(results, rates),
    ]
    return _summed(pl.concat([frame for frame in paid if frame is not None]))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a container and part, in their order."""
    # one number for both: sorting and grouping by two columns takes several times as long
    paid = rows.select(
        "usd", place=pl.col("container") * len(PARTS) + pl.col("part").to_physical().cast(pl.Int64)
    ).filter(pl.col("place").is_not_null() & (pl.col("usd") != 0.0))
    found = paid.group_by("place").agg(pl.col("usd").sum()).sort("place")
    place = found["place"].to_numpy()
    return pl.DataFrame(
        {
            "container": place // len(PARTS),
            "part": pl.Series(sorted(PARTS)).gather(place % len(PARTS)),
            "usd": found["usd"],
        }
    )


def open_costs(results: Results) -> float:
    """USD of own equipment that no trip is charged with: idle at the end, or under empty trains."""
    spells = spells_charged(results)
    with_boxes = results.legs["train"].unique().implode()
    open_ = pl.col("container").is_null() & ~pl.col("train").is_in(with_boxes).fill_null(False)
    mine = spells.filter(open_)
    return float((mine["usd"] + mine["empty_usd"]).to_numpy().sum())


def equipment_costs(results: Results) -> tuple[float, float]:
    """USD of own equipment that trips are charged with, and all that it costs with its empty runs.

    The first is added up trip by trip, the second fleet by fleet.
    """
    rates = results.meta.get("tariff") or {}
    if not rates.get("given"):
        return 0.0, 0.0
    rows = pl.concat(_equipment(results, {**rates, "hire": 0.0}, None))
    charged = float(rows["usd"].to_numpy().sum())
    spells = results.equipment.filter(~pl.col("hired")).select(
        "fleet", hours=pl.col("end_h") - pl.col("begin_h")
    )
    days = spells.group_by("fleet").agg(pl.col("hours").sum())
    own = sum(float(rates["equipment"].get(f, 0.0)) * h for f, h in days.iter_rows())
    runs = results.equipment.filter(pl.col("state") == "carried empty").join(
        _by_train(results), left_on="part_of", right_on="train", how="inner"
    )
    return charged, own + float(runs["haul_empty"].to_numpy().sum())


def carriage(results: Results, spells: pl.DataFrame | None = None) -> pl.DataFrame:
    """``container``, ``tonne_km`` and ``co2e_t`` of every container that has been on a train.

    The emissions of a box's run home empty are those of the trip that it was brought for.
    """
    legs = _legs_with_lines(results)
    moved = legs.group_by("container").agg(
        tonne_km=(pl.col("tonnes") * pl.col("length_km")).sum(),
        laden=(pl.col("tonnes") * pl.col("co2e")).sum(),
    )
    empty = (
        (spells_charged(results) if spells is None else spells)
        .drop_nulls("container")
        .group_by("container")
        .agg(empty=pl.col("empty_co2e").sum())
    )
    return (
        moved.join(empty, on="container", how="left")
        .select("container", "tonne_km", co2e_t=pl.col("laden") + pl.col("empty").fill_null(0.0))
        .sort("container")
    )


# -- lines -----------------------------------------------------------------------------------


def _by_train(results: Results) -> pl.DataFrame:
    """What the lines that a train has run over cost and measure, for one tonne or one empty."""
    lines = (results.meta.get("tariff") or {}).get("lines") or {}
    names = ("length_km", "haul", "haul_wagonload", "haul_empty", "co2e", "co2e_empty")
    rates = pl.DataFrame(
        {"place": list(lines), **{n: [line[n] for line in lines.values()] for n in names}},
        schema={"place": pl.String, **dict.fromkeys(names, pl.Float64)},
    )
    runs = results.stages.filter(pl.col("activity") == "run", pl.col("end_h").is_not_null()).join(
        rates, on="place", how="inner", maintain_order="left"
    )
    return runs.group_by("train").agg(pl.col(n).sum() for n in names)


def line_km(results: Results) -> NDArray[np.float64]:
    """Length of the lines that each train has run over, by its number; not a number for none."""
    ran = _by_train(results)
    trains = [results.trains["train"].to_numpy(), ran["train"].to_numpy()]
    km = np.full(int(max(part.max(initial=-1) for part in trains)) + 1, np.nan)
    km[ran["train"].to_numpy()] = ran["length_km"].to_numpy()
    return km


def _legs_with_lines(results: Results) -> pl.DataFrame:
    boxes = results.containers.select("container", "tonnes", "fleet")
    return results.legs.join(boxes, on="container", how="left").join(
        _by_train(results), on="train", how="inner"
    )


def _haul(results: Results) -> pl.DataFrame:
    legs = _legs_with_lines(results)
    rate = (
        pl.when(pl.col("fleet").is_in(_wagon_fleets(results)))
        .then("haul_wagonload")
        .otherwise("haul")
    )
    return _paid(legs, "line haul", pl.col("tonnes") * rate)


def _wagon_fleets(results: Results) -> list[str]:
    return [name for name, kind in results.meta.get("fleets", {}).items() if kind == "wagons"]


# -- works and ends --------------------------------------------------------------------------


def _works(results: Results, rates: dict[str, Any]) -> list[pl.DataFrame]:
    found = []
    boxes = results.trains.select("train", "boxes")
    for name, rate in rates["works"].items():
        place, _, activity = name.partition("/")
        if rate["kind"] == "sample":
            cause = f"{name}: analysis"
            sampled = results.waits.filter(pl.col("cause") == cause).select("container").unique()
            found.append(_paid(sampled, rate["part"], pl.lit(rate["usd"])))
            continue
        done = results.stages.filter(
            pl.col("place") == place,
            pl.col("activity") == activity,
            pl.col("end_h").is_not_null(),
        ).select("train")
        rows = results.legs.join(done, on="train", how="inner").join(boxes, on="train", how="left")
        each = pl.lit(rate["usd"])
        if rate["kind"] == "train":
            each = each / pl.col("boxes")
        found.append(_paid(rows, rate["part"], each))
    return found


def _ends(results: Results, rates: dict[str, Any]) -> pl.DataFrame:
    """Filling where the trip begins, truck or ship where it ends."""
    boxes = results.containers
    ships = results.waits.filter(pl.col("stage").str.ends_with(": loading"))
    sailed = boxes["container"].is_in(ships["container"].unique().implode())
    stuffed = pl.col("stuffed_h").is_not_null() & (pl.col("flow") != "returns")
    delivered = pl.col("delivered_h").is_not_null()
    usd = (
        pl.when(stuffed).then(rates["stuffing"] or 0.0).otherwise(0.0)
        + pl.when(delivered & ~sailed).then(rates["trucking"] or 0.0).otherwise(0.0)
        + pl.when(delivered & sailed).then(rates["shipping"] or 0.0).otherwise(0.0)
    )
    return _paid(boxes, "stuffing and delivery", usd)


def _storage(results: Results, rates: dict[str, Any]) -> pl.DataFrame | None:
    if rates["storage"] is None:
        return None
    stands = pl.any_horizontal(pl.col("stage").str.ends_with(end) for end in YARDS)
    stands |= pl.col("cause").str.ends_with(": analysis")
    return _paid(results.waits.filter(stands), "storage", pl.col("hours") * rates["storage"])


def _waiting(results: Results, rates: dict[str, Any]) -> pl.DataFrame | None:
    if rates["waiting"] is None:
        return None
    rows = results.waits.filter(pl.col("cause").is_not_null()).join(
        results.containers.select("container", "tonnes"), on="container", how="left"
    )
    return _paid(rows, "waiting", pl.col("hours") * pl.col("tonnes") * rates["waiting"])


def _paid(rows: pl.DataFrame, part: str, usd: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "container", pl.lit(part, _SORTED).alias("part"), usd.cast(pl.Float64).alias("usd")
    )


# -- equipment -------------------------------------------------------------------------------


def spells_charged(results: Results) -> pl.DataFrame:
    """Spells of all units, each with the trip (or train) that it is charged to."""
    equipment = (results.meta.get("tariff") or {}).get("equipment") or {}
    price = pl.DataFrame(
        {"fleet": list(equipment), "rate": [float(r) for r in equipment.values()]},
        schema={"fleet": pl.String, "rate": pl.Float64},
    )
    carried = pl.col("state") == "carried empty"
    return (
        results.equipment.join(price, on="fleet", how="left", maintain_order="left")
        .join(
            _by_train(results).select("train", empty_usd="haul_empty", empty_co2e="co2e_empty"),
            left_on="part_of",
            right_on="train",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            usd=pl.when("hired")
            .then(0.0)
            .otherwise((pl.col("end_h") - pl.col("begin_h")) * pl.col("rate").fill_null(0.0)),
            empty_usd=pl.when(carried).then("empty_usd").otherwise(0.0).fill_null(0.0),
            empty_co2e=pl.when(carried).then("empty_co2e").otherwise(0.0).fill_null(0.0),
            container=pl.when(pl.col("state") == "laden").then("part_of"),
            train=pl.when(pl.col("state") == "under a train").then("part_of"),
        )
        .with_columns(
            pl.col("container").fill_null(strategy="backward").over("unit"),
            pl.col("train").fill_null(strategy="backward").over("unit"),
        )
        .with_columns(
            # Wagons under trains are charged to the train's boxes, not to a trip of their own.
            container=pl.when(pl.col("train").is_null()).then("container"),
        )
    )


def _equipment(
    results: Results, rates: dict[str, Any], spells: pl.DataFrame | None
) -> list[pl.DataFrame]:
    spells = spells_charged(results) if spells is None else spells
    trips = spells.drop_nulls("container")
    hired = trips.filter(pl.col("hired") & (pl.col("state") == "laden"))
    found = [
        _paid(trips, "equipment hire", pl.col("usd")),
        _paid(hired, "equipment hire", pl.lit(float(rates["hire"]))),
        _paid(trips, "repositioning", pl.col("empty_usd")),
    ]
    under = spells.drop_nulls("train").group_by("train").agg(pl.col("usd").sum())
    boxes = results.legs.group_by("train").agg(laden=pl.len())
    shared = results.legs.join(under, on="train", how="inner").join(boxes, on="train", how="left")
    found.append(_paid(shared, "equipment hire", pl.col("usd") / pl.col("laden")))
    return found
