"""What ``ramp`` does."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.faults import UserError
from sim.cli.happened import WIDTH
from sim.cli.show import as_json, headed, progress, table
from sim.cli.studies import end, load_all, short, span, write_manifest
from sim.report.findings import apart_words, behind_words
from sim.report.words import plus_minus, row_of

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.ramp import Ramp

MARK = "ramp.parquet"
"""The file by which a folder is known as a ramp."""


def ramp_scenarios(
    paths: list[Path],
    volumes: tuple[float, float, int],
    what: str,
    replications: int,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    kpis: list[str],
    breaks: bool,
    out: Path | None,
    json: bool,
) -> None:
    """Run the ramp, write its tables and pictures, print what it found."""
    begin, to, steps = volumes
    if to <= begin or steps < 2:
        raise UserError("expected --to above --from, and 2 --steps or more")
    policies = load_all(paths, sets)
    from sim.study.files import check_target
    from sim.study.ramp import definition, ramp

    ranked = _ranked(kpis)
    for kpi in ranked:
        try:
            definition(kpi)
        except ValueError as error:
            raise UserError(str(error)) from error
    target = check_target(out or Path("runs") / f"{policies[0].name}-ramp", MARK)
    levels = [begin + (to - begin) * i / (steps - 1) for i in range(steps)]
    total = len(policies) * replications * (steps + (5 if breaks else 0))  # a bisection takes 4-5
    with progress(total, "ramp") as done:
        try:
            made = ramp(
                policies[0], policies[1:], levels, what, replications, seed, jobs, breaks, done
            )
        except ValueError as error:
            raise UserError(str(error)) from error
    found = _tables(made, ranked)
    folder = _write(made, policies, found, target)
    if json:
        frames = {name: frame.to_dicts() for name, frame in found.items()}
        as_json({"folder": str(folder), **frames, "deadlocked": made.deadlocks()})
    else:
        _print(made, found, folder)
    end(made.failed, made.deadlocks())


def _ranked(kpis: Sequence[str]) -> list[str]:
    from sim.results import KPIS
    from sim.study.ramp import RANKED

    return list(kpis) or [k for k in RANKED if k in KPIS]


def _tables(made: Ramp, ranked: Sequence[str]) -> dict[str, Any]:
    import polars as pl

    from sim.study.apart import apart
    from sim.study.migration import causes, migration
    from sim.study.ranking import flips, ranking, regret

    found = {
        "table": made.table(),
        "breakpoints": made.points(),
        "causes": causes(made),
        "migration": migration(made),
    }
    if len(made.breakpoints) > 1:
        found["apart"] = apart(made)
    if len(made.names) > 1:
        found["ranking"] = pl.concat([ranking(made, k) for k in ranked])
        found["flips"] = pl.concat([flips(made, k) for k in ranked])
        found["regret"] = pl.concat([regret(made, k) for k in ranked])
    return found


def _layout(policies: Sequence[Scenario]) -> dict[str, Any]:
    """Places, ways and services of all policies; what one adds comes after those of the first."""
    from sim.corridor.network import layout

    found: dict[str, Any] = {}
    for policy in policies:
        for key, named in layout(policy.tables).items():
            found[key] = {**found.get(key, {}), **named}
    return found


def _write(made: Ramp, policies: Sequence[Scenario], found: dict[str, Any], target: Path) -> Path:
    from sim.report.ramp import draw_migration, draw_policies, draw_ramp
    from sim.study.files import write_folder

    subtitle = (
        f"{', '.join(made.names)} · seed {made.seed} · {made.replications} "
        f"replication{'s' if made.replications > 1 else ''}, common random numbers"
    )
    axis = "exports, times today's" if made.path == "export_volume" else f"{made.path}, times"

    def fill(fresh: Path) -> None:
        found["table"].write_parquet(fresh / MARK)
        for name, frame in found.items():
            frame.write_csv(fresh / f"{name}.csv")
        bands = f"{subtitle}, bands 95 %" if made.replications > 1 else subtitle
        if found["table"]["n"].sum():  # else no run came to its end, and there is nothing to draw
            draw_ramp(found["table"], found["breakpoints"], fresh / "ramp.png", bands, axis)
        if found["causes"].height:
            picture = fresh / "migration.png"
            draw_migration(found["causes"], picture, subtitle, axis, _layout(policies))
        if "ranking" in found and found["ranking"].height:
            picture = fresh / "policies.png"
            draw_policies(made.names, found["ranking"], found["regret"], picture, subtitle, axis)
        question = "What arrives when exports rise, where does it choke, and which policy is best?"
        first = policies[0]
        title = f"Rising exports: {first.tables.title}"
        write_manifest(fresh, "ramp", first, made.seed, title, question)

    return write_folder(target, MARK, fill)


def _print(made: Ramp, found: dict[str, Any], folder: Path) -> None:
    print(
        f"{made.names[0]}: {made.path} from {made.volumes[0]:g} to {made.volumes[-1]:g} times, "
        f"{made.replications} replication{'s' if made.replications > 1 else ''}, "
        "common random numbers\n"
    )
    _print_levels(made, found["table"])
    if made.breakpoints:
        print("\nbreakpoint: the largest volume carried without drift")
        _print_points(found["breakpoints"])
        if "apart" in found:
            _say(apart_words(found["apart"].to_dicts()))
    print("\nwhere the bottleneck is")
    _print_migration(found["migration"])
    if "ranking" in found:
        _print_policies(made, found)
    print(f"\nresults in {short(folder)}")
    pictures = [folder / name for name in ("ramp.png", "migration.png", "policies.png")]
    drawn = [short(picture) for picture in pictures if picture.is_file()]
    if drawn:
        print(f"pictures   {', '.join(drawn)}")


COLUMNS = ("delivered_t", "fulfilment", "lead_time_mean_h", "end_backlog_t", "cost_per_t")


def _print_levels(made: Ramp, frame: Any) -> None:
    import polars as pl

    there = [k for k in COLUMNS if frame.filter(pl.col("kpi") == k, pl.col("n") > 0).height]
    rows = []
    for name in made.names:
        for volume in made.volumes:
            row = [name, f"{volume:g}"]
            for kpi in there:
                (cell,) = frame.filter(
                    pl.col("variant") == name, pl.col("volume") == volume, pl.col("kpi") == kpi
                ).iter_rows(named=True)
                half = None if cell["high"] is None else cell["high"] - cell["mean"]
                row.append(plus_minus(cell["mean"], half, cell["unit"]))
            rows.append(row)
    units = dict(frame.select("kpi", "unit").iter_rows())
    table(["policy", "volume", *(headed(k, units[k]) for k in there)], rows)


def _print_points(frame: Any) -> None:
    rows = []
    for r in frame.iter_rows(named=True):
        if r["censored"] == r["n"] and r["n"]:
            said = f"none up to {r['tried_to']:g}"
        elif not r["n"]:
            said = "–"
        else:
            said = ("at least " if r["censored"] else "") + f"{r['breakpoint']:.3f}"
        bound = "–" if r["bound"] is None else f"{r['bound']:.3f}"
        both = r["bound"] is not None and r["breakpoint"] is not None
        part = f"{r['breakpoint'] / r['bound']:.0%}" if both else "–"
        rows.append(
            [
                r["variant"],
                said,
                span(r["low"], r["high"], "1"),
                *row_of([r["t_per_year"]], r["low_t"], r["high_t"]),
                bound,
                part,
            ]
        )
    head = ["policy", "volume", "95 %", "t a year", "95 %", "maximum flow", "of it"]
    table(head, rows)
    for r in frame.iter_rows(named=True):
        if r["failed"]:
            print(f"{r['variant']}: {r['failed']} replications have no value", file=sys.stderr)
        if r["deadlocked"]:
            print(
                f"{r['variant']}: {r['deadlocked']} of {r['n']} searches met a deadlock, which "
                "counts as not carried",
                file=sys.stderr,
            )


def _print_migration(frame: Any) -> None:
    rows = []
    for r in frame.iter_rows(named=True):
        clear = "" if r["clear"] is not False else f" (not told apart from {r['second']})"
        rows.append(
            [
                r["variant"],
                f"{r['volume']:g}",
                "→" if r["moved"] else "",
                f"{r['cause'] or '–'}{clear}",
                "–" if r["share"] is None else f"{r['share']:.0%}",
                r["resource"] or "–",
                "–" if r["busy"] is None else f"{r['busy']:.0%}",
                "–" if r["laden"] is None else f"{r['laden']:.0%}",
            ]
        )
    head = ["policy", "volume", "moved", "most hours waited for", "of all", "most used", "busy"]
    table([*head, "slots laden"], rows, left=4)
    _say(behind_words(frame.to_dicts()))


def _say(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(textwrap.fill(sentence, WIDTH, break_on_hyphens=False))


def _print_policies(made: Ramp, found: dict[str, Any]) -> None:
    import polars as pl

    from sim.study.ramp import definition

    for kpi in found["ranking"]["kpi"].unique(maintain_order=True):
        unit = definition(kpi).unit
        print(f"\n{kpi}: policies at each volume, each group in the order of its means")
        rows = []
        for volume in made.volumes:
            mine = found["ranking"].filter(pl.col("kpi") == kpi, pl.col("volume") == volume)
            first, *others = mine.sort("rank").iter_rows(named=True)
            near = [r["variant"] for r in others if r["verdict"] == "not told apart"]
            far = [r["variant"] for r in others if r["verdict"] != "not told apart"]
            told = (", ".join(names) or "–" for names in (near, far))
            rows.append([f"{volume:g}", first["variant"], *told])
        table(["volume", "best mean", "not told apart from it", "surely worse"], rows, left=4)
        mine = found["flips"].filter(pl.col("kpi") == kpi)
        for r in mine.iter_rows(named=True):
            print(
                f"{r['below']} is ahead of {r['above']} up to {r['volume']:.3f} "
                f"({span(r['low'], r['high'], '1')}), behind above it: {r['verdict']}"
            )
        if mine.is_empty():
            print("no ranking flips between these volumes")
        print("regret when the volume is not known")
        table(
            ["policy", "worst", "95 %", "at", "mean", "95 %", "unit"],
            [
                [
                    r["variant"],
                    *row_of([r["max"]], r["max_low"], r["max_high"], unit),
                    f"{r['worst_at']:g}",
                    *row_of([r["mean"]], r["mean_low"], r["mean_high"], unit),
                    unit,
                ]
                for r in found["regret"].filter(pl.col("kpi") == kpi).iter_rows(named=True)
            ],
        )
