"""What a tonne costs, by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("part", "usd_per_t")


def from_kpis(kpis: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """The parts of the cost of a run from its key figures, with intervals if there are any."""
    rows = []
    for name, kpi in kpis.items():
        part = name.removeprefix("cost_").removesuffix("_per_t")
        if name != f"cost_{part}_per_t":
            continue
        value, half = kpi.get("mean", kpi.get("value")), kpi.get("half_width")
        sure = value is not None and half is not None
        rows.append(
            {
                "part": part.replace("_", " "),
                "usd_per_t": value,
                "low": value - half if sure else None,
                "high": value + half if sure else None,
            }
        )
    kinds = {"part": pl.String, "usd_per_t": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=kinds)


def cost_subtitle(named: str, left_out: Mapping[str, tuple[bool, tuple[str, ...]]]) -> str:
    """What stands above the picture: the run, and parts that have no price, or not all of them.

    ``left_out`` as `sim.results.unpriced.unpriced` finds it; what it names in each part would not
    fit in a line.
    """
    whole = ", ".join(part for part, (all_of_it, _) in left_out.items() if all_of_it)
    some = ", ".join(part for part, (all_of_it, _) in left_out.items() if not all_of_it)
    told = [*([whole] if whole else []), *([f"some of {some}"] if some else [])]
    return f"{named} · not priced: {'; '.join(told)}" if told else named


def cost(frame: pl.DataFrame, ax: Axes) -> Axes:
    """USD a tonne delivered by part, largest first, with its share and interval if there is one.

    Parts without a rate (null) have no bar.

    Args:
        frame: columns ``COLUMNS``, and low and high if the parts have intervals.

    Raises:
        ValueError: a column is missing.
    """
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise ValueError(f"the cost lacks {', '.join(missing)}")
    rows = frame.filter(pl.col("usd_per_t").is_not_null())
    rows = rows.sort(["usd_per_t", "part"], descending=[True, False])
    if rows.is_empty():
        return style.nothing(ax, "no tonne was delivered, or nothing has a price.")
    total = float(rows["usd_per_t"].sum())
    longest = 1e-9
    for y, row in enumerate(rows.iter_rows(named=True)):
        value, low, high = row["usd_per_t"], row.get("low"), row.get("high")
        ax.barh(y, value, 0.66, color=style.PALETTE[0], alpha=0.8, lw=0)
        end = value
        if low is not None and high is not None:
            ax.plot([low, high], [y, y], color=style.TEXT, lw=1.4)
            end = max(end, high)
        share = f"  ({value / total:.0%})" if total else ""
        ax.annotate(
            f"{value:,.2f}{share}",
            (end, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=9,
            color=style.FAINT,
        )
        longest = max(longest, end)
    ax.set_yticks(range(rows.height), rows["part"].to_list())
    ax.set_ylim(rows.height - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, labelcolor=style.TEXT)
    ax.grid(visible=False)
    ax.set_xlim(min(0.0, float(rows["usd_per_t"].min() or 0.0)), longest * 1.2)  # type: ignore[arg-type]
    ax.set_xlabel("USD per tonne delivered")
    ax.set_title(f"{total:,.2f} USD per tonne in all")
    return ax
