"""Commands that hold the simulator to what is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import MOST, Jobs, Json, Seed


def verify(
    cases: Annotated[
        list[str] | None, typer.Argument(help="Cases; all by default.", show_default=False)
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(min=2, max=MOST, help="Runs of each case with intervals; 60 by default."),
    ] = None,
    seed: Seed = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Hold the simulator to answers known from theory; exits with 1 if one is missed."""
    from sim.cli.verify import verify_cases

    if not verify_cases(cases or (), replications, seed, jobs, json):
        raise typer.Exit(1)


def backtest(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder of episodes, or one; our own by default.", show_default=False),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=MOST, help="Runs of each episode; 2 or more give intervals.")
    ] = 10,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for what is found; runs/backtest by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Run dated episodes again and hold what was observed against the runs."""
    from sim.cli.backtest import run_backtest

    run_backtest(folder, replications, seed, jobs, out, json)
