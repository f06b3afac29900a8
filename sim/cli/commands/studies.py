"""Commands that make many runs to answer one question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import MOST, Jobs, Json, Most, ScenarioFile, Seed, Sets, Where, share, study

StudyFile = Annotated[
    Path, typer.Argument(metavar="STUDY", help="Study file (YAML).", show_default=False)
]
OwnRuns = Annotated[
    int | None,
    typer.Option("--replications", min=1, max=MOST, help="Runs of each point; the study's own."),
]


@study
def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(help="The reference, then the variants.", show_default=False)
    ],
    replications: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Runs of each scenario; 10 by default.")
    ] = None,
    until_settled: Annotated[
        bool,
        typer.Option(
            "--until-settled",
            help="As many runs as it takes until all differences are told apart, or smaller than "
            "--indifference.",
        ),
    ] = False,
    best: Annotated[
        str | None,
        typer.Option(metavar="KPI", help="Choose the best by this figure, with 95 % confidence."),
    ] = None,
    indifference: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE", help="Difference that does not matter, of the reference: 1%."
        ),
    ] = None,
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="Each against each, not the first alone.")
    ] = False,
    most: Most = None,
    seed: Seed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    kpis: Annotated[
        list[str] | None, typer.Option("--kpi", help="Key figure to compare; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder; runs/<reference>-compare by default.")
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Compare variants with a reference under common random numbers."""
    from sim.cli.comparing import Asked, compare_scenarios
    from sim.cli.studying import studying

    small = None if indifference is None else share(indifference, "--indifference")
    asked = Asked(replications, until_settled, best, small, all_pairs, most)
    with studying(where, jobs):
        compare_scenarios(scenarios, asked, seed, jobs, sets or [], kpis or [], out, json)


@study
def ramp(
    scenarios: Annotated[
        list[Path],
        typer.Argument(help="The policy of today, then others.", show_default=False),
    ],
    variants: Annotated[
        list[Path] | None, typer.Option("--variants", help="Scenarios of other policies.")
    ] = None,
    begin: Annotated[
        float, typer.Option("--from", min=0.01, help="First volume, times today's.")
    ] = 1,
    to: Annotated[float, typer.Option(min=0.01, help="Last volume, times today's.")] = 3,
    steps: Annotated[int, typer.Option(min=2, max=1000, help="How many volumes.")] = 9,
    path: Annotated[
        str, typer.Option(help="What rises: a dotted path of the scenario.")
    ] = "export_volume",
    replications: Annotated[int, typer.Option(min=1, max=MOST, help="Runs at each volume.")] = 5,
    seed: Seed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    kpis: Annotated[
        list[str] | None, typer.Option("--kpi", help="Key figure that ranks policies; repeatable.")
    ] = None,
    breaks: Annotated[
        bool, typer.Option("--breakpoint/--no-breakpoint", help="Find the breakpoint too.")
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="Folder; runs/<scenario>-ramp by default.")
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Raise the exports: what arrives, where it chokes, which policy helps at which volume."""
    from sim.cli.ramp import ramp_scenarios
    from sim.cli.studying import studying

    with studying(where, jobs):
        paths = [*scenarios[:1], *(variants or ()), *scenarios[1:]]
        ramp_scenarios(
            paths, (begin, to, steps), path, replications, seed, jobs, sets or [], kpis or [],
            breaks, out, json,
        )  # fmt: skip


@study
def bottleneck(
    scenario: ScenarioFile,
    what: Annotated[str, typer.Option(help="unit: one more of each; rate: a tenth more.")] = "unit",
    replications: Annotated[
        int, typer.Option(min=1, max=MOST, help="Fresh runs of the best steps.")
    ] = 8,
    screen: Annotated[int, typer.Option(min=1, max=MOST, help="Runs of every step before.")] = 2,
    top: Annotated[int, typer.Option(min=1, max=MOST, help="Steps that are run again.")] = 10,
    pairs: Annotated[
        int, typer.Option(min=0, max=50, help="So many of the best are tried two by two.")
    ] = 0,
    seed: Seed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder; runs/<scenario>-bottleneck by default.")
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Find what one more unit of each resource would deliver, in tonnes a year."""
    from sim.cli.bottleneck import find_bottleneck
    from sim.cli.studying import studying

    with studying(where, jobs):
        find_bottleneck(
            scenario, what, replications, screen, top, pairs, seed, jobs, sets or [], out, json
        )


@study
def recovery(
    scenarios: Annotated[
        list[Path],
        typer.Argument(
            help="A scenario; or several, to say what would have helped: as it was, then variants.",
            show_default=False,
        ),
    ],
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A disruption or dated change; repeatable; all."),
    ] = None,
    replications: Annotated[int, typer.Option(min=1, max=MOST, help="Pairs of runs.")] = 10,
    seed: Seed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder; runs/<scenario>-recovery, of several -relief, by default."),
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Hold each disruption against the same runs without it: how long until all is as if not."""
    from sim.cli.recovery import Asked, find_recovery
    from sim.cli.relief import find_relief
    from sim.cli.studying import studying

    with studying(where, jobs):
        asked = Asked(event or [], replications, seed, jobs, sets or [], out, json)
        if len(scenarios) == 1:
            find_recovery(scenarios[0], asked)
        else:
            find_relief(scenarios, asked)


@study
def sweep(
    file: StudyFile,
    replications: OwnRuns = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder; runs/<study> by default.")] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Run a scenario over values of its factors: a table, pictures, and what matters most."""
    from sim.cli.studying import studying
    from sim.cli.sweep import run_sweep

    with studying(where, jobs):
        run_sweep(file, replications, seed, jobs, out, json)


@study
def optimise(
    file: StudyFile,
    replications: OwnRuns = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder; runs/<study> by default.")] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Find the cheapest measures that reach a goal, and confirm them with fresh runs."""
    from sim.cli.optimise import run_optimise
    from sim.cli.studying import studying

    with studying(where, jobs):
        run_optimise(file, replications, seed, jobs, out, json)
