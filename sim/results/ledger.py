"""The closing ledger of a run: every unit of equipment, tonne and dollar, and where each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from sim.results.accounts import accounts, equipment_charged, fixed
from sim.results.upkeep import all_costs, open_costs

if TYPE_CHECKING:
    from sim.results.run import Results

CENT = 0.01
"""USD that sums of floating-point numbers may be out by, for each million."""

_STATUS = (
    ("refused", pl.col("refused")),
    ("delivered", pl.col("delivered_h").is_not_null()),
    ("turned back", pl.col("rejected_h").is_not_null()),
    ("waiting for an empty or a stuffing line", pl.col("stuffed_h").is_null()),
    ("waiting for the first train", pl.col("departed_h").is_null()),
    ("under way", pl.col("arrived_h").is_null()),
    ("arrived and not delivered", pl.lit(True)),
)
"""What a trip is at the end, the first that applies."""


def closing(results: Results) -> pl.DataFrame:
    """Where everything is at the end of a run, tidy.

    Returns:
        ``book`` (equipment, goods or money), ``item`` (fleet and owner, flow, or whose money),
        ``state``, ``amount`` and ``unit``.
    """
    return pl.concat([_equipment(results), _goods(results), _money(results)])


def imbalances(results: Results) -> list[str]:
    """Sentences about what the closing ledger does not account for; empty when all is well.

    Own units of equipment are somewhere at every time; tonnes that became ready are each in one
    state; what equipment costs is charged to trips or stands open.
    """
    found = []
    book = closing(results)
    own = results.equipment.filter(~pl.col("hired"))
    spent = float((own["end_h"] - own["begin_h"]).to_numpy().sum())
    there = own["unit"].n_unique() * results.horizon_h
    if abs(spent - there) > 1e-6 * max(there, 1.0):
        found.append(f"own units were there for {there:,.1f} h, {spent:,.1f} h are known of")
    tonnes = float(book.filter(pl.col("book") == "goods")["amount"].to_numpy().sum())
    offered = float(results.containers["tonnes"].to_numpy().sum())
    if abs(tonnes - offered) > 1e-6 * max(offered, 1.0):
        found.append(f"{offered:,.1f} t became ready, {tonnes:,.1f} t in the ledger")
    charged, cost = equipment_charged(results), all_costs(results)
    open_ = open_costs(results)
    if abs(charged + open_ - cost) > CENT * max(cost / 1e6, 1.0):
        found.append(
            f"equipment cost {cost:,.2f} USD; {charged:,.2f} charged and {open_:,.2f} open"
        )
    return found


def _equipment(results: Results) -> pl.DataFrame:
    last = results.equipment.group_by("unit", maintain_order=True).last()
    owner = pl.when("hired").then(pl.lit(", hired")).otherwise(pl.lit(", own"))
    return _book(
        last.select(item=pl.col("fleet") + owner, state="state", amount=pl.lit(1.0)),
        "equipment",
        "units",
    )


def _goods(results: Results) -> pl.DataFrame:
    state: pl.Expr = pl.lit(None, dtype=pl.String)
    for name, applies in reversed(_STATUS):
        state = pl.when(applies).then(pl.lit(name)).otherwise(state)
    return _book(results.containers.select(item="flow", state=state, amount="tonnes"), "goods", "t")


def _money(results: Results) -> pl.DataFrame:
    paid = accounts(results).join(
        results.containers.select("container", "flow"), on="container", how="left"
    )
    rows = paid.select(item="flow", state="part", amount="usd")
    idle = open_costs(results)
    if idle:
        more = {"item": ["nobody"], "state": ["equipment idle or under empty trains"]}
        rows = pl.concat([rows, pl.DataFrame({**more, "amount": [idle]})])
    whatever = fixed(results, 0.0, results.horizon_h)
    more = {"item": list(whatever), "state": ["fixed"] * len(whatever)}
    spent = pl.DataFrame({**more, "amount": list(whatever.values())}, schema=rows.schema)
    return _book(pl.concat([rows, spent]), "money", "USD")


def _book(rows: pl.DataFrame, book: str, unit: str) -> pl.DataFrame:
    return (
        rows.group_by("item", "state")
        .agg(pl.col("amount").cast(pl.Float64).sum())
        .sort("item", "state")
        .select(pl.lit(book).alias("book"), "item", "state", "amount", pl.lit(unit).alias("unit"))
    )
