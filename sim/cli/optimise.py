"""What ``optimise`` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.faults import UserError
from sim.cli.show import as_json, progress, table
from sim.cli.studies import end, short, write_manifest
from sim.report.words import number, plus_minus

if TYPE_CHECKING:
    from sim.study.optimise import Optimum

MARK = "trials.parquet"
"""The file by which a folder is known as an optimisation."""
ROWS = 12


def run_optimise(
    path: Path,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    json: bool,
) -> None:
    """Search, confirm, write the tables and the picture, print what was found."""
    from sim.study.reading import load_optimise

    study = load_optimise(path)
    for problem in study.base.warnings:
        print(problem, file=sys.stderr)
    from sim.study.extras import MissingExtra
    from sim.study.files import check_target
    from sim.study.optimise import optimise

    target = check_target(out or Path("runs") / study.name, MARK)
    search = study.tables.search
    runs = (replications or study.tables.replications) * search.trials + 2 * search.confirm
    try:
        with progress(runs, "optimise") as done:
            made = optimise(study, replications, seed, jobs, done)
    except (ValueError, MissingExtra) as error:
        raise UserError(str(error)) from error
    tried, confirmed = made.table("tried"), made.table("confirmed")
    folder = _write(made, tried, confirmed, target)
    if json:
        winner = made.winner
        as_json(
            {
                "folder": str(folder),
                "winner": None if winner is None else made.measures.words(winner.taken),
                "exhaustive": made.exhaustive,
                "confirmed": confirmed.to_dicts(),
                "tried": tried.to_dicts(),
            }
        )
    else:
        _print(made, tried, confirmed, folder)
    end(made.failed, [])


def _write(made: Optimum, tried: Any, confirmed: Any, target: Path) -> Path:
    from sim.report.optimise import draw_optimum
    from sim.results.kpi import KPIS
    from sim.study.files import write_folder

    subtitle = f"{made.study.name}: {made.study.tables.title} · seed {made.seed}"
    kpis = [(k, KPIS[k].unit) for k in made.shown[:4]]

    def fill(fresh: Path) -> None:
        tried.write_parquet(fresh / MARK)
        tried.write_csv(fresh / "trials.csv")
        confirmed.write_csv(fresh / "confirmed.csv")
        draw_optimum(tried, confirmed, kpis, fresh / "optimum.png", subtitle)
        tables = made.study.tables
        title, question = tables.title, tables.question
        write_manifest(fresh, "optimise", made.study.base, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _print(made: Optimum, tried: Any, confirmed: Any, folder: Path) -> None:
    from sim.study.tried import nearest

    tables = made.study.tables
    how = "cheapest first" if made.exhaustive else "chosen by Optuna"
    print(
        f"{tables.title}\n{tried.height} of {made.measures.count} combinations run, {how}; "
        f"{made.replications} replication{'s' if made.replications > 1 else ''} of each, "
        f"common random numbers; seed {made.seed}\n"
    )
    if tables.front is None:
        for requirement in tables.reach:
            print(f"to reach: {requirement.require}")
    else:
        print(f"the front of cost against {tables.front}")
    print("(USD a year: what the study says that the measures cost; carriage is not in it)")
    reached = tried.filter(tried["verdict"].is_in(["front", "reaches"])).sort("cost")
    _print_some(made, reached, "in the search, cheapest first", folder)
    if tables.front is None:
        order = {made.measures.words(one.taken): n for n, one in enumerate(nearest(made.tried))}
        missed = tried.filter(tried["measures"].is_in(list(order)))
        missed = missed.sort(missed["measures"].replace_strict(order))
        _print_some(made, missed, "what does not reach it, nearest to it first", folder)
    if confirmed.height:
        n = tables.search.confirm
        print(f"\nrun again with {n} fresh replications (seed {made.fresh_seed})")
        _print_rows(made, confirmed)
    winner = made.winner
    if tables.front is None and winner is not None:
        print(
            f"\ncheapest confirmed: {made.measures.words(winner.taken)}, "
            f"{number(winner.cost)} USD a year"
        )
    elif tables.front is None:
        reached = any(one.reaches for one in made.tried)
        why = (
            "no candidate could be confirmed; run more replications"
            if reached
            else "no combination reaches it"
        )
        print(f"\nnothing is confirmed: {why}")
    if not made.exhaustive:
        print("Optuna has not run every combination: a cheaper one may have been missed.")
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'optimum.png')}")


def _print_some(made: Optimum, frame: Any, head: str, folder: Path) -> None:
    """The first of some combinations; nothing where there is none."""
    if not frame.height:
        return
    print(f"\n{head}")
    _print_rows(made, frame.head(ROWS))
    if frame.height > ROWS:
        print(f"… {frame.height - ROWS} more in {short(folder / 'trials.csv')}")


def _print_rows(made: Optimum, frame: Any) -> None:
    from sim.results.kpi import KPIS

    rows = []
    for r in frame.iter_rows(named=True):
        row = [r["measures"], number(r["cost"])]
        for kpi in made.shown:
            unit = KPIS[kpi].unit
            half = r[f"{kpi}_half"]
            row.append(plus_minus(r[kpi], half, unit))
        rows.append([*row, r["verdict"]])
    table(["measures", "USD a year", *made.shown, "verdict"], rows)
