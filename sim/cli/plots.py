"""What ``plot``, ``report`` and ``export`` do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.show import table


def list_pictures() -> None:
    """Print the pictures that can be drawn of a run, with the options that each takes."""
    from sim.report import PICTURES
    from sim.report.pictures import OF_RUNS

    runs = [p for p in PICTURES.values() if p.needs in OF_RUNS]
    rows = [[p.name, p.title, " ".join(f"--{o}" for o in p.options)] for p in runs]
    table(["picture", "shows", "options"], rows, left=3)


def plot_run(
    run_dir: Path, what: str, form: str | None, out: Path | None, options: dict[str, Any]
) -> None:
    """Draw one picture of a run that was written, and print the file."""
    from sim.report import draw
    from sim.report.cost import cost_subtitle, from_kpis
    from sim.report.pictures import OF_WEEKS, PICTURES
    from sim.results import read_kpis, read_run
    from sim.results.store import read_weekly
    from sim.results.unpriced import unpriced

    results = read_run(run_dir)
    target = out or run_dir / f"{what}.{form or 'png'}"
    if what in PICTURES and PICTURES[what].needs == "costs":
        costs = from_kpis(read_kpis(run_dir))
        named = cost_subtitle(str(results.meta.get("scenario", "")), unpriced(results))
        print(draw(what, costs, target, form, subtitle=named, **options))  # type: ignore[arg-type]
        return
    # of several replications the weeks are kept; a split is of the one whose tables are
    weeks = read_weekly(run_dir) if what in OF_WEEKS and not options else []
    print(draw(what, weeks or results, target, form, **options))  # type: ignore[arg-type]


def report_of(folder: Path, out: Path | None, brief: bool) -> None:
    """Write the report of a folder and print the file."""
    from sim.report import write_report

    print(write_report(folder, out, brief))


def workbook_of(folder: Path, out: Path | None) -> None:
    """Write the workbook of a folder, print the file, and tell on stderr what has no room in it."""
    import sys

    from sim.report import write_workbook

    file, left_out = write_workbook(folder, out)
    for long in left_out:
        print(
            f"{long.name}: {long.rows:,} rows are more than a sheet of Excel takes; they are in "
            f"{long.name}.parquet",
            file=sys.stderr,
        )
    print(file)
