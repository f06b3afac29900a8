"""What ``bottleneck`` does."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from sim.cli.faults import UserError
from sim.cli.happened import WIDTH
from sim.cli.show import as_json, progress, table
from sim.cli.studies import end, load_all, short, write_manifest
from sim.report.findings import left_words
from sim.report.words import row_of

if TYPE_CHECKING:
    from sim.study.bottleneck import Bottleneck

MARK = "bottleneck.parquet"
"""The file by which a folder is known as such a study."""
ROWS = 8
"""Steps that the screening left out and that are named."""
WARNING = (
    "A gain is that of one step alone. Where two resources bind together, more of either brings\n"
    "nothing, and the ranking shows neither of them"
)


def find_bottleneck(
    path: Path,
    what: str,
    replications: int,
    screen: int,
    top: int,
    pairs: int,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    out: Path | None,
    json: bool,
) -> None:
    """Try every step, write the table and its picture, print the ranking."""
    if what not in ("unit", "rate"):
        raise UserError(f"--what: {what!r} is no step; expected unit or rate")
    kind = cast(Literal["unit", "rate"], what)
    (scenario,) = load_all([path], sets)
    from sim.study.bottleneck import bottleneck, count_runs
    from sim.study.files import check_target

    target = check_target(out or Path("runs") / f"{scenario.name}-bottleneck", MARK)
    total = count_runs(scenario, kind, replications, screen, top, pairs)
    with progress(total, "bottleneck") as done:
        try:
            made = bottleneck(scenario, kind, replications, screen, top, pairs, seed, jobs, done)
        except ValueError as error:
            raise UserError(str(error)) from error
    frame, both = made.table(), made.pair_table()
    folder = _write(made, frame, both, target)
    if json:
        as_json(
            {
                "folder": str(folder),
                "steps": frame.to_dicts(),
                "pairs": both.to_dicts(),
                "deadlocked": made.deadlocked,
            }
        )
    else:
        _print(made, frame, both, folder)
    end(made.failed, made.deadlocked)


def _write(made: Bottleneck, frame: Any, both: Any, target: Path) -> Path:
    from sim.report.gains import draw_gains
    from sim.study.files import write_folder

    n = max((len(t.differences.get("delivered_t", ())) for t in made.refined), default=0)
    subtitle = f"{made.scenario.name} · seed {made.seed} · {n} paired replications"

    def fill(fresh: Path) -> None:
        frame.write_parquet(fresh / MARK)
        frame.write_csv(fresh / "bottleneck.csv")
        both.write_csv(fresh / "pairs.csv")
        draw_gains(frame, fresh / "bottleneck.png", subtitle)
        question = "What would one more of each resource deliver?"
        title = f"Bottleneck: {made.scenario.tables.title}"
        write_manifest(fresh, "bottleneck", made.scenario, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _print(made: Bottleneck, frame: Any, both: Any, folder: Path) -> None:
    import polars as pl

    refined = frame.filter(pl.col("stage") == "refined")
    left = frame.filter(pl.col("stage") == "screened")
    more = "one more unit" if made.what == "unit" else "a tenth more rate"
    n = refined["n"].max() if refined.height else 0
    print(
        f"{made.scenario.name}: what {more} of each of {frame.height} resources would deliver\n"
        f"the {refined.height} best of a screening, with {n} fresh paired replications; "
        "intervals hold together with 95 %\n"
    )
    known = left_words(*made.room() or (None, None))
    if known:
        print(f"{textwrap.fill(known, WIDTH, break_on_hyphens=False)}\n")
    shown = {"gain": "t a year", "lead": "lead time, h", "cost": "USD a tonne"}
    if refined["cost"].null_count() == refined.height:
        del shown["cost"]
    head = ["resource", "step", *(h for words in shown.values() for h in (words, "95 %"))]
    rows = [
        [
            r["resource"],
            r["step"],
            *(cell for c in shown for cell in row_of([r[c]], r[f"{c}_low"], r[f"{c}_high"])),
            r["verdict"],
        ]
        for r in refined.iter_rows(named=True)
    ]
    table([*head, "verdict"], rows, left=2)
    if left.height:
        first = left.row(0, named=True)
        print(
            f"\nleft out after {first['n']} replication{'s' if first['n'] != 1 else ''} each: "
            f"{left.height} resources; those with most gain there (each interval alone)"
        )
        table(
            ["resource", "step", "t a year", "95 %"],
            [
                [r["resource"], r["step"], *row_of([r["gain"]], r["gain_low"], r["gain_high"])]
                for r in left.head(ROWS).iter_rows(named=True)
            ],
            left=2,
        )
    if both.height:
        print("\ntwo steps together against the sum of each alone, t a year")
        table(
            ["first", "second", "together", "sum", "extra", "95 %", "verdict"],
            [
                [
                    r["first"],
                    r["second"],
                    *row_of([r["together"], r["sum"], r["extra"]], r["low"], r["high"]),
                    r["verdict"],
                ]
                for r in both.iter_rows(named=True)
            ],
            left=2,
        )
    hint = "." if both.height else "; --pairs 4 tries the four best two by two."
    print(f"\n{WARNING}{hint}")
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'bottleneck.png')}")
