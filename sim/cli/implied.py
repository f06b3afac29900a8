"""What ``check`` shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.show import as_json, distinct_names, table
from sim.report.words import number

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.implied import Implied

ROWS = 12


def show_implied(scenarios: Sequence[Scenario], every: bool, json: bool) -> None:
    """Print what the inputs of each scenario imply; of stages the tightest, or every one."""
    from sim.scenario.evidence import gaps
    from sim.study.implied import implied

    doubts = []
    for scenario in scenarios:
        # who names a register means to say where figures come from
        missing = gaps(scenario) if scenario.tables.evidence else []
        doubts.append(len(scenario.warnings) + len(missing))
        for warning in (*scenario.warnings, *missing):
            print(warning, file=sys.stderr)
    found = [implied(s) for s in scenarios]
    if json:
        as_json({n: one.as_dict() for n, one in zip(distinct_names(scenarios), found, strict=True)})
        return
    for number_, (scenario, one) in enumerate(zip(scenarios, found, strict=True)):
        if number_:
            print()
        _print(scenario, one, doubts[number_], None if every else ROWS)


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _days(days: float | None) -> str:
    """A time to work off a queue; words where it grows instead."""
    return "for ever" if days is None else f"{number(days)} d"


def _percent(share: float) -> str:
    """A share of a capacity; words where something is asked of nothing."""
    return f"{share:.0%}" if share != float("inf") else "no capacity"


def _print(scenario: Scenario, found: Implied, doubts: int, limit: int | None) -> None:
    said = _counted(doubts, "warning")
    print(f"{scenario.name}: {scenario.tables.title}\nno errors, {said}. {found.sentence()}\n")
    rows = []
    for stage in found.tightest()[:limit]:
        rows.append(
            [
                stage.name,
                stage.unit,
                number(stage.capacity[stage.peak]),
                number(stage.load[stage.peak]),
                _percent(found.mean_share(stage)),
                _percent(max(stage.shares)),
                found.months[stage.peak],
            ]
        )
    head = ["stage", "unit", "capacity/d", "load/d", "mean", "peak", "in"]
    shown, whole = len(rows), len(found.stages)
    which = f"all {whole}" if shown == whole else f"the {shown} tightest of {whole} (--all: each)"
    print(f"{which} stages, in the month of their peak")
    table(head, rows, left=2)
    if found.chokes:
        print("\nwhere it backs up, if every stage passes what it can (most at a month's end)")
        table(
            ["before stage", "unit", "most", "in", "from"],
            [
                [
                    c.stage,
                    c.unit,
                    number(round(c.held)),
                    found.months[c.most],
                    found.months[c.since],
                ]
                for c in found.chokes[:limit]
            ],
            left=2,
        )
    for one in found.spare:
        most = "" if one.longest_d is None else f", for {number(one.longest_d)} d at most"
        print(
            f"\nreserve of {one.stage}: {number(one.per_day)} trains/d more from {one.above} "
            f"waiting until {one.below} are left{most}; at the mean load that\n"
            f"takes {_days(one.days)} with it, {_days(one.days_without)} without"
        )
    print("\ntrains a week, as implied")
    table(
        ["service or flow", "trains"],
        [[name, number(trains)] for name, trains in found.trains_per_week.items()],
    )
    if found.balance:
        print(
            "\nboxes a week at each terminal: laden out, laden in that become empty there, empties "
            "that can come in all"
        )
        table(
            ["terminal", "out", "in", "empties", "in stock"],
            [
                [b.station, number(b.out), number(b.back), number(b.empties), number(b.stock)]
                for b in found.balance
            ],
        )
    if found.wagons:
        print("\nwagons in motion when nothing hinders them")
        table(
            ["fleet", "needed", "there"],
            [[n, number(w["needed"]), number(w["there"])] for n, w in found.wagons.items()],
        )
    if found.offered_t:
        print(f"\nexports offered: {number(found.offered_t)} t")
    if found.bound_t is not None:
        stages = ", ".join(found.bound_by[:4])
        print(f"no run can deliver more than {number(found.bound_t)} t; bound by {stages}")
