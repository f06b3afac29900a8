"""What ``run`` and ``compare`` do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.app import UserError, debugging
from sim.cli.deadlock import DEADLOCK, print_deadlocks
from sim.cli.show import as_json, number, progress, table

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Problem, Scenario
    from sim.study.api import Run
    from sim.study.compare import Comparison

MARK = "comparison.parquet"
"""The file by which a folder is known as a comparison."""


def run_scenario(
    path: Path,
    replications: int,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    out: Path | None,
    json: bool,
) -> None:
    """Run, write, print the key figures and where the files are."""
    from sim.scenario import load

    scenario = load(path, sets)
    _warn(scenario.warnings)
    # only now: a mistake in the scenario is said without loading what draws and computes
    import sim
    from sim.report import draw
    from sim.results.store import check_replaceable

    target = check_replaceable(out or Path("runs") / scenario.name)
    with progress(replications, scenario.name) as done:
        made = sim.run(scenario, replications, seed, jobs=jobs, done=done)
    shown = made.replications.shown
    data: Any = made.results if len(shown) == 1 else [o.weekly for o in shown]
    written = made.save(target, lambda folder: draw("throughput", data, folder / "throughput.png"))
    if json:
        as_json(_as_json(made, written))
    else:
        _print_run(made, written)
    _end([(scenario.name, o) for o in made.replications.failed], made.replications.deadlocks())


def _as_json(made: Run, folder: Path) -> dict[str, Any]:
    from sim.results.recovery import recoveries

    drift = made.replications.drift()
    return {
        "folder": str(folder),
        "kpis": {name: vars(kpi) for name, kpi in made.kpis.items()},
        "overloaded": drift is not None and drift.overloaded,
        "backlog_growth_t_per_week": None if drift is None else drift.slope.mean,
        "waiting_by_cause": _causes(made.results, 10),
        "resources": made.results.meta["resources"],
        "recovery": recoveries(made.results).to_dicts(),
        "deadlocked": made.replications.deadlocks(),
    }


def _print_run(made: Run, folder: Path) -> None:
    from sim.cli.why import print_recovery
    from sim.results.recovery import recoveries

    n = len(made.replications.shown)
    print(f"{made.replications.scenario.tables.title}")
    print(f"seed {made.replications.seed}, {n} replication{'s' if n > 1 else ''}\n")
    print_deadlocks([(made.replications.scenario.name, made.replications)])
    several = len(made.replications.outcomes) > 1
    rows = []
    for name, kpi in made.kpis.items():
        figures: Any = kpi
        if several:
            half = number(figures.half_width, kpi.unit)
            rows.append([name, number(figures.mean, kpi.unit), f"± {half}", kpi.unit, kpi.meaning])
        else:
            rows.append([name, number(figures.value, kpi.unit), kpi.unit, kpi.meaning])
    if several:
        _kpi_table(["key figure", "mean", "95 %", "unit", "meaning"], rows, figures=(1, 2))
    else:
        _kpi_table(["key figure", "value", "unit", "meaning"], rows, figures=(1,))
    print("\nwhere containers waited longest (hours per container offered)")
    table(
        ["cause", "h", "share of all waiting"],
        [[c["cause"], number(c["hours"]), f"{c['share']:.0%}"] for c in _causes(made.results, 6)],
    )
    print("\nmost used (share of the hours staffed or of the trains that could pass)")
    table(
        ["resource", "kind", "used", "available", "busy"],
        [
            [r["name"], r["kind"], number(r["used"]), number(r["available"]), f"{r['busy']:.0%}"]
            for r in _busiest(made.results, 6)
        ],
        left=2,
    )
    print_recovery(made.results, recoveries(made.results).to_dicts())
    drift = made.replications.drift()
    if drift is not None and drift.overloaded:
        print(
            f"\nOVERLOADED: {number(drift.slope.mean)} t a week more are offered than delivered "
            f"({drift.share:.0%} of what is offered) in the second half. What is not delivered "
            "piles up or is refused,\nand the lead times are those of a queue without end."
        )
    print(f"\nresults in {_short(folder)}\npicture  {_short(folder / 'throughput.png')}")


def _kpi_table(head: list[str], rows: list[list[str]], figures: Sequence[int]) -> None:
    """Text columns left, figures right."""
    order = [0, *[i for i in range(1, len(head)) if i not in figures]]
    widths = {i: max(len(r[i]) for r in (head, *rows)) for i in figures}
    joined = [
        [r[0], "  ".join(r[i].rjust(widths[i]) for i in figures), *(r[i] for i in order[1:])]
        for r in (head, *rows)
    ]
    table(joined[0], joined[1:], left=len(joined[0]))


def _causes(results: Results, most: int) -> list[dict[str, Any]]:
    """Waiting hours of exports by cause, per container offered, largest first."""
    import polars as pl

    exports = results.containers.filter(pl.col("flow") == "exports").select("container")
    waits = results.waits.filter(pl.col("cause").is_not_null()).join(exports, on="container")
    total = float(waits["hours"].sum())
    by = (
        waits.group_by("cause")
        .agg(pl.col("hours").sum())
        .sort(["hours", "cause"], descending=[True, False])
    )
    return [
        {"cause": c, "hours": h / max(exports.height, 1), "share": h / total}
        for c, h in by.head(most).iter_rows()
    ]


def _busiest(results: Results, most: int) -> list[dict[str, Any]]:
    """Resources by the share of them that was used, largest first."""
    known = [r for r in results.meta["resources"] if r["busy"] is not None]
    return sorted(known, key=lambda r: (-r["busy"], r["name"]))[:most]


def compare_scenarios(
    paths: Sequence[Path],
    replications: int,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    kpis: list[str],
    out: Path | None,
    json: bool,
) -> None:
    """Run all variants, write the comparison and its picture, print verdicts."""
    from sim.scenario import ScenarioError, load
    from sim.study.compare import MAIN, compare
    from sim.study.files import check_target

    if len(paths) < 2:
        raise UserError("compare needs two scenarios or more: the reference, then the variants")
    _check_kpis(kpis)
    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            loaded.append(load(path, sets))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    target = check_target(out or Path("runs") / "compare", MARK)
    for scenario in loaded:
        _warn(scenario.warnings)
    with progress(replications * len(loaded), "compare") as done:
        try:
            comparison = compare(loaded, replications, seed, jobs, done)
        except ValueError as error:
            raise UserError(str(error)) from error
    frame = comparison.differences(kpis or MAIN)
    folder = _write_comparison(comparison, frame, target)
    if json:
        as_json(
            {
                "folder": str(folder),
                "differences": frame.to_dicts(),
                "deadlocked": comparison.deadlocks(),
            }
        )
    else:
        _print_comparison(comparison, frame, folder)
    _end(comparison.failed, comparison.deadlocks())


def _check_kpis(names: Sequence[str]) -> None:
    from difflib import get_close_matches

    from sim.results import KPIS

    for name in names:
        if name not in KPIS:
            near = get_close_matches(name, KPIS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UserError(f"{name!r} is no key figure; expected one of {', '.join(KPIS)}{hint}")


def _write_comparison(comparison: Comparison, frame: Any, folder: Path) -> Path:
    from sim.report import draw
    from sim.study.files import write_folder

    def fill(fresh: Path) -> None:
        frame.write_parquet(fresh / MARK)
        frame.write_csv(fresh / "comparison.csv")
        draw("compare", frame, fresh / "comparison.png", subtitle=_subtitle(comparison))

    return write_folder(folder, MARK, fill)


def _subtitle(comparison: Comparison) -> str:
    first = comparison.variants[0]
    return (
        f"against {comparison.names[0]} · seed {first.seed} · {len(first.outcomes)} replications, "
        "common random numbers · intervals hold together with 95 %"
    )


def _print_comparison(comparison: Comparison, frame: Any, folder: Path) -> None:
    n = len(comparison.variants[0].outcomes)
    print_deadlocks(list(zip(comparison.names, comparison.variants, strict=True)))
    print(
        f"against {comparison.names[0]}: {n} replications of each, common random numbers; "
        "all intervals hold together with 95 %\n"
    )
    rows = []
    for r in frame.iter_rows(named=True):
        unit = r["unit"]
        both = (
            f"{number(r['low'], unit)} … {number(r['high'], unit)}" if r["low"] is not None else "–"
        )
        rows.append(
            [
                r["variant"],
                r["kpi"],
                number(r["reference"], unit),
                number(r["value"], unit),
                number(r["difference"], unit),
                both,
                unit,
                _verdict(r),
            ]
        )
    head = [
        "variant",
        "key figure",
        "reference",
        "variant's",
        "difference",
        "95 %",
        "unit",
        "verdict",
    ]
    table(head, rows, left=2)
    ratios = [r for r in frame["variance_ratio"].to_list() if r is not None]
    if ratios:
        typical = sorted(ratios)[len(ratios) // 2]
        print(
            f"\ncommon random numbers: the variance of a difference is {typical:.0%} of what "
            "independent runs would give (median)"
        )
    for name, variant in zip(comparison.names, comparison.variants, strict=True):
        drift = variant.drift() if variant.good else None
        if drift is not None and drift.overloaded:
            surplus = number(drift.slope.mean)
            print(f"{name} is OVERLOADED: {surplus} t a week more are offered than delivered")
    print(f"\nresults in {_short(folder)}\npicture  {_short(folder / 'comparison.png')}")


def _verdict(row: dict[str, Any]) -> str:
    if row["verdict"] != "not told apart":
        return str(row["verdict"])
    if row["n"] == 0:
        return "not told apart: no pair of runs has it"
    if row["n"] < 2:
        return "not told apart: needs 2 replications or more"
    if row["more_runs"] is None:
        return "not told apart"
    more = row["more_runs"]
    return f"not told apart: about {more:,} more replication{'s' if more > 1 else ''}"


def _warn(problems: Sequence[Any]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)


def _end(failed: Sequence[tuple[str, Any]], deadlocks: Sequence[dict[str, Any]]) -> None:
    """Failed runs on stderr; the exit status tells of them, and of deadlocks."""
    _tell_failures(failed)
    if deadlocks:
        sys.exit(DEADLOCK)


def _tell_failures(failed: Sequence[tuple[str, Any]]) -> None:
    """Failed runs on stderr; the exit status says so too."""
    if not failed:
        return
    for name, outcome in failed:
        failure = outcome.failure
        print(
            f"{name}: replication {outcome.replication} failed in {failure.stage}: {failure.error}",
            file=sys.stderr,
        )
        if debugging() and failure.trace:
            print(failure.trace, file=sys.stderr)
    sys.exit(1)


def _short(path: Path) -> str:
    """Relative to the working folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
