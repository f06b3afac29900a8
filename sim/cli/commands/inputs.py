"""Commands about what was written, before any run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json, Sets


def new(
    file: Annotated[Path, typer.Argument(help="File to write.", show_default=False)],
    base: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Scenario to vary: what may be turned is written out, as it is now. A small "
            "corridor of your own if absent.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a scenario to begin with: a small corridor, or a variant of another."""
    from sim.cli.starting import write_new

    write_new(file, base)


def check(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)],
    sets: Sets = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every stage, not only the tightest.")
    ] = False,
    json: Json = False,
) -> None:
    """Check scenarios, and say what their inputs imply before any run."""
    from sim.cli.implied import show_implied
    from sim.cli.studies import load_scenarios

    show_implied(load_scenarios(scenarios, sets or ()), every, json)


def evidence(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)],
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Show where each figure comes from, and where it differs from its source."""
    from sim.cli.evidence import show_evidence
    from sim.cli.studies import load_scenarios

    show_evidence(load_scenarios(scenarios, sets or ()), json)


def explain(
    key: Annotated[
        str,
        typer.Argument(
            help="Dotted path of the language, such as stations.*.work.cranes; names may be left "
            "out. All there is if absent.",
            show_default=False,
        ),
    ] = "",
    scenario: Annotated[
        Path | None,
        typer.Argument(help="Scenario whose values there are shown.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a key of the scenario language takes and means."""
    from sim.cli.explain import show_key

    show_key(key, scenario, json)


def schema(
    episode: Annotated[
        bool, typer.Option("--episode", help="Of an episode of the backtest instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of the scenario language, for editors."""
    from sim.cli.show import as_json

    if episode:
        from sim.study.episodes.schema import json_schema as of_episodes

        as_json(of_episodes())
        return
    from sim.scenario.schema import json_schema

    as_json(json_schema())
