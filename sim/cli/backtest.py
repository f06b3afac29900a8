"""What ``backtest`` does."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.deadlock import DEADLOCK
from sim.cli.faults import debugging
from sim.cli.show import as_json, progress, table
from sim.report.words import number

if TYPE_CHECKING:
    from sim.study.backtest import Backtest, Folder, Hindcast

MARK = "backtest.parquet"
"""The file by which a folder is known as a backtest."""
HEAD = (
    "episode", "row", "verdict", "calibrated", "unit",
    "observed", "simulated", "95 %", "one more run", "error", "relative",
)  # fmt: skip


def run_backtest(
    folder: Path | None,
    replications: int,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    json: bool,
) -> None:
    """Run the episodes, write and show what was found; the exit status tells of what was not."""
    from sim.scenario.problems import ScenarioError
    from sim.study.backtest import backtest, own_folder, read_folder
    from sim.study.files import check_target

    read = read_folder(folder or own_folder())
    for path in read.left_out:
        print(f"{path}: a scenario and no episode; left out", file=sys.stderr)
    for episode in read.episodes:
        for warning in episode.warnings:
            print(warning, file=sys.stderr)
    if not read.episodes:
        raise ScenarioError(read.problems)
    target = check_target(out or Path("runs") / "backtest", MARK)
    with progress(replications * len(read.episodes), "episodes") as done:
        made = backtest(read, replications, seed, jobs, done)
    written = _write(made, target)
    if json:
        as_json(_as_json(made, written))
    else:
        _print(made, written)
    _end(made)


def _write(made: Backtest, target: Path) -> Path:
    from sim.report import draw
    from sim.report.backtest_text import markdown
    from sim.study.files import write_folder

    frame = made.frame()

    def fill(fresh: Path) -> None:
        frame.write_parquet(fresh / MARK)
        frame.write_csv(fresh / "backtest.csv")
        (fresh / "backtest.md").write_text(markdown(frame, made.replications), encoding="utf-8")
        draw("backtest", frame, fresh / "backtest.png", subtitle=_subtitle(made))

    return write_folder(target, MARK, fill)


def _subtitle(made: Backtest) -> str:
    return (
        f"simulated ÷ observed, one row an observation · {_size(made)} · "
        "95 % intervals, thick for the mean, thin and in [ ] for one more run"
    )


def _size(made: Backtest) -> str:
    from sim.report.backtest_text import many

    runs = many(made.replications, "replication")
    return f"{many(len(made.folder.episodes), 'episode')}, {runs} of each"


def _as_json(made: Backtest, folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "replications": made.replications,
        "rows": [{**asdict(f), "verdict": f.verdict, "blunt": f.blunt} for f in made.findings],
        "summary": _summary(made),
        "failed": [
            {"episode": f.episode, "replication": f.replication, **vars(f.outcome.failure)}
            for f in made.failed
        ],
        "deadlocked": list(made.deadlocks),
        "problems": [str(p) for p in made.folder.problems],
    }


def _summary(made: Backtest) -> dict[str, int]:
    """Rows by whether they were calibrated on, and how many of each lie within."""
    found = {}
    for key, calibrated in (("calibrated", True), ("uncalibrated", False)):
        mine = [f for f in made.findings if f.calibrated is calibrated]
        found[key] = len(mine)
        found[f"{key}_within"] = sum(f.within is True for f in mine)
        found[f"{key}_missed"] = sum(f.within is False for f in mine)
    return found


def _print(made: Backtest, folder: Path) -> None:
    print(
        f"{_size(made)}; an observation is within if it lies in the 95 % interval for one more "
        "run\n"
    )
    table(HEAD, [row(f) for f in made.findings], left=5)
    short = [f for f in made.findings if f.without]
    for f in short:
        print(
            f"{f.episode}, {f.row}: {f.without} of {f.n + f.without} runs have no figure, and are "
            "not in the mean"
        )
    for f in made.misses:
        side = "above" if (f.error or 0.0) > 0 else "below"
        print(f"misses: {f.episode}, {f.row}: simulated {side} observed. {f.remark or ''}".rstrip())
    blunt = [f"{f.episode}, {f.row}" for f in made.findings if f.blunt]
    if blunt:
        print(
            "within an interval wider than the observation itself, so that much would have passed: "
            f"{'; '.join(blunt)}"
        )
    s = _summary(made)
    print(
        f"\nnever calibrated on: {s['uncalibrated']} rows, {s['uncalibrated_within']} within, "
        f"{s['uncalibrated_missed']} missed; calibrated on: {s['calibrated']} rows, "
        f"{s['calibrated_within']} within, {s['calibrated_missed']} missed"
    )
    print(f"results in {folder}\npicture  {folder / 'backtest.png'}")


def row(found: Hindcast) -> list[str]:
    """A finding as it is shown."""
    observed = number(found.observed_low)
    if found.observed_high != found.observed_low:
        observed += f" … {number(found.observed_high)}"
    relative = "–" if found.relative is None else f"{found.relative:+.0%}"
    error = "–" if found.error is None else ("+" if found.error > 0 else "") + number(found.error)
    return [
        found.episode,
        found.row,
        found.verdict,
        "calibrated" if found.calibrated else "",
        found.unit,
        observed,
        number(found.mean),
        _between(found.low, found.high),
        _between(found.predicted_low, found.predicted_high),
        error,
        relative,
    ]


def _between(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{number(low)} … {number(high)}"


def _tell_problems(folder: Folder) -> None:
    for problem in folder.problems:
        print(problem, file=sys.stderr)
    names = ", ".join(path.name for path in folder.unusable)
    print(f"not run: {names}; the others were", file=sys.stderr)


def _end(made: Backtest) -> None:
    """What could not be run, on stderr; the worst of it is the exit status, 0 for misses alone."""
    status = 0
    if made.deadlocks:
        status = DEADLOCK
        for d in made.deadlocks:
            print(
                f"{d['episode']}: replication {d['replication']}: {d['sentence']}", file=sys.stderr
            )
    if made.folder.problems:
        status = 2
        _tell_problems(made.folder)
    if made.failed:
        status = 1
        for f in made.failed:
            assert f.outcome.failure is not None
            failure = f.outcome.failure
            print(
                f"{f.episode}: replication {f.replication} failed in {failure.stage}: "
                f"{failure.error}",
                file=sys.stderr,
            )
            if debugging() and failure.trace:
                print(failure.trace, file=sys.stderr)
    if status:
        sys.exit(status)
