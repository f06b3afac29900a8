"""What bounds more exports, and on which side of the border they wait, as sentences by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.words import figure, listed, share

MOST = 3


def room_words(found: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What trains could still have carried, and where the boxes are that were missing.

    Args:
        found: ``sim.results.room.summary`` of a run.
    """
    if not found:
        return ()
    laden = f"{100 * found['fill']:.1f} %"
    stations = listed([s["station"] for s in found["stations"]])
    more = f"{100 * found['more']:.1f} % (about {figure(round(found['more_t'], -1))} t)"
    those = f"{laden} of the slots of those that took exports from {stations} carried goods"
    if not found["full"]:
        those += ", the others empty boxes or nothing"
    if found["full"] and found["by_clock"]:
        said = [f"Trains were full: {those}, so more boxes alone could add at "
                f"most {more}."]  # fmt: skip
    elif found["full"]:
        said = [f"Trains were full: {those}. They leave when boxes are there, "
                "so more boxes would make more trains."]  # fmt: skip
    else:
        full = [s["station"] for s in found["stations"] if s["full"]]
        but = f"; those from {listed(full)} were full" if full else ""
        said = [f"Trains had room: {those}, so the trains that left could have "
                f"carried at most {more} more{but}."]  # fmt: skip
    missing = found.get("missing")
    if missing and missing["waiting"]:
        ranked = list(missing["waiting"].items())
        named = listed([f"{name} ({n:,.0f})" for name, n in ranked[:MOST]])
        where = "The boxes missing stand laden" if found["full"] else "Empty boxes were short"
        said.append(
            f"{where}: of the {missing['units']:,.0f} in "
            f"{'fleets' if len(missing['fleets']) > 1 else 'fleet'} {listed(missing['fleets'])}, "
            f"{missing['laden']:,.0f} were laden on average, and "
            f"{sum(missing['waiting'].values()):,.0f} of these waited in a yard for a train, most "
            f"for {named}."
        )
    return tuple(said)


def behind_words(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Where a ramp finds boxes missing because they stand laden before full trains, by policy.

    Args:
        rows: of ``sim.study.migration.migration``.
    """
    said = []
    for name in dict.fromkeys(r["variant"] for r in rows):
        short = [r for r in rows if r["variant"] == name and r["short"] and r["more"] is not None]
        if not short:
            continue
        at = listed([f"{r['volume']:g}" for r in short])
        said.append(
            f"{name}: trains are what is short at {at} times, not boxes: "
            f"{100 * min(r['laden'] for r in short):.1f} % of their slots and more carry goods, so "
            f"more boxes alone could add at most {100 * max(r['more'] for r in short):.1f} %. "
            "The empty boxes that are missing stand laden and wait for these trains."
        )
    return tuple(said)


def apart_words(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Which breakpoints are surely higher than others, and which are not told apart.

    Args:
        rows: of ``sim.study.apart.apart``.
    """
    said = [
        f"The breakpoint of {r['variant']} is surely {r['verdict']} than that of {r['against']}, "
        f"by {abs(r['difference']):.3f} times today's volume{_between_ends(r)}."
        for r in rows
        if r["verdict"] != "not told apart"
    ]
    unsure = [r for r in rows if r["verdict"] == "not told apart"]
    if unsure:
        pairs = max(r["n"] for r in unsure)
        how = f"{pairs} replication{'s' if pairs != 1 else ''}"
        few = ", as that takes two or more" if pairs < 2 else ""
        said.append(
            f"Breakpoints that {how} cannot tell apart{few}, so that their order may be luck: "
            f"{'; '.join(_pair(r) for r in unsure)}."
        )
    return tuple(said)


def _pair(row: Mapping[str, Any]) -> str:
    pair = f"{row['variant']} from {row['against']}"
    if row["difference"] is None:
        return f"{pair}, which no replication has both of"
    return f"{pair} ({row['difference']:+.3f}{_between_ends(row)})"


def _between_ends(row: Mapping[str, Any]) -> str:
    """The interval of a difference of breakpoints, open where a search went no further up."""
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return ""
    if high is None:
        return f", at least {low:+.3f}"
    return f", at most {high:+.3f}" if low is None else f", {low:+.3f} … {high:+.3f}"


NEARLY = 0.05
"""Share of what is offered below which next to nothing is left to deliver."""


def left_words(offered: float | None, left: float | None) -> str:
    """What is left to deliver, t a year, which bounds the gain of any measure whatever."""
    if not offered or left is None:
        return ""
    said = (
        f"Of {figure(round(offered))} t offered a year {share(1.0 - left / offered)} arrive as it "
        f"is, so that no step can deliver more than {figure(round(left))} t a year more."
    )
    if left > NEARLY * offered:
        return said
    return (
        f"{said} That is nearly all, and what is under way at the end is in it: what binds when "
        "exports rise is seen at a larger export_volume."
    )


def gap_words(means: Mapping[str, float | None]) -> str:
    """What lies between exports offered and delivered: refused, turned back, or not there yet.

    Args:
        means: key figures by name.
    """

    def of(name: str) -> float:
        return means.get(name) or 0.0

    missing = of("offered_t") - of("delivered_t")
    growth = of("end_backlog_t") - of("start_backlog_t")
    parts = (
        (of("refused_t"), "were refused, because elevators were full"),
        (of("rejected_t"), "were turned back by laboratories"),
        (growth, "more were under way or waiting at the end than at the beginning"),
    )
    told = [f"{figure(round(tonnes))} t {what}" for tonnes, what in parts if tonnes >= 0.5]
    if missing < 0.5 or not told:
        return ""
    if growth <= -0.5:
        told.append(f"{figure(round(-growth))} t fewer waited at the end than at the beginning")
    if len(told) == 1 and growth >= 0.5:  # all of it
        than = "" if of("start_backlog_t") < 0.5 else ", more than at the beginning"
        there = f"were under way or waiting at the end{than}"
        return f"The {figure(round(missing))} t offered and not delivered {there}."
    return f"Of the {figure(round(missing))} t offered and not delivered {listed(told)}."


def side_words(sides: Mapping[str, float]) -> str:
    """Where exports waited, before, at and behind the border; nothing where they never did."""
    total = sum(sides.values())
    if total <= 0.0:
        return ""
    named = ", ".join(f"{name} {figure(h)} h ({share(h / total)})" for name, h in sides.items())
    return f"Waiting by side, for each container taken: {named}."
