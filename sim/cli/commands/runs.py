"""Commands that make one scenario's runs, and show them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.faults import UserError
from sim.cli.options import MOST, Jobs, Json, Most, ScenarioFile, Seed, Sets, Where, share, study


def _until(
    precision: str | None,
    of: list[str] | None,
    most: int | None,
    replications: int | None,
    steady: bool,
) -> tuple[float, list[str], int] | None:
    """What ``run`` goes on until: relative error, key figures, cap."""
    if precision is None:
        if of or most is not None:
            raise UserError("--of and --most belong to --precision, such as --precision 2%")
        return None
    if steady:
        raise UserError(
            "--steady and --precision; run --steady first, then --precision with the warm-up it "
            "finds: --set warmup='… h'"
        )
    if replications is not None:
        raise UserError("--precision says how many replications; leave --replications out")
    return share(precision, "--precision"), of or ["delivered_t"], most or 1000


@study
def run(
    scenario: ScenarioFile,
    replications: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="How many runs; 1 by default.")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="As many runs as --of needs for this error, as 2%."),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(metavar="KPI", help="Key figure for --precision; repeatable; delivered_t."),
    ] = None,
    most: Most = None,
    steady: Annotated[
        bool,
        typer.Option(
            "--steady",
            help="The long run: warm-up found by MSER-5 unless stated, 10 runs unless said, and "
            "no mean where the backlog grows.",
        ),
    ] = False,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="One run whose tables are written while it goes on, for volumes that fill the "
            "memory.",
        ),
    ] = False,
    seed: Seed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; runs/<scenario> by default.")
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Run a scenario and write its results."""
    from sim.cli.runs import run_scenario, stream_scenario
    from sim.cli.studying import studying

    until = _until(precision, of, most, replications, steady)
    if stream:
        if until is not None or steady or replications not in (None, 1):
            raise UserError("--stream is for one run; leave the other options out")
        stream_scenario(scenario, seed, sets or [], out, json)
        return
    with studying(where, jobs, single=replications in (None, 1) and until is None and not steady):
        run_scenario(scenario, replications, seed, jobs, sets or [], out, json, until, steady)


def plot(
    run_dir: Annotated[
        Path | None, typer.Argument(help="Folder that `run` wrote.", show_default=False)
    ] = None,
    what: Annotated[str, typer.Option(help="Which picture; --list names them.")] = "throughput",
    format: Annotated[
        str | None, typer.Option(help="png, svg or pdf; as --out ends, or png, by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File; <folder>/<what>.<format> by default.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="throughput: commodity, crossing, destination, origin …")
    ] = None,
    every: Annotated[str | None, typer.Option(help="throughput: day, week or month.")] = None,
    route: Annotated[
        str | None, typer.Option(help="time-distance: a crossing, service or background flow.")
    ] = None,
    begin: Annotated[
        str | None, typer.Option(help="time-distance: first day, such as 2024-03-01.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="time-distance: how many days.")] = None,
    fleet: Annotated[str | None, typer.Option(help="equipment: which fleet.")] = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="places, queues, use: how many rows or lines.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the pictures and stop.")] = False,
) -> None:
    """Draw a picture of a run."""
    from sim.cli.plots import list_pictures, plot_run

    if list_:
        list_pictures()
    elif run_dir is None:
        raise UserError("plot needs the folder of a run; expected what `steppe run --out` wrote")
    else:
        options = {
            "by": by,
            "every": every,
            "route": route,
            "begin": begin,
            "days": days,
            "fleet": fleet,
            "most": most,
        }
        plot_run(run_dir, what, format, out, {k: v for k, v in options.items() if v is not None})


def why(
    run_dir: Annotated[Path, typer.Argument(help="Folder that `run` wrote.", show_default=False)],
    container: Annotated[
        int | None, typer.Option(min=0, help="A container, by its number in containers.parquet.")
    ] = None,
    train: Annotated[
        str | None, typer.Option(help="A train, by its number or name (service/serial).")
    ] = None,
    json: Json = False,
) -> None:
    """Say why a run, a container or a train was late, and what began it."""
    from sim.cli.why import show_why

    if container is not None and train is not None:
        raise UserError("why: --container and --train; expected one of the two")
    show_why(run_dir, container, train, json)


def report(
    folder: Annotated[
        Path, typer.Argument(help="Folder of a run, comparison or study.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="File; report.html or brief.html in the folder by default.")
    ] = None,
    brief: Annotated[
        bool,
        typer.Option("--brief", help="One printed page: answer, four figures, what to doubt."),
    ] = False,
) -> None:
    """Write a report of a run, comparison or study as one HTML file."""
    from sim.cli.plots import report_of

    report_of(folder, out, brief)


def export(
    folder: Annotated[
        Path, typer.Argument(help="Folder of a run, comparison or study.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="File; <folder>/workbook.xlsx by default.")
    ] = None,
) -> None:
    """Write a run, comparison or study as a workbook for Excel, with its sources."""
    from sim.cli.plots import workbook_of

    workbook_of(folder, out)


def replay(
    run_dirs: Annotated[
        list[Path],
        typer.Argument(help="Folder that `run` wrote; a second one is shown beside it."),
    ],
    out: Annotated[Path | None, typer.Option(help="File; <folder>/replay.html by default.")] = None,
) -> None:
    """Play a run back, or two on one clock: one page of HTML for any browser."""
    from sim.cli.replay import replay_runs

    replay_runs(run_dirs, out)


def audit(
    scenario: ScenarioFile,
    replication: Annotated[int, typer.Option(min=0, help="Which replication.")] = 0,
    seed: Seed = None,
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Run once with the books drawn up after every event (slow); print the closing ledger."""
    from sim.cli.audit import audit_scenario

    audit_scenario(scenario, replication, seed, sets or [], json)


def diff(
    left: Annotated[
        Path, typer.Argument(help="Scenario file, or folder that `run` wrote.", show_default=False)
    ],
    right: Annotated[Path, typer.Argument(help="The other.", show_default=False)],
    json: Json = False,
) -> None:
    """Say in what two scenarios, or two runs and their results, differ."""
    from sim.cli.differing import show_differences

    show_differences(left, right, json)


def reproduce(
    run_dir: Annotated[Path, typer.Argument(help="Folder that `run` wrote.", show_default=False)],
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Run again what a folder holds and prove that it is the same; exits with 1 if it is not."""
    from sim.cli.differing import show_reproduced

    if not show_reproduced(run_dir, jobs, json):
        raise typer.Exit(1)
