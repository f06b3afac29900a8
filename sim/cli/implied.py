"""What ``check`` shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.show import as_json, distinct_names, number, table

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.implied import Implied

ROWS = 12


def show_implied(scenarios: Sequence[Scenario], json: bool) -> None:
    """Print what the inputs of each scenario imply."""
    from sim.scenario.evidence import gaps
    from sim.study.implied import implied

    for scenario in scenarios:
        # who names a register means to say where figures come from
        missing = gaps(scenario) if scenario.tables.evidence else []
        for warning in (*scenario.warnings, *missing):
            print(warning, file=sys.stderr)
    found = [implied(s) for s in scenarios]
    if json:
        as_json({n: one.as_dict() for n, one in zip(distinct_names(scenarios), found, strict=True)})
        return
    for number_, (scenario, one) in enumerate(zip(scenarios, found, strict=True)):
        if number_:
            print()
        _print(scenario, one)


def _print(scenario: Scenario, found: Implied) -> None:
    print(f"{scenario.name}: {scenario.tables.title}\nno errors. {found.sentence()}\n")
    rows = []
    for stage in found.tightest()[:ROWS]:
        share = max(stage.shares)
        rows.append(
            [
                stage.name,
                stage.unit,
                number(stage.capacity[stage.peak]),
                number(stage.load[stage.peak]),
                f"{found.mean_share(stage):.0%}",
                f"{share:.0%}" if share != float("inf") else "closed",
                found.months[stage.peak],
            ]
        )
    head = ["stage", "unit", "capacity/d", "load/d", "mean", "peak", "in"]
    print(f"the {len(rows)} tightest stages of {len(found.stages)}, in the month of their peak")
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
                for c in found.chokes[:ROWS]
            ],
            left=2,
        )
    print("\ntrains a week, as implied")
    table(
        ["service or flow", "trains"],
        [[name, number(trains)] for name, trains in found.trains_per_week.items()],
    )
    if found.balance:
        print("\nboxes a week at each terminal: laden out, and laden in that become empty there")
        table(
            ["terminal", "out", "in", "in stock"],
            [[b.station, number(b.out), number(b.back), number(b.stock)] for b in found.balance],
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
