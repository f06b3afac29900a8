"""What a ramp found: over volume, by cause of waiting, and policy against policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from matplotlib.ticker import MaxNLocator

from sim.report import style
from sim.report.hues import Hues
from sim.report.studies import sheet
from sim.report.words import kpi_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = ("delivered_t", "lead_time_mean_h", "end_backlog_t", "cost_per_t")
REST = "all other causes"
DASHES = (0, (4, 3))


def draw_ramp(
    table: pl.DataFrame, points: pl.DataFrame, path: Path, subtitle: str, axis: str
) -> Path:
    """Key figures against volume with 95 % bands, the maximum flow and the breakpoints.

    Args:
        table: of ``Ramp.table``.
        points: of ``Ramp.points``; may be empty.
        axis: what the volume is, for the axis.
    """
    known = table.filter(pl.col("mean").is_not_null())["kpi"].unique().to_list()
    panels = [partial(_over_volume, table, points, kpi, axis) for kpi in PANELS if kpi in known]
    title = "What arrives as volume rises"
    return sheet(path, title, subtitle, panels, columns=2, size=(5.8, 4.0), named=True)


def _over_volume(table: pl.DataFrame, points: pl.DataFrame, kpi: str, axis: str, ax: Axes) -> None:
    rows = table.filter(pl.col("kpi") == kpi)
    unit = rows["unit"][0]
    names = rows["variant"].unique(maintain_order=True).to_list()
    for number, name in enumerate(names):
        mine = rows.filter(pl.col("variant") == name)
        colour = style.colour(number)
        volumes = mine["volume"].to_list()
        ax.plot(volumes, mine["mean"].to_list(), color=colour, lw=2, marker="o", ms=4, label=name)
        sure = mine.filter(pl.col("low").is_not_null())
        ax.fill_between(
            sure["volume"].to_list(),
            sure["low"].to_list(),
            sure["high"].to_list(),
            color=colour,
            alpha=0.2,
            lw=0,
        )
        if kpi == "delivered_t":
            _bound(ax, mine, colour)
        for row in points.filter(pl.col("variant") == name).iter_rows(named=True):
            _breakpoint(ax, row, colour, volumes[-1])
    if kpi == "delivered_t":
        offered = table.filter(pl.col("kpi") == "offered_t")
        first = offered.filter(pl.col("variant") == names[0])
        ax.plot(
            first["volume"].to_list(),
            first["mean"].to_list(),
            color=style.REFERENCE,
            lw=1.4,
            label="offered",
        )
        top = max(x for x in [*rows["mean"].to_list(), *rows["high"].to_list()] if x is not None)
        ax.set_ylim(0, top * 1.1)
    else:
        ax.set_ylim(bottom=0)
    ax.set_title(kpi_words(kpi))
    ax.set_ylabel(unit)
    ax.set_xlabel(axis)
    style.thousands(ax.yaxis)
    if kpi == PANELS[0]:
        # Lines of every colour, so that the legend has them in none.
        if rows["bound_t"].is_not_null().any():
            ax.plot([], [], color=style.REFERENCE, lw=1.2, ls=DASHES, label="maximum flow")
        if points["breakpoint"].is_not_null().any():
            ax.plot([], [], color=style.REFERENCE, lw=1.0, ls=":", label="breakpoint")


def _bound(ax: Axes, mine: pl.DataFrame, colour: str) -> None:
    known = mine.filter(pl.col("bound_t").is_not_null())
    if known.is_empty():
        return
    ax.plot(
        known["volume"].to_list(),
        known["bound_t"].to_list(),
        color=colour,
        lw=1.2,
        ls=DASHES,
    )


def _breakpoint(ax: Axes, row: dict[str, float | None], colour: str, most: float) -> None:
    low, mean, high = row["low"], row["breakpoint"], row["high"]
    if row["censored"] or mean is None or mean > most:
        return
    if low is not None and high is not None:
        ax.axvspan(low, high, color=colour, alpha=0.10, lw=0, zorder=0)
    ax.axvline(mean, color=colour, lw=1.0, ls=":", zorder=1)


def draw_migration(
    causes: pl.DataFrame,
    path: Path,
    subtitle: str,
    axis: str,
    network: Mapping[str, Any] | None = None,
) -> Path:
    """Shares of all hours waited by cause over volume, one panel a policy.

    Args:
        network: the layout of the corridor with all that policies add, so that a cause has the
            colour that it has in pictures of runs.
    """
    names = causes["variant"].unique(maintain_order=True).to_list()
    order = causes.group_by("cause").agg(pl.col("share").max()).sort("share", descending=True)
    shown = [c for c in order["cause"].to_list() if c != REST][:9]
    known = Hues(network).of_causes(shown)
    colours = {cause: known[cause] for cause in shown}  # those of most hours at the bottom
    panels = [partial(_shares, causes, name, colours, axis) for name in names]
    return sheet(
        path,
        "Where containers wait as volume rises",
        subtitle,
        panels,
        columns=1 if len(names) == 1 else 2,
        size=(9.5, 4.6) if len(names) == 1 else (6.6, 4.4),
    )


def _shares(
    causes: pl.DataFrame, name: str, colours: Mapping[str, str], axis: str, ax: Axes
) -> None:
    mine = causes.filter(pl.col("variant") == name)
    volumes = mine["volume"].unique(maintain_order=True).to_list()
    base = [0.0] * len(volumes)
    by = {(v, c): s for v, c, s in mine.select("volume", "cause", "share").iter_rows()}
    for cause, colour in colours.items():
        share = [100.0 * by.get((v, cause), 0.0) for v in volumes]
        if not any(share):
            continue
        top = [a + b for a, b in zip(base, share, strict=True)]
        ax.fill_between(volumes, base, top, color=colour, lw=0, label=cause)
        base = top
    ax.fill_between(volumes, base, [100.0] * len(volumes), color="#DDDDDD", lw=0, label=REST)
    ax.set_ylim(0, 100)
    ax.set_xlim(volumes[0], volumes[-1] if len(volumes) > 1 else volumes[0] + 1e-9)
    ax.set_title(name)
    ax.set_xlabel(axis)
    ax.set_ylabel("% of all hours waited")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles[::-1],
        labels[::-1],
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        fontsize=7.5,
        handlelength=1.0,
    )


def draw_policies(
    names: Sequence[str],
    ranking: pl.DataFrame,
    regret: pl.DataFrame,
    path: Path,
    subtitle: str,
    axis: str,
) -> Path:
    """How far each policy is behind the best at each volume, and its regret.

    Policies have their colours of ``draw_ramp``.

    Args:
        ranking: of ``ranking``, one key figure or several under each other.
        regret: of ``regret`` for the same ones.
    """
    panels = []
    for kpi in ranking["kpi"].unique(maintain_order=True):
        lost = regret.filter(pl.col("kpi") == kpi)
        unit = lost["unit"][0]
        panels.append(partial(_behind, names, ranking.filter(pl.col("kpi") == kpi), unit, axis))
        panels.append(partial(_regret, names, lost))
    return sheet(
        path,
        "Which policy at which volume",
        subtitle,
        panels,
        columns=2,
        size=(5.8, 3.7),
        widths=(1.2, 1.0),
        named=True,
    )


def _behind(names: Sequence[str], rows: pl.DataFrame, unit: str, axis: str, ax: Axes) -> None:
    for number, name in enumerate(names):
        mine = rows.filter(pl.col("variant") == name).sort("volume")
        x, y = mine["volume"].to_list(), mine["behind"].to_list()
        ax.plot(x, y, color=style.colour(number), lw=2, label=name)
        worse = mine.filter(pl.col("verdict") == "worse")
        alike = mine.filter(pl.col("verdict") != "worse")
        for part, fill in ((worse, style.colour(number)), (alike, "white")):
            ax.plot(
                part["volume"].to_list(),
                part["behind"].to_list(),
                color=style.colour(number),
                marker="o",
                lw=0,
                mfc=fill,
                ms=6,
            )
    ax.invert_yaxis()
    ax.set_title(f"{kpi_words(rows['kpi'][0])}: behind the best (filled: surely)")
    ax.set_xlabel(axis)
    ax.set_ylabel(f"worse than the best by, {unit}")
    style.thousands(ax.yaxis)


def _regret(names: Sequence[str], rows: pl.DataFrame, ax: Axes) -> None:
    for row in rows.iter_rows(named=True):
        y = names.index(row["variant"])
        colour = style.colour(y)
        for part, at, look in (("max", y - 0.16, "o"), ("mean", y + 0.16, "D")):
            if row[f"{part}_low"] is not None:
                ax.plot([row[f"{part}_low"], row[f"{part}_high"]], [at, at], color=colour, lw=2)
            ax.plot(
                [row[part]], [at], color=colour, marker=look, lw=0, mfc="white", ms=6, clip_on=False
            )
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    style.thousands(ax.xaxis)
    ax.set_title("regret: circle the worst, diamond the mean")
    sure = ", 95 % by bootstrap" if rows["max_low"].is_not_null().any() else ""
    ax.set_xlabel(f"{rows['unit'][0]}{sure}" if rows.height else "")
