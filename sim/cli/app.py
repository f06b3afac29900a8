"""The commands of ``steppe``."""

from __future__ import annotations

import functools
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from sim import __version__

if TYPE_CHECKING:
    pass

app = typer.Typer(
    name="steppe",
    help="Simulate freight supply from Kazakhstan to Shandong.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_debug = False
_kept = ""
INTERRUPTED = 130
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


class UserError(Exception):
    """Something the user gave that cannot be used."""


def tell_kept(words: str) -> None:
    """What an interrupt has to say of runs that are kept."""
    global _kept
    _kept = words


def debugging() -> bool:
    """Whether traces of faults are wanted."""
    return _debug


def run_app() -> None:
    """Run the command line and turn errors into messages and exit statuses.

    A wrong option or argument is typer's own to say: it exits with status 2.
    """
    try:
        app()
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer says nothing of an interrupt
            print(_stopped(), file=sys.stderr)
        raise
    except KeyboardInterrupt:
        _fail(INTERRUPTED, _stopped())
    except Exception as error:
        from sim.results.errors import ResultsError
        from sim.scenario.problems import ScenarioError

        if isinstance(error, ScenarioError | ResultsError | UserError):
            _fail(2, str(error))
        if isinstance(error, OSError) and error.filename:  # a path the user gave or writes to
            _fail(2, f"{error.filename}: {error.strerror}; choose another path")
        if _debug:
            traceback.print_exc()
        # a fault in a worker brings its trace along below the first line
        what = [type(error).__name__, *str(error).splitlines()[:1]]
        _fail(
            1, f"a fault of steppe: {': '.join(what)}\nRun again with --debug and report the trace."
        )


def _stopped() -> str:
    return f"stopped; {_kept or 'nothing was written'}"


def _fail(status: int, message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(status)


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show traces of faults.")] = False,
) -> None:
    """Options before the command."""
    global _debug
    _debug = debug
    if version:
        print(f"steppe {__version__}")
        raise typer.Exit


@app.command()
def check(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)],
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Check scenarios, and say what their inputs imply before any run."""
    from sim.cli.implied import show_implied
    from sim.cli.studies import load_scenarios

    show_implied(load_scenarios(scenarios, sets or ()), json)


@app.command()
def evidence(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)],
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Show where each figure comes from, and where it differs from its source."""
    from sim.cli.evidence import show_evidence
    from sim.cli.studies import load_scenarios

    show_evidence(load_scenarios(scenarios, sets or ()), json)


@app.command()
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
    return _share(precision, "--precision"), of or ["delivered_t"], most or 1000


def _share(text: str, option: str) -> float:
    """A share written ``2%`` or ``0.02``."""
    raw = text.strip()
    try:
        value = float(raw.removesuffix("%")) / (100.0 if raw.endswith("%") else 1.0)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1.0:
        raise UserError(f"{option}: {text!r} is not a share; expected such as 2% or 0.02")
    return value


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="Folder of a run, comparison or study.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option(help="File; <folder>/report.html by default.")] = None,
) -> None:
    """Write a report of a run, comparison or study as one HTML file."""
    from sim.cli.plots import report_of

    report_of(folder, out)


@app.command()
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
        Path | None, typer.Option(help="Folder for the comparison; runs/compare by default.")
    ] = None,
    json: Json = False,
    *,
    where: Where,
) -> None:
    """Compare variants with a reference under common random numbers."""
    from sim.cli.comparing import Asked, compare_scenarios
    from sim.cli.studying import studying

    small = None if indifference is None else _share(indifference, "--indifference")
    asked = Asked(replications, until_settled, best, small, all_pairs, most)
    with studying(where, jobs):
        compare_scenarios(scenarios, asked, seed, jobs, sets or [], kpis or [], out, json)


@app.command()
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


@app.command()
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


StudyFile = Annotated[
    Path, typer.Argument(metavar="STUDY", help="Study file (YAML).", show_default=False)
]
OwnRuns = Annotated[
    int | None,
    typer.Option("--replications", min=1, max=MOST, help="Runs of each point; the study's own."),
]


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def reproduce(
    run_dir: Annotated[Path, typer.Argument(help="Folder that `run` wrote.", show_default=False)],
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Run again what a folder holds and prove that it is the same; exits with 1 if it is not."""
    from sim.cli.differing import show_reproduced

    if not show_reproduced(run_dir, jobs, json):
        raise typer.Exit(1)


@app.command()
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
