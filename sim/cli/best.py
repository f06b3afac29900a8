"""What ``compare --best`` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.faults import UserError
from sim.cli.show import as_json, progress, table
from sim.cli.studies import end
from sim.report.words import number

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.best import Best


def choose(
    loaded: Sequence[Scenario],
    kpi: str,
    indifference: float | None,
    most: int | None,
    seed: int | None,
    jobs: int | None,
    json: bool,
) -> None:
    """Run variants until the best is known, drop those that are behind, and say so."""
    from sim.study.best import MOST, best_of
    from sim.study.selection import FIRST

    with progress(FIRST * len(loaded), f"best by {kpi}") as bar:
        try:
            found = best_of(
                loaded,
                kpi,
                share=indifference,
                most=most or MOST,
                seed=seed,
                jobs=jobs,
                done=bar,
                expect=bar.expect,
            )
        except ValueError as error:
            raise UserError(str(error)) from error
    if json:
        made = found.selection
        as_json(
            {
                "best": found.name,
                "kpi": found.kpi,
                "sure": made.sure,
                "confidence": found.confidence,
                "indifference": found.indifference,
                "variants": [
                    {
                        "variant": n,
                        "mean": made.means.get(i),
                        "replications": made.runs[i],
                        "dropped_after": made.dropped.get(i),
                    }
                    for i, n in enumerate(found.names)
                ],
            }
        )
    else:
        _print_best(found)
    end(found.failed, [])


def _print_best(found: Best) -> None:
    made, unit = found.selection, found.unit
    rows = [
        [
            name,
            number(made.means.get(i), unit),
            f"{made.runs[i]:,}",
            "best"
            if i == made.best
            else f"behind after {made.dropped[i]:,}"
            if i in made.dropped
            else "still in the race",
        ]
        for i, name in enumerate(found.names)
    ]
    table(["variant", f"mean {found.kpi}, {unit}", "replications", "verdict"], rows)
    small = f"{number(found.indifference, unit)} {unit}"
    if made.best is None:
        print("\nnone can be chosen: there is no replication that all have")
    elif made.sure:
        print(
            f"\n{found.name} is the best, or within {small} of it, with "
            f"{found.confidence:.0%} confidence (Kim and Nelson's procedure, common random numbers)"
        )
    else:
        print(
            f"\nnot decided by then: {len(made.left)} are still in the race. {found.name} leads; "
            f"more runs (--most) or a larger --indifference than {small} would decide"
        )
