"""What ``diff`` and ``reproduce`` do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.show import as_json, progress, table
from sim.report.words import number

if TYPE_CHECKING:
    from sim.study.differences import Difference, Differences, Value
    from sim.study.reproduce import Reproduced

SHOWN = 4
"""Events of one instant that are shown of each run."""
WIDEST = 48
"""Characters of a value or its evidence that are shown."""


def show_differences(left: Path, right: Path, json: bool) -> None:
    """Print in what two scenarios or runs differ."""
    from sim.study.differences import differences

    found = differences(left, right)
    if json:
        as_json(asdict(found))
    else:
        _print(found)


def _print(found: Differences) -> None:
    one, two = found.names
    if found.values:
        head = ["value", one, two, f"evidence in {one}", f"evidence in {two}"]
        table(head, [_row(c) for c in found.values], left=5)
    else:
        print("the scenarios do not differ in any number")
    if found.settings:
        print("\nrun with")
        table(["what", one, two], [_row(c)[:3] for c in found.settings], left=3)
    if not found.results:
        return
    apart = [r for r in found.results if r.left != r.right]
    print(f"\nresults: {len(found.results) - len(apart)} key figures are the same")
    if not apart:
        return
    rows = []
    for r in apart:
        between = "–"
        if r.low is not None:
            between = f"{number(r.low, r.unit)} … {number(r.high, r.unit)}"
        figures = (number(v, r.unit) for v in (r.left, r.right, r.difference))
        rows.append([r.kpi, *figures, between, r.unit])
    table(["key figure", one, two, "difference", "95 %", "unit"], rows)
    print(
        "\nintervals take the runs as independent; `steppe compare` pairs them by replication and "
        "tells smaller differences apart"
    )


def _row(change: Difference) -> list[str]:
    both = (change.left, change.right)
    return [change.path, *(_text(v) for v in both), *(_cut(v.evidence) or "–" for v in both)]


def _text(value: Value) -> str:
    return "(not set)" if value.text is None else _cut(value.text)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def show_reproduced(folder: Path, jobs: int | None, json: bool) -> bool:
    """Run it again, print what came of it, and say whether all is the same."""
    from sim.study.reproduce import reproduce

    with progress(1, f"{folder.name} again") as bar:
        found = reproduce(folder, jobs, bar, bar.expect)
    if json:
        as_json({**asdict(found), "folder": str(found.folder), "same": found.same})
    else:
        _tell(found)
    return found.same


def _tell(found: Reproduced) -> None:
    n = found.replications
    runs = f"{n:,} replication{'s' if n > 1 else ''}"
    if found.same:
        print(f"{found.folder}: the same again, {runs}, event by event")
        print(f"the same bytes: {', '.join(found.files)}")
    else:
        print(f"{found.folder}: NOT the same again, {runs}")
        wrong = [name for name, same in found.files.items() if not same]
        if wrong:
            print(f"other bytes: {', '.join(wrong)}")
        if found.traces:
            print(f"other events: replication {', '.join(map(str, found.traces[:10]))}")
        if found.parting is not None:
            print(f"the first event that differs is at hour {found.parting.time_h!r}:")
            for name, events in (("then", found.parting.then), ("now", found.parting.now)):
                for event in events[:SHOWN]:
                    print(f"  only {name}: {event}")
                if len(events) > SHOWN:
                    print(f"  only {name}: and {len(events) - SHOWN} more")
        elif wrong:
            print("no event of the run whose tables are kept differs")
    for name, (then, now) in found.versions.items():
        print(f"made with another {name}: {_cut(then)} then, {_cut(now)} now")
