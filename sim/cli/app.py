"""The commands of ``steppe``, in the order in which they are shown."""

from __future__ import annotations

from typing import Annotated

import typer

from sim import __version__
from sim.cli import faults
from sim.cli.commands import inputs, proofs, runs, studies

app = typer.Typer(
    name="steppe",
    help="Simulate freight supply from Kazakhstan to Shandong.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show traces of faults.")] = False,
) -> None:
    """Options before the command."""
    faults.want_traces(debug)
    if version:
        print(f"steppe {__version__}")
        raise typer.Exit


for command in (
    inputs.new,
    inputs.check,
    inputs.evidence,
    inputs.explain,
    runs.run,
    runs.plot,
    runs.why,
    runs.report,
    runs.export,
    studies.compare,
    studies.ramp,
    studies.bottleneck,
    studies.recovery,
    studies.sweep,
    studies.optimise,
    runs.audit,
    proofs.verify,
    runs.replay,
    proofs.backtest,
    runs.diff,
    runs.reproduce,
    inputs.schema,
):
    app.command()(command)


def run_app() -> None:
    """Run the command line; errors become messages and exit statuses."""
    faults.run(app)
