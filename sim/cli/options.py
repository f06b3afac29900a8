"""Options that several commands take."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sim.cli.faults import UserError

MOST = 100_000
"""Replications that are believed to be meant."""

ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Lay a value over the scenario; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Most = Annotated[
    int | None,
    typer.Option(min=2, max=MOST, help="Cap on runs that go on until something is known; 1000."),
]
Seed = Annotated[int | None, typer.Option(min=0, help="Root of the random numbers.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Worker processes; all processors by default.")
]


@dataclass(frozen=True)
class Where:
    """What runs a study and where its runs are kept, as options of a command."""

    store: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder that keeps finished runs, so that a study goes on where it stopped; "
            "$STEPPE_STORE or runs/.store by default.",
            show_default=False,
        ),
    ] = None
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run everything again, also what is kept.")
    ] = False
    engine: Annotated[
        Literal["processes", "dask"] | None,
        typer.Option(help="What runs it: processes of this machine, or a Dask cluster."),
    ] = None
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="The Dask cluster's, such as tcp://10.0.0.1:8786."),
    ] = None


def study(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter ``where`` is given by the options of ``Where``."""
    options = inspect.signature(Where, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def wrapped(**given: Any) -> None:
        where = Where(**{name: given.pop(name) for name in options})
        command(**given, where=where)

    kept = [p for name, p in own.parameters.items() if name not in ("where", "json")]
    last = [own.parameters["json"]] if "json" in own.parameters else []
    every = [p.replace(kind=p.KEYWORD_ONLY) for p in (*kept, *options.values(), *last)]
    vars(wrapped)["__signature__"] = own.replace(parameters=every)
    wrapped.__annotations__ = {p.name: p.annotation for p in every} | {"return": None}
    return wrapped


def share(text: str, option: str) -> float:
    """A share written ``2%`` or ``0.02``."""
    raw = text.strip()
    try:
        value = float(raw.removesuffix("%")) / (100.0 if raw.endswith("%") else 1.0)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1.0:
        raise UserError(f"{option}: {text!r} is not a share; expected such as 2% or 0.02")
    return value
