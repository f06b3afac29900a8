"""What ``sweep`` does."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.faults import UserError
from sim.cli.show import as_json, headed, progress, table
from sim.cli.studies import end, short, write_manifest
from sim.report.words import plus_minus

if TYPE_CHECKING:
    from sim.study.sweep import Sweep

MARK = "sweep.parquet"
"""The file by which a folder is known as a sweep."""
ROWS = 40
FEW = 3
"""Replications up to which it is said why intervals are wide."""


def run_sweep(
    path: Path,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    json: bool,
) -> None:
    """Run the sweep, write its tables and pictures, print the means."""
    from sim.study.reading import doubts, load_sweep

    study = load_sweep(path)
    from sim.study.extras import MissingExtra
    from sim.study.files import check_target
    from sim.study.sensitivity import sensitivity
    from sim.study.sweep import count_runs, sweep

    for problem in doubts(study):
        print(problem, file=sys.stderr)
    target = check_target(out or Path("runs") / study.name, MARK)
    try:
        with progress(count_runs(study, replications), "sweep") as done:
            made = sweep(study, replications, seed, jobs, done)
        indices = sensitivity(made)
    except (ValueError, MissingExtra) as error:
        raise UserError(str(error)) from error
    folder = _write(made, indices, target)
    if json:
        as_json(
            {
                "folder": str(folder),
                "means": made.means().to_dicts(),
                "sensitivity": indices.to_dicts(),
                "deadlocked": made.deadlocked,
            }
        )
    else:
        _print(made, indices, folder)
    end(made.failed, made.deadlocked)


def _write(made: Sweep, indices: Any, target: Path) -> Path:
    from sim.report.sweep import draw_response, draw_sensitivity
    from sim.results.kpi import KPIS
    from sim.study.files import write_folder

    subtitle = (
        f"{made.study.name}: {made.study.tables.title} · seed {made.seed} · "
        f"{made.replications} replications"
    )
    kpis = [(k, KPIS[k].unit) for k in made.study.tables.kpis]
    means, runs = made.means(), made.runs()

    def fill(fresh: Path) -> None:
        runs.write_parquet(fresh / MARK)
        runs.write_csv(fresh / "sweep.csv")
        means.write_csv(fresh / "means.csv")
        if means["n"].sum():
            grid = made.study.tables.design.kind == "grid"
            response = fresh / "response.png"
            draw_response(means, made.factors, kpis, response, subtitle, grid=grid)
        if indices.height:
            indices.write_csv(fresh / "sensitivity.csv")
            draw_sensitivity(indices, fresh / "sensitivity.png", subtitle)
        tables = made.study.tables
        title, question = tables.title, tables.question
        write_manifest(fresh, "sweep", made.study.base, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _print(made: Sweep, indices: Any, folder: Path) -> None:
    from sim.results.kpi import KPIS

    tables = made.study.tables
    means = made.means()
    print(
        f"{tables.title}\n{len(made.points)} points by {tables.design.kind}, "
        f"{len(made.variants)} scenario{'s' if len(made.variants) > 1 else ''}, "
        f"{made.replications} replications of each, common random numbers; seed {made.seed}\n"
    )
    several = len(made.variants) > 1
    head = ["point", *(["scenario"] if several else []), *made.factors]
    head += [headed(k, KPIS[k].unit) for k in tables.kpis]
    meets = bool(made.study.outputs)
    head += ["meets"] if meets else []
    rows = []
    for r in means.head(ROWS).iter_rows(named=True):
        row = [str(r["point"]), *([r["variant"]] if several else [])]
        row += [_short(r[f]) for f in made.factors]
        for kpi in tables.kpis:
            unit = KPIS[kpi].unit
            half = r[f"{kpi}_half"]
            row.append(plus_minus(r[kpi], half, unit))
        if meets:
            row.append(r["meets"] or "–")
        rows.append(row)
    table(head, rows)
    if means.height > ROWS:
        print(f"… {means.height - ROWS} more in {short(folder / 'means.csv')}")
    if 2 <= made.replications <= FEW:
        print(_few(made.replications))
    refused = means.filter(means["status"] == "refused")
    for because, count in refused["because"].value_counts(sort=True).iter_rows():
        print(f"refused before it ran, {count} of {means.height}: {because}")
    if indices.height:
        _print_indices(indices)
    names = ["response.png", *(["sensitivity.png"] if indices.height else [])]
    print(f"\nresults in {short(folder)}")
    print(f"pictures   {', '.join(short(folder / n) for n in names)}")


def _few(replications: int) -> str:
    """Why intervals of so few replications are wide, and how much narrower those of more are."""
    from sim.study.statistics import t_quantile

    def width(n: int) -> float:
        return t_quantile(n - 1) / math.sqrt(n)

    five, ten = (width(replications) / width(n) for n in (5, 10))
    rests = {2: "one degree", 3: "two degrees"}[replications]
    return (
        f"± are 95 % intervals; with {replications} replications they rest on {rests} of freedom "
        f"and are wide for that alone: about {five:.0f} times as wide as with 5, {ten:.0f} times "
        "as with 10 (--replications 10)"
    )


def _print_indices(indices: Any) -> None:
    from sim.results.kpi import KPIS

    print("\nwhich factors matter (95 %: of the design's sampling; luck: over replications)")
    rows = []
    for r in indices.iter_rows(named=True):
        between = "–"
        if r["low"] is not None:
            between = f"{_short(r['low'])} … {_short(r['high'])}"
        luck = "–" if r["noise"] is None else f"± {_short(r['noise'])}"
        value = "–" if r["value"] is None else _short(r["value"])
        # shares of a variance have no unit, effects have that of the figure
        unit = "" if r["index"] in ("S1", "ST") else KPIS[r["kpi"]].unit
        name = [r["variant"], r["kpi"], r["factor"], r["index"]]
        rows.append([*name, value, between, luck, "" if unit == "1" else unit])
    head = ["scenario", "key figure", "factor", "index", "value", "95 %", "luck", "unit"]
    table(head, rows, left=4)
    if indices["value"].null_count():
        print("–: a run is missing, or the figure does not vary over the points")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)
