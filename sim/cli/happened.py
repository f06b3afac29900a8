"""What is told of a run below its key figures: waiting, use, disruptions, overload, full lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from sim.cli.show import table
from sim.report.words import number, plus_minus, with_half

if TYPE_CHECKING:
    from sim.results import Results
    from sim.study.overload import Drift

DAYS_FULL = 3
"""Days without a free place on a line from which it is told."""
WIDTH = 110

Waited = dict[str, list[dict[str, Any]]]
"""Hours waited by ``causes`` and ``sides``: rows of ``sim.study.replications.waiting``."""


def waited(results: Results) -> Waited:
    """The hours waited in one run."""
    from sim.results.sides import waiting_by_side
    from sim.results.waited import waiting_by_cause
    from sim.study.replications import waiting

    return {
        "causes": waiting([waiting_by_cause(results)], "causes"),
        "sides": waiting([waiting_by_side(results)], "sides"),
    }


def happened(results: Results, drift: Drift | None, waits: Waited) -> dict[str, Any]:
    """The same as JSON knows it; ``results`` are those of the first replication."""
    from sim.results.levels import full_lines
    from sim.results.recovery import recoveries
    from sim.results.room import summary
    from sim.results.unpriced import unpriced

    return {
        "overloaded": drift is not None and drift.overloaded,
        "backlog_growth_t_per_week": None if drift is None else drift.slope.mean,
        "not_priced": {part: list(what) for part, (_, what) in unpriced(results).items()},
        "waiting_by_cause": waits["causes"][:10],
        "waiting_by_side": waits["sides"],
        "room": summary(results),
        "resources": results.meta["resources"],
        "recovery": recoveries(results).to_dicts(),
        "full_lines": [
            {"line": line, "hours": hours, "most_waiting": most}
            for line, hours, most in full_lines(results)
        ],
    }


def one_of(results: Results, replications: int) -> str:
    """``in replication 0 of 10``, which is said of what is taken from its tables; or nothing."""
    if replications < 2:
        return ""
    return f"in replication {results.meta.get('replication', 0)} of {replications}"


def print_happened(
    results: Results, drift: Drift | None, waits: Waited, replications: int = 1
) -> None:
    """Print it; of several replications hours are means, and the rest says of which one it is."""
    from sim.results.levels import full_lines
    from sim.results.recovery import recoveries

    print_unpriced(results)
    one = one_of(results, replications)
    of = f"means of {replications} replications, " if one else ""
    print(
        f"\nwhere containers waited longest ({of}hours for each container taken, refused ones "
        "left out)"
    )
    print_waiting(waits["causes"][:6], "cause")
    print_sides(waits["sides"])
    print_room(results, one)
    print(
        f"\nmost used{' ' if one else ''}{one} (share of the hours staffed or to be held, or of "
        "the trains that could pass)"
    )
    table(
        ["resource", "kind", "used", "available", "busy"],
        [
            [r["name"], r["kind"], number(r["used"]), number(r["available"]), f"{r['busy']:.0%}"]
            for r in _busiest(results, 6)
        ],
        left=2,
    )
    print_recovery(results, recoveries(results).to_dicts(), one)
    _print_overload(drift)
    for line, hours, most in full_lines(results):
        if hours >= DAYS_FULL * 24.0:
            print(
                f"\n{line} was FULL for {hours / 24.0:.0f} days{' ' if one else ''}{one}: up to "
                f"{most:.0f} trains could not set out onto it. A railway would have stopped "
                "loading by then; what is delivered here rests on its not doing so."
            )


def print_unpriced(results: Results) -> None:
    """What the costs leave out for want of a rate."""
    from sim.results.unpriced import unpriced, unpriced_words

    said = unpriced_words(unpriced(results))
    if said:
        print(f"\nnot priced, so in no cost above: {said}")


def print_waiting(rows: list[dict[str, Any]], of: str) -> None:
    """Hours waited by cause or side, with half widths where there are any."""
    several = any(r["half_width"] is not None for r in rows)
    half = ["95 %"] if several else []
    table(
        [of, "h", *half, "share of all waiting"],
        [
            [
                r[of],
                *with_half(r["hours"], r["half_width"])[: 2 if several else 1],
                f"{r['share']:.0%}",
            ]
            for r in rows
        ],
    )


def print_sides(rows: list[dict[str, Any]]) -> None:
    """Before or behind the border."""
    if any(r["hours"] for r in rows):
        print()
        print_waiting(rows, "side")


def print_room(results: Results, one: str) -> None:
    """What trains could still have carried, if any took exports."""
    from sim.report.findings import room_words
    from sim.results.room import summary

    said = " ".join(room_words(summary(results)))
    if said:
        lead = f"{one[:1].upper()}{one[1:]}: " if one else ""
        print()
        print(textwrap.fill(lead + said, WIDTH, break_on_hyphens=False))


def _print_overload(drift: Drift | None) -> None:
    if drift is None or not (drift.overloaded or drift.doubt):
        return
    surplus = plus_minus(drift.slope.mean, drift.slope.half_width)
    more = (
        f"{surplus} t a week more are offered than delivered "
        f"({drift.share:.0%} of what is offered) in the second half"
    )
    if drift.doubt:
        print(f"\n{more};\nnot called overload: {drift.doubt}.")
        return
    print(
        f"\nOVERLOADED: {more}.\n"
        "What is not delivered piles up or is refused, and the lead times are those of a queue "
        "without end."
    )


def _busiest(results: Results, most: int) -> list[dict[str, Any]]:
    """Resources by the share of them that was used, largest first."""
    known = [r for r in results.meta["resources"] if r["busy"] is not None]
    return sorted(known, key=lambda r: (-r["busy"], r["name"]))[:most]


def print_recovery(results: Results, rows: list[dict[str, Any]], one: str = "") -> None:
    """Disruptions and how long it took until they were over, the worst first; none, no table."""
    if not rows:
        return
    from sim.results.why import when

    worst = sorted(rows, key=lambda r: (-r["extra_train_h"], r["begin_h"]))
    print(
        f"\ndisruptions{' ' if one else ''}{one} (waiting: trains there or before it on their way, "
        "at works too; recovered: no more of them than in the week before; `steppe recovery` holds "
        "each against runs without it)"
    )
    table(
        [
            "disruption",
            "from (UTC)",
            "to",
            "lost",
            "",
            "waiting before",
            "most waiting",
            "train-hours more",
            "recovered after",
        ],
        [
            [
                r["disruption"],
                when(results, r["begin_h"]),
                when(results, r["end_h"]),
                number(r["lost"]) if r["lost"] is None else f"{r['lost']:.0f}",
                r["lost_unit"] or "",
                f"{r['held_before']:.1f}",
                f"{r['held_peak']:.0f}",
                f"{r['extra_train_h']:,.0f}",
                _recovered(r) + (f", within {r['within']}" if r["within"] else ""),
            ]
            for r in worst[:8]
        ],
        left=3,
    )
    if len(worst) > 8:
        print(f"and {len(worst) - 8} more")


def _recovered(row: dict[str, Any]) -> str:
    if row["recovery_h"] is None:
        return "not by the horizon"
    if row["recovery_h"] == 0.0:
        return "no queue left"
    hours = row["recovery_h"]
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"
