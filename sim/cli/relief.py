"""What ``recovery`` does with several scenarios: what would have helped after one event."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.faults import UserError
from sim.cli.happened import WIDTH
from sim.cli.recovery import Asked, days_of
from sim.cli.show import as_json, progress, short, table
from sim.cli.studies import end, load_all, write_manifest
from sim.report.relieved import relief_words
from sim.report.telling import verdict_words
from sim.report.words import number, row_of
from sim.results.spans import DAY

if TYPE_CHECKING:
    from sim.study.relief import Relief

MARK = "relief.parquet"
"""The file by which a folder is known as such a study."""
MEANS = ("reference", "value", "difference")
SHOWN = {
    "recovered_h": ("recovered after, d", DAY),
    "held_most": ("most trains held", 1.0),
    "queue_train_h": ("train-days in the queue", DAY),
    "elsewhere_train_h": ("train-days elsewhere", DAY),
    "behind_t": ("exports late at most, t", 1.0),
    "short_t": ("exports short at the end, t", 1.0),
    "lead_time_h": ("lead time longer, d", DAY),
}
"""Heads of the figures, and what their unit is divided by."""


def find_relief(paths: Sequence[Path], asked: Asked) -> None:
    """Run all scenarios and the first without the event, write tables and picture, print them."""
    from sim.study.files import check_target
    from sim.study.relief import relief

    scenarios = load_all(paths, asked.sets)
    target = check_target(asked.out or Path("runs") / f"{scenarios[0].name}-relief", MARK)
    try:
        count = asked.replications
        with progress((len(scenarios) + 1) * count, "recovery") as done:
            made = relief(scenarios, asked.events, count, asked.seed, asked.jobs, done)
    except ValueError as error:
        raise UserError(str(error)) from error
    rows, differences = made.table().to_dicts(), made.differences().to_dicts()
    folder = _write(made, target)
    if asked.json:
        as_json(
            {
                "folder": str(folder),
                "variants": rows,
                "differences": differences,
                "deadlocked": made.deadlocks,
            }
        )
    else:
        _print(made, rows, differences, folder)
    end(made.failed, made.deadlocks)


def _write(made: Relief, target: Path) -> Path:
    from sim.report.relief import draw_relief
    from sim.study.files import write_folder

    base = made.scenarios[0]
    rows, differences, curves = made.table(), made.differences(), made.curves()
    subtitle = f"{_when(made)} · seed {made.seed} · {_runs(rows.to_dicts())}"

    def fill(fresh: Path) -> None:
        rows.write_parquet(fresh / MARK)
        rows.write_csv(fresh / "relief.csv")
        differences.write_parquet(fresh / "differences.parquet")
        differences.write_csv(fresh / "differences.csv")
        curves.write_parquet(fresh / "curves.parquet")
        draw_relief(rows, curves, base.tables.start, fresh / "relief.png", subtitle)
        title = f"What would have helped after {made.spell.title}"
        question = (
            "After which measure is the queue as without the event sooner, and at what price?"
        )
        write_manifest(fresh, "relief", base, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _print(
    made: Relief, rows: list[dict[str, Any]], differences: list[dict[str, Any]], folder: Path
) -> None:
    for sentence in relief_words(rows, differences):
        print(textwrap.fill(sentence, WIDTH, break_on_hyphens=False))
    base = made.names[0]
    print(
        f"\n{made.spell.title}, {_when(made)}: each scenario against {base} without it, "
        f"{_runs(rows)}\n"
    )
    heads = [head for head, _ in list(SHOWN.values())[1:]]
    table(["variant", "recovered after, d", "10 … 90 %", *heads], [_cells(row) for row in rows])
    print(
        textwrap.fill(
            "Held: trains that wait there or before it. Recovered: no more are held than without "
            "it (median). Train-days: beyond those without it, from its begin to the horizon; "
            "below nought, fewer. Late at most: tonnes by which deliveries lag behind those "
            "without it on the worst day; short at the end: at the horizon (below nought, ahead).",
            WIDTH,
        )
    )
    for row in rows:
        if row["open"]:
            print(
                f"\n{row['variant']}: {row['open']:.0%} of its runs had not recovered by the "
                "horizon; in differences they count as if they had then."
            )
    print(
        f"\nagainst {base} in the same replications (means of the pairs; all intervals hold "
        "together with 95 %)\n"
    )
    head = ("variant", "figure", base, "variant's", "difference", "95 %", "verdict")
    table(head, [_difference(row) for row in differences], left=2)
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'relief.png')}")


def _cells(row: dict[str, Any]) -> list[str]:
    low, middle, high = (row[f"recovered_{q}_h"] for q in ("p10", "p50", "p90"))
    return [
        row["variant"],
        *days_of(middle, low, high, row["n"]),
        *(number(_over(row[name], scale)) for name, (_, scale) in list(SHOWN.items())[1:]),
    ]


def _difference(row: dict[str, Any]) -> list[str]:
    head, scale = SHOWN[row["figure"]]
    low, high = (_over(row[n], scale) for n in ("low", "high"))
    return [
        row["variant"],
        head,
        *row_of([_over(row[name], scale) for name in MEANS], low, high),
        verdict_words(row),
    ]


def _over(value: float | None, scale: float) -> float | None:
    return None if value is None else value / scale


def _when(made: Relief) -> str:
    start = datetime.combine(made.scenarios[0].tables.start, datetime.min.time(), UTC)
    begin, until = (start + timedelta(hours=h) for h in (made.spell.begin, made.spell.end))
    return f"{begin:%-d %b %Y} to {until:%-d %b %Y}"


def _runs(rows: Sequence[dict[str, Any]]) -> str:
    most = max(row["n"] for row in rows)
    return f"{most} paired replication{'s' if most != 1 else ''}"
