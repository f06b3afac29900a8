"""What ``recovery`` does."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.faults import UserError
from sim.cli.happened import WIDTH
from sim.cli.show import as_json, progress, short, table
from sim.cli.studies import end, load_all, write_manifest
from sim.report.recovered import no_queue, recovered_words
from sim.report.words import number, row_of, step_of
from sim.results.spans import DAY

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.recovery import Recovery

MARK = "recovery.parquet"
"""The file by which a folder is known as such a study."""


@dataclass(frozen=True)
class Asked:
    """What a recovery is asked beside its scenarios; no events are all."""

    events: Sequence[str]
    replications: int
    seed: int | None
    jobs: int | None
    sets: list[str]
    out: Path | None
    json: bool


def find_recovery(path: Path, asked: Asked) -> None:
    """Run with and without each event, write the table and its picture, print the table."""
    (scenario,) = load_all([path], asked.sets)
    from sim.study.files import check_target
    from sim.study.recovery import chosen_events, recovery

    target = check_target(asked.out or Path("runs") / f"{scenario.name}-recovery", MARK)
    try:
        count, events = asked.replications, asked.events
        total = (1 + len(chosen_events(scenario, events))) * count
        with progress(total, "recovery") as done:
            made = recovery(scenario, count, events, asked.seed, asked.jobs, done)
    except ValueError as error:
        raise UserError(str(error)) from error
    rows = made.table().to_dicts()
    folder = _write(made, target)
    if asked.json:
        as_json({"folder": str(folder), "events": rows, "deadlocked": made.deadlocks})
    else:
        _print(made, rows, folder)
    end(made.failed, made.deadlocks)


def _write(made: Recovery, target: Path) -> Path:
    from sim.report.after import draw_recovery
    from sim.study.files import write_folder

    scenario = made.scenario
    subtitle = f"{scenario.name} · seed {made.seed} · {_pairs(made)}"
    events, curves = made.table(), made.curves()

    def fill(fresh: Path) -> None:
        events.write_parquet(fresh / MARK)
        events.write_csv(fresh / "recovery.csv")
        curves.write_parquet(fresh / "curves.parquet")
        draw_recovery(events, curves, scenario.tables.start, fresh / "recovery.png", subtitle)
        question = "How long does the corridor take to recover, and what does it cost exports?"
        title = f"Recovery: {scenario.tables.title}"
        write_manifest(fresh, "recovery", scenario, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _pairs(made: Recovery) -> str:
    number_of = max((len(pairs) for pairs in made.impacts.values()), default=0)
    return f"{number_of} paired replication{'s' if number_of != 1 else ''}"


def _print(made: Recovery, rows: list[dict[str, Any]], folder: Path) -> None:
    print(
        f"{made.scenario.name}: each event against the same runs without it, "
        f"{_pairs(made)}\n"
        "(extra: trains that wait there or before it, beyond those that wait without it; "
        "recovered: none is extra;\n"
        " no queue left: none was extra when it ended)\n"
    )
    for row in rows:
        if row["n"]:
            print(textwrap.fill(f"- {recovered_words(row)}", WIDTH, subsequent_indent="  "))
    print()
    head = [
        *("event", "from", "to", "most extra trains", "train-days more", "recovered after, d"),
        *("10 … 90 %", "exports delivered, t", "95 %", "lead time, d", "95 %"),
    ]
    table(head, [_cells(made.scenario, row) for row in rows], left=3)
    for row in rows:
        if row["open"]:
            print(
                f"\n{row['event']}: {row['open']:.0%} of its periods had not recovered by the "
                "horizon, or when the next began."
            )
        if row["n"] and not row["periods"]:
            print(f"\n{row['event']}: had not ended by the horizon in any run.")
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'recovery.png')}")


def _cells(scenario: Scenario, row: dict[str, Any]) -> list[str]:
    middle, low, high = (row[f"recovered_{q}_h"] for q in ("p50", "p10", "p90"))
    whole = row["n"] > 0
    late = [_over(row[f"lead_time_h{end}"]) for end in ("", "_low", "_high")]
    return [
        row["event"],
        _day(scenario, row["begin_h"]),
        _day(scenario, row["end_h"]),
        number(row["extra_most"]),
        number(row["extra_train_h"] / DAY if whole else None),
        *(("no queue left", "–") if no_queue(row) else days_of(middle, low, high, row["periods"])),
        *row_of([row["delivered_t"]], row["delivered_t_low"], row["delivered_t_high"]),
        *row_of([late[0]], late[1], late[2]),
    ]


def _over(hours: float | None) -> float | None:
    return None if hours is None else hours / DAY


def days_of(
    middle: float | None, low: float | None, high: float | None, count: int
) -> tuple[str, str]:
    """Cells of a table: the median of recovery times (h), in days, and where eight in ten lie."""
    if not count:
        return "–", "–"
    late, fine = "not by the horizon", 0.1
    step = max(step_of(_over(low), _over(high)) or fine, fine)
    median, *ends = (late if t is None else number(t / DAY, "", step) for t in (middle, low, high))
    return median, " … ".join(ends) if count > 1 else "–"


def _day(scenario: Scenario, hours: float | None) -> str:
    if hours is None:
        return "at random"
    start = datetime.combine(scenario.tables.start, datetime.min.time(), UTC)
    return f"{start + timedelta(hours=hours):%d %b %Y}"
