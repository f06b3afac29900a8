"""How a study in the long run is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cli.show import table
from sim.report.words import number, plus_minus

if TYPE_CHECKING:
    from sim.study.steady import Steady

SHOWN = 8


def print_steady(made: Steady) -> None:
    """Where the warm-up ends and why; or that there is no long run, and what fills when."""
    found = number(made.truncation.values * 2.0 * float(made.hours[0]))
    if made.overloaded:
        _print_overload(made)
    elif made.stated:
        print(f"long run: warm-up {number(made.warmup)} h as stated (MSER-5: {found} h)")
    else:
        print(f"long run: warm-up {number(made.warmup)} h by MSER-5 (picture warm-up.png)")
    if not made.overloaded and not made.truncation.settled:
        print(
            "NOT SETTLED in the first half of the run: the warm-up may be longer; "
            "give it a longer horizon"
        )
    print()


def _print_overload(made: Steady) -> None:
    drift = made.drift
    assert drift is not None
    what = (
        "t a week more are offered than delivered"
        if made.unit == "t"
        else ("trains a week more come than go")
    )
    surplus = plus_minus(drift.slope.mean, drift.slope.half_width)
    print(
        f"OVERLOADED: {surplus} {what} ({drift.share:.0%}). There is no "
        "long run:\nwaits and backlogs grow without end, and have no mean to be told."
    )
    if not made.fillings:
        print("nothing that holds it has a limit in this scenario, so nothing will be full")
        return
    rows = [
        [
            f.place.name,
            number(f.level.mean),
            number(f.place.capacity),
            f.place.unit,
            f"{number(f.slope.mean * 168.0)}",
            "full" if f.full else f"{number((f.hours_to_full or 0.0) / 24.0)} d after the end",
        ]
        for f in made.fillings[:SHOWN]
    ]
    table(["what holds it", "level", "capacity", "unit", "a week", "full"], rows)
