"""What ``run`` does."""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.comparing import check_kpis
from sim.cli.deadlock import DEADLOCK, print_deadlocks, tell_deadlocks
from sim.cli.faults import UserError
from sim.cli.happened import WIDTH, Waited, happened, print_happened, waited
from sim.cli.show import as_json, progress, short, table
from sim.cli.steady import print_steady
from sim.cli.studies import end
from sim.report.words import number, with_half

if TYPE_CHECKING:
    from sim.results import Results
    from sim.study.api import Run
    from sim.study.precise import Precise


def run_scenario(
    path: Path,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    out: Path | None,
    json: bool,
    until: tuple[float, list[str], int] | None = None,
    steady: bool = False,
) -> None:
    """Run, write, print the key figures and where the files are."""
    from sim.scenario import load

    scenario = load(path, sets)
    _warn(scenario.warnings)
    # only now: a mistake in the scenario is said without loading what draws and computes
    import sim
    from sim.report import draw
    from sim.results.store import check_replaceable
    from sim.study.manifest import command

    target = check_replaceable(out or Path("runs") / scenario.name)
    before = _held(target)
    if until is not None:
        check_kpis(until[1])
    with progress(replications or 1, scenario.name) as bar:
        made = sim.run(
            scenario,
            replications,
            seed,
            jobs=jobs,
            done=bar,
            precision=None if until is None else until[0],
            of=("delivered_t",) if until is None else until[1],
            most=1000 if until is None else until[2],
            expect=bar.expect,
            steady=steady or None,
        )
    shown = made.replications.shown
    network = made.results.meta.get("network")
    weeks = [o.weekly.told(network) for o in shown if o.weekly is not None]
    data: Any = made.results if len(shown) == 1 else weeks

    def pictures(folder: Path) -> None:
        draw("throughput", data, folder / "throughput.png")
        if made.steady is not None:
            draw("warm-up", made.steady.frame(), folder / "warm-up.png", subtitle=scenario.name)

    again = command("run", [path], made.replications.seed, len(made.replications.outcomes), sets)
    if steady:
        again += " --steady"
    written = made.save(target, pictures, again)
    if json:
        as_json(_as_json(made, written))
    else:
        _print_run(made, written)
        _tell_replaced(before, path, written)
    end([(scenario.name, o) for o in made.replications.failed], [])
    if made.replications.deadlocked:
        sys.exit(DEADLOCK)


def stream_scenario(
    path: Path, seed: int | None, sets: list[str], out: Path | None, json: bool
) -> None:
    """Run with tables written meanwhile; print the key figures and where the files are."""
    from sim.scenario import load

    scenario = load(path, sets)
    _warn(scenario.warnings)
    from sim.report import draw
    from sim.results.store import check_replaceable
    from sim.study.manifest import command
    from sim.study.streamed import LONG_RUN, stream

    if scenario.tables.steady:
        raise UserError(LONG_RUN)
    target = check_replaceable(out or Path("runs") / scenario.name)
    before = _held(target)
    root = scenario.tables.seed if seed is None else seed
    again = command("run", [path], root, None, sets, ["--stream"])

    def pictures(results: Results, folder: Path) -> None:
        draw("throughput", results, folder / "throughput.png")

    with progress(1, scenario.name) as bar:
        made = stream(scenario, target, root, command=again, also=pictures)
        bar()
    if json:
        as_json(
            {
                "folder": str(made.folder),
                "kpis": {name: vars(kpi) for name, kpi in made.kpis.items()},
                **happened(made.results, made.drift, waited(made.results)),
                "deadlocked": made.deadlocks(),
            }
        )
    else:
        print(f"{scenario.tables.title}\nseed {root}, 1 replication, streamed\n")
        tell_deadlocks(scenario.name, made.deadlocks())
        rows = [
            [name, number(kpi.value, kpi.unit), kpi.unit, _in_days(name, kpi.value) + kpi.meaning]
            for name, kpi in made.kpis.items()
        ]
        _kpi_table(["key figure", "value", "unit", "meaning"], rows, figures=(1,))
        _print_gap({name: kpi.value for name, kpi in made.kpis.items()})
        print_happened(made.results, made.drift, waited(made.results))
        print(f"\nresults in {short(made.folder)}, tables in parts")
        print(f"picture  {short(made.folder / 'throughput.png')}")
        _tell_replaced(before, path, made.folder)
    if made.deadlock is not None:
        sys.exit(DEADLOCK)


def _as_json(made: Run, folder: Path) -> dict[str, Any]:
    from sim.study.precise import summary

    return {
        "folder": str(folder),
        "kpis": {name: vars(kpi) for name, kpi in made.kpis.items()},
        **happened(made.results, made.replications.drift(), _waited(made)),
        "steady": None if made.steady is None else made.steady.summary(),
        "precision": None if made.precise is None else summary(made.precise),
        "deadlocked": made.replications.deadlocks(),
    }


def _in_days(name: str, hours: float | None) -> str:
    """A lead time of two days or more in days, before its meaning."""
    if not name.startswith("lead_time") or hours is None or hours < 48.0:
        return ""
    return f"{hours / 24.0:.1f} d; "


def _held(target: Path) -> str | None:
    """The scenario file whose run a folder holds, as it was named; None where that is not known."""
    from sim.results import ResultsError, read_manifest

    if not (target / "manifest.json").is_file():
        return None
    try:
        words = shlex.split(str(read_manifest(target).get("command") or ""))
    except ResultsError:
        return None
    return words[2] if words[:2] == ["steppe", "run"] and len(words) > 2 else None


def _tell_replaced(before: str | None, path: Path, folder: Path) -> None:
    """Say that a run of another file was there; two files of one name share a folder."""
    if before is not None and Path(before).resolve() != path.resolve():
        print(
            f"note     {short(folder)} held a run of {before}, which this one of {path} replaced; "
            "keep both with --out"
        )


def _waited(made: Run) -> Waited:
    return {of: made.replications.waiting(of) for of in ("causes", "sides")}


def _print_run(made: Run, folder: Path) -> None:
    n = len(made.replications.shown)
    print(f"{made.replications.scenario.tables.title}")
    print(f"seed {made.replications.seed}, {n} replication{'s' if n > 1 else ''}\n")
    print_deadlocks([(made.replications.scenario.name, made.replications)])
    several = len(made.replications.outcomes) > 1 or made.steady is not None
    if made.steady is not None:
        print_steady(made.steady)
    rows, means = [], {}
    for name, kpi in made.kpis.items():
        figures: Any = kpi
        means[name] = figures.mean if several else figures.value
        if several:
            meaning = _in_days(name, figures.mean) + kpi.meaning
            both = with_half(figures.mean, figures.half_width, kpi.unit)
            rows.append([name, *both, kpi.unit, meaning])
        else:
            meaning = _in_days(name, figures.value) + kpi.meaning
            rows.append([name, number(figures.value, kpi.unit), kpi.unit, meaning])
    if several:
        _kpi_table(["key figure", "mean", "95 %", "unit", "meaning"], rows, figures=(1, 2))
    else:
        _kpi_table(["key figure", "value", "unit", "meaning"], rows, figures=(1,))
    _print_gap(means)
    if made.precise is not None:
        _print_precision(made.precise)
    drift = None if made.steady else made.replications.drift()
    print_happened(made.results, drift, _waited(made), n)
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'throughput.png')}")


def _print_gap(means: Mapping[str, float | None]) -> None:
    """Why less was delivered than offered."""
    from sim.report.findings import gap_words

    said = gap_words(means)
    if said:
        print(f"\n{textwrap.fill(said, WIDTH, break_on_hyphens=False)}")


def _print_precision(made: Precise) -> None:
    print()
    for one in made.reached:
        share = "unknown" if one.share is None else f"±{one.share:.2%}"
        verdict = "as precise as asked" if one.enough else "NOT as precise as asked; see --most"
        print(f"{one.kpi}: {share} of the mean, asked {made.precision:.2%}: {verdict}")


def _kpi_table(head: list[str], rows: list[list[str]], figures: Sequence[int]) -> None:
    """Text columns left, figures right."""
    order = [0, *[i for i in range(1, len(head)) if i not in figures]]
    widths = {i: max(len(r[i]) for r in (head, *rows)) for i in figures}
    joined = [
        [r[0], "  ".join(r[i].rjust(widths[i]) for i in figures), *(r[i] for i in order[1:])]
        for r in (head, *rows)
    ]
    table(joined[0], joined[1:], left=len(joined[0]))


def _warn(problems: Sequence[Any]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)
