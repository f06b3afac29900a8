"""What ``compare`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.deadlock import print_deadlocks
from sim.cli.faults import UserError
from sim.cli.show import as_json, number, progress, short, table
from sim.cli.studies import end, load_all

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario
    from sim.study.best import Best
    from sim.study.compare import Comparison

MARK = "comparison.parquet"
"""The file by which a folder is known as a comparison."""
DAYS_FULL = 3
"""Mean days without a free place on a line from which it is told."""
CAUSES = 6
"""Causes shown of each variant."""


@dataclass(frozen=True)
class Asked:
    """How many runs a comparison makes, and what it must settle."""

    replications: int | None
    until_settled: bool
    best: str | None
    indifference: float | None
    all_pairs: bool
    most: int | None

    def __post_init__(self) -> None:
        goes_on = self.until_settled or self.best is not None
        if self.until_settled and self.best is not None:
            raise UserError("--until-settled and --best end the runs in two ways; give one")
        if goes_on and self.replications is not None:
            option = "--until-settled" if self.until_settled else "--best"
            raise UserError(f"{option} says how many replications; leave --replications out")
        if self.most is not None and not goes_on:
            raise UserError("--most belongs to --until-settled or --best")
        if self.best is not None and self.all_pairs:
            raise UserError("--best holds all against each other; leave --all-pairs out")
        if self.best is not None and self.indifference is None:
            raise UserError(
                "--best needs --indifference, the difference that does not matter, such as 1%"
            )


def compare_scenarios(
    paths: Sequence[Path],
    asked: Asked,
    seed: int | None,
    jobs: int | None,
    sets: list[str],
    kpis: list[str],
    out: Path | None,
    json: bool,
) -> None:
    """Run all variants, write the comparison and its picture, print verdicts."""
    from sim.study.compare import MAIN, MOST, compare, compare_until
    from sim.study.files import check_target

    if len(paths) < 2:
        raise UserError("compare needs two scenarios or more: the reference, then the variants")
    check_kpis([*kpis, *([asked.best] if asked.best else [])])
    if asked.best is None:
        target = check_target(out or Path("runs") / "compare", MARK)
    loaded = load_all(paths, sets)
    if asked.best is not None:
        _choose(loaded, asked, seed, jobs, json)
        return
    count = asked.replications or 10
    with progress(count * len(loaded), "compare") as bar:
        try:
            if asked.until_settled:
                comparison = compare_until(
                    loaded,
                    kpis or MAIN[:1],
                    indifference=asked.indifference,
                    most=asked.most or MOST,
                    seed=seed,
                    jobs=jobs,
                    done=bar,
                    expect=bar.expect,
                    all_pairs=asked.all_pairs,
                )
            else:
                comparison = compare(loaded, count, seed, jobs, bar, asked.indifference)
        except ValueError as error:
            raise UserError(str(error)) from error
    pairs = comparison.all_pairs() if asked.all_pairs else None
    shown = kpis or (MAIN[:1] if asked.until_settled else None)
    frame, causes = comparison.differences(shown, pairs=pairs), comparison.causes(pairs)
    again = _command(comparison, paths, asked, sets, kpis)
    folder = _write(comparison, frame, causes, target, again)
    if json:
        as_json(
            {
                "folder": str(folder),
                "replications": len(comparison.variants[0].outcomes),
                "differences": frame.to_dicts(),
                "causes": causes.to_dicts(),
                "full_lines": comparison.full_lines().to_dicts(),
                "deadlocked": comparison.deadlocks(),
            }
        )
    else:
        _print(comparison, frame, causes, folder)
    end(comparison.failed, comparison.deadlocks())


def check_kpis(names: Sequence[str]) -> None:
    """Refuse names that are no key figures, with a hint."""
    from difflib import get_close_matches

    from sim.results import KPIS

    for name in names:
        if name not in KPIS:
            near = get_close_matches(name, KPIS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UserError(f"{name!r} is no key figure; expected one of {', '.join(KPIS)}{hint}")


def _command(
    comparison: Comparison,
    paths: Sequence[Path],
    asked: Asked,
    sets: list[str],
    kpis: list[str],
) -> str:
    """What makes the same comparison again."""
    from sim.study.manifest import command

    first = comparison.variants[0]
    more = [part for name in kpis for part in ("--kpi", name)]
    if asked.indifference is not None:
        more += ["--indifference", str(asked.indifference)]
    if asked.all_pairs:
        more.append("--all-pairs")
    count: int | None = len(first.outcomes)
    if asked.until_settled:
        count = None
        more += ["--until-settled", *([] if asked.most is None else ["--most", str(asked.most)])]
    return command("compare", paths, first.seed, count, sets, more)


def _write(
    comparison: Comparison, frame: pl.DataFrame, causes: pl.DataFrame, folder: Path, command: str
) -> Path:
    from sim.report import draw
    from sim.results.store import write_json
    from sim.study.files import write_folder

    named = frame
    if (frame["against"] != comparison.names[0]).any():
        both = frame["variant"] + " against " + frame["against"]
        named = frame.with_columns(both.alias("variant"))

    def fill(fresh: Path) -> None:
        frame.write_parquet(fresh / MARK)
        frame.write_csv(fresh / "comparison.csv")
        causes.write_csv(fresh / "causes.csv")
        draw("compare", named, fresh / "comparison.png", subtitle=_subtitle(comparison))
        write_json(fresh / "manifest.json", {**comparison.manifest(), "command": command})

    return write_folder(folder, MARK, fill)


def _subtitle(comparison: Comparison) -> str:
    first = comparison.variants[0]
    return (
        f"against {comparison.names[0]} · seed {first.seed} · {len(first.outcomes)} replications, "
        "common random numbers · intervals hold together with 95 %"
    )


def _print(comparison: Comparison, frame: pl.DataFrame, causes: pl.DataFrame, folder: Path) -> None:
    n = len(comparison.variants[0].outcomes)
    print_deadlocks(list(zip(comparison.names, comparison.variants, strict=True)))
    over = f", at each of {comparison.looks} looks" if comparison.looks > 1 else ""
    print(
        f"against {comparison.names[0]}: {n} replications of each, common random numbers; "
        f"all intervals hold together with 95 %{over}\n"
    )
    several = (frame["against"] != comparison.names[0]).any()
    rows = [
        [
            f"{r['variant']} against {r['against']}" if several else r["variant"],
            r["kpi"],
            *(number(r[c], r["unit"]) for c in ("reference", "value", "difference")),
            _between(r, r["unit"]),
            r["unit"],
            _verdict(r),
        ]
        for r in frame.iter_rows(named=True)
    ]
    head = ("variant", "key figure", "reference", "variant's", "difference")
    table([*head, "95 %", "unit", "verdict"], rows, left=2)
    _print_pairs(frame)
    _print_causes(causes, several)
    for name, variant in zip(comparison.names, comparison.variants, strict=True):
        drift = variant.drift() if variant.good else None
        if drift is not None and drift.overloaded:
            half = drift.slope.half_width
            surplus = number(drift.slope.mean) + ("" if half is None else f" ± {number(half)}")
            print(f"{name} is OVERLOADED: {surplus} t a week more are offered than delivered")
    _print_full(comparison)
    print(f"\nresults in {short(folder)}\npicture  {short(folder / 'comparison.png')}")


def _print_full(comparison: Comparison) -> None:
    """Lines that stood full for days in some variant: what it delivers rests on that."""
    frame = comparison.full_lines()
    long = frame.filter(frame["hours"] >= DAYS_FULL * 24.0)
    if long.is_empty():
        return
    print("\nlines that stood FULL, so that trains could not set out (days, mean of the runs)")
    rows = [[r["variant"], r["line"], *_days(r), str(r["n"])] for r in long.iter_rows(named=True)]
    table(["variant", "line", "days full", "95 %", "runs"], rows, left=2)
    print(
        "A railway would have stopped loading by then; what is delivered rests on its not doing so."
    )


def _days(row: dict[str, Any]) -> tuple[str, str]:
    days = {n: None if row[n] is None else row[n] / 24.0 for n in ("hours", "low", "high")}
    return number(days["hours"]), _between(days, "")


def _between(row: dict[str, Any], unit: str) -> str:
    if row["low"] is None:
        return "–"
    return f"{number(row['low'], unit)} … {number(row['high'], unit)}"


def _print_pairs(frame: pl.DataFrame) -> None:
    """What pairing gave, and what it lost."""
    ratios = sorted(r for r in frame["variance_ratio"].to_list() if r is not None)
    if ratios:
        typical = ratios[len(ratios) // 2]
        print(
            f"\ncommon random numbers: the variance of a difference is {typical:.0%} of what "
            f"independent runs would give (median), so intervals are {1 - typical**0.5:.0%} "
            "narrower"
            if typical < 1.0
            else "\ncommon random numbers narrow nothing here: differences vary as independent "
            "runs would"
        )
    dropped = int(frame["dropped"].max() or 0)  # type: ignore[arg-type]
    if dropped:
        print(
            f"up to {dropped} pair{'s' if dropped > 1 else ''} left out on both sides: "
            "one run failed, deadlocked or has no such figure"
        )


def _print_causes(causes: pl.DataFrame, several: bool) -> None:
    """Where the difference in waiting comes from, what changed most first."""
    if causes.is_empty():
        return
    from sim.study.compare import ALL

    print(
        "\ndifference in waiting by cause (hours for each container taken, refused ones left out)"
    )
    rows = []
    for (variant, against), group in causes.group_by("variant", "against", maintain_order=True):
        name = f"{variant} against {against}" if several else str(variant)
        rows += [
            [
                name,
                r["cause"],
                *(number(r[c]) for c in ("reference", "value", "difference")),
                _between(r, ""),
            ]
            for r in group.head(CAUSES + 1).iter_rows(named=True)
            if r["difference"] or r["low"] or r["cause"] == ALL
        ]
    table(["variant", "cause", "reference", "variant's", "difference", "95 %"], rows, left=2)


def _verdict(row: dict[str, Any]) -> str:
    if row["verdict"] == "same":
        return "the same within the indifference"
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


# -- the best ---------------------------------------------------------------------------------


def _choose(
    loaded: Sequence[Scenario], asked: Asked, seed: int | None, jobs: int | None, json: bool
) -> None:
    from sim.study.best import MOST, best_of
    from sim.study.selection import FIRST

    assert asked.best is not None
    with progress(FIRST * len(loaded), f"best by {asked.best}") as bar:
        try:
            found = best_of(
                loaded,
                asked.best,
                share=asked.indifference,
                most=asked.most or MOST,
                seed=seed,
                jobs=jobs,
                done=bar,
                expect=bar.expect,
            )
        except ValueError as error:
            raise UserError(str(error)) from error
    if json:
        made = found.selection
        as_json(
            {
                "best": found.name,
                "kpi": found.kpi,
                "sure": made.sure,
                "confidence": found.confidence,
                "indifference": found.indifference,
                "variants": [
                    {
                        "variant": n,
                        "mean": made.means.get(i),
                        "replications": made.runs[i],
                        "dropped_after": made.dropped.get(i),
                    }
                    for i, n in enumerate(found.names)
                ],
            }
        )
    else:
        _print_best(found)
    end(found.failed, [])


def _print_best(found: Best) -> None:
    made, unit = found.selection, found.unit
    rows = [
        [
            name,
            number(made.means.get(i), unit),
            f"{made.runs[i]:,}",
            "best"
            if i == made.best
            else f"behind after {made.dropped[i]:,}"
            if i in made.dropped
            else "still in the race",
        ]
        for i, name in enumerate(found.names)
    ]
    table(["variant", f"mean {found.kpi}, {unit}", "replications", "verdict"], rows)
    small = f"{number(found.indifference, unit)} {unit}"
    if made.best is None:
        print("\nnone can be chosen: there is no replication that all have")
    elif made.sure:
        print(
            f"\n{found.name} is the best, or within {small} of it, with "
            f"{found.confidence:.0%} confidence (Kim and Nelson's procedure, common random numbers)"
        )
    else:
        print(
            f"\nnot decided by then: {len(made.left)} are still in the race. {found.name} leads; "
            f"more runs (--most) or a larger --indifference than {small} would decide"
        )
