"""What ``run`` does."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.comparing import check_kpis
from sim.cli.deadlock import DEADLOCK, print_deadlocks, tell_deadlocks
from sim.cli.faults import UserError
from sim.cli.show import as_json, number, progress, short, table
from sim.cli.steady import print_steady
from sim.cli.studies import end

if TYPE_CHECKING:
    from sim.results import Results
    from sim.study.api import Run
    from sim.study.precise import Precise
    from sim.study.replications import Drift

DAYS_FULL = 3
"""Days without a free place on a line from which it is told."""


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
    data: Any = made.results if len(shown) == 1 else [o.weekly for o in shown]

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
                **_happened(made.results, made.drift),
                "deadlocked": made.deadlocks(),
            }
        )
    else:
        print(f"{scenario.tables.title}\nseed {root}, 1 replication, streamed\n")
        tell_deadlocks(scenario.name, made.deadlocks())
        rows = [
            [name, number(kpi.value, kpi.unit), kpi.unit, kpi.meaning]
            for name, kpi in made.kpis.items()
        ]
        _kpi_table(["key figure", "value", "unit", "meaning"], rows, figures=(1,))
        _print_happened(made.results, made.drift)
        print(f"\nresults in {short(made.folder)}, tables in parts")
        print(f"picture  {short(made.folder / 'throughput.png')}")
    if made.deadlock is not None:
        sys.exit(DEADLOCK)


def _as_json(made: Run, folder: Path) -> dict[str, Any]:
    from sim.study.precise import summary

    return {
        "folder": str(folder),
        "kpis": {name: vars(kpi) for name, kpi in made.kpis.items()},
        **_happened(made.results, made.replications.drift()),
        "steady": None if made.steady is None else made.steady.summary(),
        "precision": None if made.precise is None else summary(made.precise),
        "deadlocked": made.replications.deadlocks(),
    }


def _happened(results: Results, drift: Drift | None) -> dict[str, Any]:
    """What is told of one run besides its key figures."""
    from sim.results.levels import full_lines
    from sim.results.recovery import recoveries

    return {
        "overloaded": drift is not None and drift.overloaded,
        "backlog_growth_t_per_week": None if drift is None else drift.slope.mean,
        "waiting_by_cause": _causes(results, 10),
        "resources": results.meta["resources"],
        "recovery": recoveries(results).to_dicts(),
        "full_lines": [
            {"line": line, "hours": hours, "most_waiting": most}
            for line, hours, most in full_lines(results)
        ],
    }


def _print_run(made: Run, folder: Path) -> None:
    n = len(made.replications.shown)
    print(f"{made.replications.scenario.tables.title}")
    print(f"seed {made.replications.seed}, {n} replication{'s' if n > 1 else ''}\n")
    print_deadlocks([(made.replications.scenario.name, made.replications)])
    several = len(made.replications.outcomes) > 1 or made.steady is not None
    if made.steady is not None:
        print_steady(made.steady)
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
    if made.precise is not None:
        _print_precision(made.precise)
    _print_happened(made.results, None if made.steady else made.replications.drift())
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'throughput.png')}")


def _print_happened(results: Results, drift: Drift | None) -> None:
    from sim.cli.why import print_recovery
    from sim.results.levels import full_lines
    from sim.results.recovery import recoveries

    print(
        "\nwhere containers waited longest (hours for each container taken, refused ones left out)"
    )
    table(
        ["cause", "h", "share of all waiting"],
        [[c["cause"], number(c["hours"]), f"{c['share']:.0%}"] for c in _causes(results, 6)],
    )
    print("\nmost used (share of the hours staffed or of the trains that could pass)")
    table(
        ["resource", "kind", "used", "available", "busy"],
        [
            [r["name"], r["kind"], number(r["used"]), number(r["available"]), f"{r['busy']:.0%}"]
            for r in _busiest(results, 6)
        ],
        left=2,
    )
    print_recovery(results, recoveries(results).to_dicts())
    _print_overload(drift)
    for line, hours, most in full_lines(results):
        if hours >= DAYS_FULL * 24.0:
            print(
                f"\n{line} was FULL for {hours / 24.0:.0f} days: up to {most:.0f} trains could not "
                "set out onto it. A railway would have stopped loading by then; what is delivered "
                "here rests on its not doing so."
            )


def _print_overload(drift: Drift | None) -> None:
    if drift is None or not drift.overloaded:
        return
    wide = drift.slope.half_width
    half = "" if wide is None else f" ± {number(wide)}"
    print(
        f"\nOVERLOADED: {number(drift.slope.mean)}{half} t a week more are offered than "
        f"delivered ({drift.share:.0%} of what is offered) in the second half.\n"
        "What is not delivered piles up or is refused, and the lead times are those of a queue "
        "without end."
    )


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


def _causes(results: Results, most: int) -> list[dict[str, Any]]:
    """Waiting hours of exports by cause, for each container taken, largest first."""
    from sim.results.series import waiting_by_cause

    hours = waiting_by_cause(results)
    total = math.fsum(hours.values())
    ranked = sorted(hours.items(), key=lambda item: (-item[1], item[0]))
    return [{"cause": c, "hours": h, "share": h / total} for c, h in ranked[:most]]


def _busiest(results: Results, most: int) -> list[dict[str, Any]]:
    """Resources by the share of them that was used, largest first."""
    known = [r for r in results.meta["resources"] if r["busy"] is not None]
    return sorted(known, key=lambda r: (-r["busy"], r["name"]))[:most]


def _warn(problems: Sequence[Any]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)
