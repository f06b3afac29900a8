"""What ``compare`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.best import choose
from sim.cli.comparison import Tables, print_comparison, titles_of
from sim.cli.faults import UserError
from sim.cli.show import as_json, progress
from sim.cli.studies import end, load_all

if TYPE_CHECKING:
    from sim.study.comparison import Comparison

MARK = "comparison.parquet"
"""The file by which a folder is known as a comparison."""


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
    loaded = load_all(paths, sets)
    if asked.best is None:
        target = check_target(out or Path("runs") / f"{loaded[0].name}-compare", MARK)
    if asked.best is not None:
        choose(loaded, asked.best, asked.indifference, asked.most, seed, jobs, json)
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
    refused = comparison.refused(pairs)
    if "refused_t" in frame["kpi"]:
        refused = refused.clear()  # asked for, so among the others
    again = _command(comparison, paths, asked, sets, kpis)
    further, full_lines = comparison.further(pairs), comparison.full_lines()
    groups = comparison.groups(pairs)
    tables = Tables(frame, refused, further, full_lines, causes, groups)
    folder = _write(comparison, tables, target, again)
    if json:
        as_json(
            {
                "folder": str(folder),
                "replications": len(comparison.variants[0].outcomes),
                "differences": frame.to_dicts(),
                "refused": refused.to_dicts(),
                "further": further.to_dicts(),
                "causes": causes.to_dicts(),
                "groups": groups.to_dicts(),
                "full_lines": full_lines.to_dicts(),
                "deadlocked": comparison.deadlocks(),
            }
        )
    else:
        print_comparison(comparison, tables, folder)
        if len(paths) > 2 and pairs is None and asked.best is None:
            print("held against the first; --all-pairs holds all key figures against each other")
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
    comparison: Comparison,
    tables: Tables,
    folder: Path,
    command: str,
) -> Path:
    from sim.report import draw
    from sim.report.compare import titled
    from sim.results.store import write_json
    from sim.study.files import write_folder

    frame = tables.differences
    named = titled(frame, tables.refused, titles_of(comparison), comparison.names[0])

    def fill(fresh: Path) -> None:
        frame.write_parquet(fresh / MARK)
        frame.write_csv(fresh / "comparison.csv")
        for name, table in (("refused", tables.refused), ("full-lines", tables.full_lines)):
            if not table.is_empty():
                table.write_csv(fresh / f"{name}.csv")
        tables.further.write_csv(fresh / "further.csv")
        tables.causes.write_csv(fresh / "causes.csv")
        tables.groups.write_csv(fresh / "groups.csv")
        draw("compare", named, fresh / "comparison.png", subtitle=_subtitle(comparison))
        write_json(fresh / "manifest.json", {**comparison.manifest(), "command": command})

    return write_folder(folder, MARK, fill)


def _subtitle(comparison: Comparison) -> str:
    first = comparison.variants[0]
    return (
        f"against {comparison.names[0]} · seed {first.seed} · {len(first.outcomes)} replications, "
        "common random numbers · intervals hold together with 95 %"
    )
