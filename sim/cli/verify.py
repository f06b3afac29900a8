"""What ``verify`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sim.cli.faults import UserError
from sim.cli.show import as_json, progress, table
from sim.study.judging import Finding
from sim.study.verify import REPLICATIONS, NoCasesError, UnknownCaseError, Verification
from sim.study.verify import plan as planned

BLUNT = 0.03
"""Half width, as a share of the theory, above which an interval says little."""
HEAD = ("case", "what", "theory", "simulated", "interval", "verdict")
LAW = {"equal": "equal", "at most": "at most"}


def verify_cases(
    cases: Sequence[str], replications: int | None, seed: int | None, jobs: int | None, json: bool
) -> bool:
    """Run the cases, show what was found, and say whether all agree."""
    try:
        todo = planned(cases, replications or REPLICATIONS, seed)
    except (UnknownCaseError, NoCasesError) as error:
        raise UserError(str(error)) from error
    with progress(len(todo.jobs), "known answers") as done:
        made = todo.run(jobs, done)
    if json:
        as_json(
            {
                "ok": made.ok,
                "confidence": made.confidence,
                "figures": made.figures,
                "findings": [{**asdict(f), "sharpness": f.sharpness} for f in made.findings],
            }
        )
    else:
        _print(made)
    return made.ok


def _print(made: Verification) -> None:
    table(HEAD, [row(f) for f in made.findings], left=2)
    together = f"{100 * made.confidence:.0f} %"
    print(
        f"\nIntervals are Student's t over replications and hold together with {together}: each of "
        f"the {made.figures} figures\nof all cases has a share of the 5 % (Bonferroni). "
        "“equal” and “at most” hold in each run, to rounding."
    )
    blunt = [f for f in made.findings if (f.sharpness or 0.0) > BLUNT]
    if blunt:
        print(
            f"{len(blunt)} of these intervals are wider than ±{100 * BLUNT:.0f} % of the theory "
            "and would let small faults pass;\nmore --replications make them sharper."
        )
    for miss in made.misses:
        print(f"misses: {miss.case}, {miss.what}")
    if made.ok:
        print(f"all {len(made.findings)} agree")
    else:
        print(f"{len(made.misses)} of {len(made.findings)} miss: a fault of steppe, please report")


def row(found: Finding) -> list[str]:
    """A finding as it is shown."""
    if found.low is None or found.high is None:
        between = LAW.get(found.judged, "–")
    else:
        between = f"{_figure(found.low)} … {_figure(found.high)}"
    return [
        found.case,
        found.what,
        _figure(found.theory),
        _figure(found.simulated),
        between,
        found.verdict,
    ]


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4f}"
